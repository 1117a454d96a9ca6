"""Who races the cells of a league: this process, new processes beside it, or a cluster."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.process import BaseProcess
from typing import Protocol

from simulator.studies.league import Cell, League
from simulator.studies.leaguecell import Outcome, play
from simulator.studies.workers import begun

Play = Callable[[Cell], list[Outcome]]
SMALL = 20_000  # steps of rules in lockstep: a second or so, no more than new processes need to begin
MOST_WORKERS = 256


class CrewError(Exception):
    """Nobody can race: why, on one line."""


class Crew(Protocol):
    """Takes cells and gives futures. ``hands``: how many it works at at a time."""

    hands: int

    def submit(self, cell: Cell) -> Future[list[Outcome]]:
        """Raises BrokenExecutor where a worker has died and nobody has renewed the crew."""
        ...

    def renew(self) -> None:
        """Begin anew after a worker's death; what was taken is lost."""
        ...

    def close(self) -> None:
        """End all work at once; no process is left behind."""
        ...


class Here:
    """This process: a cell is done when ``submit`` returns."""

    hands = 1

    def __init__(self, play: Play = play):
        self._play = play

    def submit(self, cell: Cell) -> Future[list[Outcome]]:
        done: Future[list[Outcome]] = Future()
        try:
            done.set_result(self._play(cell))
        except Exception as error:
            done.set_exception(error)
        return done

    def renew(self) -> None:
        pass

    def close(self) -> None:
        pass


class Processes:
    """New processes."""

    def __init__(self, hands: int, play: Play = play):
        self.hands, self._play = hands, play
        self._pool: ProcessPoolExecutor | None = None
        self._own: set[BaseProcess] = set()

    def submit(self, cell: Cell) -> Future[list[Outcome]]:
        if self._pool is None:
            before = set(multiprocessing.active_children())
            self._pool = begun(self.hands)
            self._own = set(multiprocessing.active_children()) - before
        return self._pool.submit(self._play, cell)

    @property
    def workers(self) -> list[BaseProcess]:
        """Those alive."""
        return [process for process in self._own if process.is_alive()]

    def renew(self) -> None:
        self.close()

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        for process in self.workers:
            process.kill()
        pool.shutdown(wait=True, cancel_futures=True)
        for process in self._own:
            process.join()
        self._own.clear()


def pays(league: League) -> bool:
    """Whether it is worth while to begin new processes for it."""
    rounds = 1 + (league.budget.runs > 0)
    return rounds * len(list(league.cells())) * len(league.entrants) * league.steps > SMALL
