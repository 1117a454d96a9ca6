"""AdaGrad with D-Adaptation."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.distance import Distance
from simulator.lanewise import dot, lane, ratio
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class DAdaptAdaGrad(Distance, Optimizer):
    """Dual-averaged AdaGrad that finds its own rate: every step is taken from the start θ₀, by all slopes so far.

    d never shrinks, and grows more slowly than with Adam or SGD: the library's authors advise those. G starts at 1e-6.
    Before the first slope nothing moves.
    """

    title = "D-Adapt AdaGrad"
    year = 2023
    family = "no tuning"
    cost = Cost(buffers=4)
    source = "Defazio & Mishchenko 2023, Learning-Rate-Free Learning by D-Adaptation; form of dadaptation.DAdaptAdaGrad"
    branch = Branch(
        parents=("adagrad",),
        added="A guess of the way to the minimum, in place of η.",
        best_for="no time to tune, where AdaGrad serves",
    )
    formula = (
        "t = 1: θ₀ ← θ\nt = 1: d ← d₀\nt = 1: G ← 1e−6\ng ← g + λ·θ\nη_d = d·η\nG ← G + g²\ns ← s + η_d·g\n"
        "n ← n + η_d²·sum(g² / (√G + ε))\nd̂ = (sum(s² / (√G + ε)) − n) / ‖s‖₁\nκ > 0: d̂ ← min(d̂, κ·d)\n"
        "d ← max(d, d̂)\nz = θ₀ − s / (√G + ε)\nθ ← β·θ + (1 − β)·z"
    )
    rate = "η_d / (√G + ε)"
    letters: ClassVar[dict[str, str]] = {"x0": "θ₀"}

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Scales the rate that was found.")
    beta: float | None = param("β", 0.0, 0.0, 0.9999, "log1m", off=0.0, doc="Momentum: the share of θ kept each step.")
    eps: float = param("ε", 1e-6, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")
    d0: float = param("d₀", 1e-6, 1e-12, 1e3, "log", doc="What d starts at.")
    growth_rate: float | None = param("κ", 0.0, 0.0, 1e3, "log", floor=1.01, off=0.0, doc="Most growth of d; 0: any.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 1.0

    def init(self, theta: Array) -> State:
        return self.begin(theta, "s") | {"G": np.full_like(theta, 1e-6), "x0": theta.copy()}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        d, x0 = state["d"], state["x0"]
        rate = d * lane(lr)
        G = state["G"] + grad * grad
        s = state["s"] + rate * grad
        scale = np.sqrt(G) + self.eps
        n = state["n"] + rate * rate * dot(grad, grad / scale)
        length = np.abs(s).sum(axis=1, keepdims=True)
        guess = ratio(dot(s, s / scale) - n, length)
        z = x0 - s / scale
        went = z if self.beta is None else theta + (1.0 - self.beta) * (z - theta)
        new = {"s": s, "G": G, "x0": x0, "n": n, "d": np.where(lane(lr) > 0.0, self.grown(d, guess), d)}
        return went, new
