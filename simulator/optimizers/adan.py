"""Adan."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from simulator.moments import Bias, Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Adan(Moments, Guarded, Optimizer):
    """Adam with Nesterov's look-ahead, foreseen from how the gradient changed since the last step.

    d is the mean change; g + β₂·(g − g⁻) is about the gradient one step on, without asking for it there. Three
    memories and the last gradient g⁻: four numbers a parameter.
    """

    title = "Adan"
    year = 2022
    family = "adaptive"
    cost = Cost(buffers=4)
    source = (
        "Xie et al. 2022, Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models; "
        "form of pytorch_optimizer's Adan, with the β of the authors' code"
    )
    branch = Branch(
        parents=("adam", "nesterov"),
        added="The change of the gradient as a third mean: a look-ahead without a second gradient.",
        best_for="vision transformers and large batches",
    )
    formula = (
        "decoupled: θ ← θ·(1 − η·λ)\nt = 1: g⁻ ← g\nδ = g − g⁻\nm ← β₁·m + (1 − β₁)·g\nd ← β₂·d + (1 − β₂)·δ\n"
        "n ← β₃·n + (1 − β₃)·(g + β₂·δ)²\nm̂ = m / (1 − β₁ᵗ)\nd̂ = d / (1 − β₂ᵗ)\nn̂ = n / (1 − β₃ᵗ)\n"
        "θ ← θ − η·(m̂ + β₂·d̂) / (√n̂ + ε)\nnot decoupled: θ ← θ / (1 + η·λ)\ng⁻ ← g"
    )
    rate = "η / (√n̂ + ε)"
    letters: ClassVar[dict[str, str]] = {"g_last": "g⁻"}
    dialects = (
        Dialect(
            "paper",
            "β is what here is 1 − β: 0.02, 0.08, 0.01",
            "the same rule: every β of the paper is the weight of what is new",
        ),
        Dialect(
            "optax",
            "n ← β₃·n + (1 − β₃)·(g + (1 − β₂)·δ)², and (1 − β₂)·d̂ in the step",
            "the paper's 1 − β₂ with the code's β₂: looks 0.08 of a step ahead by default, where it should be 0.92",
        ),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.98, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.92, 0.0, 0.9999, "log1m", doc="Memory of the mean change d, and how far it looks.")
    beta3: float = param("β₃", 0.99, 0.0, 0.9999, "log1m", doc="Memory of the mean square n.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    weight_decouple: bool = param("decoupled", False, doc="Take ηλθ off θ before the step, as AdamW does.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.015 * diagonal

    def init(self, theta: Array) -> State:
        return {letter: np.zeros_like(theta) for letter in ("m", "d", "n", "g_last")}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        change = grad - state["g_last"] if t > 1 else np.zeros_like(grad)
        m = self.beta1 * state["m"] + self.rest1 * grad
        d = self.beta2 * state["d"] + self.rest2 * change
        ahead = grad + self.beta2 * change
        n = self.beta3 * state["n"] + self.rest3 * (ahead * ahead)
        mean = m / self.bias1.at(t) + self.beta2 * (d / self.bias2.at(t))
        step = lr * mean / (np.sqrt(n / self.bias3.at(t)) + self.guard)
        decay = None if self.weight_decay is None else lr * self.weight_decay
        if decay is None:
            theta = theta - step
        elif self.weight_decouple:
            theta = theta * (1.0 - decay) - step
        else:
            theta = (theta - step) / (1.0 + decay)
        return theta, {"m": m, "d": d, "n": n, "g_last": grad}

    @cached_property
    def rest3(self) -> float:
        return 1.0 - self.beta3

    @cached_property
    def bias3(self) -> Bias:
        return Bias(self.beta3)
