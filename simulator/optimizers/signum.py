"""Signum."""

from dataclasses import dataclass

import numpy as np

from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Signum(Optimizer):
    """SignSGD with momentum: the sign of the mean gradient, so that one noisy slope turns nothing around.

    Every step is η long per coordinate. m lags by about 1/(1 − β) steps, which makes it overshoot a minimum by as
    many times η. m needs no bias correction: only its sign is used.
    """

    title = "Signum"
    year = 2018
    family = "first-order"
    cost = Cost(buffers=1)
    source = "Bernstein et al. 2018, signSGD: Compressed Optimisation for Non-Convex Problems; form of optax.signum"
    branch = Branch(
        parents=("signsgd", "momentum"),
        added="The sign of the velocity, which one noisy gradient does not turn.",
        best_for="many machines with slow links",
    )
    formula = "m ← β·m + (1 − β)·g\nθ ← θ − η·sign(m)"
    rate = "η / |m|"

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: the length of every step, per coordinate.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.003 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        m = self.beta * state["m"] + (1.0 - self.beta) * grad
        return theta - lr * np.sign(m), {"m": m}
