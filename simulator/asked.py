"""How lanes step whose rule is asked: at every step it says where it wants the gradient, and is answered."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import NDArray

from simulator.group import Group
from simulator.landscape import Box
from simulator.optimizer import Counts, Query, State, Value

Array = NDArray[np.float64]
Course = Generator["Array | Query | None", Any, None]
_A_GRADIENT = np.array(Counts(grads=1), dtype=np.int32)[:, None]


class Asked:
    """The `Stepper` of any rule. ``domain``: where every step is put back into."""

    def __init__(self, group: Group, domain: Box | None):
        self.group = group
        self.part = group.part
        self._bounds = None if domain is None else np.array(domain).T
        self._course = course(group)
        next(self._course)
        self.begin(0, 0)  # a step may also be taken by itself, outside a span

    def begin(self, first: int, stop: int) -> None:
        self._path: list[Array] = []
        self._states: list[State] = []
        self._evaluations: list[int | NDArray[np.int32]] = []

    def ask(self, k: int) -> Array | Query:
        self._grads, self._more = 0, None
        return self._heard(self._course.send(k))

    def go(self, answer: Any) -> Array | Query | None:
        ask = self._course.send(answer)
        return self._arrived() if ask is None else self._heard(ask)

    def end(self) -> None:
        group = self.group
        group.path, group.states, group.evaluations = np.stack(self._path), self._states, self._evaluations
        self.begin(0, 0)

    def _heard(self, ask: Any) -> Array | Query:
        if type(ask) is ndarray:
            self._grads += 1
        else:
            counted = _counted(ask)
            self._more = counted if self._more is None else self._more + counted
        return ask

    def _arrived(self) -> None:
        group = self.group
        if self._bounds is not None:
            group.theta = np.clip(group.theta, *self._bounds)
        self._path.append(group.theta)
        if group.remembers:
            self._states.append(group.state)
        self._evaluations.append(self._grads if self._more is None else self._more + self._grads * _A_GRADIENT)


def course(group: Group) -> Course:
    """A group's way: sent the number of a step it yields what its rule asks, is sent the answers, and yields None where
    the step is done. One generator for all steps: to end one costs an exception, as much as two multiplications."""
    step = yield None
    while True:
        lr = group.peak if group.factors is None else group.peak * group.factors[step]
        group.theta, group.state = yield from group.rule.step(group.theta, group.state, lr, step + 1 - group.born)
        step = yield None


def _counted(ask: Query) -> NDArray[np.int32]:
    """What a question costs, (3, lanes) where lanes differ, otherwise (3, 1); see `Counts`."""
    counts = np.array(ask.counts, dtype=np.int32)[:, None]
    return counts * ask.asking if isinstance(ask, Value) and ask.asking is not None else counts
