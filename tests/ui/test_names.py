"""What parameters and their choices are called."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from pytestqt.qtbot import QtBot

from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.paramnames import NAMES
from simulator.ui.actions import COMMANDS
from simulator.ui.controls import ParamControl


@pytest.mark.parametrize(
    ("name", "key", "told"),
    [
        ("sophia", "p", ("p", "")),
        ("armijo", "c1", ("c₁", "")),
        ("sam", "rho", ("ρ", "rho")),
        ("ncg", "form", ("", "form")),
    ],
)
def test_a_parameter_is_not_called_by_its_symbol_twice(
    qtbot: QtBot, name: str, key: str, told: tuple[str, str]
) -> None:
    param = params(OPTIMIZERS[name])[key]
    control = ParamControl(param, param.default, owner="Racer")
    qtbot.addWidget(control)
    assert (control.label.symbol, control.label.name) == told
    assert (
        control.editor.inputs[0].accessibleName().split(", ")[0] == f"Racer: {' '.join(filter(None, reversed(told)))}"
    )


def test_choices_named_after_people_are_written_as_names() -> None:
    assert {NAMES[choice] for choice in params(OPTIMIZERS["ncg"])["form"].choices} > {"Polak–Ribière", "Dai–Yuan"}
    assert NAMES[params(OPTIMIZERS["sophia"])["hessian"].choices[0]] == "Hutchinson"


def test_a_letter_leads_to_one_thing_of_a_menu_and_a_key_to_one_of_all() -> None:
    letters = Counter((it.menu, found[1].lower()) for it in COMMANDS if (found := re.search("&(.)", it.text)))
    keys = Counter(it.keys for it in COMMANDS if it.keys)
    assert {*letters.values(), *keys.values()} == {1}, (letters, keys)
