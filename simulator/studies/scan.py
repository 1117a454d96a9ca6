"""A scan: every entrant of a race with one Param, or two, at many values and with many seeds.

`simulator.studies.sweep` is the same for a hyperparameter of an optimizer alone, as long as it fits into one crowd.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.costs import EVEN
from simulator.crowd import Crowd
from simulator.engine import BLOCK, Engine
from simulator.keepers import Finals, Tally
from simulator.param import RaceError
from simulator.race import Entrant, Race
from simulator.referee import gone
from simulator.studies.axis import Axis
from simulator.studies.workers import can_be_sent

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
METRICS = {
    "loss": "loss at the end, on a landscape that moves its mean on the way",
    "gap": "loss at the end above the minimum, on a landscape that moves its mean",
    "best": "lowest loss on the way",
    "reached": "steps until a millionth of the height above the minimum is left",
    "evals": "gradient evaluations",
    "cost": f"all evaluations: {EVEN.words}",
}
COUNTED = ("evals", "cost")  # metrics of what was asked for, however it ended
LANES = 8192  # of a part: a block of steps takes some 10 ms
MOST_RUNS = 20_000_000
WORKS = 1e-2  # the share of the way down that may be left where a value works


@dataclass(frozen=True)
class Part:
    """Runs that are raced together; it can be sent to another process."""

    crowd: Crowd
    metric: str

    def engine(self) -> Engine[Finals | Tally]:
        keeper: type[Finals | Tally] = Finals if self.metric in ("loss", "gap") else Tally
        return Engine(self.crowd, keeper)

    def read(self, kept: Finals | Tally) -> tuple[Array, Flags]:
        """Of each entrant and run, (entrants, starts × seeds): what is measured, and whether it has diverged."""
        landscape = self.crowd.landscape.at(kept.done)
        with np.errstate(all="ignore"):
            loss = landscape.loss(kept.theta)
            if isinstance(kept, Finals):
                value = kept.standing - ((landscape.lowest or 0.0) if self.metric == "gap" else 0.0)
            elif self.metric == "reached":
                value = np.where(kept.reached < 0, np.inf, kept.reached.astype(np.float64))
            else:
                cost = EVEN.cost(kept.evals.astype(np.float64), kept.loss_evals, kept.hess_evals)
                value = {"best": kept.best, "evals": kept.evals.astype(np.float64), "cost": cost}[self.metric]
            lost = gone(landscape, kept.theta, loss)
        shape = (len(self.crowd.entrants), -1)
        return value.reshape(shape), lost.reshape(shape)


def raced(part: Part) -> tuple[Array, Flags]:
    """What `Part.read` reads once it has been run."""
    return part.read(part.engine().run())


@dataclass(frozen=True, eq=False)
class Scan:
    """What came of it, of the entrants numbered in ``who``; values are (entrants, values, …, starts × seeds).

    value: what is measured; ∞ for a step never reached
    lost: whether the referee would call the run diverged where it ends
    first: at the start, (values, …, starts × seeds)
    """

    race: Race
    axes: tuple[Axis, ...]
    who: tuple[int, ...]
    seeds: tuple[int, ...]
    metric: str
    value: Array
    lost: Flags
    first: Array

    @property
    def entrants(self) -> list[Entrant]:
        return [self.race.entrants[i] for i in self.who]

    @property
    def runs(self) -> int:
        return self.value.size

    @cached_property
    def diverged(self) -> Flags:
        """Whether more than half of a cell's runs have, (entrants, values, …)."""
        return self.lost.mean(axis=-1) > 0.5

    @cached_property
    def score(self) -> Array:
        """The median over the runs, (entrants, values, …); a run that has diverged counts as infinitely bad."""
        value = self.value if self.metric in COUNTED else np.where(self.lost | np.isnan(self.value), np.inf, self.value)
        low, high = (np.sort(value)[..., k] for k in ((value.shape[-1] - 1) // 2, value.shape[-1] // 2))
        with np.errstate(over="ignore", invalid="ignore"):
            return np.where(low == high, low, low + (high - low) / 2)

    def best(self, entrant: int) -> tuple[int, ...] | None:
        """Where the lowest score of row ``entrant`` is; of equal ones the middle of the longest run of them, with two
        axes the one nearest to the middle of all. None where nothing came of any value."""
        score = self.score[entrant]
        lowest = score.min()
        if not np.isfinite(lowest):
            return None
        ties = np.argwhere(score == lowest)
        if score.ndim == 1:
            runs = np.split(ties[:, 0], np.flatnonzero(np.diff(ties[:, 0]) > 1) + 1)
            run = max(runs, key=len)
            return (int(run[(len(run) - 1) // 2]),)
        middle = ties.mean(axis=0)
        return tuple(int(i) for i in ties[np.abs(ties - middle).sum(axis=1).argmin()])

    @cached_property
    def works(self) -> Flags | None:
        """Where at most a hundredth of the way is left from the start down to the minimum, or where none is known to
        the lowest score of anyone, (entrants, values, …). Of steps until something is reached: where it is. None of
        evaluations."""
        if self.metric in COUNTED:
            return None
        if self.metric == "reached":
            return np.isfinite(self.score)
        lowest = np.full(self.score.shape[1:], self.score.min()) if self.floor is None else self.floor
        start = np.median(self.first, axis=-1)
        with np.errstate(invalid="ignore"):
            return self.score <= lowest + WORKS * (start - lowest)

    @cached_property
    def floor(self) -> Array | None:
        """The lowest that can be measured, (values, …); None where no minimum is known, or no loss is measured."""
        if self.metric in ("reached", *COUNTED):
            return None
        lowest = [at(self.race, self.axes, index).landscape.lowest for index in np.ndindex(self.score.shape[1:])]
        if None in lowest:
            return None
        whole = np.array(lowest, dtype=np.float64).reshape(self.score.shape[1:])
        return np.zeros_like(whole) if self.metric == "gap" else whole

    def width(self, entrant: int) -> float | None:
        """How wide the values are that work, in the units of the one axis: decades where it is logarithmic. Each counts
        for the part of the axis nearer to it than to any other."""
        axis = self.axes[0]
        if self.works is None or self.works.ndim != 2 or not axis.numeric:
            return None
        place = np.array(axis.along())
        known = np.isfinite(place)  # 0 has no place among decades
        place, works = place[known], self.works[entrant, known]
        between = (place[1:] + place[:-1]) / 2
        edges = np.concatenate((place[:1], between, place[-1:]))
        return float(np.diff(edges)[works].sum())


def at(race: Race, axes: tuple[Axis, ...], index: tuple[int, ...]) -> Race:
    """``race`` with what everyone shares at these values."""
    for axis, i in zip(axes, index, strict=True):
        race = axis.race(race, axis.values[i])
    return race


class Scanning:
    """A scan under way: ``advance`` until ``done``; ``result`` is what there is then."""

    def __init__(self, race: Race, axes: Iterable[Axis], seeds: tuple[int, ...] | None = None, metric: str = "loss"):
        """Raises RaceError where no entrant has both Params, or where it were too many runs."""
        self.race, self.axes, self.metric = race, tuple(axes), metric
        self.seeds = race.seeds if seeds is None else seeds
        self.who = tuple(i for i in range(len(race.entrants)) if all(i in axis.who for axis in self.axes))
        if not self.who:
            raise RaceError([f"--param: nobody has both {' and '.join(axis.key for axis in self.axes)}"])
        self.shape = tuple(len(axis.values) for axis in self.axes)
        cells = len(self.who) * prod(self.shape)
        runs = len(race.starts) * len(self.seeds)
        if cells * runs > MOST_RUNS:
            raise RaceError([f"--points: {cells * runs:,} runs are more than {MOST_RUNS:,}"])
        self._value = np.full((cells, runs), np.nan)
        self._lost = np.zeros((cells, runs), dtype=np.bool_)
        self._first = np.empty((prod(self.shape), runs))
        self.parts = list(self._divided(max(1, LANES // runs)))
        self._next = 0
        self._engine: Engine[Finals | Tally] | None = None

    def _divided(self, most: int) -> Iterator[tuple[NDArray[np.intp], Part]]:
        """Parts, and the cells that are in each; who shares a landscape is together."""
        shared = [range(n) if axis.shared else (None,) for axis, n in zip(self.axes, self.shape, strict=True)]
        for fixed in product(*shared):
            ranges = [range(n) if i is None else (i,) for i, n in zip(fixed, self.shape, strict=True)]
            race = at(self.race, self.axes, tuple(next(iter(r)) for r in ranges))
            with np.errstate(all="ignore"):
                first = race.landscape.at(0).loss(np.asarray(race.starts, dtype=np.float64))
            inner = list(product(*ranges))
            flat = np.ravel_multi_index(np.array(inner).T, self.shape)
            floor = (race.landscape.lowest or 0.0) if self.metric == "gap" else 0.0
            self._first[flat] = np.repeat(first - floor, len(self.seeds))
            cells = [(row, index) for row in range(len(self.who)) for index in inner]
            where = (np.arange(len(self.who))[:, None] * prod(self.shape) + flat).ravel()
            for a in range(0, len(cells), most):
                racers = tuple(self._entrant(row, index) for row, index in cells[a : a + most])
                yield where[a : a + most], Part(Crowd.of(race, racers, seeds=self.seeds), self.metric)

    def _entrant(self, row: int, index: tuple[int, ...]) -> Entrant:
        entrant = replace(self.race.entrants[self.who[row]], label="")
        for axis, i in zip(self.axes, index, strict=True):
            entrant = axis.entrant(entrant, axis.values[i])
        return entrant

    @property
    def runs(self) -> int:
        return self._value.size

    @property
    def sendable(self) -> bool:
        """Whether other processes can be given parts: there are several, and none holds what cannot be sent."""
        return len(self.parts) - self._next > 1 and can_be_sent(self.parts[0][1])

    @property
    def done(self) -> bool:
        return self._next >= len(self.parts)

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        if self.done:
            return 1.0
        part = self.parts[self._next][1]
        within = self._engine.step / part.crowd.steps if self._engine is not None else 0.0
        return (self._next + within) / len(self.parts)

    def advance(self, seconds: float) -> None:
        """Race on for about ``seconds``, a block of steps of one part at least."""
        end = time.perf_counter() + seconds
        while not self.done:
            where, part = self.parts[self._next]
            engine = self._engine = self._engine or part.engine()
            engine.advance(BLOCK)
            if engine.step >= part.crowd.steps:
                self._take(where, part.read(engine.recording))
                self._next, self._engine = self._next + 1, None
            if time.perf_counter() >= end:
                return

    def finish(self, spread: Callable[[Callable[[Part], Any], list[Part]], Iterator[Any]]) -> Iterator[float]:
        """Race all parts not begun by way of ``spread``, which gives their results in order; yields the share done."""
        rest = self.parts[self._next :]
        self._engine = None
        for (where, _), found in zip(rest, spread(raced, [part for _, part in rest]), strict=True):
            self._take(where, found)
            self._next += 1
            yield self.share

    def _take(self, where: NDArray[np.intp], found: tuple[Array, Flags]) -> None:
        self._value[where], self._lost[where] = found

    def result(self) -> Scan:
        shape = (len(self.who), *self.shape, -1)
        return Scan(
            self.race, self.axes, self.who, self.seeds, self.metric,
            self._value.reshape(shape).copy(), self._lost.reshape(shape).copy(), self._first.reshape(shape[1:]).copy(),
        )  # fmt: skip


def scan(race: Race, axes: Iterable[Axis], seeds: tuple[int, ...] | None = None, metric: str = "loss") -> Scan:
    """The whole at once."""
    scanning = Scanning(race, axes, seeds, metric)
    scanning.advance(float("inf"))
    return scanning.result()
