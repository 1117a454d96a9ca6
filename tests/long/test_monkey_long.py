"""Ten thousand acts of someone who does anything at all; pytest-qt fails the test on a Qt warning or an exception."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from hosted import POPS_UP, opened
from monkey import Monkey
from pytestqt.qtbot import QtBot
from usage import growing, settled

ROUNDS, ACTS = 10, 1000
pytestmark = [POPS_UP, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read off /proc")]


def test_ten_thousand_acts_leave_nothing_behind(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    window = opened(qtbot)
    monkey = Monkey(window, 5, tmp_path)
    monkey.answer(monkeypatch)
    used = []
    for _ in range(ROUNDS):
        for _ in range(ACTS):
            monkey.act()
        monkey.undo_all()
        assert window.controller.race == monkey.origin
        used.append(settled(window))
        print(used[-1])
    assert not growing(used)
