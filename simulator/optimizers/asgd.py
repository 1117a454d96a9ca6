"""Averaged SGD."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class ASGD(Optimizer):
    """Gradient descent whose rate fades, with the mean of its path beside it: noise that θ feels cancels out in θ̄.

    θ, which races, is what torch keeps as its parameter; θ̄ steers nothing. κ both fades η and pulls θ towards 0. η_t
    is set at the end of a step, so a schedule is felt one step late, as in torch. There the averaging begins after a
    million steps, here after t₀ = 100, so that a race shows it.
    """

    title = "ASGD"
    year = 1992
    family = "first-order"
    cost = Cost(buffers=2)
    source = (
        "Polyak & Juditsky 1992, Acceleration of stochastic approximation by averaging; "
        "Bottou 2010, Large-Scale Machine Learning with Stochastic Gradient Descent; form of torch.optim.ASGD"
    )
    branch = Branch(
        parents=("sgd",),
        added="The mean of the path, in which the noise cancels.",
        best_for="convex problems seen sample by sample",
    )
    formula = (
        "t = 1: η_t ← η\ng ← g + λ·θ\nθ ← θ·(1 − κ·η_t) − η_t·g\nθ̄ ← θ̄ + (θ − θ̄) / max(1, t − 1 − t₀)\n"
        "η_t ← η / (1 + κ·η·t)^p"
    )
    rate = "η_t"
    letters: ClassVar[dict[str, str]] = {"ax": "θ̄", "eta": "η_t"}

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate at the start.")
    lambd: float = param("κ", 1e-4, 0.0, 1.0, "log", floor=1e-6, doc="Decay: of η over the steps, and of θ towards 0.")
    power: float = param("p", 0.75, 0.0, 2.0, doc="How fast η fades.")
    t0: int = param("t₀", 100, 0, 1_000_000, "log", floor=1, unit="steps", doc="When the averaging begins.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")

    def init(self, theta: Array) -> State:
        return {"ax": theta.copy(), "eta": np.full_like(theta, self.lr)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        eta = lr if t == 1 else state["eta"]
        theta = theta * (1.0 - self.lambd * eta) - eta * grad
        count = np.maximum(t - 1.0 - self.t0, 1.0)
        ax = np.where(count > 1.0, state["ax"] + (theta - state["ax"]) / count, theta)
        return theta, {"ax": ax, "eta": lr / (1.0 + self.lambd * lr * t) ** self.power}
