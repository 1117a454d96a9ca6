"""Matrices in formulas: what · means for them, their transposes, inverses and powers. One step at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.matrices import power as root

Array = NDArray[np.float64]


_solved: Callable[[Any, Any], Any] = np.linalg.solve


@dataclass(frozen=True, eq=False)
class Matrix:
    """(rows, columns) times ``scale``; ``inverse``: its inverse, kept as an equation to be solved."""

    of: Array
    scale: Any = 1.0
    inverse: bool = False

    @property
    def whole(self) -> Array:
        return self.scale * (np.linalg.inv(self.of) if self.inverse else self.of)


@dataclass(frozen=True, eq=False)
class Identity:
    """I, as large as what it meets, times ``scale``."""

    scale: Any = 1.0

    def like(self, size: int) -> Matrix:
        return Matrix(np.eye(size), self.scale)


Square = (Matrix, Identity)


def transposed(a: Any) -> Any:
    """aᵀ; of a vector the matrix of one row."""
    if isinstance(a, Matrix):
        return Matrix(a.whole.T)
    plain: Array = np.asarray(a, dtype=np.float64)
    return Matrix(plain.T if plain.ndim == 2 else plain[None])


def inverted(a: Any) -> Any:
    return Matrix(a.whole, inverse=True) if isinstance(a, Matrix) else 1.0 / a


def raised(a: Any, power: Any) -> Any:
    """A power of a symmetric matrix, by its eigenvalues."""
    return Matrix(root(a.whole[None], power)[0])


def added(a: Any, b: Any, sign: float = 1.0) -> Any:
    if isinstance(a, Identity) and isinstance(b, Identity):
        return Identity(a.scale + sign * b.scale)
    size = len(b.of if isinstance(b, Matrix) else b) if isinstance(a, Identity) else len(_plain(a, 0))
    left, right = _plain(a, size), _plain(b, size)
    return Matrix(left + sign * right)


def _plain(x: Any, size: int) -> Array:
    x = x.like(size) if isinstance(x, Identity) else x
    return x.whole if isinstance(x, Matrix) else x


def subtracted(a: Any, b: Any) -> Any:
    return added(a, b, -1.0)


def negated(a: Any) -> Any:
    return times(-1.0, a)


def times(a: Any, b: Any) -> Any:
    """a·b, where one of them at least is a matrix: the matrix product, or each entry times a number."""
    if isinstance(a, Identity) and isinstance(b, Identity):
        return Identity(a.scale * b.scale)
    if isinstance(a, Identity):
        return Matrix(b.of, a.scale * b.scale, b.inverse) if isinstance(b, Matrix) else a.scale * b
    if isinstance(b, Identity):
        return Matrix(a.of, a.scale * b.scale, a.inverse) if isinstance(a, Matrix) else Identity(b.scale * _number(a))
    if not isinstance(b, Matrix):
        return _on_vector(a, b)
    if not isinstance(a, Matrix):
        if np.ndim(a) == 2 and np.size(a) > 1:
            return np.asarray(a) @ b.whole
        if np.size(a) == 1 and len(b.of) > 1:
            return Matrix(b.of, b.scale * _number(a), b.inverse)
        return Matrix(np.asarray(a).reshape(-1, 1) @ b.whole)  # a column times a row
    if a.inverse:
        return Matrix(a.scale * np.linalg.solve(a.of, b.whole))
    return Matrix(a.whole @ b.whole)


def _on_vector(a: Matrix, b: Any) -> Any:
    if np.size(b) == 1 and a.of.shape[1] > 1:
        return Matrix(a.of, a.scale * _number(b), a.inverse)
    try:
        return a.scale * (_solved(a.of, b) if a.inverse else a.of @ b)
    except np.linalg.LinAlgError:
        return np.full_like(b, np.nan)


def same(a: Matrix, b: Any) -> bool:
    """Whether a = b, the identity or another matrix."""
    return bool(np.array_equal(a.whole, b.like(len(a.of)).whole if isinstance(b, Identity) else b.whole))


def _number(x: Any) -> float:
    return float(np.asarray(x).reshape(-1)[0])
