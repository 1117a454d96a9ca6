"""The coach in the window: where a racer fails, its card says so, while the race stands still.

It waits until the step on screen has not moved for a moment, then looks at one racer at a time between the events of
the window. While the race plays it says nothing new.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from simulator.diagnose import Diagnosis, beside, diagnose, forked
from simulator.param import RaceError
from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.controller import Controller
from simulator.ui.entrants import EntrantPanel

REST_MILLISECONDS = 300
STARTS = 4  # of a racer's are looked at, up to the first that fails


class Coach(QObject):
    """Tells the cards of ``racers`` what is wrong at the step on screen. ``set_on``: the person wants it, and
    ``set_allowed``: a lesson does."""

    def __init__(self, controller: Controller, racers: EntrantPanel):
        super().__init__(racers)
        self._controller, self._racers = controller, racers
        self._on = self._allowed = True
        self._waiting: list[int] = []  # entrants not yet looked at
        self._seen: tuple[Recording, int] | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MILLISECONDS)  # type: ignore[call-overload]
        self._rest.timeout.connect(self._begin)
        self._slices = QTimer(self, interval=0)  # type: ignore[call-overload]
        self._slices.timeout.connect(self.look)
        racers.tried.connect(self._try)
        controller.moved.connect(lambda: self._wait())
        controller.playing_changed.connect(lambda: self._wait())
        self._wait()

    def set_on(self, on: bool) -> None:
        self._on = on
        self._apply()

    def set_allowed(self, allowed: bool) -> None:
        self._allowed = allowed
        self._apply()

    def now(self) -> None:
        """Look at all racers at once."""
        self._rest.stop()
        self._begin()
        while self._waiting:
            self.look()

    @property
    def _speaks(self) -> bool:
        return self._on and self._allowed

    def _apply(self) -> None:
        self._seen = None
        if self._speaks:
            self._wait()
            return
        self._stop()
        self._racers.clear_diagnoses()

    def _stop(self) -> None:
        self._rest.stop()
        self._slices.stop()
        self._waiting.clear()

    def _wait(self) -> None:
        self._slices.stop()
        self._waiting.clear()
        c = self._controller
        if not self._speaks or c.held or c.playing or c.catching_up:
            self._rest.stop()
        else:
            self._rest.start()

    def _begin(self) -> None:
        c = self._controller
        moment = (c.recording, c.step)
        if not self._speaks or c.held or moment == self._seen:
            return
        self._seen = moment
        self._waiting = list(range(len(c.race.entrants)))
        self._slices.start()

    def look(self) -> None:
        """Look at the next racer."""
        if not self._waiting or self._seen is None:
            self._slices.stop()
            return
        recording, step = self._seen
        entrant = self._waiting.pop(0)
        said, start = _first_that_fails(recording, entrant, step)
        where = f", start {start + 1}" if len(recording.race.starts) > 1 else ""
        self._racers.show_diagnosis(recording.race.entrants[entrant].stream, said if said.failed else None, where)

    def _try(self, stream: int, said: Diagnosis, fork: bool) -> None:
        race = self._controller.race
        places = [i for i, entrant in enumerate(race.entrants) if entrant.stream == stream]
        if self._seen is None or self._seen[0].race != race or not places:
            return  # it is about another race than the one on screen
        try:
            tried: Race = forked(race, places[0], said) if fork else beside(race, places[0], said)
        except RaceError as error:
            self._racers.tell(error.plain)
            return
        self._controller.set_race(tried)


def _first_that_fails(recording: Recording, entrant: int, step: int) -> tuple[Diagnosis, int]:
    found = diagnose(recording, entrant, step), 0
    for start in range(1, min(len(recording.race.starts), STARTS)):
        if found[0].failed:
            break
        found = diagnose(recording, entrant, step, start), start
    return found
