"""The fairness strip under the race, and its sheet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator import racefile
from simulator.engine import Engine
from simulator.fairness import sheet
from simulator.race import Noise
from simulator.ui.fairnesssheet import FairnessSheet
from simulator.ui.fairnessstrip import LINES, FairnessStrip
from simulator.ui.mainwindow import MainWindow
from simulator.ui.sidewindows import SideWindows
from simulator.ui.theme import DARK, LIGHT

RAVINE = racefile.find("ravine")


@pytest.fixture
def strip(qtbot: QtBot) -> FairnessStrip:
    widget = FairnessStrip()
    qtbot.addWidget(widget)
    widget.set_theme(LIGHT)
    widget.resize(1200, widget.sizeHint().height())
    widget.show()
    widget.show_step(Engine(RAVINE).run(), 120)
    return widget


def words(strip: FairnessStrip, width: float) -> str:
    return " ".join(f"{bold} {plain}" for line in strip.parts(width) for bold, plain, _ in line)


def test_it_says_what_is_alike_and_what_is_not(strip: FairnessStrip) -> None:
    text = words(strip, 1200.0)
    for told in ("Each its own η", "no noise", "seed 7", "120 steps", "120 gradients", "Momentum", "β 0.8", "η 0.024"):
        assert told in text
    assert "SGD SGD" not in text
    assert "η 0.0075, β 0.8" in strip.accessibleDescription() and "η 0.0075, β 0.8" in strip.toolTip()


def test_with_less_room_less_is_said_but_nobody_is_left_out_unsaid(strip: FairnessStrip) -> None:
    names = [entrant.label for entrant in RAVINE.entrants]
    lengths: list[int] = []
    for width in (2000.0, 1200.0, 800.0, 620.0, 300.0):
        lines, text = strip.parts(width), words(strip, width)
        assert 1 <= len(lines) <= LINES
        lengths.append(len(text))
        missing = [name for name in names if name not in text]
        assert ("more" in text) == bool(missing)
    assert lengths == sorted(lengths, reverse=True) and lengths[0] > lengths[-1]


def test_it_follows_the_step_and_the_race(strip: FairnessStrip) -> None:
    race = replace(RAVINE, noise=Noise(0.5, shared=False))
    strip.show_step(Engine(race).run(), 7)
    strip._live.now()
    assert "7 steps" in words(strip, 3000.0) and "draws of its own (stream 1)" in words(strip, 3000.0)


@pytest.mark.parametrize("theme", [LIGHT, DARK, LIGHT.for_projector()], ids=["light", "dark", "projector"])
def test_it_is_painted_in_every_theme(strip: FairnessStrip, theme: object) -> None:
    strip.set_theme(theme)  # type: ignore[arg-type]
    strip.resize(1300, strip.sizeHint().height())
    image = strip.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, 1300, 2) for y in range(0, image.height(), 3)}) > 20


def test_a_click_or_enter_asks_for_the_sheet(strip: FairnessStrip, qtbot: QtBot) -> None:
    with qtbot.waitSignal(strip.wanted):
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(20, 8))
    with qtbot.waitSignal(strip.wanted):
        qtbot.keyClick(strip, Qt.Key.Key_Return)


def test_the_sheet_marks_what_differs(qtbot: QtBot) -> None:
    told = sheet(Engine(RAVINE).run(), 120)
    dialog = FairnessSheet(told, LIGHT)
    qtbot.addWidget(dialog)
    heads = [dialog.table.verticalHeaderItem(row).text() for row in range(dialog.table.rowCount())]
    assert "≠ η learning rate" in heads and "≠ β beta" in heads and "seed" in heads and "≠ seed" not in heads
    row = heads.index("≠ η learning rate")
    assert [dialog.table.item(row, c).text() for c in range(4)] == ["0.024", "0.0075", "0.1", "0.2"]
    assert dialog.table.item(row, 0).font().bold() and not dialog.table.item(heads.index("seed"), 0).font().bold()
    dialog.copy.click()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["", *told.labels] and len(lines) == len(told.items) + 1


def test_the_window_has_it_and_opens_the_sheet(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr(SideWindows, "show_fairness", lambda self, told: shown.append(told))
    window = MainWindow(RAVINE)
    qtbot.addWidget(window)
    window.show()
    window.finish()
    window.controller.seek(50)
    window.fairness._live.now()
    assert "50 steps" in words(window.fairness, 3000.0)
    window.actions_["fairness"].trigger()
    window.fairness.wanted.emit()
    assert [it.item("steps").values[0] for it in shown] == [50, 50]  # type: ignore[attr-defined]
    window.controller.set_race(window.controller.race.with_hyper(0, lr=0.1))
    window.fairness._live.now()
    assert "η 0.1" in words(window.fairness, 3000.0)
    window.controller.mark_saved()
