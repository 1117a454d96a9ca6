"""AdaMax."""

from dataclasses import dataclass

import numpy as np

from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class AdaMax(Moments, Guarded, Optimizer):
    """Adam with the largest recent gradient in place of the root of its mean square.

    No step is longer than about η, and one rare large gradient is felt at once and fades by β₂ a step. u needs no bias
    correction.
    """

    title = "AdaMax"
    year = 2015
    family = "adaptive"
    cost = Cost(buffers=2)
    source = "Kingma & Ba 2015, Adam: A Method for Stochastic Optimization, section 7.1; form of torch.optim.Adamax"
    branch = Branch(
        parents=("adam",),
        added="The largest gradient it remembers, in place of the mean square.",
        best_for="steps with a firm bound: none is longer than η",
    )
    formula = "g ← g + λ·θ\nm ← β₁·m + (1 − β₁)·g\nu ← max(β₂·u, |g| + ε)\nm̂ = m / (1 − β₁ᵗ)\nθ ← θ − η·m̂ / u"
    rate = "η / u"
    dialects = (Dialect("paper", "u ← max(β₂·u, |g|)", "no ε: 0/0 in a coordinate that has not seen a gradient yet"),)

    lr: float = param("η", 2e-3, 1e-6, 10.0, "log", doc="Learning rate: the longest step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="How fast the largest gradient u fades.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "u": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        m = self.beta1 * state["m"] + self.rest1 * grad
        u = np.maximum(self.beta2 * state["u"], np.abs(grad) + self.guard)
        return theta - lr * (m / self.bias1.at(t)) / u, {"m": m, "u": u}
