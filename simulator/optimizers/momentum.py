"""Heavy-ball momentum."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.optimizer import Array, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Momentum(Optimizer):
    """A velocity that remembers about 1/(1−β) gradients: slopes that agree add up, slopes that alternate cancel.

    η multiplies outside the buffer, as in torch: with η inside, a schedule would change the path.
    """

    title = "Momentum"
    year = 1964
    source = "Polyak 1964, Some methods of speeding up the convergence of iteration methods; form of torch.optim.SGD"
    formula = "v ← β·v + (1 − τ)·(g + λ·θ)\nθ ← θ − η·v"

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Momentum: the share of the velocity kept each step.")
    dampening: float = param("τ", 0.0, 0.0, 1.0, off=0.0, doc="Share of each new gradient left out, after the first step.")
    weight_decay: float = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to the gradient.")

    def init(self, theta: Array) -> State:
        return {"v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        if self.dampening is not None and t > 1:
            grad = self.undamped * grad
        v = self.beta * state["v"] + grad
        return theta - lr * v, {"v": v}

    @cached_property
    def undamped(self) -> float:
        return 1.0 - self.dampening
