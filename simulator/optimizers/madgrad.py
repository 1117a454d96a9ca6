"""MADGRAD."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.lanewise import ratio
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class MADGRAD(Optimizer):
    """AdaGrad by dual averaging: every step is taken from the start θ₀, by all gradients so far over a cube root.

    Late gradients weigh more, by √t, so that it does not freeze as AdaGrad does. θ follows the averaged point z with
    momentum β. As in the library ε is added to η too, and without momentum θ₀ is worked out backwards from θ, so
    that a decoupled decay moves it along.
    """

    title = "MADGRAD"
    year = 2022
    family = "adaptive"
    cost = Cost(buffers=3)
    source = (
        "Defazio & Jelassi 2022, Adaptivity without Compromise: A Momentumized, Adaptive, Dual Averaged Gradient "
        "Method; form of pytorch_optimizer's MADGRAD"
    )
    branch = Branch(
        parents=("adagrad",),
        added="Dual averaging: each step from the start, over a cube root of the sum of squares.",
        best_for="vision and language",
    )
    formula = (
        "t = 1: θ₀ ← θ\nβ = 0: θ₀ ← θ + s / (∛ν + ε)\nnot decoupled: g ← g + λ·θ\ndecoupled: δ = (η + ε)·λ·θ\n"
        "s ← s + (η + ε)·√t·g\nν ← ν + (η + ε)·√t·g²\nz = θ₀ − s / (∛ν + ε)\nθ ← β·θ + (1 − β)·z\n"
        "decoupled: θ ← θ − δ"
    )
    rate = "(η + ε)·√t / (∛ν + ε)"
    letters: ClassVar[dict[str, str]] = {"nu": "ν", "x0": "θ₀"}

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate: steps grow with its power ⅔.")
    beta: float | None = param("β", 0.9, 0.0, 0.9999, "log1m", off=0.0, doc="Share of θ kept each step.")
    eps: float = param("ε", 1e-6, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    weight_decouple: bool = param("decoupled", False, doc="Take the decay off θ instead of adding it to g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 3.0 * lr

    def init(self, theta: Array) -> State:
        state = {"s": np.zeros_like(theta), "nu": np.zeros_like(theta)}
        return state if self.beta is None else state | {"x0": theta.copy()}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        lr = np.where(lr > 0.0, lr + self.eps, 0.0)
        decay = None if self.weight_decay is None else self.weight_decay * theta
        if decay is not None and not self.weight_decouple:
            grad = grad + decay
        weighted = lr * t**0.5 * grad
        s, nu = state["s"] + weighted, state["nu"] + weighted * grad
        step = ratio(s, np.cbrt(nu) + self.eps)
        if self.beta is None:
            new = theta + (ratio(state["s"], np.cbrt(state["nu"]) + self.eps) - step)
        else:
            new = theta + (1.0 - self.beta) * (state["x0"] - step - theta)
        if decay is not None and self.weight_decouple:
            new = new - lr * decay
        return new, {**state, "s": s, "nu": nu}
