"""AdamW."""

from dataclasses import dataclass

import numpy as np

from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class AdamW(Moments, Guarded, Optimizer):
    """Adam whose weight decay goes past the division by √v̂: every coordinate shrinks by the same share, ηλ a step.

    In Adam with an L2 term the decay is part of g and is divided like it.
    """

    title = "AdamW"
    year = 2019
    family = "adaptive"
    cost = Cost(buffers=2)
    source = "Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization; form of torch.optim.AdamW: λ times η"
    branch = Branch(
        parents=("adam",),
        added="Weight decay past the division: every weight shrinks by the same share.",
        best_for="transformers",
    )
    formula = (
        "θ ← θ·(1 − η·λ)\nm ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nm̂ = m / (1 − β₁ᵗ)\nv̂ = v / (1 − β₂ᵗ)\n"
        "θ ← θ − η·m̂ / (√v̂ + ε)"
    )
    rate = "η / (√v̂ + ε)"
    dialects = (
        Dialect(
            "paper",
            "θ ← θ − η_t·(α·m̂ / (√v̂ + ε) + λ·θ), η_t the schedule alone",
            "the decay does not depend on the peak rate: λ there is η·λ here",
        ),
        Dialect("optax", "the same, with λ = 1e-4 by default", "a hundredth of the decay, unless λ is given"),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.01, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Takes ηλθ off each step.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            theta = theta - lr * self.weight_decay * theta
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        m_hat, v_hat = m / self.bias1.at(t), v / self.bias2.at(t)
        return theta - lr * m_hat / (np.sqrt(v_hat) + self.guard), {"m": m, "v": v}
