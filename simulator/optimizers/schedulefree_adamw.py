"""Schedule-free AdamW."""

from dataclasses import dataclass

import numpy as np

from simulator.averaging import Averaging
from simulator.lanewise import ratio
from simulator.moments import Moments
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class ScheduleFreeAdamW(Moments, Averaging, Optimizer):
    """Schedule-free steps, each coordinate divided by the running size of its gradient, as in AdamW.

    The averaging takes the place of Adam's first moment m. The race shows as θ the point where the gradient is asked,
    as the library holds it while it trains; the mean x, the result, stands beside it.
    """

    title = "Schedule-free AdamW"
    year = 2024
    family = "no tuning"
    cost = Cost(buffers=4)
    source = "Defazio et al. 2024, The Road Less Scheduled; form of schedulefree.AdamWScheduleFree"
    branch = Branch(
        parents=("adamw", "schedulefree_sgd"),
        added="The mean of the path in place of a decay of η.",
        best_for="training that may be stopped at any time",
    )
    formula = (
        "g = ∇f(θ)\nv ← β₂·v + (1 − β₂)·g²\nv̂ = v / (1 − β₂ᵗ)\nu = g / (√v̂ + ε) + λ·θ\n" + Averaging.form
    ).replace("β·x + (1 − β)", "β₁·x + (1 − β₁)")
    rate = "η_t / (√v̂ + ε)"

    lr: float = param("η", 2.5e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="How near y is to the mean x.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Takes ηλθ off z.")
    warmup_steps: int | None = param("T_w", 0, 0, 1_000_000, "log", floor=1, off=0, unit="steps", doc="Warm-up of η.")
    r: float = param("r", 0.0, 0.0, 10.0, doc="Late points weigh more in the mean, as t^r.")
    weight_lr_power: float = param("p", 2.0, 0.0, 10.0, doc="How much less the points of a warm-up weigh in the mean.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.03 * diagonal

    def init(self, theta: Array) -> State:
        return self.begin(theta) | {"v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        step = ratio(grad, np.sqrt(v / self.bias2.at(t)) + self.eps)
        if self.weight_decay is not None:
            step = step + self.weight_decay * theta
        theta, points = self.follow(step, self.beta1, state, lr, t)
        return theta, points | {"v": v}
