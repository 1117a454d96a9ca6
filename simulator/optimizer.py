"""What an optimizer is: a frozen dataclass of hyperparameters and a rule.

Shapes are said once: theta, grad and every state array are ``(lanes, dim)`` float64, a lane being one run. When the
engine binds a rule, each hyperparameter has been expanded to that shape (equal shapes are twice as fast as a
broadcast), a switch stays a bool, and a term that is off (`Param.off`) is ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import prod
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.layout import laid
from simulator.param import Declared, params

Array = NDArray[np.float64]
State = dict[str, Array]


Family = Literal["first-order", "adaptive", "large batch", "sign and curvature", "no tuning", "second-order", "matrix"]


class Counts(NamedTuple):
    """Evaluations: of the gradient, of the loss, of the Hessian or another matrix or a product with one."""

    grads: int = 0
    losses: int = 0
    hessians: int = 0


@dataclass(frozen=True)
class Query:
    """Yielded by a rule that wants more at ``theta`` than the gradient; each kind says what it is answered with."""

    counts: ClassVar[Counts] = Counts(grads=1, hessians=1)

    theta: Array


@dataclass(frozen=True)
class Curvature(Query):
    """Answered with ``(grad, hess)``: (lanes, dim) and (lanes, dim, dim)."""


@dataclass(frozen=True)
class Value(Query):
    """Answered with ``(loss, grad)``: (lanes, 1) and (lanes, dim).

    ``asking``: which lanes really ask, (lanes,) bool; None: all. The others are answered too, but it is not counted.
    """

    counts: ClassVar[Counts] = Counts(grads=1, losses=1)

    asking: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Probe(Query):
    """Answered with ``(grad, diag)``: Hutchinson's estimate z·Hz of the Hessian's diagonal, z random signs."""


@dataclass(frozen=True)
class Model(Query):
    """Answered with ``(grad, matrix)``, (lanes, dim, dim), on a landscape that has a model."""

    kind: Literal["fisher", "gauss_newton"]


@dataclass(frozen=True)
class Layers(Query):
    """Answered with ``(grad, factors)``: for each block the covariances (A, G) of a layer's inputs and output slopes.

    A is (lanes, inputs, inputs), G (lanes, outputs, outputs). A block that is no layer has A = 1 and G = g·gᵀ.
    """


class Block(NamedTuple):
    """Parameters that belong together: their place in theta and their shape, a layer's matrix or a vector."""

    part: slice
    shape: tuple[int, ...]


def blocks_of(shapes: tuple[tuple[int, ...], ...]) -> tuple[Block, ...]:
    """Blocks of these shapes, one after the other."""
    ends = list(accumulate(prod(shape) for shape in shapes))
    return tuple(Block(slice(end - prod(shape), end), shape) for end, shape in zip(ends, shapes, strict=True))


class Cost(NamedTuple):
    """What a rule asks for and keeps, at its default settings.

    grads: gradient evaluations a step; most: what they may come to, where the number varies; hessians: Hessians or
    products with one, a step on average; buffers: numbers kept per parameter, on a vector of two.
    """

    grads: int = 1
    most: int | None = None
    hessians: float = 0.0
    buffers: float = 0.0


class Branch(NamedTuple):
    """A rule's place in the family tree.

    ``parents`` by name, the one it is drawn under and raced against first; ``added`` to that one, in a sentence;
    ``says``: who says what it is best for, "" where the rule's own source does.
    """

    parents: tuple[str, ...]
    added: str
    best_for: str
    says: str = ""


class Dialect(NamedTuple):
    """How a library writes the rule where libraries differ, and what the difference does."""

    library: str
    form: str
    difference: str


class Limit(NamedTuple):
    """Between which rates the path of a rule on a quadratic is of another kind.

    stable: the largest η with which it comes to rest, ``formula`` what that is, in L. swings: the η from which the
    path goes from side to side on its way, a root of the rule's characteristic polynomial being complex or negative;
    ``swing_formula`` likewise. curvature: L, weight decay included where the rule adds it to the gradient.
    """

    stable: float
    formula: str
    swings: float
    swing_formula: str
    curvature: float

    @property
    def share(self) -> str:
        """η over the limit, in symbols: above 1 it is passed."""
        top, _, under = self.formula.partition("/")
        bracketed = under.startswith("((")  # a bracket around the whole
        over = f"η·{under[1:-1] if bracketed else under}" if under else "η"
        return f"{over}/{top if top.isalnum() else f'({top})'}"


Rule = Generator["Array | Query", Any, tuple[Array, State]]


class Table(Protocol):
    """Numbers of which each step t has its own, (lanes, dim) or ()."""

    def at(self, t: int) -> Array: ...
    def between(self, first: int, stop: int) -> Array:
        """Those of steps ``first`` … ``stop - 1``, (steps, …)."""
        ...


class LaterStep:
    """The number t of a step, where all that is known of it is that it is not the first; see `simulator.trace`."""

    __array_ufunc__ = None  # nobody reckons with it
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tabled: Callable[[Table, int], Any], ahead: int = 0):
        self._tabled = tabled
        self._ahead = ahead

    def look_up(self, table: Table) -> Any:
        """What ``table`` has for this step."""
        return self._tabled(table, self._ahead)

    def __add__(self, steps: int) -> LaterStep:
        if type(steps) is not int or steps < 0:
            raise TypeError
        return LaterStep(self._tabled, self._ahead + steps)

    def __gt__(self, step: int) -> bool:
        if step > 1 + self._ahead:
            raise TypeError
        return True

    def __eq__(self, step: object) -> bool:
        if step != 1 or self._ahead:
            raise TypeError
        return False


@dataclass(frozen=True)
class Optimizer(Declared):
    """One method. A subclass declares its hyperparameters with `param` and writes `step`; see CONTRIBUTING.md."""

    year: ClassVar[int]
    formula: ClassVar[str]  # in the code's own symbols, one assignment a line; `simulator.notation` reads it
    rate: ClassVar[str] = "η"  # what the gradient, or its mean, is multiplied with in the end, likewise
    family: ClassVar[Family]
    cost: ClassVar[Cost]
    letters: ClassVar[dict[str, str]] = {}  # state key -> the symbol shown, where they differ
    needs: ClassVar[Literal["", "model"]] = ""  # what a landscape must have
    floor: ClassVar[str] = ""  # the hyperparameter that tells the rule the lowest loss, if one does
    dialects: ClassVar[tuple[Dialect, ...]] = ()
    branch: ClassVar[Branch | None] = None  # None: not in the family tree

    blocks: ClassVar[tuple[Block, ...]]  # the landscape's, once the rule is bound

    def init(self, theta: Array) -> State:
        """The state before the first step."""
        return {}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        """A pure generator: yields the points where it wants the gradient, returns where it goes and its new state.

        ``t`` counts from 1. Nothing given may be modified. It is also read with symbols in the place of what is given
        (`simulator.trace`). If that fails, the rule is asked at every step.
        """
        raise NotImplementedError

    def bind(self, **values: Any) -> Optimizer:
        """A copy with the given arrays as hyperparameters, and its ``blocks``, past all validation. For the engine."""
        bound = object.__new__(type(self))
        bound.__dict__.update(values)
        return bound

    @lru_cache(maxsize=256)  # noqa: B019  # small frozen values; every change of a race asks again
    def kept(self, shapes: tuple[tuple[int, ...], ...]) -> int:
        """How many numbers the state of one lane holds on parameter blocks of these shapes."""
        rule = bound([self], shapes)
        state = rule.init(np.zeros((1, rule.blocks[-1].part.stop)))
        return sum(value.size for value in state.values())

    @property
    def draws(self) -> bool:
        """Whether it asks for what is drawn at random, noise and mini-batches aside."""
        return False

    def stable_lr(self, curvature: float) -> Limit | None:
        """The limits of η along a direction of this curvature, above 0; None where no formula has them exactly."""
        return None

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        """A sensible η on a landscape where gradient descent wants ``lr`` and whose box measures ``diagonal``.

        A rule that multiplies the bare gradient keeps ``lr``; one that scales its step to about η takes a share of
        the way across.
        """
        return lr


def bound(
    optimizers: Sequence[Optimizer],
    shapes: tuple[tuple[int, ...], ...],
    who: NDArray[np.intp] | None = None,
    packed: int = 1,
) -> Optimizer:
    """One rule for optimizers that differ in numbers alone, on parameter blocks of these shapes.

    ``who`` says whose numbers each lane has; None: a lane each. ``packed``: how many lanes step with them.
    """
    first, blocks = optimizers[0], blocks_of(shapes)
    values = first.hyper
    for name, p in params(type(first)).items():
        if p.per_lane:
            column = np.array([getattr(optimizer, name) for optimizer in optimizers], dtype=np.float64)
            lanes = (column if who is None else column[who])[:, None]
            full = laid(np.repeat(lanes, blocks[-1].part.stop, axis=1), packed)
            values[name] = None if values[name] == p.off else full
    return first.bind(**values, blocks=blocks)
