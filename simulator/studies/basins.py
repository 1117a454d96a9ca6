"""Basins of attraction: every start of a grid, and which minimum each racer reaches from there, in how many steps.

A racer has reached a minimum if at the end of the race it is within a tolerance of it: a hundredth of the diagonal of
the landscape's box, less where two minima are so close that this would not tell them apart.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Crowd, Field
from simulator.engine import CROWD_SPAN, Engine
from simulator.keepers import forget_states
from simulator.landscape import Box, Landscape, Minimum
from simulator.lanes import PACK, Pack
from simulator.race import Entrant, Race
from simulator.referee import DIVERGED_DIAGONALS, out_of_box
from simulator.survey import survey

Array = NDArray[np.float64]
Codes = NDArray[np.int16]
SIZE, SIZES = 128, (8, 1024)  # starts a side, as a rule and at least and at most
TOLERANCE = 0.01  # of the box's diagonal
APART = 1 / 3  # of the way between two minima, at most
MOST = 24  # minima that are told apart; the lowest ones
COARSEST = 8  # at first one start in so many, across and upwards
UNDER_WAY, OUT_OF_VIEW, DIVERGED, UNKNOWN = -1, -2, -3, -4
WORDS = {
    UNDER_WAY: "elsewhere or under way", OUT_OF_VIEW: "out of view", DIVERGED: "diverged", UNKNOWN: "not computed yet"
}  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """A minimum that can be reached. ``known`` from the landscape; otherwise found by looking over a grid."""

    minimum: Minimum
    known: bool

    @property
    def place(self) -> str:
        return "(" + ", ".join(f"{x:.3g}".replace("-", "−") for x in self.minimum.theta) + ")"


@dataclass(frozen=True, eq=False)
class Basins:
    """Where each start leads, so far. Row 0 is the lowest; a landscape of one dimension has a single row.

    reached: (entrants, rows, columns); the number of a goal, or a key of `WORDS`
    steps: of the same shape; the first step at which the racer was within ``tolerance`` of the goal it is at in the
        end, −1 where it is at none
    """

    race: Race
    entrants: tuple[Entrant, ...]
    box: Box  # what the grid is laid over: each start stands in the middle of its cell
    goals: tuple[Goal, ...]
    tolerance: float
    reached: Codes
    steps: NDArray[np.int32]

    @property
    def complete(self) -> bool:
        return not (self.reached == UNKNOWN).any()

    @property
    def slowest(self) -> int:
        """The steps that all but one in fifty of the starts need that reach a minimum: where the shades end."""
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
        """``reached`` and ``steps`` of an entrant; what is not known yet is as at a start near it."""
        reached, steps = self.reached[entrant], self.steps[entrant]
        row, column = np.arange(len(reached)), np.arange(reached.shape[1])
        stride = 2
        while stride <= COARSEST and (reached == UNKNOWN).any():
            rows, columns, unknown = row // stride * stride, column // stride * stride, reached == UNKNOWN
            reached = np.where(unknown, reached[rows][:, columns], reached)
            steps = np.where(unknown, steps[rows][:, columns], steps)
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


class Arrivals:
    """What an engine writes into: when each lane first was at each goal, and who was ever out of all bounds.

    first: (goals, lanes), −1 for never; lost: (lanes,); theta: (lanes, dim), where they are now.
    """

    def __init__(self, field: Field, theta: Array, packs: list[Pack], goals: Sequence[Goal], tolerance: float):
        self.field, self.tolerance = field, tolerance
        self.done = 0
        self.theta = theta.copy()
        landscape = field.landscape
        self._fixed = np.array([goal.minimum.theta for goal in goals]).reshape(1, len(goals), landscape.dim)
        self._centre = np.asarray(landscape.box).mean(axis=1)
        self._reach = DIVERGED_DIAGONALS * landscape.diagonal
        self.first = np.full((len(goals), len(theta)), -1, dtype=np.int32)
        self.lost = np.zeros(len(theta), dtype=np.bool_)
        self._note(theta[None], slice(None), 0)
        forget_states(packs)

    def write(self, pack: Pack, first: int, stop: int, grads: list[Array]) -> None:
        for group in pack.groups:
            self._note(np.asarray(group.path), group.place, first + 1)
            self.theta[group.place] = group.theta

    def close(self, first: int, stop: int) -> None:
        self.done = stop

    def at(self) -> NDArray[np.int16]:
        """The goal at which each lane is now, −1 for none."""
        found = np.full(len(self.theta), -1, dtype=np.int16)
        for m, spot in enumerate(self._spots(self.done, 1)[0]):
            found[near(self.theta, spot, self.tolerance)] = m
        return found

    def _spots(self, row: int, rows: int) -> Array:
        """Where the goals are at steps ``row``, …: (rows, goals, dim), or (1, goals, dim) where they stay."""
        landscape = self.field.landscape
        if not landscape.moving:
            return self._fixed
        return np.array([[m.theta for m in landscape.at(row + i).minima] for i in range(rows)])

    def _note(self, path: Array, place: slice | NDArray[np.intp], row: int) -> None:
        """``path`` (rows, lanes, dim) begins with the step ``row``."""
        low, high = path.min(axis=0), path.max(axis=0)
        off = np.maximum(high - self._centre, self._centre - low)
        self.lost[place] |= ~_all(off <= self._reach)
        spots, wide = self._spots(row, len(path)), self.tolerance * (1.0 + 1e-9)  # a little more than the exact test
        for first, spot in zip(self.first, spots.swapaxes(0, 1), strict=True):
            # Few pass by a goal in a few steps: only these are looked at step by step.
            passing = _all((low <= spot.max(axis=0) + wide) & (high >= spot.min(axis=0) - wide))
            (may,) = np.nonzero(passing & (first[place] < 0))
            if len(may):
                there = near(path[:, may], spot[:, None], self.tolerance)
                lanes = may + place.start if isinstance(place, slice) and place.start else may
                lanes = lanes if isinstance(place, slice) else place[may]
                first[lanes] = np.where(there.any(axis=0), row + there.argmax(axis=0), -1)


def near(theta: Array, spot: Array, tolerance: float) -> NDArray[np.bool_]:
    """Which points ``theta`` (..., dim) are within ``tolerance`` of ``spot``."""
    off = theta - spot
    square = off[..., 0] * off[..., 0]
    for i in range(1, off.shape[-1]):
        square = square + off[..., i] * off[..., i]
    return square <= tolerance * tolerance


def _all(a: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Along the last axis, which is of one or two."""
    return a[:, 0] if a.shape[1] == 1 else a[:, 0] & a[:, 1]


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
                    engine.advance(CROWD_SPAN)
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
            loss = landscape.at(kept.done).loss(kept.theta)
            code = kept.at()
            code[(code < 0) & out_of_box(landscape, kept.theta)] = OUT_OF_VIEW
            code[kept.lost | ~np.isfinite(loss)] = DIVERGED
        took = np.full(len(code), -1, dtype=np.int32)
        there = code >= 0
        if there.any():
            took[there] = kept.first[code[there], np.flatnonzero(there)]
        place = entrant, cells[:, 0], cells[:, 1]
        self._reached[place], self._steps[place] = code, took


def basins(race: Race, size: int = SIZE, entrants: Sequence[Entrant] | None = None, part: Box | None = None) -> Basins:
    """The whole map at once."""
    mapping = Mapping(race, size, entrants, part)
    for _ in mapping.work():
        pass
    return mapping.result()
