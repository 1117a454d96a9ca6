"""LAMB."""

from dataclasses import dataclass

import numpy as np

from simulator.layerwise import Layerwise
from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class LAMB(Layerwise, Moments, Guarded, Optimizer):
    """AdamW with LARS's idea: every layer moves by exactly η times its own size, Adam says only whereto.

    A plain landscape is one layer, θ as a whole: each step is η·‖θ‖ long, whatever the slope, so it never settles at a
    minimum but hops about it, unless that lies at the origin or a schedule lowers η. Where θ is 0 the step is Adam's.
    """

    title = "LAMB"
    year = 2020
    family = "large batch"
    cost = Cost(buffers=2)
    source = (
        "You et al. 2020, Large Batch Optimization for Deep Learning: Training BERT in 76 minutes; form of optax.lamb"
    )
    branch = Branch(
        parents=("adamw", "lars"),
        added="Each layer's step as a share of its size, in the direction Adam gives.",
        best_for="large batches",
    )
    formula = (
        "m ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nm̂ = m / (1 − β₁ᵗ)\nv̂ = v / (1 − β₂ᵗ)\n"
        "u = m̂ / (√v̂ + ε) + λ·θ\nτ = 1\nlayer, ‖θ‖·‖u‖ > 0: τ = ‖θ‖ / ‖u‖\nθ ← θ − η·τ·u"
    )
    rate = "η·τ / (√v̂ + ε)"
    dialects = (
        Dialect(
            "paper",
            "τ = φ(‖θ‖) / ‖u‖, φ some function that keeps ‖θ‖ within bounds",
            "with bounds a tiny layer still moves, and a huge one does not take huge steps",
        ),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: a step's share of the layer's size.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-6, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Adds λθ to the direction.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.02

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        unit = m / self.bias1.at(t) / (np.sqrt(v / self.bias2.at(t)) + self.guard)
        if self.weight_decay is not None:
            unit = unit + self.weight_decay * theta
        return theta - lr * self.trusted(theta, unit), {"m": m, "v": v}
