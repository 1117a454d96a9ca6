"""What an optimizer is: a frozen dataclass of hyperparameters and a rule.

Shapes are said once: theta, grad and every state array are ``(lanes, dim)`` float64, a lane being one run. When the
engine binds a rule, each hyperparameter has been expanded to that shape (equal shapes are twice as fast as a
broadcast), a switch stays a bool, and a term that is off (`Param.off`) is ``None``.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.param import Declared

Array = NDArray[np.float64]
State = dict[str, Array]


@dataclass(frozen=True)
class Curvature:
    """Yielded by a rule that wants ``(grad, hess)`` at ``theta`` instead of the gradient alone."""

    theta: Array


Rule = Generator["Array | Curvature", Any, tuple[Array, State]]


@dataclass(frozen=True)
class Optimizer(Declared):
    """One method. A subclass declares its hyperparameters with `param` and writes `step`; see CONTRIBUTING.md."""

    year: ClassVar[int]
    formula: ClassVar[str]  # in the code's own symbols, one assignment a line
    letters: ClassVar[dict[str, str]] = {}  # state key -> the symbol shown, where they differ

    def init(self, theta: Array) -> State:
        """The state before the first step."""
        return {}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        """A pure generator: yields the points where it wants the gradient, returns where it goes and its new state.

        ``t`` counts from 1. Nothing given may be modified.
        """
        raise NotImplementedError

    def bind(self, **values: Any) -> Optimizer:
        """A copy whose hyperparameters are the given arrays, past all validation. For the engine."""
        bound = object.__new__(type(self))
        bound.__dict__.update(values)
        return bound

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        """A sensible η on a landscape where gradient descent wants ``lr`` and whose box measures ``diagonal``.

        A rule that multiplies the bare gradient keeps ``lr``; one that scales its step to about η takes a share of
        the way across.
        """
        return lr
