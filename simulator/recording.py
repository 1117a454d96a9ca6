"""What the engine wrote. All that views, exports and diagnoses read.

Lanes are ordered entrant by entrant, start by start: lane = entrant × starts + start.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.group import Group
from simulator.keepers import tell
from simulator.optimizer import Counts
from simulator.pack import Pack
from simulator.race import Race
from simulator.referee import Status, judge

__all__ = ["Recording", "Status"]

Array = NDArray[np.float64]


class Recording:
    """Everything about a race. Rows 0 … ``done`` are written; pages of it that never are cost nothing.

    Over rows 0 … ``steps``:
        theta: (steps + 1, lanes, dim); row 0 is the start
        loss: (steps + 1, lanes), at theta, without noise
        grad_norm: (steps + 1, lanes), of the true gradient at theta
        status: (steps + 1, lanes), values of `Status`
        since: (steps + 1, lanes), the step at which that status began
        evals: (steps + 1, lanes), gradients asked for so far
        loss_evals: (steps + 1, lanes), losses likewise
        hess_evals: (steps + 1, lanes), Hessians or other matrices, or products with one
        grad: (steps, lanes, dim), the first gradient each step was answered with: noisy, clipped
        states: for each entrant, letter -> (steps + 1, starts, dim); of a fork NaN where a letter is not kept
    """

    def __init__(self, race: Race, theta: Array, packs: list[Pack]):
        rows, (lanes, dim) = race.steps + 1, theta.shape
        self.race = race
        self.done = 0
        self.theta = np.empty((rows, lanes, dim))
        self.loss = np.empty((rows, lanes))
        self.grad_norm = np.empty((rows, lanes))
        self.status = np.empty((rows, lanes), dtype=np.int8)
        self.since = np.empty((rows, lanes), dtype=np.int32)
        self.evals, self.loss_evals, self.hess_evals = (np.zeros((rows, lanes), dtype=np.int32) for _ in Counts())
        self.grad = np.empty((race.steps, lanes, dim))
        self._kept = {id(group): _room(group, rows) for pack in packs for group in pack.groups}
        self._packs = packs
        self.theta[0] = theta
        judge(self, 0, 0)

    def write(self, pack: Pack, first: int, stop: int, grads: list[Array]) -> None:
        self.grad[first:stop, pack.place] = grads
        rows = slice(first + 1, stop + 1)
        self.theta[rows, pack.place] = pack.path
        tell(self.evaluations, pack, first, stop)
        for group in pack.groups:
            kept = self._kept[id(group)]
            if group.turns:  # what is remembered may change in the midst of a span
                for row, state in enumerate(group.states, start=first + 1):
                    for letter, value in state.items():
                        kept[letter][row][_corner(value.shape)] = value
                continue
            for letter, values in kept.items():
                values[rows] = group.remembered(letter)

    def close(self, first: int, stop: int) -> None:
        judge(self, first + 1, stop)
        self.done = stop

    @cached_property
    def states(self) -> list[dict[str, Array]]:
        """For each entrant its state arrays by letter, ``(steps + 1, starts, dim)``, views that fill as the race runs.

        An entrant whose starts were cut over two packs (a crowd of thousands) has none.
        """
        starts = len(self.race.starts)
        found: list[dict[str, Array]] = [{} for _ in self.race.entrants]
        for group in (group for pack in self._packs for group in pack.groups):
            entrants = group.lanes // starts
            for letter, values in self._kept[id(group)].items():
                for e in np.unique(entrants):
                    at = np.flatnonzero(entrants == e)
                    if len(at) == starts:
                        found[e][letter] = values[:, at[0] : at[0] + starts]
        return found

    def state(self, lane: int, row: int) -> dict[str, Array]:
        """The state of one lane at ``row``, letter -> the values of a single lane; of a crowd's lanes too."""
        if lane not in self._seats:
            raise IndexError(f"lane: this race has lanes 0 to {self.race.lanes - 1}, got {lane}")
        group, at = self._seats[lane]
        kept, form = self._kept[id(group)], group.forms[sum(step < row for step in group.turns)]
        return {letter: kept[letter][row, at][_corner(shape[1:])] for letter, shape in form.items()}

    @cached_property
    def _seats(self) -> dict[int, tuple[Group, int]]:
        """Of each lane its group, and its place there."""
        groups = (group for pack in self._packs for group in pack.groups)
        return {lane: (group, at) for group in groups for at, lane in enumerate(group.lanes.tolist())}

    @property
    def evaluations(self) -> tuple[NDArray[np.int32], ...]:
        """``evals``, ``loss_evals`` and ``hess_evals``, in the order of `Counts`."""
        return self.evals, self.loss_evals, self.hess_evals

    def lane(self, entrant: int, start: int = 0) -> int:
        return entrant * len(self.race.starts) + start

    @cached_property
    def floor(self) -> float | None:
        """f*, where one is known."""
        return self.race.landscape.lowest

    def standing(self, row: int, lanes: slice = slice(None)) -> Array:
        """What counts of ``lanes`` at ``row``, (lanes,): the loss there; on a landscape that moves the mean loss from
        the start to there, which tells how well it was followed."""
        if not self.race.landscape.moving:
            return self.loss[row, lanes]
        # Step after step, as a study adds up: a plain sum over one lane is taken in another order, with other bits.
        return np.cumsum(self.loss[: row + 1, lanes], axis=0)[-1] / (row + 1)

    def gap(self) -> Array:
        """f − f*, shape ``(done + 1, lanes)``; the loss itself where no minimum is known."""
        loss = self.loss[: self.done + 1]
        return loss if self.floor is None else loss - self.floor

    @cached_property
    def lr(self) -> Array:
        """η of every entrant: ``lr[k]`` is the rate of the step that leaves row k. Shape ``(steps + 1, entrants)``."""
        return np.stack([entrant.rates(self.race.steps) for entrant in self.race.entrants], axis=1)

    def status_at(self, step: int, lane: int) -> tuple[Status, int]:
        """The status at ``step`` and the step at which it began."""
        return Status(int(self.status[step, lane])), int(self.since[step, lane])


def _room(group: Group, rows: int) -> dict[str, Array]:
    """For each letter that is kept at some time an array as large as it ever is; NaN where it is not, or is smaller."""
    room: dict[str, Array] = {}
    for letter in dict.fromkeys(letter for form in group.forms for letter in form):
        shapes = {form.get(letter) for form in group.forms}
        largest = (rows, *np.max([shape for shape in shapes if shape], axis=0))
        room[letter] = np.empty(largest) if len(shapes) == 1 else np.full(largest, np.nan)
    for letter, value in group.state.items():
        room[letter][(0, *_corner(value.shape))] = value
    return room


def _corner(shape: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(map(slice, shape))
