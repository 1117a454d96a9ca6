"""SignSGD."""

from dataclasses import dataclass

import numpy as np

from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class SignSGD(Optimizer):
    """Only the sign of the gradient: every coordinate moves by exactly η, so a bit per coordinate says it all.

    The slope decides where, never how far: it cannot come nearer to a minimum than about η. A coordinate whose slope
    is 0 stays.
    """

    title = "SignSGD"
    year = 2018
    family = "first-order"
    cost = Cost()
    source = "Bernstein et al. 2018, signSGD: Compressed Optimisation for Non-Convex Problems; form of optax.sign_sgd"
    branch = Branch(
        parents=("sgd",),
        added="The sign alone: machines need send one another a bit for each weight.",
        best_for="many machines with slow links",
    )
    formula = "θ ← θ − η·sign(g)"
    rate = "η / |g|"

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: the length of every step, per coordinate.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.003 * diagonal

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        return theta - lr * np.sign(grad), state
