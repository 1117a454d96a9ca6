"""Who arrives where: what an engine writes of many racers at once for a basin map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Field
from simulator.keepers import forget_states
from simulator.landscape import Minimum
from simulator.pack import Pack
from simulator.referee import confines

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Goal:
    """A minimum that can be reached. ``known`` from the landscape; otherwise found by looking over a grid."""

    minimum: Minimum
    known: bool

    @property
    def place(self) -> str:
        return "(" + ", ".join(f"{x:.3g}".replace("-", "−") for x in self.minimum.theta) + ")"


class Arrivals:
    """What an engine writes into: when each lane first was at each goal, and whom the referee has ever called diverged.

    first: (goals, lanes), −1 for never; lost: (lanes,); theta: (lanes, dim), where they are now.
    """

    def __init__(self, field: Field, theta: Array, packs: list[Pack], goals: Sequence[Goal], tolerance: float):
        self.field, self.tolerance = field, tolerance
        self.done = 0
        self.theta = theta.copy()
        landscape = field.landscape
        self._fixed = np.array([goal.minimum.theta for goal in goals]).reshape(1, len(goals), landscape.dim)
        self._confines = confines(landscape)
        self.first = np.full((len(goals), len(theta)), -1, dtype=np.int32)
        self.lost = np.zeros(len(theta), dtype=np.bool_)
        self._note(theta[None], slice(None), 0)
        forget_states(packs)

    def write(self, pack: Pack, first: int, stop: int, grads: list[Array]) -> None:
        self._note(pack.path, pack.place, first + 1)
        self.theta[pack.place] = pack.path[-1]

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
        # A coordinate a row: contiguous, which halves what follows.
        low, high = (np.ascontiguousarray(ends.T) for ends in (path.min(axis=0), path.max(axis=0)))
        self.lost[place] |= self._confines.left(low.T, high.T)
        if not self.field.landscape.finite:
            self.lost[place] |= ~np.isfinite(self.field.landscape.loss_along(path, row)).all(axis=0)
        spots, wide = self._spots(row, len(path)), self.tolerance * (1.0 + 1e-9)  # a little more than the exact test
        for first, spot in zip(self.first, spots.swapaxes(0, 1), strict=True):
            # Few pass by a goal in a few steps: only these are looked at step by step.
            first_spot, last_spot = spot.min(axis=0)[:, None], spot.max(axis=0)[:, None]
            passing = _all((low <= last_spot + wide) & (high >= first_spot - wide))
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
    """Along the first axis, which is of one or two."""
    return a[0] if len(a) == 1 else a[0] & a[1]
