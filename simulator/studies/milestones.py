"""When each run came near enough to the minimum, and what it had asked for by then."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Field
from simulator.keepers import Finals, cheats, evaluations, lowest_of
from simulator.optimizer import Counts
from simulator.pack import Pack
from simulator.referee import gone, within

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


class Milestones(Finals):
    """Where each lane is now, its loss, whether it is lost, and ``best``, as `Tally` has them; for each of ``shares``

    reached: the first step at which f − f* was at most that share of what it was at the start, as the referee has it,
        (shares, lanes); −1 where it never was, or had diverged before
    spent: gradients, losses and matrices asked for until then, (3, shares, lanes)
    asked: those asked for in all, (3, lanes)
    """

    watches = True

    def __init__(self, field: Field, theta: Array, packs: list[Pack], shares: tuple[float, ...]):
        super().__init__(field, theta, packs)
        self.shares, lanes = shares, len(theta)
        self.best = self.first.copy()
        self.reached: Whole = np.full((len(shares), lanes), -1)
        self.spent: Whole = np.zeros((len(Counts()), len(shares), lanes), dtype=np.int64)
        self.asked: Whole = np.zeros((len(Counts()), lanes), dtype=np.int64)
        for i, share in enumerate(shares):
            self.reached[i, self._near(self.first[None], self.first, theta[None], share, self.lost)[0]] = 0

    def _take(self, pack: Pack, loss: Array, row: int) -> None:
        super()._take(pack, loss, row)
        lowest = lowest_of(self.field.landscape, pack.path, loss)
        counts = evaluations(pack)
        self.best[pack.place] = np.fmin(self.best[pack.place], lowest)
        for i in range(len(self.shares)):
            self._note(i, pack, loss, lowest, counts, row)
        for asked, steps in zip(self.asked, counts, strict=True):
            asked[pack.place] += steps.sum(axis=0)

    def _note(self, i: int, pack: Pack, loss: Array, lowest: Array, counts: Any, row: int) -> None:
        """Who first comes near from ``row`` on; ``lowest``: the least ``loss`` on the way."""
        floor, share = self.field.landscape.lowest, self.shares[i]
        first = self.first[pack.place]
        if floor is None:
            return
        (may,) = np.nonzero((self.reached[i, pack.place] < 0) & (lowest - floor <= share * (first - floor)))
        if not len(may):
            return
        near = self._near(loss[:, may], first[may], pack.path[:, may], share, self.lost[pack.place][may])
        (come,) = np.nonzero(near.any(axis=0))
        lanes, at = pack.lanes[may[come]], near.argmax(axis=0)[come]
        self.reached[i, lanes] = row + at
        for spent, asked, steps in zip(self.spent, self.asked, counts, strict=True):
            so_far = np.broadcast_to(np.cumsum(steps, axis=0), loss.shape)
            spent[i, lanes] = asked[lanes] + so_far[at, may[come]]

    def _near(self, loss: Array, first: Array, theta: Array, share: float, lost: NDArray[np.bool_]) -> Any:
        """Where the goal is met by who has not diverged, neither before, ``lost``, nor up to there: (steps, lanes)."""
        landscape = self.field.landscape
        near = within(landscape, loss, first, cheats(landscape, theta), share)
        if near is None:
            return np.zeros(loss.shape, np.bool_)
        return near & ~(lost | np.logical_or.accumulate(gone(landscape, theta, loss), axis=0))
