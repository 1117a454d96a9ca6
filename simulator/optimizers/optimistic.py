"""Optimistic gradient descent."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.optimizer import Array, Branch, Cost, Limit, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Optimistic(Optimizer):
    """A step on the gradient it expects next: the present one plus β times its last change.

    Made for games between two players, where plain descent circles; on a landscape it acts like a momentum turned
    round, which damps. Stable only below 1/(α + 2·β) of gradient descent's limit. The first step sees no change.
    """

    title = "Optimistic GD"
    year = 1980
    family = "first-order"
    cost = Cost(buffers=1)
    source = (
        "Popov 1980, A modification of the Arrow–Hurwicz method for search of saddle points; Mokhtari, Ozdaglar & "
        "Pattathil 2020, A Unified Analysis of Extra-gradient and Optimistic Gradient Methods; "
        "form of optax.optimistic_gradient_descent"
    )
    branch = Branch(
        parents=("sgd",),
        added="The last change of the gradient as a forecast of the next.",
        best_for="games of two players, such as GANs",
    )
    formula = "t = 1: g₋ ← g\nθ ← θ − η·(α·g + β·(g − g₋))\ng₋ ← g"
    rate = "η·α"
    letters: ClassVar[dict[str, str]] = {"g_prev": "g₋"}

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
    optimism: float = param("β", 1.0, 0.0, 10.0, doc="How far the last change of the gradient is drawn out.")
    weight: float = param("α", 1.0, 0.0, 10.0, doc="Weight of the gradient itself.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.3 * lr  # a third of gradient descent's limit is this rule's

    def stable_lr(self, curvature: float) -> Limit | None:
        if self.weight == 0.0:
            return None  # it never comes to rest where it should
        # z² − (1 − (α + β)·x)·z − β·x, x = η·h: −1 is a root at the limit; the larger root is negative from 1/(α + β).
        whole = self.weight + self.optimism
        return Limit(
            2.0 / ((whole + self.optimism) * curvature),
            "2/((α+2β)L)",
            1.0 / (whole * curvature),
            "1/((α+β)L)",
            curvature,
        )

    def init(self, theta: Array) -> State:
        return {"g_prev": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        change = grad - state["g_prev"] if t > 1 else np.zeros_like(grad)
        return theta - lr * (self.weight * grad + self.optimism * change), {"g_prev": grad}
