"""AdaGrad."""

from dataclasses import dataclass

import numpy as np

from simulator.moments import Guarded
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class AdaGrad(Guarded, Optimizer):
    """A rate of its own for every coordinate, that shrinks with all the gradients this coordinate has ever seen.

    Rarely seen coordinates keep a large rate, which is why it suits sparse data. G only grows, so the effective rate
    only ever shrinks.
    """

    title = "AdaGrad"
    year = 2011
    family = "adaptive"
    cost = Cost(buffers=1)
    source = (
        "Duchi, Hazan & Singer 2011, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization; "
        "form of torch.optim.Adagrad: ε outside the root"
    )
    branch = Branch(
        parents=("sgd",),
        added="A rate for each weight, which shrinks with all the gradients that weight has had.",
        best_for="sparse data and online learning",
    )
    formula = "t = 1: G ← G₀\ng ← g + λ·θ\nG ← G + g²\nη_t = η / (1 + κ·(t − 1))\nθ ← θ − η_t·g / (√G + ε)"
    rate = "η_t / (√G + ε)"
    dialects = (
        Dialect(
            "optax",
            "θ ← θ − η·g / √(G + ε), G₀ = 0.1, ε = 1e-7",
            "the first step is shorter than η: 0.95 η where g = 1, 0.3 η where g = 0.1; torch's is η wherever g is",
        ),
    )

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate: the length of the first step, per coordinate.")
    lr_decay: float | None = param(
        "κ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Lets η fall as 1/(1 + κ·(t − 1)), on top of the rule."
    )
    initial_accumulator_value: float = param("G₀", 0.0, 0.0, 1e3, "log", floor=1e-6, doc="What G starts at.")
    eps: float = param("ε", 1e-10, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.05 * diagonal

    def init(self, theta: Array) -> State:
        return {"G": np.full_like(theta, self.initial_accumulator_value)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        if self.lr_decay is not None:
            lr = lr / (1.0 + (t - 1) * self.lr_decay)
        G = state["G"] + grad * grad
        return theta - lr * grad / (np.sqrt(G) + self.guard), {"G": G}
