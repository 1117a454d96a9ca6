"""What rules share that find their own rate: d, a guess of the way to the minimum that grows from d₀ as they see more.

Defazio & Mishchenko 2023, Learning-Rate-Free Learning by D-Adaptation. A d is a number a lane, (lanes, 1).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from simulator.lanewise import lane
from simulator.moments import Moments
from simulator.optimizer import Array, State


class Distance:
    """For rules with the hyperparameters ``d0`` and ``growth_rate``."""

    # As every hyperparameter of a bound rule: arrays, or None where the term is off.
    d0: Any
    growth_rate: Any

    def begin(self, theta: Array, *letters: str) -> State:
        """Zeros under ``letters``; n, what has been gathered for the guess, and d."""
        zero = np.zeros_like(theta)
        return {**dict.fromkeys(letters, zero), "n": zero[:, :1], "d": (zero + self.d0)[:, :1]}

    @cached_property
    def most(self) -> Array | float:
        """The largest growth of d in a step."""
        if self.growth_rate is None:
            return np.inf
        return np.where(lane(self.growth_rate) > 0.0, lane(self.growth_rate), np.inf)

    def grown(self, d: Array, guess: Array) -> Array:
        return np.maximum(d, np.minimum(guess, d * self.most))


class AdamDistance(Distance, Moments):
    """For those with Adam's memories and the switch ``bias_correction`` too."""

    form = "t = 1: d ← d₀\nη_d = d·η\ncorrected: k ← k + 1\ncorrected: η_d ← η_d·√(1 − β₂ᵏ) / (1 − β₁ᵏ)"

    bias_correction: bool

    def begin(self, theta: Array, *letters: str) -> State:
        state = super().begin(theta, *letters)
        return state | ({"k": np.zeros_like(theta[:, :1])} if self.bias_correction else {})

    def paced(self, state: State, lr: Array) -> tuple[Array, State]:
        """η_d, and a new state in which the step is counted where that matters."""
        rate = state["d"] * lane(lr)
        if not self.bias_correction:
            return rate, dict(state)
        k = state["k"] + 1.0
        return rate * np.sqrt(1.0 - lane(self.beta2) ** k) / (1.0 - lane(self.beta1) ** k), {**state, "k": k}
