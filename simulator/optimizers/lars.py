"""LARS."""

from dataclasses import dataclass

import numpy as np

from simulator.layerwise import Layerwise
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class LARS(Layerwise, Optimizer):
    """Momentum in which every layer's step is a share of that layer's size, however steep its gradient is.

    Large batches want large rates, and the layer whose gradient is large against its weights fails first: here none
    can. η is inside the buffer v. A plain landscape is one layer, θ as a whole: normalised gradient descent with
    momentum, its step growing with the distance from the origin. Where θ or g is 0 the step is the bare gradient's.
    """

    title = "LARS"
    year = 2017
    family = "large batch"
    cost = Cost(buffers=1)
    source = "You, Gitman & Ginsburg 2017, Large Batch Training of Convolutional Networks; form of optax.lars"
    branch = Branch(
        parents=("momentum",),
        added="Each layer's step as a share of that layer's size.",
        best_for="convolutional networks in large batches",
    )
    formula = (
        "g ← g + λ·θ\nτ = 1\nlayer, ‖θ‖·‖g‖ > 0: τ = κ·‖θ‖ / (‖g‖ + ε)\nv ← β·v + η·τ·g\n"
        "not Nesterov: θ ← θ − v\nNesterov: θ ← θ − (β·v + η·τ·g)"
    )
    rate = "η·τ"
    dialects = (
        Dialect(
            "paper",
            "τ = κ·‖θ‖ / (‖g‖ + λ·‖θ‖), with g before the decay",
            "the share is a little smaller where g and θ do not point the same way",
        ),
        Dialect(
            "pytorch_optimizer",
            "v ← β·v + τ·g, θ ← θ − η·v; vectors keep τ = 1 and no decay",
            "under a schedule old steps are rescaled too; on a vector it is plain momentum",
        ),
    )

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Learning rate, on top of κ.")
    trust_coefficient: float = param("κ", 1e-3, 1e-6, 10.0, "log", doc="A step's share of the layer's size, at η = 1.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Momentum: the share of the velocity kept each step.")
    eps: float = param("ε", 0.0, 0.0, 10.0, "log", floor=1e-16, doc="Added to ‖g‖.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")
    nesterov: bool = param("Nesterov", False, doc="Step along β·v + η·τ·g instead of v.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 3.0

    def init(self, theta: Array) -> State:
        return {"v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        step = lr * self.trusted(theta, grad, self.eps, self.trust_coefficient)
        v = self.beta * state["v"] + step
        return theta - (self.beta * v + step if self.nesterov else v), {"v": v}
