"""A league under way: what is finished stays finished, and a worker that dies costs no cell."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace

from simulator.studies.crew import Crew
from simulator.studies.journal import Journal
from simulator.studies.league import Cell, League
from simulator.studies.leaguecell import Outcome, failed, keys
from simulator.studies.standings import Standings

SLICE = 0.012  # seconds of looking, where no time is given
TRIES = 3  # deaths of a worker that had nothing else to do, before its cell is given up
AHEAD = 2  # cells that wait for each worker
DIED = f"its worker died {TRIES} times"


@dataclass(eq=False)
class Work:
    """What is left of a cell: the entrants that the journal has no outcome of, and those outcomes' keys."""

    cell: Cell
    keys: list[str]
    deaths: int = 0  # of workers that may have had it
    alone: int = 0  # of workers that had it and nothing else


@dataclass(frozen=True)
class Failure:
    """A cell that could not be raced, and why."""

    cell: Cell
    why: str

    def __str__(self) -> str:
        start = ", ".join(f"{x:g}" for x in self.cell.start[:4])
        return f"{self.cell.landscape.title} from ({start}): {self.why}"


@dataclass(eq=False)
class Running:
    """``advance`` until ``done``; then ``outcomes`` has everything, but for the cells among ``failures``."""

    league: League
    journal: Journal
    crew: Crew
    failures: list[Failure] = field(default_factory=list["Failure"])

    def __post_init__(self) -> None:
        self._cells = self.league.cells()
        self._keys: list[list[str]] = []  # of the cells that were looked at
        self._waiting: deque[Work] = deque()
        self._suspects: deque[Work] = deque()  # raced alone: one of them kills its worker
        self._flying: dict[Future[list[Outcome]], Work] = {}
        self.cells = sum(len(place.starts) for place in self.league.places)
        self.found = self.finished = 0  # cells that the journal had, and those that it has
        self._left = self.league.runs

    def _look(self, seconds: float) -> None:
        """See which cells are still to be raced, so many as ``seconds`` allow, at least one."""
        end = time.perf_counter() + seconds
        while len(self._keys) < self.cells:
            cell = next(self._cells)
            names = keys(cell)
            self._keys.append(names)
            left = [i for i, key in enumerate(names) if key not in self.journal]
            part = replace(cell, entrants=tuple(cell.entrants[i] for i in left))
            self._left -= cell.runs - part.runs
            if left:
                self._waiting.append(Work(part, [names[i] for i in left]))
            else:
                self.found += 1
                self.finished += 1
            if time.perf_counter() > end:
                return

    @property
    def done(self) -> bool:
        return self.looked and not (self._waiting or self._suspects or self._flying)

    @property
    def looked(self) -> bool:
        """Whether it is known what is still to be raced."""
        return len(self._keys) == self.cells

    @property
    def share(self) -> float:
        """How much of the racing is done, 0 to 1; what the journal had counts as done."""
        return 1.0 - self._left / max(self.league.runs, 1)

    def advance(self, seconds: float) -> None:
        """Hand out cells, and take what is finished within ``seconds``. Raises FileError if it cannot be kept."""
        self._look(max(seconds, SLICE))
        self._hand_out()
        if not self._flying:
            return
        for future in wait(self._flying, seconds, FIRST_COMPLETED).done:
            if future in self._flying:
                self._take(future)

    def stop(self) -> None:
        """End it; what is finished is kept."""
        for future in self._flying:
            future.cancel()
        self._flying.clear()
        self.crew.close()

    def _hand_out(self) -> None:
        if self._suspects:
            if not self._flying:
                self._submit(self._suspects)
            return
        while self._waiting and len(self._flying) < AHEAD * self.crew.hands:
            if not self._submit(self._waiting) or self._suspects:
                return

    def _submit(self, queue: deque[Work]) -> bool:
        work = queue.popleft()
        try:
            self._flying[self.crew.submit(work.cell)] = work
        except BrokenExecutor:
            queue.appendleft(work)
            self._broken()
            return False
        return True

    def _take(self, future: Future[list[Outcome]]) -> None:
        try:
            outcomes = future.result()
        except (BrokenExecutor, CancelledError):
            self._broken()
        except Exception as error:
            self._fail(self._flying.pop(future), failed(error))
        else:
            work = self._flying.pop(future)
            self._left -= work.cell.runs
            self.finished += 1
            self.journal.add(zip(work.keys, outcomes, strict=True))

    def _broken(self) -> None:
        """A worker has died, and with it all that was handed out: keep what was finished, hand out the rest again."""
        flying, self._flying = self._flying, {}
        lost: list[Work] = []
        for future, work in flying.items():
            with suppress(BrokenExecutor, CancelledError, TimeoutError):
                if future.exception(0) is None:
                    self._flying[future] = work
                    self._take(future)
                    continue
            lost.append(work)
        self.crew.renew()
        for work in reversed(lost):
            work.deaths += 1
            work.alone += len(lost) == 1
            if work.alone >= TRIES:
                self._fail(work, DIED)
            elif work.deaths > 1:
                self._suspects.appendleft(work)
            else:
                self._waiting.appendleft(work)

    def _fail(self, work: Work, why: str) -> None:
        self._left -= work.cell.runs
        self.failures.append(Failure(work.cell, why))

    def standings(self) -> list[Standings]:
        """At each target. Only of a league without failures."""
        found = self.outcomes()
        return [Standings(self.league, found, t) for t in range(len(self.league.targets))]

    def outcomes(self) -> list[list[Outcome]]:
        """Of each cell, in the order of `League.cells`, one an entrant."""
        return [[self.journal[key] for key in names] for names in self._keys]

    def tidy(self) -> None:
        """Leave no more on disk than may be needed again."""
        self.journal.tidy(key for names in self._keys for key in names)
