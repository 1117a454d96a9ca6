"""Adadelta."""

from dataclasses import dataclass

import numpy as np

from simulator.moments import Guarded
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Adadelta(Guarded, Optimizer):
    """RMSProp that finds its own rate: the size of its recent steps, over the size of its recent gradients.

    A step has the unit of θ, whatever the loss is measured in: the loss times 100 gives nearly the same path. It all
    begins with ε: D is 0 at first, so that the first step is about √(ε/(1 − ρ)) long. η only scales the steps.
    """

    title = "Adadelta"
    year = 2012
    family = "adaptive"
    cost = Cost(buffers=2)
    source = "Zeiler 2012, ADADELTA: An Adaptive Learning Rate Method; form of torch.optim.Adadelta"
    branch = Branch(
        parents=("adagrad",),
        added="A memory that fades, and the size of its own last steps in place of η.",
        best_for="training without choosing η",
    )
    formula = "g ← g + λ·θ\nG ← ρ·G + (1 − ρ)·g²\nΔ = g·√(D + ε) / √(G + ε)\nθ ← θ − η·Δ\nD ← ρ·D + (1 − ρ)·Δ²"
    rate = "η·√(D + ε) / √(G + ε)"

    lr: float = param("η", 1.0, 1e-6, 1e3, "log", doc="Scales every step; 1 in the paper.")
    rho: float = param("ρ", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient G and step D.")
    eps: float = param("ε", 1e-6, 0.0, 10.0, "log", floor=1e-16, doc="Sets the first steps, about √ε long.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return diagonal

    def init(self, theta: Array) -> State:
        return {"G": np.zeros_like(theta), "D": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        rest = 1.0 - self.rho
        G = self.rho * state["G"] + rest * (grad * grad)
        step = np.sqrt((state["D"] + self.guard) / (G + self.guard)) * grad
        return theta - lr * step, {"G": G, "D": self.rho * state["D"] + rest * (step * step)}
