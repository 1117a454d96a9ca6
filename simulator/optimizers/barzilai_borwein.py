"""The method of Barzilai and Borwein."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.lanewise import dot, ratio
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class BarzilaiBorwein(Optimizer):
    """Gradient descent whose rate is read off the last move: the one number that explains best how the slope changed.

    As Newton's method with a single curvature for all directions. The loss goes up and down on the way and yet falls
    much faster than under gradient descent. Nothing watches over it but this: the first step, and any after a move
    along which the slope fell (s·y ≤ 0), uses η. A schedule of η changes those steps only.
    """

    title = "Barzilai–Borwein"
    year = 1988
    family = "second-order"
    cost = Cost(buffers=2)
    source = "Barzilai & Borwein 1988, Two-Point Step Size Gradient Methods; its sᵀy ≤ 0 is left open there"
    branch = Branch(
        parents=("sgd", "bfgs"),
        added="A rate read off the last move: the one number that fits the curvature best.",
        best_for="smooth losses and the full gradient",
    )
    formula = (
        "t = 1: θ₋ ← θ\ns = θ − θ₋\ny = g − g₋\nbb1: α = ⟨s, s⟩ / ⟨s, y⟩\nbb2: α = ⟨s, y⟩ / ⟨y, y⟩\n"
        "⟨s, y⟩ ≤ 0: α = η\nθ₋ ← θ\ng₋ ← g\nθ ← θ − α·g"
    )
    rate = "α"
    letters: ClassVar[dict[str, str]] = {"x": "θ₋", "g": "g₋"}

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Rate of the first step, and where the slope fell.")
    form: str = param(
        "form", "bb1", scale="choice", choices=("bb1", "bb2"), doc="bb1 takes the longer steps, bb2 the shorter."
    )

    def init(self, theta: Array) -> State:
        return {"x": theta, "g": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        rate = _rate(theta - state["x"], grad - state["g"], self.form == "bb1")
        return theta - np.where(rate > 0.0, rate, lr) * grad, {"x": theta, "g": grad}


@np.errstate(all="ignore")
def _rate(s: Array, y: Array, long: bool) -> Array:
    """α; 0 where the pair has no upward curvature, or so little that α is no number."""
    rate = ratio(dot(s, s), dot(s, y)) if long else ratio(dot(s, y), dot(y, y))
    return np.where(np.isfinite(rate), rate, 0.0)
