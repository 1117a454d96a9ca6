"""Yogi."""

from dataclasses import dataclass

import numpy as np

from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Yogi(Moments, Guarded, Optimizer):
    """Adam whose v forgets slowly: each step moves it by at most (1 − β₂)·g², up or down.

    After a stretch of small gradients Adam's v has shrunk and its rate has jumped up; here v comes down in steps as
    small as the gradients are. As in optax, m begins at a like v: even at a minimum it sets θ in motion, by less
    than η.
    """

    title = "Yogi"
    year = 2018
    family = "adaptive"
    cost = Cost(buffers=2)
    source = "Zaheer et al. 2018, Adaptive Methods for Nonconvex Optimization; form of optax.yogi"
    branch = Branch(
        parents=("adam",),
        added="A v that moves by bounded steps and so forgets slowly.",
        best_for="gradients that die down for a while: its rate does not leap up",
    )
    formula = (
        "t = 1: m ← a\nt = 1: v ← a\nm ← β₁·m + (1 − β₁)·g\nv ← v − (1 − β₂)·sign(v − g²)·g²\n"
        "m̂ = m / (1 − β₁ᵗ)\nv̂ = v / (1 − β₂ᵗ)\nθ ← θ − η·m̂ / (√v̂ + ε)"
    )
    rate = "η / (√v̂ + ε)"
    dialects = (Dialect("paper", "θ ← θ − η·m / (√v + ε)", "no bias correction: the first step is 3.2 times as long"),)

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="How slowly v moves.")
    eps: float = param("ε", 1e-3, 0.0, 10.0, "log", floor=1e-16, doc="Shortens steps where gradients are small.")
    initial_accumulator_value: float = param("a", 1e-6, 0.0, 10.0, "log", floor=1e-16, doc="What m and v start at.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        return {letter: np.full_like(theta, self.initial_accumulator_value) for letter in ("m", "v")}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        square = grad * grad
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = state["v"] - self.rest2 * np.sign(state["v"] - square) * square
        m_hat, v_hat = m / self.bias1.at(t), v / self.bias2.at(t)
        return theta - lr * m_hat / (np.sqrt(v_hat) + self.guard), {"m": m, "v": v}
