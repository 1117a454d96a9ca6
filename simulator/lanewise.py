"""Numbers a lane, (lanes, 1): what rules that measure θ as a whole have in common."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.optimizer import Array, State


def lane(values: Any) -> Array:
    """A bound hyperparameter, the same in all coordinates, as one number a lane."""
    return values[:, :1]


def dot(a: Array, b: Array) -> Array:
    """a·b."""
    return np.einsum("ij,ij->i", a, b)[:, None]


def ratio(a: Array, b: Array) -> Array:
    """a / b; 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(b), where=b != 0.0)


class Distance:
    """What D-Adaptation and its kin share: d, a guess of the way to the minimum that grows from d₀ as it sees more.

    Defazio & Mishchenko 2023, Learning-Rate-Free Learning by D-Adaptation.
    """

    # As every hyperparameter of a bound rule: arrays, or None where the term is off.
    d0: Any
    growth_rate: Any

    @cached_property
    def most(self) -> Array | float:
        """The largest growth of d in a step."""
        if self.growth_rate is None:
            return np.inf
        return np.where(lane(self.growth_rate) > 0.0, lane(self.growth_rate), np.inf)

    def grown(self, d: Array, guess: Array) -> Array:
        return np.maximum(d, np.minimum(guess, d * self.most))


def held(moves: NDArray[np.bool_], new: State, old: State) -> State:
    """``new`` in the lanes that ``moves`` (lanes, 1) names, ``old`` in the others."""
    return new if moves.all() else {k: np.where(moves, value, old[k]) for k, value in new.items()}
