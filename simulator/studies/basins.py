"""Basins of attraction: every start of a grid, and which minimum each racer reaches from there, in how many steps.

A racer has reached a minimum if at the end of the race it is within a tolerance of it: a hundredth of the diagonal of
the landscape's box, less where two minima are so close that this would not tell them apart.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Crowd
from simulator.engine import Engine
from simulator.landscape import Box, Landscape
from simulator.lanes import PACK
from simulator.race import Entrant, Race
from simulator.referee import out_of_box
from simulator.studies.arrivals import Arrivals, Goal
from simulator.survey import survey

Array = NDArray[np.float64]
Codes = NDArray[np.int16]
SIZE, SIZES = 128, (8, 1024)  # starts a side, as a rule and at least and at most
TOLERANCE = 0.01  # of the box's diagonal
APART = 1 / 3  # of the way between two minima, at most
MOST = 24  # minima that are told apart; the lowest ones
STRIDE = 8  # steps between two looks at the clock
COARSEST = 8  # at first one start in so many, across and upwards
UNDER_WAY, OUT_OF_VIEW, DIVERGED, UNKNOWN = -1, -2, -3, -4
WORDS = {
    UNDER_WAY: "elsewhere or under way", OUT_OF_VIEW: "out of view", DIVERGED: "diverged", UNKNOWN: "not computed yet"
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Basins:
    """Where each start leads, so far. Row 0 is the lowest; a landscape of one dimension has a single row.

    reached: (entrants, rows, columns); the number of a goal, or a key of `WORDS`
    steps: of the same shape; the first step at which the racer was within ``tolerance`` of the goal it is at in the
        end, −1 where it is at none
    """

    race: Race
    entrants: tuple[Entrant, ...]
    box: Box  # what the grid is laid over, a part of the plane: each start stands in the middle of its cell
    goals: tuple[Goal, ...]
    tolerance: float
    reached: Codes
    steps: NDArray[np.int32]
    under: Basins | None = None  # of a larger part: seen where this one is not known, and its shades hold for both

    @property
    def complete(self) -> bool:
        return not (self.reached == UNKNOWN).any()

    @property
    def slowest(self) -> int:
        """The steps that all but one in fifty of the starts need that reach a minimum: where the shades end."""
        if self.under is not None:
            return self.under.slowest
        took = np.sort(self.steps[self.steps >= 0])
        return int(took[int(0.98 * (len(took) - 1))]) if len(took) else self.race.steps

    def name(self, code: int) -> str:
        """It in words: the goal's letter and place, or what became of a racer that reached none."""
        return WORDS[code] if code < 0 else f"{letter(code)} {self.goals[code].place}"

    def start(self, row: int, column: int) -> tuple[float, ...]:
        """The start in the middle of a cell."""
        axes = axes_of(self.box, self.reached.shape[2])
        return tuple(float(axis[i]) for axis, i in zip(axes, (column, row), strict=False))

    def share(self, entrant: int, code: int) -> float:
        """Of the starts known, those from which the entrant reached it."""
        known = np.count_nonzero(self.reached[entrant] != UNKNOWN)
        return np.count_nonzero(self.reached[entrant] == code) / known if known else 0.0

    def median(self, entrant: int, code: int) -> float:
        """The median of the steps needed to a goal; NaN where nobody reached it."""
        took = np.sort(self.steps[entrant][self.reached[entrant] == code])
        if code < 0:
            return math.nan
        return float((took[(len(took) - 1) // 2] + took[len(took) // 2]) / 2) if len(took) else math.nan

    def filled(self, entrant: int) -> tuple[Codes, NDArray[np.int32]]:
        """``reached`` and ``steps`` of an entrant; what is not known yet is as at a start near it, or is left unknown
        where that is no nearer than one of the map under it."""
        reached: Codes = self.reached[entrant].copy()
        steps: NDArray[np.int32] = self.steps[entrant].copy()
        stride, farthest = 2, float(COARSEST)
        if self.under is not None:
            sides = zip(self.under.box, self.box, strict=True)
            farthest = min(COARSEST, *((b - a) / (d - c) for (a, b), (c, d) in sides))
        while stride <= farthest and (reached == UNKNOWN).any():
            unknown = np.nonzero(reached == UNKNOWN)
            near = tuple(index // stride * stride for index in unknown)
            reached[unknown], steps[unknown] = reached[near], steps[near]
            stride *= 2
        return reached, steps


def letter(number: int) -> str:
    """A, B, C …"""
    return chr(ord("A") + number)


def trouble(landscape: Landscape) -> str:
    """Why there is no map of this landscape, or ""."""
    if landscape.dim > 2:
        return f"A basin map shows starts with one or two coordinates; a start on this landscape has {landscape.dim}."
    return ""


def axes_of(box: Box, size: int) -> list[Array]:
    """The coordinates of the grid's starts: in the middle of ``size`` cells a side."""
    return [low + (high - low) * ((np.arange(size) + 0.5) / size) for low, high in box]


@lru_cache(maxsize=8)  # a change of rate or of view asks again, and some take 20 ms
def goals_of(landscape: Landscape) -> tuple[Goal, ...]:
    """The minima a landscape knows, and after them those that a look over its box finds, lowest first."""
    known = landscape.minima
    goals = [Goal(minimum, True) for minimum in known]
    if not landscape.moving:
        room = TOLERANCE * landscape.diagonal
        for minimum in survey(landscape).minima:
            if all(math.dist(minimum.theta, goal.minimum.theta) > room for goal in goals):
                goals.append(Goal(minimum, False))
    return tuple(goals[:MOST])


def tolerance_of(landscape: Landscape, goals: Sequence[Goal]) -> float:
    """How near a goal counts as there, in the landscape's coordinates."""
    spots = [goal.minimum.theta for goal in goals]
    gaps = [math.dist(a, b) for i, a in enumerate(spots) for b in spots[:i]]
    return min([TOLERANCE * landscape.diagonal, *(APART * gap for gap in gaps)])


class Mapping:
    """Maps under way: ``work`` computes them, coarse to fine; ``result`` is what there is so far."""

    def __init__(
        self, race: Race, size: int = SIZE, entrants: Sequence[Entrant] | None = None, part: Box | None = None
    ):
        """``entrants``: those of the race where None; ``part``: of the plane, the landscape's box where None.

        Raises ValueError for a landscape of more than two dimensions.
        """
        if why := trouble(race.landscape):
            raise ValueError(why)
        self.race, self.size = race, size
        self.entrants = race.entrants if entrants is None else tuple(entrants)
        self.box = part or race.landscape.box
        with np.errstate(all="ignore"):
            self.goals = goals_of(race.landscape)
        self.tolerance = tolerance_of(race.landscape, self.goals)
        rows = size if race.landscape.dim == 2 else 1
        self._reached = np.full((len(self.entrants), rows, size), UNKNOWN, dtype=np.int16)
        self._steps = np.full(self._reached.shape, -1, dtype=np.int32)

    def result(self) -> Basins:
        arrays = self._reached.copy(), self._steps.copy()
        return Basins(self.race, self.entrants, self.box, self.goals, self.tolerance, *arrays)

    def work(self) -> Generator[float]:
        """Compute, a few steps of at most `PACK` runs at a time; yields the share done. It can be closed at any."""
        total, done = self._reached.size * self.race.steps, 0
        for cells in self.lots():
            for i in range(len(self.entrants)):
                engine = Engine(self.crowd(i, cells), partial(Arrivals, goals=self.goals, tolerance=self.tolerance))
                while engine.step < self.race.steps:
                    before = engine.step
                    engine.advance(STRIDE)
                    done += (engine.step - before) * len(cells)
                    yield min(done / total, 1.0)
                self._take(i, cells, engine.recording)

    def lots(self) -> Iterator[NDArray[np.intp]]:
        """Cells (n, 2), row and column: every `COARSEST`-th first, then those between, each lot of at most `PACK`."""
        _, rows, columns = self._reached.shape
        stride = COARSEST
        while stride:
            grid = np.stack(np.meshgrid(np.arange(0, rows, stride), np.arange(0, columns, stride), indexing="ij"), -1)
            cells = grid.reshape(-1, 2)
            if stride < COARSEST:
                cells = cells[(cells % (2 * stride)).any(axis=1)]
            for first in range(0, len(cells), PACK):
                yield cells[first : first + PACK]
            stride //= 2

    def crowd(self, entrant: int, cells: NDArray[np.intp]) -> Crowd:
        """The races started in ``cells``."""
        axes = axes_of(self.box, self.size)
        columns = [axis[cells[:, 1 - i]] for i, axis in enumerate(axes)]
        starts = tuple(zip(*(column.tolist() for column in columns), strict=True))
        return replace(Crowd.of(self.race, entrants=(self.entrants[entrant],), starts=starts), alike=True)

    def _take(self, entrant: int, cells: NDArray[np.intp], kept: Arrivals) -> None:
        landscape = self.race.landscape
        with np.errstate(all="ignore"):
            code = kept.at()
            code[(code < 0) & out_of_box(landscape, kept.theta)] = OUT_OF_VIEW
            code[kept.lost] = DIVERGED
        took = np.full(len(code), -1, dtype=np.int32)
        there = code >= 0
        if there.any():
            took[there] = kept.first[code[there], np.flatnonzero(there)]
        place = entrant, cells[:, 0], cells[:, 1]
        self._reached[place], self._steps[place] = code, took


def basins(race: Race, size: int = SIZE, entrants: Sequence[Entrant] | None = None, part: Box | None = None) -> Basins:
    """All of a map at once."""
    mapping = Mapping(race, size, entrants, part)
    for _ in mapping.work():
        pass
    return mapping.result()
