"""ADOPT."""

from dataclasses import dataclass

import numpy as np

from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class ADOPT(Moments, Guarded, Optimizer):
    """Adam in another order: the gradient is divided by the v of the steps before it, and then averaged.

    Adam's gradient sits in its own divisor, which is why it can fail to converge unless β₂ suits the problem; here
    any β₂ will do. The first step only looks: it stays where it is and sets v = g². The clip c widens with time.
    """

    title = "ADOPT"
    year = 2024
    family = "adaptive"
    cost = Cost(buffers=2)
    source = (
        "Taniguchi et al. 2024, ADOPT: Modified Adam Can Converge with Any β₂ with the Optimal Rate; form of "
        "optax.contrib.adopt"
    )
    branch = Branch(
        parents=("adam",),
        added="Another order: the gradient over the v before it, and then the mean.",
        best_for="any β₂: it converges where Adam may not",
    )
    formula = (
        "t = 1: v ← g²\nu = g / max(√v, ε)\nclipped: u ← clip(u, (t − 1)^¼)\nt = 1: u ← 0\n"
        "m ← β₁·m + (1 − β₁)·u\ns = m\nNesterov: s = β₁·m + (1 − β₁)·u\nθ ← θ − η·s\nv ← β₂·v + (1 − β₂)·g²"
    )
    rate = "η / max(√v, ε)"
    dialects = (
        Dialect(
            "pytorch_optimizer",
            "c = t^¼",
            "one step ahead: the second gradient may be 1.19 times as large as the first, here only as large",
        ),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean divided gradient m.")
    beta2: float = param("β₂", 0.9999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-6, 0.0, 10.0, "log", floor=1e-16, doc="The least √v that is divided by.")
    use_clipping: bool = param("clipped", True, doc="Clip the divided gradient, to ever more.")
    nesterov: bool = param("Nesterov", False, doc="Take m as it will be one step on, were the gradient to stay.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if t == 1:
            return theta, {"m": state["m"], "v": grad * grad}
        unit = grad / np.maximum(np.sqrt(state["v"]), self.guard)
        if self.use_clipping:
            limit = (t - 1) ** 0.25
            unit = np.clip(unit, -limit, limit)
        m = step = self.beta1 * state["m"] + self.rest1 * unit
        if self.nesterov:
            step = self.beta1 * m + self.rest1 * unit
        return theta - lr * step, {"m": m, "v": self.beta2 * state["v"] + self.rest2 * (grad * grad)}
