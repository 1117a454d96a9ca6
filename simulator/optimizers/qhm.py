"""Quasi-hyperbolic momentum."""

from dataclasses import dataclass

import numpy as np

from simulator.decay import Decay
from simulator.optimizer import Array, Branch, Cost, Limit, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class QHM(Decay, Optimizer):
    """A weighted mean of a plain step and a momentum step: ν = 0 is gradient descent, ν = 1 is momentum.

    m is an average, not a sum: at ν = 1 it is momentum with η·(1 − β). The present gradient always weighs at least
    1 − ν, so it answers at once to a turn that m is still too slow for.
    """

    title = "QHM"
    year = 2019
    family = "first-order"
    cost = Cost(buffers=1)
    source = (
        "Ma & Yarats 2019, Quasi-hyperbolic momentum and Adam for deep learning; form of pytorch_optimizer's QHM, "
        "whose defaults β = 0, ν = 1 are gradient descent"
    )
    branch = Branch(
        parents=("momentum",),
        added="The plain gradient beside the velocity, weighed by ν.",
        best_for="where momentum serves, with one more number to tune",
    )
    formula = Decay.form + "\nm ← β·m + (1 − β)·g\nθ ← θ − η·((1 − ν)·g + ν·m)"

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    nu: float = param("ν", 0.7, 0.0, 1.0, doc="Weight of m against the present gradient.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    weight_decouple: bool = param("decoupled", False, doc="Take the decay off θ instead of adding it to g.")
    fixed_decay: bool = param("fixed", False, doc="The decoupled decay is λ, not ηλ.")

    def stable_lr(self, curvature: float) -> Limit | None:
        if self.weight_decay and self.weight_decouple:
            return None
        # z² − (1 + β − a·x)·z + β·(1 − b·x), x = η·h: −1 is a root at the limit; below, two are complex.
        beta, h = self.beta, curvature + (self.weight_decay or 0.0)
        a, b = 1.0 - self.nu * beta, 1.0 - self.nu
        middle = (1.0 + beta) * a - 2.0 * beta * b
        swings = (middle - max(middle**2 - (a * (1.0 - beta)) ** 2, 0.0) ** 0.5) / a**2 if self.nu * beta else 1.0
        formula = "(p − √(p² − a²(1−β)²))/(a²L), a = 1−νβ, p = (1+β)a − 2β(1−ν)" if self.nu * beta else "1/L"
        return Limit(
            2.0 * (1.0 + beta) / ((1.0 + beta * (1.0 - 2.0 * self.nu)) * h),
            "2(1+β)/((1+β−2νβ)L)",
            swings / h,
            formula,
            h,
        )

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        theta, grad = self.decayed(theta, grad, lr)
        m = self.beta * state["m"] + (1.0 - self.beta) * grad
        return theta - lr * (self.nu * m + (1.0 - self.nu) * grad), {"m": m}
