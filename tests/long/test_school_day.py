"""Eight hours in a classroom: playing, switching and dragging, with the clock driven by hand."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

pytest.importorskip("PySide6")

from hosted import POPS_UP, opened
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from usage import growing, settled

from simulator import racefile, resources
from simulator.lessons import LESSONS
from simulator.overlays import OVERLAYS
from simulator.schedules import SCHEDULES
from simulator.ui.mainwindow import MainWindow
from simulator.ui.views import VIEWS

HOURS = 8
TICK = 0.25  # s, the longest the controller owes at once
TICKS_A_TASK = 240  # a minute: then the class does something else
LOOK_EVERY = 16  # ticks between two looks of the screen
pytestmark = [POPS_UP, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read off /proc")]


class Class:
    """What a class does with ``window``; the same again for the same seed."""

    def __init__(self, window: MainWindow, seed: int):
        self.window, self.dice = window, random.Random(seed)
        self.tasks: tuple[Callable[[], None], ...] = (
            self.another_race, self.another_view, self.drag_a_start, self.drag_a_rate, self.another_look,
            self.take_a_lesson, self.scrub, self.undo, self.change_the_field, self.walk, self.look_it_up,
        )  # fmt: skip

    def minute(self) -> None:
        """One thing done, and the race played."""
        self.dice.choice(self.tasks)()
        c = self.window.controller
        for tick in range(TICKS_A_TASK):
            if not c.playing:
                c.play()
            c.tick(TICK)
            if tick % LOOK_EVERY == 0:
                QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def another_race(self) -> None:
        self.window.controller.load(racefile.find(self.dice.choice(sorted(resources.sample_races()))))

    def another_view(self) -> None:
        stage = self.window.workbench.stage
        stage.choose_view(self.dice.choice([*VIEWS]))
        stage.choose_overlays(self.dice.sample([*OVERLAYS], 2))

    def drag_a_start(self) -> None:
        c = self.window.controller
        box = c.race.landscape.box
        for _ in range(60):
            point = tuple(self.dice.uniform(low, high) for low, high in box)
            c.set_race(replace(c.race, starts=(point, *c.race.starts[1:])), merge="start")
            QApplication.processEvents()

    def drag_a_rate(self) -> None:
        c = self.window.controller
        first = c.race.entrants[0].lr
        for _ in range(60):
            lr = min(max(first * self.dice.uniform(0.2, 2.0), 1e-5), 1.0)
            c.set_race(c.race.with_hyper(0, lr=lr), merge="lr")
            QApplication.processEvents()

    def another_look(self) -> None:
        self.window.actions_[self.dice.choice(("dark", "projector"))].toggle()

    def take_a_lesson(self) -> None:
        room = self.window.classroom
        room.open(LESSONS[self.dice.choice([*LESSONS])])
        for _ in range(3):
            room.go_on(1)
            QApplication.processEvents()
        room.leave()

    def scrub(self) -> None:
        c = self.window.controller
        for _ in range(40):
            c.seek(self.dice.randint(0, c.race.steps))
            QApplication.processEvents()

    def undo(self) -> None:
        c = self.window.controller
        while c.can_undo:
            c.undo()

    def change_the_field(self) -> None:
        c = self.window.controller
        c.set_race(c.race.with_entrant(0, schedule=SCHEDULES[self.dice.choice([*SCHEDULES])]()))

    def walk(self) -> None:
        fog = self.window.actions_["fog"]
        if fog.isEnabled():
            fog.setChecked(True)
            QApplication.processEvents()
            fog.setChecked(False)

    def look_it_up(self) -> None:
        self.window.beside.show_help()
        QApplication.processEvents()
        self.window.beside.close()


def test_a_school_day_leaves_nothing_behind(qtbot: QtBot) -> None:
    window = opened(qtbot)
    day, used = Class(window, 8), []
    for _ in range(HOURS):
        for _ in range(int(3600 / TICK / TICKS_A_TASK)):
            day.minute()
        used.append(settled(window))
        print(used[-1])
    assert not growing(used)
