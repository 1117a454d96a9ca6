"""The real window where it is pushed: too much, too far, or in the wrong moment."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator import racefile
from simulator.landscapes import LANDSCAPES
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    application()
    it = MainWindow(racefile.find("ravine"))
    qtbot.addWidget(it, before_close_func=lambda _: it.controller.mark_saved())
    it.resize(1366, 768)
    it.show()
    it.finish()
    qtbot.waitExposed(it)
    return it


def test_all_racers_may_be_hidden(window: MainWindow) -> None:
    c = window.controller
    c.seek(30)
    for entrant in c.race.entrants:
        c.set_hidden(entrant.stream, True)
    for tab in range(3):
        window.workbench.curves.tabs.setCurrentIndex(tab)
        QApplication.processEvents()
    assert not window.grab().isNull()


def test_a_start_too_many_is_refused_in_words(window: MainWindow) -> None:
    c, arena = window.controller, window.workbench.arena
    c.set_race(dataclasses.replace(c.race, steps=1_000_000))
    for x in range(6):
        arena.start_added.emit(float(x), 1.0)
    assert len(c.race.starts) == 5
    assert "20,000,000 lane-steps" in window.commentary.text()


def test_a_start_too_far_out_is_refused_in_words(window: MainWindow) -> None:
    before = window.controller.race
    window.workbench.arena.start_placed.emit(1e10, 0.0)
    assert window.controller.race == before
    assert "1e+09" in window.commentary.text()


def test_a_start_undone_while_it_is_dragged_is_gone(window: MainWindow) -> None:
    c, arena = window.controller, window.workbench.arena
    arena.start_added.emit(1.0, 1.0)
    arena.start_moved.emit(1, 2.0, 1.0)
    c.undo()
    c.undo()
    arena.start_moved.emit(1, 3.0, 1.0)
    assert len(c.race.starts) == 1


def test_racers_beyond_all_numbers_are_painted(window: MainWindow) -> None:
    c = window.controller
    for name in ("parabola", "rosenbrock"):
        race = c.race.on(LANDSCAPES[name]())
        for place in range(len(race.entrants)):
            race = race.with_hyper(place, lr=9.0)
        c.set_race(race)
        for step in range(0, race.steps, 10):
            c.seek(step)
            window.grab()
    assert np.abs(c.recording.theta[np.isfinite(c.recording.theta)]).max() > 1e20


def test_a_racer_may_be_called_anything(window: MainWindow) -> None:
    c = window.controller
    race = c.race
    for place in range(len(race.entrants)):
        race = race.with_entrant(place, label=f"<b>{place}</b>")
    c.set_race(race)
    c.to_end()
    assert "<b>" in window.commentary.text()
    assert "<b>" not in window.commentary.toolTip()
