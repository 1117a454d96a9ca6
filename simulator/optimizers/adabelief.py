"""AdaBelief."""

from dataclasses import dataclass

import numpy as np

from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class AdaBelief(Moments, Guarded, Optimizer):
    """Adam that divides by how far a gradient was from what m foretold, instead of by its size.

    Where gradients agree with m it believes them and takes long steps, longer than η; where they surprise, short
    ones. On a straight slope s fades and only η and ε limit the step. ε_s gathers in s, up to ε_s/(1 − β₂).
    """

    title = "AdaBelief"
    year = 2020
    family = "adaptive"
    cost = Cost(buffers=2)
    source = (
        "Zhuang et al. 2020, AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients; "
        "form of optax.adabelief"
    )
    branch = Branch(
        parents=("adam",),
        added="Division by how far the gradient was from its forecast m.",
        best_for="vision and GANs",
    )
    formula = (
        "m ← β₁·m + (1 − β₁)·g\ns ← β₂·s + (1 − β₂)·(g − m)² + ε_s\nm̂ = m / (1 − β₁ᵗ)\n"
        "Nesterov: m̂ = β₁·m / (1 − β₁ᵗ⁺¹) + (1 − β₁)·g / (1 − β₁ᵗ)\nŝ = s / (1 − β₂ᵗ)\nθ ← θ − η·m̂ / (√ŝ + ε)"
    )
    rate = "η / (√ŝ + ε)"

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared surprise s.")
    eps: float = param("ε", 1e-16, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    eps_root: float = param("ε_s", 1e-16, 0.0, 10.0, "log", floor=1e-16, doc="Added to s at every step.")
    nesterov: bool = param("Nesterov", False, doc="Take m as it will be one step on, were the gradient to stay.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "s": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        m = self.beta1 * state["m"] + self.rest1 * grad
        surprise = grad - m
        s = self.beta2 * state["s"] + self.rest2 * (surprise * surprise) + self.eps_root
        m_hat, s_hat = m / self.bias1.at(t), s / self.bias2.at(t)
        if self.nesterov:
            m_hat = self.beta1 * (m / self.bias1.at(t + 1)) + self.rest1 * (grad / self.bias1.at(t))
        return theta - lr * m_hat / (np.sqrt(s_hat) + self.guard), {"m": m, "s": s}
