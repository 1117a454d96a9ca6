"""What an engine writes into, a span of steps at a time. A `Recording` keeps everything; these are for crowds.

Their arrays are in order of lanes: ``array.reshape(crowd.shape)`` is (entrants, starts, seeds).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Field
from simulator.group import Group
from simulator.landscape import Landscape
from simulator.optimizer import Counts
from simulator.pack import Pack
from simulator.referee import ARRIVED_SHARE, confines, ever_gone, gone, out_of_box, within

Array = NDArray[np.float64]
Numbers = NDArray[np.int32]
Evaluations = tuple[Numbers, Numbers, Numbers]
Flags = NDArray[np.bool_]


class Keeper(Protocol):
    """What an engine writes into: a span of steps at a time, pack by pack."""

    done: int

    def write(self, pack: Pack, first: int, stop: int, grads: list[Array]) -> None:
        """Take what ``pack`` went through in steps ``first`` … ``stop - 1``; copy what is to be kept of its arrays."""
        ...

    def close(self, first: int, stop: int) -> None:
        """All packs have been written up to step ``stop``."""
        ...


class Finals:
    """The least that a study can do with: where each lane is now, theta (lanes, dim), how it stands there, and

    lost: whether the referee has called it diverged at any step so far: who once has, stays so, (lanes,)
    """

    watches = False  # whether it looks at every loss on the way

    def __init__(self, field: Field, theta: Array, packs: list[Pack]):
        self.field = field
        self.done = 0
        self.theta = theta.copy()
        self.first = field.landscape.at(0).loss(theta)
        self.loss = self.first.copy()  # kept up where it is looked at
        self.lost = gone(field.landscape, theta, self.first)
        self._confines = confines(field.landscape)
        self._sum = self.first.copy() if field.landscape.moving else None
        self._looks = self.watches or self._sum is not None or not field.landscape.finite
        forget_states(packs)

    def write(self, pack: Pack, first: int, stop: int, grads: list[Array]) -> None:
        loss = self.field.landscape.loss_along(pack.path, first + 1) if self._looks else None
        self.theta[pack.place] = pack.path[-1]
        if loss is not None:
            self._take(pack, loss, first + 1)
        self.lost[pack.place] |= ever_gone(self._confines, pack.path, loss)

    def close(self, first: int, stop: int) -> None:
        self.done = stop

    def _take(self, pack: Pack, loss: Array, row: int) -> None:
        """What a pack went through from ``row`` on, with the loss on its path, (steps, lanes)."""
        self.loss[pack.place] = loss[-1]
        if self._sum is not None:
            for there in loss:
                self._sum[pack.place] += there

    @property
    def standing(self) -> Array:
        """What counts of each lane, (lanes,): its loss; where the landscape moves the mean loss on the way."""
        if self._sum is not None:
            return self._sum / (self.done + 1)
        if self._looks:
            return self.loss
        with np.errstate(all="ignore"):
            return self.field.landscape.loss(self.theta)

    @property
    def outside(self) -> Flags:
        """Who is outside a box beyond which lie values that do not count, (lanes,)."""
        return cheats(self.field.landscape, self.theta)


class Tally(Finals):
    """Where each lane is now and what it took: theta, lost and standing, and of each lane

    loss, best: now, and the lowest so far, from the start on not outside a box beyond which lie lower values
    reached: the first step at which f − f* was at most ``share`` of what it was at the start, as the referee has it;
        −1 where it never was
    spent: gradients, losses and matrices asked for until then, (3, lanes); −1 likewise
    evals, loss_evals, hess_evals: gradients, losses and matrices asked for
    """

    watches = True

    def __init__(self, field: Field, theta: Array, packs: list[Pack], share: float = ARRIVED_SHARE):
        super().__init__(field, theta, packs)
        self.share = share
        self.best = self.first.copy()
        self.reached = np.where(self._near(self.first, self.first, theta), 0, -1)
        self._floor = None if field.landscape.moving else field.landscape.lowest  # None: nobody can come near
        self._goal = share * (self.first - (self._floor or 0.0))  # the gap to reach
        self.spent = np.tile(self.reached, (len(Counts()), 1))
        self.evals, self.loss_evals, self.hess_evals = (np.zeros(len(theta), dtype=np.int64) for _ in Counts())

    def _take(self, pack: Pack, loss: Array, row: int) -> None:
        super()._take(pack, loss, row)
        lowest = lowest_of(self.field.landscape, pack.path, loss)
        self.best[pack.place] = np.fmin(self.best[pack.place], lowest)
        asked = evaluations(pack)
        self._note(pack, loss, lowest, row, asked)
        for kept, some in zip((self.evals, self.loss_evals, self.hess_evals), asked, strict=True):
            kept[pack.place] += some.sum(axis=0)

    def _near(self, loss: Array, first: Array, theta: Array) -> Flags:
        """Where the gap is at most ``share`` of what it was at the loss ``first``."""
        landscape = self.field.landscape
        near = within(landscape, loss, first, cheats(landscape, theta), self.share)
        return np.zeros(loss.shape, np.bool_) if near is None else near

    def _note(self, pack: Pack, loss: Array, lowest: Array, row: int, asked: Evaluations) -> None:
        """Who first comes near from ``row`` on; ``lowest``: the least ``loss`` on the way."""
        if self._floor is None:
            return
        (come,) = np.nonzero((self.reached[pack.place] < 0) & (lowest - self._floor <= self._goal[pack.place]))
        if len(come):
            near = self._near(loss[:, come], self.first[pack.place][come], pack.path[:, come])
            at, lanes = near.argmax(axis=0), pack.lanes[come]
            self.reached[lanes] = row + at
            before = (self.evals, self.loss_evals, self.hess_evals)
            for spent, kept, some in zip(self.spent, before, asked, strict=True):
                spent[lanes] = kept[lanes] + np.broadcast_to(np.cumsum(some, axis=0), loss.shape)[at, come]


def cheats(landscape: Landscape, theta: Array) -> Flags:
    """Which of the points ``theta`` (..., dim) lie outside a box that has lower values outside, (...)."""
    return out_of_box(landscape, theta) if landscape.known.lower_outside else np.zeros(theta.shape[:-1], np.bool_)


def lowest_of(landscape: Landscape, path: Array, loss: Array) -> Array:
    """The least ``loss`` (steps, lanes) on ``path`` (steps, lanes, dim), (lanes,); outside a box beyond which lie lower
    values none counts."""
    return np.fmin.reduce(np.where(cheats(landscape, path), np.inf, loss) if landscape.known.lower_outside else loss)


class Curves:
    """loss, and evals, loss_evals, hess_evals so far: (steps + 1, lanes), rows 0 … ``done`` of them written."""

    def __init__(self, field: Field, theta: Array, packs: list[Pack]):
        self.field = field
        self.done = 0
        shape = (field.steps + 1, len(theta))
        self.loss = np.empty(shape)
        self.loss[0] = field.landscape.at(0).loss(theta)
        self.evals, self.loss_evals, self.hess_evals = (np.zeros(shape, dtype=np.int32) for _ in Counts())
        forget_states(packs)

    def write(self, pack: Pack, first: int, stop: int, grads: list[Array]) -> None:
        self.loss[first + 1 : stop + 1, pack.place] = self.field.landscape.loss_along(pack.path, first + 1)
        tell((self.evals, self.loss_evals, self.hess_evals), pack, first, stop)

    def close(self, first: int, stop: int) -> None:
        self.done = stop


def tell(totals: Sequence[Numbers], pack: Pack, first: int, stop: int) -> None:
    """Add what ``pack`` asked for in steps ``first`` … ``stop - 1`` to ``totals``, (steps + 1, lanes) each."""
    rows = slice(first + 1, stop + 1)
    for total, asked in zip(totals, evaluations(pack), strict=True):
        before = total[first, pack.place]
        if asked.any() or before.any():
            total[rows, pack.place] = before + np.cumsum(asked, axis=0)


def evaluations(pack: Pack) -> Evaluations:
    """What each step asked for, in the order of `Counts`: (steps, 1), or (steps, lanes) where lanes differ."""
    told = [_counted(group) for group in pack.groups]
    evals, losses, matrices = (_beside(pack, counts) for counts in zip(*told, strict=True))
    return evals, losses, matrices


def _counted(group: Group) -> Evaluations:
    if set(map(type, group.evaluations)) == {int}:
        grads = np.array(group.evaluations, dtype=np.int32)[:, None]
        none = np.zeros_like(grads)
        return grads, none, none
    steps = [
        asked if isinstance(asked, np.ndarray) else np.array(Counts(asked))[:, None] for asked in group.evaluations
    ]
    rows = np.zeros((3, len(steps), max(asked.shape[1] for asked in steps)), dtype=np.int32)
    for i, asked in enumerate(steps):
        rows[:, i] = asked
    return rows[0], rows[1], rows[2]


def _beside(pack: Pack, counts: tuple[Numbers, ...]) -> Numbers:
    """The ``counts`` of each group, as those of the pack."""
    first = counts[0]
    if first.shape[1] == 1 and all(np.array_equal(first, other) for other in counts[1:]):
        return first
    lanes = (len(group.lanes) for group in pack.groups)
    return np.concatenate([np.broadcast_to(c, (len(c), n)) for c, n in zip(counts, lanes, strict=True)], axis=1)


def forget_states(packs: list[Pack]) -> None:
    """Have the groups of ``packs`` keep no states, for a keeper that reads none."""
    for group in (group for pack in packs for group in pack.groups):
        group.remembers = False
