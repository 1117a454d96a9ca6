"""Repeats of the race on screen, computed in slices once it has rested; never while it plays."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from simulator.param import RaceError
from simulator.race import Race
from simulator.ui.controller import Controller
from simulator.ui.job import waiting

if TYPE_CHECKING:  # the first picture needs none
    from simulator.studies.repeats import Repeating, Repeats

REST_MILLISECONDS = 250  # after the last change: a drag stays fluid
SLICE_SECONDS = 0.010


class RepeatsJob(QObject):
    """``found`` carries Repeats or None, ``told`` how far it is, or why there are none, ``wanted`` whether there will
    be some."""

    found = Signal(object)
    told = Signal(str)
    wanted = Signal(bool)

    def __init__(self, controller: Controller, parent: QObject):
        super().__init__(parent)
        self._controller, self.count = controller, 0
        self._of: tuple[Race, int] | None = None
        self._repeating: Repeating | None = None
        self._work: Generator[float, None, None] | None = None
        self.rest = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)  # type: ignore[call-overload]
        self.rest.timeout.connect(self.begin)
        self._timer = QTimer(self, interval=0)  # type: ignore[call-overload]
        self._timer.timeout.connect(self.advance)
        controller.race_changed.connect(self._again)
        controller.playing_changed.connect(self._on_playing)

    def set_count(self, count: int) -> None:
        """So many seeds; 0 for none, which also cancels."""
        self.count = count
        self._again()

    def stop(self) -> None:
        self.rest.stop()
        self._timer.stop()
        if self._work is not None:
            self._work.close()
        self._work = self._repeating = None

    def _again(self, _: object = None) -> None:
        if self._of == (self._controller.race, self.count) and not self._controller.held:
            return
        self.stop()
        self._of = None
        self.found.emit(None)
        self.told.emit("")
        self.wanted.emit(bool(self.count) and not self._controller.held)
        if self.count and not self._controller.held:
            from simulator.studies.repeats import has_chance, no_band

            begun = "Repeats: waiting" if self._controller.playing else "Repeats: 0 %"
            self.told.emit(begun if has_chance(self._controller.race) else no_band(self.count))
            self.rest.start()

    def begin(self) -> None:
        if self._controller.playing or not self.count or self._controller.held:
            return
        from simulator.studies.repeats import Repeating

        self._of = self._controller.race, self.count
        try:
            self._repeating = Repeating(*self._of)
        except RaceError as error:
            self.told.emit(f"No repeats. {error.plain}")
            self.wanted.emit(False)
            return
        self._work = self._repeating.work()
        self._timer.start()

    def advance(self) -> None:
        """One slice."""
        if self._work is None or self._repeating is None or waiting(self._timer, self._controller.catching_up):
            return
        end, share = time.perf_counter() + SLICE_SECONDS, 0.0
        while time.perf_counter() < end:
            try:
                share = next(self._work)
            except StopIteration:
                found: Repeats | None = self._repeating.result
                self.stop()
                self.found.emit(found)
                return
            except BaseException:
                self.stop()
                raise
        self.told.emit(self._repeating.told or f"Repeats: {share:.0%}".replace("%", " %"))

    def _on_playing(self, playing: bool) -> None:
        if playing:
            self._timer.stop()
        elif self._work is not None:
            self._timer.start()
        elif self.count and self._of is None:
            self.rest.start()
