"""Values of expressions.

A value is float64 of shape (..., dim), (..., 1) where it is one number, or a plain number; or a matrix (`square`). As
everywhere in the program 0/0 is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.notation.expr import QUESTIONS, Expr, Name, Num
from simulator.notation.square import Square, added, inverted, negated, raised, subtracted, times, transposed

Array = NDArray[np.float64]
Value = Any


class Unknown(LookupError):
    """A value that words decide, or that was not recorded."""


class Asks(Protocol):
    """What the landscape answered to the questions of a step."""

    def answer(self, kind: str, theta: Value) -> Value:
        """``kind`` is one of `QUESTIONS`. Raises Unknown where nothing of the kind was asked there."""
        ...

    def found(self, name: str, values: Mapping[str, Value]) -> Value | None:
        """What a search set ``name`` to, as far as that can be told from where the step went."""
        ...


class Terms:
    """What expressions come to when their names stand for ``values``."""

    def __init__(self, values: Mapping[str, Value], asks: Asks, parts: list[slice] | None = None, axes: int = 1):
        """``parts``: a layer each, for norms and means; None: all together. ``axes``: 2 in a matrix."""
        self._values, self._asks, self._parts = values, asks, parts
        self._axes = tuple(range(-axes, 0))

    def of(self, expr: Expr) -> Value:
        """Raises Unknown."""
        if isinstance(expr, Num):
            return expr.value
        if isinstance(expr, Name):
            value = self._values.get(expr.name)
            if value is None:
                raise Unknown(expr.name)
            return value
        args = [self.of(arg) for arg in expr.args]
        if expr.op in MATRICES and (expr.op not in ELEMENTWISE or any(isinstance(arg, Square) for arg in args)):
            return MATRICES[expr.op](*args)
        if expr.op in ELEMENTWISE:
            return ELEMENTWISE[expr.op](*args)
        return self._asks.answer(expr.op, args[0]) if expr.op in QUESTIONS else self._reduced(expr.op, args)

    def _reduced(self, op: str, args: list[Value]) -> Value:
        if op in ALONG_AXIS:
            reduce, axis = ALONG_AXIS[op]
            return reduce(args[0], axis=axis, keepdims=True)
        x = np.asarray(args[0] * args[1] if op == "⟨" else args[0])
        take = REDUCTIONS[op]
        if self._parts is None:
            return take(x, axis=self._axes, keepdims=True) if x.ndim else take(x[None], axis=0)
        x = np.broadcast_to(x, np.broadcast_shapes(x.shape, (self._parts[-1].stop,)))
        out = np.empty(x.shape)
        for part in self._parts:
            out[..., part] = take(x[..., part], axis=-1, keepdims=True)
        return out


def divided(a: Value, b: Value) -> Value:
    """a / b, and 0 where both are 0."""
    return np.where(np.equal(a, 0.0) & np.equal(b, 0.0), 0.0, np.divide(a, b))


def clipped(x: Value, a: Value, b: Value | None = None) -> Value:
    low, high = (np.negative(a), a) if b is None else (a, b)
    return np.minimum(np.maximum(x, low), high)


def _norm(x: Array, **axes: Any) -> Value:
    return np.sqrt(np.sum(x * x, **axes))


def _size(x: Array, **axes: Any) -> Value:
    return np.sum(np.abs(x), **axes)


def _rms(x: Array, **axes: Any) -> Value:
    return np.sqrt(np.mean(x * x, **axes))


ELEMENTWISE: dict[str, Callable[..., Value]] = {
    "+": np.add, "−": np.subtract, "·": np.multiply, "/": divided, "mod": np.mod, "neg": np.negative,
    "√": np.sqrt, "∛": np.cbrt, "^": np.power, "|": np.abs, "sign": np.sign, "exp": np.exp, "ln": np.log,
    "max": np.maximum, "min": np.minimum, "clip": clipped,
}  # fmt: skip
REDUCTIONS: dict[str, Callable[..., Value]] = {
    "‖": _norm, "‖₁": _size, "⟨": np.sum, "sum": np.sum, "mean": np.mean, "rms": _rms, "largest": np.max,
}  # fmt: skip
ALONG_AXIS: dict[str, tuple[Callable[..., Value], int]] = {
    "mean_i": (np.mean, -2), "mean_j": (np.mean, -1), "max_i": (np.max, -2), "max_j": (np.max, -1),
}  # fmt: skip
MATRICES: dict[str, Callable[..., Value]] = {
    "+": added, "−": subtracted, "·": times, "neg": negated, "^": raised, "ᵀ": transposed, "⁻¹": inverted,
}  # fmt: skip
