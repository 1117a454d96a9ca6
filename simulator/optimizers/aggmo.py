"""Aggregated momentum."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.decay import Decay
from simulator.optimizer import Array, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class AggMo(Decay, Optimizer):
    """Several velocities at once, each with a memory of its own, and their mean as the step.

    A long memory is fast along a valley but oscillates; the short ones beside it damp what it oscillates in, so
    β = 0.99 can be used safely.
    """

    title = "AggMo"
    year = 2019
    family = "first-order"
    cost = Cost(buffers=3)
    source = (
        "Lucas et al. 2019, Aggregated Momentum: Stability Through Passive Damping; form of pytorch_optimizer's AggMo"
    )
    formula = (
        Decay.form + "\n"
        "v₁ ← β₁·v₁ + g\nK ≥ 2: v₂ ← β₂·v₂ + g\nK ≥ 3: v₃ ← β₃·v₃ + g\nK ≥ 4: v₄ ← β₄·v₄ + g\n"
        "θ ← θ − (η / K)·(v₁ + v₂ + v₃ + v₄)"
    )
    letters: ClassVar[dict[str, str]] = {"v1": "v₁", "v2": "v₂", "v3": "v₃", "v4": "v₄"}

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
    beta1: float = param("β₁", 0.0, 0.0, 0.9999, "log1m", doc="Memory of the first velocity.")
    beta2: float = param("β₂", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the second velocity.")
    beta3: float = param("β₃", 0.99, 0.0, 0.9999, "log1m", doc="Memory of the third velocity.")
    beta4: float = param("β₄", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the fourth velocity.")
    velocities: int = param("K", 3, 1, 4, doc="How many velocities there are.", shared=True)
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    weight_decouple: bool = param("decoupled", False, doc="Take the decay off θ instead of adding it to g.")
    fixed_decay: bool = param("fixed", False, doc="The decoupled decay is λ, not ηλ.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.3 * lr  # the long memories add up

    def init(self, theta: Array) -> State:
        return {f"v{i + 1}": np.zeros_like(theta) for i in range(self.velocities)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        theta, grad = self.decayed(theta, grad, lr)
        betas = {"v1": self.beta1, "v2": self.beta2, "v3": self.beta3, "v4": self.beta4}
        new = {letter: betas[letter] * v + grad for letter, v in state.items()}
        return theta - lr / self.velocities * np.add.reduce(list(new.values())), new
