"""The limits of every η follow the step on screen: those with a formula at once, the others measured in pauses."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from PySide6.QtCore import QObject, QTimer

from simulator.recording import Recording
from simulator.stability import Limits, Measurement, limits
from simulator.ui.ratezones import RateZones

REST_MILLISECONDS = 300  # how long nothing moves before it is measured
SLICE_SECONDS = 0.012
PAUSE_MILLISECONDS = 4  # between two slices: whatever else the window has to do goes first


class StabilityMarks(QObject):
    """Tells the `RateZones` of each racer, by stream, what its limits are.

    What was measured stays on screen until something moves: of another step it would not be true.
    """

    def __init__(self, zones: Callable[[int], RateZones | None], parent: QObject):
        super().__init__(parent)
        self._zones = zones
        self._on, self._held = True, False
        self._moment: tuple[Recording, int] | None = None
        self._waiting: list[int] = []  # places of the racers still to be measured
        self._run: Generator[float, None, Limits] | None = None
        self._timer = QTimer(self, singleShot=True)  # type: ignore[call-overload]
        self._timer.timeout.connect(self.work)

    def set_on(self, on: bool) -> None:
        self._on = on
        self._begin()

    def set_held(self, held: bool) -> None:
        """Before a prediction nothing is told of how the race will go."""
        self._held = held
        self._begin()

    def show(self, recording: Recording, step: int) -> None:
        if self._moment is None or recording is not self._moment[0] or step != self._moment[1]:
            self._moment = (recording, step)
            self._begin()

    @property
    def measuring(self) -> bool:
        """Whether a racer is still to be measured."""
        return bool(self._waiting)

    def _begin(self) -> None:
        self._timer.stop()
        self._run, self._waiting = None, []
        if self._moment is None:
            return
        recording, step = self._moment
        shown = self._on and not self._held
        for place in range(len(recording.race.entrants)):
            told = limits(recording, place, step) if shown else None
            if shown and told is None:
                self._waiting.append(place)
            self._tell(place, told)
        if self._waiting:
            self._timer.start(REST_MILLISECONDS)

    def _tell(self, place: int, told: Limits | None) -> None:
        assert self._moment is not None
        if zones := self._zones(self._moment[0].race.entrants[place].stream):
            zones.show(told)

    def work(self) -> None:
        """A slice of the measurements."""
        end = time.perf_counter() + SLICE_SECONDS
        while self._waiting and time.perf_counter() < end:
            assert self._moment is not None
            if self._run is None:
                self._run = Measurement(self._moment[0], self._waiting[0], self._moment[1]).run()
            try:
                next(self._run)
            except StopIteration as found:
                self._run = None
                self._tell(self._waiting.pop(0), found.value)
        if self._waiting:
            self._timer.start(PAUSE_MILLISECONDS)
