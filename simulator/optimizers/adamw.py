"""AdamW."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from simulator.optimizer import Array, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class AdamW(Optimizer):
    """Adam whose weight decay goes past the division by √v̂: every coordinate shrinks by the same share, ηλ a step.

    In Adam with an L2 term the decay is part of g and is divided like it. c₁ and c₂ are the bias corrections
    1 − β₁ᵗ and 1 − β₂ᵗ, carried along.
    """

    title = "AdamW"
    year = 2019
    source = "Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization; form of torch.optim.AdamW: λ times η"
    formula = (
        "θ ← θ·(1 − η·λ)\nm ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\n"
        "m̂ = m / (1 − β₁ᵗ)\nv̂ = v / (1 − β₂ᵗ)\nθ ← θ − η·m̂ / (√v̂ + ε)"
    )
    letters: ClassVar[dict[str, str]] = {"c1": "c₁", "c2": "c₂"}

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.01, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Takes ηλθ off each step.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        return {letter: np.zeros_like(theta) for letter in ("m", "v", "c1", "c2")}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            theta = theta - lr * self.weight_decay * theta
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
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
