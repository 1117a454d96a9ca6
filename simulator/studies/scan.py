"""A scan: every entrant of a race with one Param, or two, at many values and with many seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Crowd
from simulator.param import RaceError
from simulator.race import Entrant, Race
from simulator.studies.axis import Axis
from simulator.studies.workers import can_be_sent
from simulator.variants import AT_THE_END, GOAL, Cells, Ends, Part, Racing

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
MOST_RUNS = 20_000_000


def medians(value: Array, bad: Flags) -> Array:
    """Over the runs, the last axis, of which those that are ``bad``, or no number, are infinitely so."""
    ordered = np.sort(np.where(bad | np.isnan(value), np.inf, value), axis=-1)
    low, high = (ordered[..., k] for k in ((value.shape[-1] - 1) // 2, value.shape[-1] // 2))
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(low == high, low, low + (high - low) / 2)


def discounted(value: Array, lost: Flags, outside: Flags) -> Flags:
    """Where a median does not count, since so many runs end outside a box beyond which lie lower values."""
    return np.isinf(medians(value, lost | outside)) & np.isfinite(medians(value, lost))


@dataclass(frozen=True, eq=False)
class Scan:
    """What came of it, of the entrants numbered in ``who``; values are (entrants, values, …, starts × seeds).

    value: what is measured; ∞ for a goal never reached
    lost: whether the referee has called the run diverged
    outside: whether it ends outside a box beyond which lie lower values
    first: at the start, (values, …, starts × seeds)
    share: of the way from the start down to the minimum that may be left where a value works
    """

    race: Race
    axes: tuple[Axis, ...]
    who: tuple[int, ...]
    seeds: tuple[int, ...]
    metric: str
    value: Array
    lost: Flags
    outside: Flags
    first: Array
    share: float = GOAL

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
    def left(self) -> Flags:
        """Whether a cell does not count, since so many of its runs end outside a box beyond which lie lower values."""
        return discounted(self.value, self.lost, self.outside)

    @cached_property
    def bad(self) -> Flags:
        """Which runs are infinitely bad, whatever is measured: who has diverged, and who ends lower than the minimum by
        leaving the box. Evaluations count however a run ends."""
        if self.metric == "evals":
            return np.zeros_like(self.lost)
        return self.lost | self.outside if self.measures_loss else self.lost

    @cached_property
    def score(self) -> Array:
        """The median over the runs, (entrants, values, …)."""
        return medians(self.value, self.bad)

    @property
    def measures_loss(self) -> bool:
        return self.metric in (*AT_THE_END, "best")

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
        """Where a loss is at or below `line`, (entrants, values, …); of what it takes to reach the goal, where that is
        reached. None of evaluations."""
        if self.metric == "evals":
            return None
        return self.score <= self.line if self.measures_loss else np.isfinite(self.score)

    @cached_property
    def line(self) -> Array:
        """The loss at which all but ``share`` of the way is done, from the start down to the minimum, or where none is
        known to the lowest score of anyone at any value, (values, …)."""
        start = np.median(self.first, axis=-1)
        lowest = np.minimum(self.score.min(), start) if self.floor is None else self.floor
        with np.errstate(invalid="ignore"):
            return lowest + self.share * (start - lowest)

    @cached_property
    def floor(self) -> Array | None:
        """The lowest that can be measured, (values, …); None where no minimum is known, or no loss is measured."""
        if not self.measures_loss:
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

    def __init__(
        self,
        race: Race,
        axes: Iterable[Axis],
        seeds: tuple[int, ...] | None = None,
        metric: str = "loss",
        share: float = GOAL,
    ):
        """Raises RaceError where no entrant has both Params, or where it were too many runs."""
        self.race, self.axes, self.metric, self.goal = race, tuple(axes), metric, share
        self.seeds = race.seeds if seeds is None else seeds
        self.who = tuple(i for i in range(len(race.entrants)) if all(i in axis.who for axis in self.axes))
        if not self.who:
            raise RaceError([f"--param: nobody has both {' and '.join(axis.key for axis in self.axes)}"])
        self._racers = [replace(race.entrants[i], label="") for i in self.who]
        self.shape = tuple(len(axis.values) for axis in self.axes)
        cells = len(self.who) * prod(self.shape)
        runs = len(race.starts) * len(self.seeds)
        if cells * runs > MOST_RUNS:
            raise RaceError([f"--points: {cells * runs:,} runs are more than {MOST_RUNS:,}"])
        self.runs = cells * runs
        self._first = np.empty((prod(self.shape), runs))
        self.racing = Racing(self._grounds(), self._racer, cells, (metric,), share, runs)

    def _grounds(self) -> Iterator[tuple[Crowd, Cells]]:
        """Who shares a landscape is together."""
        many = prod(self.shape)
        shared = [range(n) if axis.shared else (None,) for axis, n in zip(self.axes, self.shape, strict=True)]
        for fixed in product(*shared):
            ranges = [range(n) if i is None else (i,) for i, n in zip(fixed, self.shape, strict=True)]
            race = at(self.race, self.axes, tuple(next(iter(r)) for r in ranges))
            with np.errstate(all="ignore"):
                first = race.landscape.at(0).loss(np.asarray(race.starts, dtype=np.float64))
            flat = np.ravel_multi_index(np.array(list(product(*ranges))).T, self.shape)
            floor = (race.landscape.lowest or 0.0) if self.metric == "gap" else 0.0
            self._first[flat] = np.repeat(first - floor, len(self.seeds))
            cells = (np.arange(len(self.who))[:, None] * many + flat).ravel()
            yield Crowd.of(race, (), seeds=self.seeds), cells

    def _racer(self, cell: int) -> Entrant:
        row, rest = divmod(cell, prod(self.shape))
        entrant = self._racers[row]
        for axis, many in zip(reversed(self.axes), reversed(self.shape), strict=True):
            rest, i = divmod(rest, many)
            entrant = axis.entrant(entrant, axis.values[i])
        return entrant

    @property
    def sendable(self) -> bool:
        """Whether other processes can be given parts: there are several, and none holds what cannot be sent."""
        parts = self.racing.parts
        first = next(parts, None)
        return first is not None and next(parts, None) is not None and can_be_sent(first)

    @property
    def done(self) -> bool:
        return self.racing.done

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return self.racing.share

    def advance(self, seconds: float = float("inf")) -> None:
        """Race on for about ``seconds``, a step of one part at least."""
        self.racing.advance(seconds)

    def finish(self, spread: Callable[[Callable[[Part], Ends], list[Part]], Iterator[Ends]]) -> Iterator[float]:
        """Race what is left by way of ``spread``, as `Racing.finish`."""
        return self.racing.finish(spread)

    def result(self) -> Scan:
        shape, ends = (len(self.who), *self.shape, -1), self.racing.ends
        return Scan(
            self.race, self.axes, self.who, self.seeds, self.metric,
            ends.value[0].reshape(shape).copy(), ends.lost.reshape(shape).copy(), ends.outside.reshape(shape).copy(),
            self._first.reshape(shape[1:]).copy(), self.goal,
        )  # fmt: skip


def scan(
    race: Race,
    axes: Iterable[Axis],
    seeds: tuple[int, ...] | None = None,
    metric: str = "loss",
    share: float = GOAL,
) -> Scan:
    """The whole at once."""
    scanning = Scanning(race, axes, seeds, metric, share)
    scanning.advance()
    return scanning.result()
