"""RMSProp."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from simulator.moments import Guarded
from simulator.optimizer import Array, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class RMSProp(Guarded, Optimizer):
    """AdaGrad with a memory that fades: the gradient is divided by the root of its recent mean square.

    G stays bounded, so the steps never die out; near a minimum they keep the length of about η. G starts at 0, which
    makes the first step 1/√(1 − ρ) times as long.
    """

    title = "RMSProp"
    year = 2012
    family = "adaptive"
    cost = Cost(buffers=1)
    source = "Tieleman & Hinton 2012, Lecture 6.5; form of torch.optim.RMSprop, whose α is ρ: ε outside the root"
    formula = (
        "g ← g + λ·θ\nG ← ρ·G + (1 − ρ)·g²\ns = g / (√G + ε)\ncentered: ḡ ← ρ·ḡ + (1 − ρ)·g\n"
        "centered: s = g / (√max(G − ḡ², 0) + ε)\nv ← β·v + s\nθ ← θ − η·v"
    )
    rate = "η / (√G + ε)\ncentered: η / (√max(G − ḡ², 0) + ε)"
    dialects = (
        Dialect(
            "optax, Keras",
            "s = g / √(G + ε), ρ = 0.9",
            "ε inside the root: ε = 1e-8 caps steps where torch's 1e-4 would; the default memory is ten times shorter",
        ),
        Dialect(
            "optax, Keras",
            "v ← β·v + η·s, θ ← θ − v",
            "the same path while η is constant; under a schedule v still holds the old η",
        ),
    )
    letters: ClassVar[dict[str, str]] = {"g_avg": "ḡ"}

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    rho: float = param("ρ", 0.99, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient G.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    beta: float | None = param("β", 0.0, 0.0, 0.9999, "log1m", off=0.0, doc="Momentum on the divided gradient.")
    centered: bool = param("centered", False, doc="Divide by the spread of the gradient instead of its size.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.003 * diagonal

    def init(self, theta: Array) -> State:
        letters = ["G", *(["g_avg"] if self.centered else []), *(["v"] if self.beta is not None else [])]
        return {letter: np.zeros_like(theta) for letter in letters}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        G = variance = self.rho * state["G"] + self.rest * (grad * grad)
        new = {"G": G}
        if self.centered:
            new["g_avg"] = mean = self.rho * state["g_avg"] + self.rest * grad
            variance = np.maximum(G - mean * mean, 0.0)  # round-off makes it negative on an even slope
        step = grad / (np.sqrt(variance) + self.guard)
        if self.beta is not None:
            new["v"] = step = self.beta * state["v"] + step
        return theta - lr * step, new

    @cached_property
    def rest(self) -> float:
        return 1.0 - self.rho
