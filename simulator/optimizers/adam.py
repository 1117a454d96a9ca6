"""Adam."""

from dataclasses import dataclass

import numpy as np

from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Adam(Moments, Guarded, Optimizer):
    """Momentum divided, coordinate by coordinate, by the running size of the gradient.

    m and v begin at 0 and are too small at first: divided by 1 − βᵗ they are averages whose weights sum to 1.
    """

    title = "Adam"
    year = 2015
    family = "adaptive"
    cost = Cost(buffers=2)
    source = "Kingma & Ba 2015, Adam: A Method for Stochastic Optimization; form of torch.optim.Adam"
    branch = Branch(
        parents=("rmsprop", "momentum"),
        added="A velocity over the running size of the gradient, both corrected for their start at 0.",
        best_for="a general default",
    )
    formula = (
        "g ← g + λ·θ\nm ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nm̂ = m / (1 − β₁ᵗ)\nv̂ = v / (1 − β₂ᵗ)\n"
        "not corrected: m̂ = m\nnot corrected: v̂ = v\nθ ← θ − η·m̂ / (√v̂ + ε)"
    )
    rate = "η / (√v̂ + ε)"
    dialects = (
        Dialect(
            "Keras",
            "θ ← θ − η·(√(1 − β₂ᵗ) / (1 − β₁ᵗ))·m / (√v + ε)",
            "ε is added before v is corrected, as if it were ε/√(1 − β₂ᵗ): 32 times as large in the first step",
        ),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")
    bias_correction: bool = param("corrected", True, doc="Correct the bias of m and v towards their start at 0.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        if not self.bias_correction:
            return theta - lr * m / (np.sqrt(v) + self.guard), {"m": m, "v": v}
        m_hat, v_hat = m / self.bias1.at(t), v / self.bias2.at(t)
        return theta - lr * m_hat / (np.sqrt(v_hat) + self.guard), {"m": m, "v": v}
