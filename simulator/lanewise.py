"""Numbers a lane, (lanes, 1): what rules that measure θ as a whole have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.optimizer import Array, State

EPS = float(np.finfo(np.float64).eps)


def lane(values: Any) -> Array:
    """A bound hyperparameter, the same in all coordinates, as one number a lane."""
    return values[:, :1]


def dot(a: Array, b: Array) -> Array:
    """a·b."""
    if a.shape[1] == 2:  # with the same bits however the lanes lie, also where einsum multiplies and adds in one
        return a[:, :1] * b[:, :1] + a[:, 1:] * b[:, 1:]
    return np.einsum("ij,ij->i", a, b)[:, None]


def ratio(a: Array, b: Array) -> Array:
    """a / b; 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(b), where=b != 0.0)


def held(moves: NDArray[np.bool_], new: State, old: State) -> State:
    """``new`` in the lanes that ``moves`` (lanes, 1) names, ``old`` in the others."""
    return new if moves.all() else {k: np.where(moves, value, old[k]) for k, value in new.items()}
