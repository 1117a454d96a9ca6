"""Sharpness-aware minimization."""

from dataclasses import dataclass

import numpy as np

from simulator.optimizer import Array, Cost, Optimizer, Rule, State
from simulator.param import param

TINY = np.array(np.finfo(np.float64).tiny)  # an array: quicker than a scalar


@dataclass(frozen=True)
class SAM(Optimizer):
    """Gradient descent on the slope of a neighbour: ρ uphill from here, where a sharp valley is already steep.

    Two gradients a step. It avoids minima narrower than about ρ, and it cannot settle in one: it hops about the
    bottom. Where the gradient is zero there is no uphill, and the neighbour is θ itself.
    """

    title = "SAM"
    year = 2021
    family = "sign and curvature"
    cost = Cost(grads=2)
    source = (
        "Foret et al. 2021, Sharpness-Aware Minimization for Efficiently Improving Generalization; "
        "form of optax.contrib.sam with SGD as base, defined at zero gradient too"
    )
    formula = "g = ∇f(θ)\ng̃ = ∇f(θ + ρ·g / ‖g‖)\nθ ← θ − η·g̃"

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
    rho: float = param("ρ", 0.05, 0.0, 10.0, "log", floor=1e-4, doc="How far uphill the second gradient is taken.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        # Its hops about the bottom grow with η and blow up towards gradient descent's limit.
        return 0.5 * lr

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        norm = np.hypot.reduce(grad, axis=1, keepdims=True)
        grad = yield theta + self.rho * (grad / np.maximum(norm, TINY))
        return theta - lr * grad, state
