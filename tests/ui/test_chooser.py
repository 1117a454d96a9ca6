"""The searched list in groups: by mouse, by keyboard alone, and with entries that cannot be chosen."""

from __future__ import annotations

import pytest
from hosted import POPS_UP, show
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QToolTip
from pytestqt.qtbot import QtBot

from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.ui.chooser import ChoicePopup, Entry, SearchCombo, why_not

pytestmark = POPS_UP

ENTRIES = (
    Entry("sgd", "SGD", "first-order", "1951", "Plain steps."),
    Entry("momentum", "Momentum", "first-order", "1964", "Steps with memory."),
    Entry("adam", "Adam", "adaptive", "2015", "Divided by the size of the gradient."),
    Entry("adamw", "AdamW", "adaptive", "2019", "Adam with decay."),
    Entry("natural", "Natural gradient", "second-order", "1998", "Fisher's inverse."),
)


@pytest.fixture
def popup(qtbot: QtBot) -> ChoicePopup:
    button = QPushButton("Add")
    show(qtbot, button, 200, 40)
    it = ChoicePopup(lambda: ENTRIES, "Methods", button)
    it.obstacles = lambda: {"natural": "It needs a model."}
    it.button = button  # type: ignore[attr-defined]  # lives as long
    it.chosen = []  # type: ignore[attr-defined]
    it.picked.connect(it.chosen.append)  # type: ignore[attr-defined]
    it.open_below(button)
    qtbot.waitUntil(it.isVisible)
    return it


def texts(popup: ChoicePopup) -> list[str]:
    return [popup.list.item(row).text().strip() for row in range(popup.list.count())]


def key(qtbot: QtBot, popup: ChoicePopup, *keys: Qt.Key) -> None:
    for one in keys:
        qtbot.keyClick(popup.search, one)


def test_all_are_listed_in_groups(popup: ChoicePopup) -> None:
    assert texts(popup) == [
        "First-order", "SGD · 1951", "Momentum · 1964", "Adaptive", "Adam · 2015", "AdamW · 2019", "Second-order",
        "Natural gradient · 1998",
    ]  # fmt: skip
    assert popup.list.currentItem().text().strip() == "SGD · 1951"
    assert popup.about.text() == "Plain steps."


def test_typing_narrows_and_enter_takes(qtbot: QtBot, popup: ChoicePopup) -> None:
    qtbot.keyClicks(popup.search, "ada 2019")
    assert texts(popup) == ["Adaptive", "AdamW · 2019"]
    key(qtbot, popup, Qt.Key.Key_Return)
    assert popup.chosen == ["adamw"] and not popup.isVisible()  # type: ignore[attr-defined]


def test_arrows_pass_over_headings_and_stop_at_the_last_that_can_be_chosen(qtbot: QtBot, popup: ChoicePopup) -> None:
    for expected in ("Momentum", "Adam", "AdamW", "AdamW"):
        key(qtbot, popup, Qt.Key.Key_Down)
        assert popup.list.currentItem().text().split()[0] == expected
    key(qtbot, popup, Qt.Key.Key_PageUp, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert popup.list.currentItem().text().strip() == "SGD · 1951"


def test_escape_chooses_nothing(qtbot: QtBot, popup: ChoicePopup) -> None:
    key(qtbot, popup, Qt.Key.Key_Escape)
    assert popup.chosen == [] and not popup.isVisible()  # type: ignore[attr-defined]


def test_who_cannot_be_chosen_says_why(qtbot: QtBot, popup: ChoicePopup) -> None:
    item = popup.list.item(popup.list.count() - 1)
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled and "needs a model" in item.toolTip()
    at = popup.list.visualItemRect(item).center()
    qtbot.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.keyClicks(popup.search, "natural")
    assert popup.about.text() == "It needs a model."
    key(qtbot, popup, Qt.Key.Key_Return)
    assert popup.chosen == [] and popup.isVisible()  # type: ignore[attr-defined]


def test_what_nothing_is_called_is_said(qtbot: QtBot, popup: ChoicePopup) -> None:
    qtbot.keyClicks(popup.search, "xyz")
    assert texts(popup) == [] and popup.about.text() == "Nothing is called that."


def test_a_click_takes_one(qtbot: QtBot, popup: ChoicePopup) -> None:
    at = popup.list.visualItemRect(popup.list.item(4)).center()
    qtbot.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, at.y()))
    assert popup.chosen == ["adam"]  # type: ignore[attr-defined]


def test_a_combo_opens_the_list_at_its_entry_and_at_what_is_typed(qtbot: QtBot) -> None:
    combo = SearchCombo(ENTRIES, "Methods")
    show(qtbot, combo, 200, 40)
    combo.setCurrentIndex(combo.findData("adam"))
    combo.setFocus()
    combo.showPopup()
    assert combo.popup.list.currentItem().text().strip() == "Adam · 2015"
    combo.popup.close()
    qtbot.keyClick(combo, Qt.Key.Key_M)
    assert combo.popup.search.text() == "m" and "momentum" in combo.popup.shown
    key(qtbot, combo.popup, Qt.Key.Key_Return)
    assert combo.currentData() == "momentum"


def test_arrows_on_a_closed_combo_pass_over_what_cannot_be_chosen(qtbot: QtBot) -> None:
    combo = SearchCombo(ENTRIES, "Methods")
    show(qtbot, combo, 200, 40)
    combo.set_obstacles({"momentum": "No."})
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentData() == "adam"
    combo.set_obstacles({})
    qtbot.keyClick(combo, Qt.Key.Key_Up)
    assert combo.currentData() == "momentum"


def test_the_reason_names_both_as_people_do() -> None:
    ravine = LANDSCAPES["ravine"]()
    assert why_not(OPTIMIZERS["adam"], ravine) == ""

    class Fisherman(OPTIMIZERS["adam"]):  # type: ignore[misc]
        name, title, needs = "fisher_man", "Fisherman", "model"

    told = why_not(Fisherman, ravine)
    assert told.startswith("Fisherman needs") and "Ravine" in told and told.endswith(".")
    assert why_not(Fisherman, LANDSCAPES["logistic"]()) == ""
    QToolTip.hideText()
