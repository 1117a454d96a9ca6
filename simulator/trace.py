"""What a rule computes in a step, written down once, so that the engine need not ask it again.

A rule is given symbols in the place of θ, its state and the gradient, and what it makes of them is noted. That holds
for every step after the first if it is made coordinate by coordinate, by operations that give the same bits in
whatever company they are carried out. A rule that decides by a number, looks at a lane as a whole or reckons with the
number of its step has no such program, and is asked at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from simulator.optimizer import LaterStep, Optimizer, State, Table

Array = NDArray[np.float64]
# Not fmax and fmin: which zero they choose of −0 and 0 depends on where in an array the two stand.
EXACT = frozenset([
    np.add, np.subtract, np.multiply, np.divide, np.sqrt, np.square, np.negative, np.absolute, np.sign,
    np.maximum, np.minimum,
])  # fmt: skip
GRAD = 0


class Node(NamedTuple):
    """What an operation makes of earlier nodes; or something given: a constant, of each step its own, or an input."""

    operation: np.ufunc | None = None
    of: tuple[int, ...] = ()
    constant: Array | None = None
    table: Table | None = None  # of step t the numbers at t + ahead
    ahead: int = 0

    def at(self, t: int) -> Array:
        """Of a table what it has for step ``t``."""
        assert self.table is not None
        return self.table.at(t + self.ahead)

    def between(self, first: int, stop: int) -> Array:
        """Of a table what it has for steps ``first`` … ``stop - 1``."""
        assert self.table is not None
        return self.table.between(first + self.ahead, stop + self.ahead)


@dataclass(frozen=True, eq=False)
class Program:
    """A step of a rule, as nodes of the shape of θ, (lanes, dim), or of shape () where they are given.

    The first is the gradient, then θ and the state by letter, as they are before the step. ``ask``: where the gradient
    is wanted, never of shape (). ``ends``: θ and the state after the step, each made by an operation of its own.
    ``before``: what must be computed to ask; ``after``: what else, once the gradient is known. Both in order.
    """

    letters: tuple[str, ...]
    shape: tuple[int, ...]
    nodes: tuple[Node, ...]
    ask: int
    ends: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    def inputs(self, theta: Array, state: State) -> list[Array]:
        """What a step begins with, in the order of ``ends``."""
        return [theta, *(state[letter] for letter in self.letters)]

    def depths(self) -> list[int]:
        """Of each node how many operations stand between it and the last: the length of its critical path."""
        depths = [0] * len(self.nodes)
        for i in reversed(range(len(depths))):
            for of in self.nodes[i].of:
                depths[of] = max(depths[of], depths[i] + 1)
        return depths


class _Tracer:
    """Notes what a rule makes of symbols."""

    def __init__(self, theta: Array, state: State):
        self.shape, self._letters = theta.shape, tuple(state)
        self._nodes = [Node() for _ in range(2 + len(state))]
        self._known: dict[object, int] = {}
        self.grad, self.theta, *kept = (Symbol(self, i) for i in range(len(self._nodes)))
        self.state = dict(zip(state, kept, strict=True))

    def add(self, node: Node, key: object) -> int:
        """``node``, once however often it is wanted."""
        if key not in self._known:
            self._known[key] = len(self._nodes)
            self._nodes.append(node)
        return self._known[key]

    def index(self, value: Any) -> int:
        """Which node a rule has in its hands. TypeError: none that can be noted."""
        if type(value) is Symbol:
            return value.index
        if isinstance(value, float | int):
            return self.add(Node(constant=np.array(float(value))), float(value).hex())
        if type(value) is np.ndarray and value.dtype == np.float64 and value.shape in ((), self.shape):
            return self.add(Node(constant=value), id(value))
        raise TypeError

    def tabled(self, table: Table, ahead: int = 0) -> Symbol:
        """What ``table`` has for the step ``ahead`` of this one."""
        if np.shape(table.at(2)) not in ((), self.shape):
            raise TypeError
        return Symbol(self, self.add(Node(table=table, ahead=ahead), (id(table), ahead)))

    def program(self, ask: int, theta: Any, state: dict[str, Any]) -> Program:
        """The whole, of a rule that asks at the node ``ask``, goes and keeps this. TypeError: not what can be noted."""
        if state.keys() != set(self._letters):
            raise TypeError
        ends: list[int] = []
        for j, end in enumerate((theta, *(state[letter] for letter in self._letters))):
            i = self.index(end)
            own = self._nodes[i].operation is not None and i not in ends
            ends.append(i if own else self.add(Node(np.positive, (i,)), (np.positive, i, j)))
        if self._nodes[ask].operation is None and ask > len(ends):  # no input: what is given may be of shape ()
            ask = self.add(Node(np.positive, (ask,)), (np.positive, ask))
        before = self._needed([ask])
        after = tuple(i for i in self._needed(ends) if i not in before)
        return Program(self._letters, self.shape, tuple(self._nodes), ask, tuple(ends), before, after)

    def _needed(self, ends: list[int]) -> tuple[int, ...]:
        """What must be computed to have the nodes ``ends``, in order."""
        found, todo = set[int](), list(ends)
        while todo:
            i = todo.pop()
            if i not in found and self._nodes[i].operation is not None:
                found.add(i)
                todo += self._nodes[i].of
        return tuple(sorted(found))


class Symbol(NDArrayOperatorsMixin):
    """A value that is not known yet."""

    def __init__(self, tracer: _Tracer, index: int):
        self.tracer = tracer
        self.index = index

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Symbol:
        if method != "__call__" or options or ufunc not in EXACT:
            raise TypeError
        of = tuple(map(self.tracer.index, inputs))
        return Symbol(self.tracer, self.tracer.add(Node(ufunc, of), (ufunc, of)))

    def _unknown(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError

    __array__ = __array_function__ = __getattr__ = __getitem__ = __iter__ = __len__ = _unknown
    __bool__ = __float__ = __int__ = __pow__ = __rpow__ = _unknown


@np.errstate(all="ignore")
def trace(rule: Optimizer, theta: Array, state: State, lr: Array | Table) -> Program | None:
    """What ``rule`` does in each step t ≥ 2 to lanes like ``theta`` and ``state``; None where it must be asked.

    ``lr``: η, or of each step its own.
    """
    if any(value.shape != theta.shape or value.dtype != np.float64 for value in state.values()):
        return None
    tracer = _Tracer(theta, state)
    try:
        rate: Any = lr if isinstance(lr, np.ndarray) else tracer.tabled(lr)
        read: Any = rule.step
        step = read(tracer.theta, tracer.state, rate, LaterStep(tracer.tabled))
        return tracer.program(tracer.index(next(step)), *_returned(step, tracer.grad))
    except Exception:  # whatever a rule does that a symbol does not; if it is a fault of its own, it is told when asked
        return None


def writing(operation: Any) -> Callable[..., Any]:
    """``operation`` with one argument more, the last: where to write. By position, as a keyword costs half a call."""
    if operation in (np.maximum, np.minimum):  # which are about to take no third argument by position
        return lambda *of: operation(*of[:-1], out=of[-1])
    return operation


def _returned(step: Generator[Any, Any, Any], answer: Any) -> Any:
    """What a rule returns. TypeError: it asks a second time."""
    try:
        step.send(answer)
    except StopIteration as gone:
        return gone.value
    step.close()
    raise TypeError
