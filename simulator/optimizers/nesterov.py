"""Nesterov's accelerated gradient."""

from dataclasses import dataclass

import numpy as np

from simulator.optimizer import Array, Branch, Cost, Dialect, Limit, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """Momentum that looks before it leaps: the gradient is taken where the velocity alone would carry θ.

    Look-ahead form, the state is θ. Libraries store φ = θ − ηβv, the look-ahead point, as their parameter; the
    two paths are the same while η is constant and differ under a schedule.
    """

    title = "Nesterov"
    year = 1983
    family = "first-order"
    cost = Cost(buffers=1)
    source = "Nesterov 1983, A method of solving a convex programming problem with convergence rate O(1/k²)"
    branch = Branch(
        parents=("momentum",),
        added="The gradient at the point ahead, where the velocity alone would carry θ.",
        best_for="convex problems and vision",
        says="Sutskever et al. 2013, On the importance of initialization and momentum in deep learning",
    )
    formula = "φ = θ − η·β·v\ng = ∇f(φ) + λ·φ\nv ← β·v + g\nθ ← θ − η·v"
    dialects = (
        Dialect(
            "torch, optax",
            "g = ∇f(φ) + λ·φ, v ← β·v + g, φ ← φ − η·(g + β·v)",
            "stores the look-ahead point φ = θ − ηβv: the same path while η is constant, another under a schedule",
        ),
        Dialect(
            "Keras",
            "v ← β·v − η·g, φ ← φ + β·v − η·g",
            "η inside the velocity: torch's path while η is constant; when η falls, v still holds the old η",
        ),
    )

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Momentum: the share of the velocity kept each step.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        # Stable below (1 + β)/(1 + 2β) of gradient descent's limit: two thirds of it at β = 0.9.
        return 0.5 * lr

    def stable_lr(self, curvature: float) -> Limit:
        # z² − (1 + β)·(1 − η·h)·z + β·(1 − η·h): −1 is a root at the limit; below, two are complex.
        beta, h = self.beta, curvature + (self.weight_decay or 0.0)
        stable, swings = 2.0 * (1.0 + beta) / ((1.0 + 2.0 * beta) * h), ((1.0 - beta) / (1.0 + beta)) ** 2 / h
        return Limit(stable, "2(1+β)/((1+2β)L)", swings, "((1−β)/(1+β))²/L", h)

    def init(self, theta: Array) -> State:
        return {"v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        carried = self.beta * state["v"]
        ahead = theta - lr * carried
        grad = yield ahead
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * ahead
        v = carried + grad
        return theta - lr * v, {"v": v}
