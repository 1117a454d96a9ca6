"""Lion."""

from dataclasses import dataclass

import numpy as np

from simulator.moments import Moments
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Lion(Moments, Optimizer):
    """Only the sign of a smoothed gradient: every coordinate moves by exactly η, whatever the slope.

    Its steps never get shorter by themselves, so it circles a minimum at a distance of about η unless a schedule
    lowers the rate. One buffer instead of Adam's two. Against AdamW, take η three to ten times smaller and λ as much
    larger.
    """

    title = "Lion"
    year = 2023
    family = "sign and curvature"
    cost = Cost(buffers=1)
    source = "Chen et al. 2023, Symbolic Discovery of Optimization Algorithms; form of optax.lion"
    branch = Branch(
        parents=("momentum", "signum"),
        added="The sign of a mean of gradients, found by a search over programs.",
        best_for="large language models short of memory",
    )
    formula = "c = β₁·m + (1 − β₁)·g\nθ ← θ − η·(sign(c) + λ·θ)\nm ← β₂·m + (1 − β₂)·g"
    rate = "η / |c|"

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: the length of every step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="How much m weighs in the direction of the step.")
    beta2: float = param("β₂", 0.99, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Takes ηλθ off each step.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.003 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        step = np.sign(self.beta1 * state["m"] + self.rest1 * grad)
        if self.weight_decay is not None:
            step = step + self.weight_decay * theta
        m = self.beta2 * state["m"] + self.rest2 * grad
        return theta - lr * step, {"m": m}
