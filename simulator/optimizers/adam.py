"""Adam."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from simulator.optimizer import Array, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum divided, coordinate by coordinate, by the running size of the gradient.

    The bias corrections 1 − β₁ᵗ and 1 − β₂ᵗ are carried as c₁ and c₂, the same moving average taken of a constant 1:
    m̂ = m / c₁ is then an average whose weights sum to 1.
    """

    title = "Adam"
    year = 2015
    source = "Kingma & Ba 2015, Adam: A Method for Stochastic Optimization; form of torch.optim.Adam"
    formula = (
        "g ← g + λ·θ\nm ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\n"
        "m̂ = m / (1 − β₁ᵗ)\nv̂ = v / (1 − β₂ᵗ)\nθ ← θ − η·m̂ / (√v̂ + ε)"
    )
    letters: ClassVar[dict[str, str]] = {"c1": "c₁", "c2": "c₂"}

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")
    bias_correction: bool = param("m̂, v̂", True, doc="Correct the bias of m and v towards their start at 0.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        return {"m": zero, "v": zero, "c1": zero, "c2": zero} if self.bias_correction else {"m": zero, "v": zero}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        if not self.bias_correction:
            return theta - lr * m / (np.sqrt(v) + self.eps), {"m": m, "v": v}
        c1 = self.beta1 * state["c1"] + self.rest1
        c2 = self.beta2 * state["c2"] + self.rest2
        theta = theta - lr * (m / c1) / (np.sqrt(v / c2) + self.eps)
        return theta, {"m": m, "v": v, "c1": c1, "c2": c2}

    @cached_property
    def rest1(self) -> float:
        return 1.0 - self.beta1

    @cached_property
    def rest2(self) -> float:
        return 1.0 - self.beta2
