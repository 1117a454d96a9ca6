"""Heavy-ball momentum."""

from dataclasses import dataclass

import numpy as np

from simulator.optimizer import Array, Branch, Cost, Limit, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Momentum(Optimizer):
    """A velocity that remembers about 1/(1−β) gradients: slopes that agree add up, slopes that alternate cancel.

    η multiplies outside the buffer, as in torch: with η inside, a schedule would change the path. The first gradient is
    never damped (τ = 0 at t = 1), nor is any at β = 0, where there is no velocity: as in torch.
    """

    title = "Momentum"
    year = 1964
    family = "first-order"
    cost = Cost(buffers=1)
    source = "Polyak 1964, Some methods of speeding up the convergence of iteration methods; form of torch.optim.SGD"
    branch = Branch(
        parents=("sgd",),
        added="A velocity: slopes that agree add up, slopes that alternate cancel.",
        best_for="vision",
        says="Sutskever et al. 2013, On the importance of initialization and momentum in deep learning",
    )
    formula = "g ← g + λ·θ\nt > 1, β > 0: g ← (1 − τ)·g\nv ← β·v + g\nθ ← θ − η·v"

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Momentum: the share of the velocity kept each step.")
    dampening: float | None = param("τ", 0.0, 0.0, 1.0, off=0.0, doc="Share of every gradient but the first left out.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")

    def stable_lr(self, curvature: float) -> Limit | None:
        # z² − (1 + β − η·c·h)·z + β, c = 1 − τ: −1 is a root at the limit; below, two are complex.
        damped = (self.dampening or 0.0) if self.beta > 0.0 else 0.0
        if damped == 1.0:
            return None
        h, c = curvature + (self.weight_decay or 0.0), 1.0 - damped
        scale = "((1−τ)L)" if damped else "L"
        swings = (1.0 - self.beta**0.5) ** 2 / (c * h)
        return Limit(2.0 * (1.0 + self.beta) / (c * h), f"2(1+β)/{scale}", swings, f"(1−√β)²/{scale}", h)

    def init(self, theta: Array) -> State:
        return {"v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        if self.dampening is not None and t > 1:
            grad = grad - np.where(self.beta > 0.0, self.dampening, 0.0) * grad
        v = self.beta * state["v"] + grad
        return theta - lr * v, {"v": v}
