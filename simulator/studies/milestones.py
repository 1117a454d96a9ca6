"""When each run came near enough to the minimum, and what it had asked for by then."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Field
from simulator.keepers import evaluations
from simulator.lanes import Group, Pack
from simulator.optimizer import Counts
from simulator.referee import confines, ever_gone, gone, out_of_box, within

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


class Milestones:
    """Where each lane is now, theta (lanes, dim), its loss, and the lowest so far; and for each of ``shares``

    reached: the first step at which f − f* was at most that share of what it was at the start, as the referee has it,
        (shares, lanes); −1 where it never was
    spent: gradients, losses and matrices asked for until then, (3, shares, lanes)
    asked: those asked for in all, (3, lanes)
    lost: whether the referee has called it diverged at any step so far: who once has, stays so, (lanes,)
    """

    def __init__(self, field: Field, theta: Array, packs: list[Pack], shares: tuple[float, ...]):
        self.field, self.shares = field, shares
        self.done = 0
        lanes = len(theta)
        self.theta = theta.copy()
        self.first = field.landscape.at(0).loss(theta)
        self.loss, self.best = self.first.copy(), self.first.copy()
        self.lost = gone(field.landscape, theta, self.first)
        self._confines = confines(field.landscape)
        self.reached: Whole = np.full((len(shares), lanes), -1)
        self.spent: Whole = np.zeros((len(Counts()), len(shares), lanes), dtype=np.int64)
        self.asked: Whole = np.zeros((len(Counts()), lanes), dtype=np.int64)
        for i in range(len(shares)):
            near = self._near(self.first[None], self.first, theta[None], shares[i])
            self.reached[i, near[0]] = 0
        for group in (group for pack in packs for group in pack.groups):
            group.states = deque(maxlen=1)  # nobody will read what a lane remembered

    def write(self, pack: Pack, first: int, stop: int, grads: list[Array]) -> None:
        for group in pack.groups:
            path = np.asarray(group.path)
            loss = self.field.landscape.loss_along(path, first + 1)
            lowest = np.fmin.reduce(loss)
            counts = evaluations(group)
            self.theta[group.place] = group.theta
            self.loss[group.place] = loss[-1]
            self.lost[group.place] |= ever_gone(self._confines, group.path, loss)
            self.best[group.place] = np.fmin(self.best[group.place], lowest)
            for i in range(len(self.shares)):
                self._note(i, group, path, loss, lowest, counts, first + 1)
            for asked, steps in zip(self.asked, counts, strict=True):
                asked[group.place] += steps.sum(axis=0)

    def close(self, first: int, stop: int) -> None:
        self.done = stop

    def _note(self, i: int, group: Group, path: Array, loss: Array, lowest: Array, counts: Any, row: int) -> None:
        """Who first comes near on ``path`` (steps, lanes, dim) from ``row`` on; ``lowest``: its least loss."""
        floor, share = self.field.landscape.lowest, self.shares[i]
        first = self.first[group.place]
        if floor is None:
            return
        (may,) = np.nonzero((self.reached[i, group.place] < 0) & (lowest - floor <= share * (first - floor)))
        if not len(may):
            return
        near = self._near(loss[:, may], first[may], path[:, may], share)
        (come,) = np.nonzero(near.any(axis=0))
        lanes, at = group.lanes[may[come]], near.argmax(axis=0)[come]
        self.reached[i, lanes] = row + at
        for spent, asked, steps in zip(self.spent, self.asked, counts, strict=True):
            so_far = np.broadcast_to(np.cumsum(steps, axis=0), loss.shape)
            spent[i, lanes] = asked[lanes] + so_far[at, may[come]]

    def _near(self, loss: Array, first: Array, theta: Array, share: float) -> NDArray[np.bool_]:
        landscape = self.field.landscape
        outside = out_of_box(landscape, theta) if landscape.known.lower_outside else np.zeros(loss.shape, np.bool_)
        near = within(landscape, loss, first, outside, share)
        return np.zeros(loss.shape, np.bool_) if near is None else near
