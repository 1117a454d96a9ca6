"""Variants of the racers of a race, raced in crowds: what a sweep, the panel of rates, tuning and a measured limit of η
rest on. How a run ends is read here for all of them, and judged as the referee does."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.costs import EVEN
from simulator.crowd import Crowd
from simulator.engine import BLOCK, Engine
from simulator.entrant import Entrant
from simulator.keepers import Finals, Tally
from simulator.lanes import PACK

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Cells = NDArray[np.intp]

METRICS = {
    "loss": "loss at the end, on a landscape that moves its mean on the way",
    "gap": "loss at the end above the minimum, on a landscape that moves its mean",
    "best": "lowest loss on the way",
    "reached": "steps to the goal",
    "spent": "gradient evaluations to the goal",
    "cost": f"all evaluations to the goal: {EVEN.words}",
    "evals": "gradient evaluations",
}
SPENT = ("spent", "spent losses", "spent matrices")  # of what a cost to the goal is made
AT_THE_END = ("loss", "gap")  # what nobody needs to have watched a run for
GOAL = 1e-2  # the share of the way down that may be left where the goal is reached, and a value works

LANES = 8192  # of a part that is sent elsewhere
CAREFUL = 64  # lanes begun with in many dimensions, before it is known what a step of them takes
PATIENCE = 0.006  # seconds that a step of all lanes under way may take


class Ends(NamedTuple):
    """How runs ended, (cells, runs) each, a run being a start with a seed.

    value: what was measured, (metrics, cells, runs); ∞ for a goal never reached
    lost: whether the referee has called the run diverged at any step
    outside: whether it ends outside a box beyond which lie lower values, where nobody can win
    """

    value: Array
    lost: Flags
    outside: Flags


@dataclass(frozen=True)
class Part:
    """Variants that are raced together; it can be sent to another process."""

    crowd: Crowd
    metrics: tuple[str, ...]
    share: float = GOAL

    def engine(self) -> Engine[Finals]:
        full = any(metric not in AT_THE_END for metric in self.metrics)
        return Engine(self.crowd, partial(Tally, share=self.share) if full else Finals)

    def read(self, kept: Finals) -> Ends:
        """How the runs have ended."""
        shape = (len(self.crowd.entrants), self.crowd.lanes // len(self.crowd.entrants))
        value = np.stack([self._measured(metric, kept) for metric in self.metrics])
        return Ends(value.reshape(len(value), *shape), kept.lost.reshape(shape), kept.outside.reshape(shape))

    def _measured(self, metric: str, kept: Finals) -> Array:
        if metric in AT_THE_END:
            floor = self.crowd.landscape.at(kept.done).lowest if metric == "gap" else None
            return kept.standing if floor is None else kept.standing - floor
        assert isinstance(kept, Tally)
        if metric == "best":
            return kept.best
        if metric == "evals":
            return kept.evals.astype(np.float64)
        if metric == "reached":
            counted = kept.reached.astype(np.float64)
        else:
            counted = EVEN.cost(*kept.spent) if metric == "cost" else kept.spent[SPENT.index(metric)].astype(np.float64)
        return np.where(kept.reached < 0, np.inf, counted)


def raced(part: Part) -> Ends:
    """How `Part` ends, once it has been run."""
    return part.read(part.engine().run())


class Racing:
    """Variants under way: ``advance`` until ``done``, or ``finish`` elsewhere; ``ends`` and ``known`` fill up.

    A cell is a variant, numbered from 0 to ``cells`` − 1; ``racer`` says who is in it. ``grounds``: crowds without
    entrants, and which cells are raced on each, the most urgent first. ``runs``: starts × seeds, the same for all.
    """

    def __init__(
        self,
        grounds: Iterable[tuple[Crowd, Cells]],
        racer: Callable[[int], Entrant],
        cells: int,
        metrics: Sequence[str] = ("loss",),
        share: float = GOAL,
        runs: int = 1,
    ):
        self._waiting = deque((crowd, own) for crowd, own in grounds if len(own))
        self._racer, self._metrics, self._share = racer, tuple(metrics), share
        self._runs = runs
        shape = (cells, self._runs)
        self.ends = Ends(
            np.full((len(self._metrics), *shape), np.nan), np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        )
        self.known = np.zeros(cells, dtype=np.bool_)
        self.asked, self._raced = sum(len(own) for _, own in self._waiting), 0
        self._wide = {crowd.landscape.dim <= 2 for crowd, _ in self._waiting} <= {True}
        self._lanes = PACK if self._wide else CAREFUL
        self._step = 0.0  # seconds that a step of the part under way takes
        self._under_way: tuple[Cells, Part, Engine[Finals]] | None = None

    @property
    def done(self) -> bool:
        return not self._waiting

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        within = 0.0
        if self._under_way is not None:
            where, part, engine = self._under_way
            within = len(where) * engine.step / part.crowd.steps
        return (self._raced + within) / self.asked if self.asked else 1.0

    @property
    def parts(self) -> Iterator[Part]:
        """What is left, cut up as `finish` does."""
        return (self._part(crowd, own) for crowd, own in self._cut())

    def advance(self, seconds: float = float("inf")) -> None:
        """Race on for about ``seconds``, a step at least."""
        end = time.perf_counter() + seconds
        while not self.done:
            where, part, engine = self._under_way = self._under_way or self._next(seconds)
            begin, before = time.perf_counter(), engine.step
            engine.advance(self._chunk(seconds))
            self._pace(len(where), (time.perf_counter() - begin) / max(engine.step - before, 1))
            if engine.step >= part.crowd.steps:
                self._take(where, part.read(engine.recording))
            if time.perf_counter() >= end:
                return

    def finish(self, spread: Callable[[Callable[[Part], Ends], list[Part]], Iterator[Ends]]) -> Iterator[float]:
        """Race all that has not ended by way of ``spread``, which gives the ends of parts in order; yields the share
        done. Where it is broken off, ``advance`` goes on."""
        self._under_way = None
        self._waiting = deque(self._cut())
        for found in spread(raced, list(self.parts)):
            self._take(self._waiting[0][1], found)
            yield self.share

    def _cut(self) -> Iterator[tuple[Crowd, Cells]]:
        most = max(1, LANES // self._runs)
        for crowd, own in self._waiting:
            yield from ((crowd, own[a : a + most]) for a in range(0, len(own), most))

    def _part(self, crowd: Crowd, cells: Cells) -> Part:
        racers = tuple(self._racer(cell) for cell in cells.tolist())
        return Part(replace(crowd, entrants=racers), self._metrics, self._share)

    def _next(self, seconds: float) -> tuple[Cells, Part, Engine[Finals]]:
        """The first that wait, as many as are stepped well together; those of one rule side by side."""
        crowd, own = self._waiting[0]
        lanes = LANES if seconds == float("inf") else self._lanes
        where = np.sort(own[: max(1, lanes // self._runs)])
        part = self._part(crowd, where)
        self._step = 0.0
        return where, part, part.engine()

    def _chunk(self, seconds: float) -> int:
        """Steps until the clock is looked at: a block where there is time, as noise is drawn by the block."""
        if seconds == float("inf"):
            return BLOCK
        if not self._step:
            return 8 if self._wide else 1
        return int(min(max(min(seconds, 1.0) / 4 / self._step, 1), BLOCK))

    def _pace(self, cells: int, step: float) -> None:
        """Note what a step takes, and so how many lanes to race at once from now on."""
        self._step = max(step, 1e-7)
        if not self._wide:
            self._lanes = int(min(max(PATIENCE / self._step * cells * self._runs, 8), PACK))

    def _take(self, where: Cells, found: Ends) -> None:
        self.ends.value[:, where] = found.value
        self.ends.lost[where], self.ends.outside[where] = found.lost, found.outside
        self.known[where] = True
        crowd, own = self._waiting.popleft()
        if len(own) > len(where):
            self._waiting.appendleft((crowd, own[len(where) :]))
        self._raced += len(where)
        self._under_way = None
