"""What a landscape is: loss, gradient and Hessian over any number of lanes, and what is known of it.

A subclass writes three formulas in its coordinates, ``f(x, y)``, ``df(x, y)`` and ``d2f(x, y)``; this class turns
them into functions of theta, whose last axis is the dimension.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from simulator.param import Declared

Array = NDArray[np.float64]
Box = tuple[tuple[float, float], ...]
Family = Literal["classic", "teaching", "moving", "data"]


@dataclass(frozen=True)
class Minimum:
    """A known minimum: where, how low, whether it is the lowest, and how the loss rises from it.

    ``shape``: a bowl curves up in every direction; flat has a direction without curvature; at a kink there is no
    derivative, which counts as 0.
    """

    theta: tuple[float, ...]
    loss: float
    kind: Literal["global", "local"] = "global"
    shape: Literal["bowl", "flat", "kink"] = "bowl"
    at_border: bool = False  # of the box or the domain: the gradient does not vanish there


@dataclass(frozen=True)
class Facts:
    """What is known of a landscape. All may depend on its parameters."""

    box: Box  # the view, one (low, high) a coordinate; never a limit on the dynamics
    starts: tuple[tuple[float, ...], ...]  # instructive starting points
    lr: float  # a rate at which plain gradient descent works from there
    minima: tuple[Minimum, ...] = ()  # empty where there is none (unbounded below) or none is known
    lower_outside: bool = False  # outside the box lie values below the global minimum, which is that of the box alone


@dataclass(frozen=True)
class Landscape(Declared):
    """One landscape. A subclass declares its parameters with `param` and writes `f`, `df`, `d2f` and `facts`."""

    formula_text: ClassVar[str]  # for people
    story: ClassVar[str]  # what to watch here, one sentence
    family: ClassVar[Family]
    dim: ClassVar[int] = 2
    moving: ClassVar[bool] = False  # whether `at` differs from step to step
    finite: ClassVar[bool] = True  # whether f is, wherever the referee does not call a racer diverged
    model: ClassVar[bool] = False  # whether there are `fisher` and `gauss_newton`
    domain: ClassVar[Box | None] = None  # where every step is put back into, on a problem posed in a box

    def facts(self) -> Facts:
        raise NotImplementedError

    def f(self, *x: Any) -> Any:
        """The loss at coordinates ``x``, elementwise. Works in float32 for drawing."""
        raise NotImplementedError

    def df(self, *x: Any) -> tuple[Any, ...]:
        """The first derivatives, one a coordinate."""
        raise NotImplementedError

    def d2f(self, *x: Any) -> tuple[Any, ...]:
        """The second derivatives, upper triangle by rows: ``(fxx,)`` or ``(fxx, fxy, fyy)``."""
        raise NotImplementedError

    def loss(self, theta: Array) -> Array:
        """Loss at ``theta`` of shape ``(..., dim)``; shape ``(...)``."""
        return np.asarray(self.f(*_coordinates(theta))).T

    def grad(self, theta: Array) -> Array:
        """Gradient at ``theta`` of shape ``(..., dim)``; a new array of that shape."""
        out = np.empty_like(theta)
        rows = out.T
        for i, slope in enumerate(self.df(*_coordinates(theta))):
            rows[i] = slope
        return out

    def hess(self, theta: Array) -> Array:
        """Hessian at ``theta`` of shape ``(..., dim)``; shape ``(..., dim, dim)``."""
        out = np.empty((*theta.shape, theta.shape[-1]))
        rows = out.T
        second = iter(self.d2f(*_coordinates(theta)))
        for i in range(self.dim):
            for j in range(i, self.dim):
                rows[i, j] = rows[j, i] = next(second)
        return out

    def at(self, step: int) -> Landscape:
        """The landscape as it stands at ``step``: itself, unless it moves."""
        return self

    def shown(self, seed: int, step: int) -> Landscape:
        """What racers are shown in the step that leaves row ``step``: of a data problem a mini-batch."""
        return self.at(step)

    def loss_along(self, path: Array, first: int) -> Array:
        """Loss of each row of ``path`` (steps, lanes, dim), on the landscape as it stands at steps ``first``, …"""
        if not self.moving:
            return self.loss(path)
        return np.stack([self.at(first + i).loss(row) for i, row in enumerate(path)])

    def grad_along(self, path: Array, first: int) -> Array:
        """The gradient likewise, of the shape of ``path``."""
        if not self.moving:
            return self.grad(path)
        return np.stack([self.at(first + i).grad(row) for i, row in enumerate(path)])

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the parameter blocks theta consists of, in order: one vector, unless there are layers."""
        return ((self.dim,),)

    def fisher(self, theta: Array) -> Array:
        """The model's Fisher matrix at ``theta`` (lanes, dim); shape (lanes, dim, dim)."""
        raise NotImplementedError

    def gauss_newton(self, theta: Array) -> Array:
        """The model's Gauss–Newton matrix at ``theta`` (lanes, dim); shape (lanes, dim, dim)."""
        raise NotImplementedError

    def layers(self, theta: Array) -> list[tuple[Array, Array]] | None:
        """For each block the covariances (A, G) of a layer's inputs and output slopes; None where there are none."""
        return None

    @cached_property
    def known(self) -> Facts:
        return self.facts()

    @property
    def box(self) -> Box:
        return self.known.box

    @property
    def starts(self) -> tuple[tuple[float, ...], ...]:
        return self.known.starts

    @property
    def minima(self) -> tuple[Minimum, ...]:
        return self.known.minima

    @property
    def lr(self) -> float:
        return self.known.lr

    @property
    def diagonal(self) -> float:
        """Length of the box's diagonal: the landscape's own unit of distance."""
        return math.hypot(*(high - low for low, high in self.box))

    @property
    def lowest(self) -> float | None:
        """f*, the loss at the global minimum; None where there is none."""
        return min((m.loss for m in self.minima if m.kind == "global"), default=None)


def _coordinates(theta: Array) -> tuple[Array, ...]:
    # Unpacking a transposed array costs three times as much as taking its rows.
    rows = theta.T
    return (rows[0], rows[1]) if len(rows) == 2 else tuple(rows)
