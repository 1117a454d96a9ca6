"""The limits of every η follow the step on screen: those with a formula at once, the others measured in pauses."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from PySide6.QtCore import QObject, QTimer

from simulator.recording import Recording
from simulator.stability import Limits, Measurement, limits, measured_by
from simulator.ui.ratezones import RateZones

REST_MILLISECONDS = 300  # how long nothing moves before it is measured
SLICE_SECONDS = 0.012
PAUSE_MILLISECONDS = 4  # between two slices: whatever else the window has to do goes first


class StabilityMarks(QObject):
    """Tells the `RateZones` of each racer, by stream, what its limits are.

    What was measured stays on screen until the racer stands elsewhere: there it would not be true.
    """

    def __init__(self, zones: Callable[[int], RateZones | None], parent: QObject):
        super().__init__(parent)
        self._zones = zones
        self._on, self._held = True, False
        self._moment: tuple[Recording, int] | None = None
        self._waiting: list[int] = []  # places of the racers still to be measured
        self._run: Generator[float, None, Limits] | None = None
        self._found: dict[int, tuple[tuple[object, ...], Limits]] = {}  # the last of each racer, and what it hangs on
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
        plain = recording.race.landscape.dim <= 2  # the Hessian of a network takes milliseconds
        for place in range(len(recording.race.entrants)):
            told = None
            if shown:
                told = (limits(recording, place, step) if plain else None) or self._known(place)
                if told is None:
                    self._waiting.append(place)
            self._tell(place, told)
        if self._waiting:
            self._timer.start(REST_MILLISECONDS)

    def _known(self, place: int) -> Limits | None:
        """What was measured of this racer, if it still is true: while its η is dragged at the start it is."""
        assert self._moment is not None
        recording, step = self._moment
        if recording.race.entrants[place].stream not in self._found:
            return None
        key, found = self._found[recording.race.entrants[place].stream]
        return found if key == measured_by(recording, place, step) else None

    def _tell(self, place: int, told: Limits | None) -> None:
        assert self._moment is not None
        if zones := self._zones(self._moment[0].race.entrants[place].stream):
            zones.show(told)

    def work(self) -> None:
        """A slice of the measurements."""
        end = time.perf_counter() + SLICE_SECONDS
        while self._waiting and time.perf_counter() < end:
            assert self._moment is not None
            (recording, step), place = self._moment, self._waiting[0]
            if self._run is None:
                if told := limits(recording, place, step):
                    self._tell(self._waiting.pop(0), told)
                    continue
                self._run = Measurement(recording, place, step).run()
            try:
                next(self._run)
            except StopIteration as found:
                self._run = None
                stream = recording.race.entrants[place].stream
                self._found[stream] = measured_by(recording, place, step), found.value
                self._tell(self._waiting.pop(0), found.value)
        if self._waiting:
            self._timer.start(PAUSE_MILLISECONDS)
