"""QHAdam."""

from dataclasses import dataclass

import numpy as np

from simulator.decay import Decay
from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class QHAdam(Decay, Moments, Guarded, Optimizer):
    """Adam whose averages are mixed with what was averaged: ν₁ weighs m̂ against g, ν₂ weighs v̂ against g².

    ν₁ = ν₂ = 1 is Adam; ν₁ = β₁ is nearly NAdam; ν₁ = 0 is RMSProp with its bias corrected. At ν₂ < 1 a
    sudden gradient is felt in its own divisor at once.
    """

    title = "QHAdam"
    year = 2019
    family = "adaptive"
    cost = Cost(buffers=2)
    source = "Ma & Yarats 2019, Quasi-hyperbolic momentum and Adam for deep learning; in double precision throughout"
    branch = Branch(
        parents=("adam", "qhm"),
        added="The plain gradient and its square beside their means, weighed by ν₁ and ν₂.",
        best_for="where Adam serves, with two more numbers to tune",
    )
    formula = (
        Decay.form + "\n"
        "m ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nm̂ = m / (1 − β₁ᵗ)\nv̂ = v / (1 − β₂ᵗ)\n"
        "θ ← θ − η·((1 − ν₁)·g + ν₁·m̂) / (√((1 − ν₂)·g² + ν₂·v̂) + ε)"
    )
    rate = "η / (√((1 − ν₂)·g² + ν₂·v̂) + ε)"
    dialects = (
        Dialect(
            "pytorch_optimizer",
            "the weights of m̂ and v̂ are kept in single precision, and ν₁ = ν₂ = 1 by default",
            "rounds every step to about 7 digits; its defaults are Adam",
        ),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.995, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    nu1: float = param("ν₁", 0.7, 0.0, 1.0, doc="Weight of m̂ against the present gradient.")
    nu2: float = param("ν₂", 1.0, 0.0, 1.0, doc="Weight of v̂ against the present square.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    weight_decouple: bool = param("decoupled", False, doc="Take the decay off θ instead of adding it to g.")
    fixed_decay: bool = param("fixed", False, doc="The decoupled decay is λ, not ηλ.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.015 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        theta, grad = self.decayed(theta, grad, lr)
        square = grad * grad
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * square
        mean = (1.0 - self.nu1) * grad + self.nu1 * (m / self.bias1.at(t))
        size = np.sqrt((1.0 - self.nu2) * square + self.nu2 * (v / self.bias2.at(t)))
        return theta - lr * mean / (size + self.guard), {"m": m, "v": v}
