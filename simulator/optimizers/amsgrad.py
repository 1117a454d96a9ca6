"""AMSGrad."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.decay import TorchDecay
from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class AMSGrad(TorchDecay, Moments, Guarded, Optimizer):
    """Adam that never forgets a large gradient: it divides by the largest v there ever was.

    Adam forgets a rare large gradient and can walk away from the minimum for ever (Reddi's example). Here the rate
    of a coordinate cannot grow again, once the bias correction has faded. With the decay decoupled it is AdamW's
    variant.
    """

    title = "AMSGrad"
    year = 2018
    family = "adaptive"
    cost = Cost(buffers=3)
    source = "Reddi, Kale & Kumar 2018, On the Convergence of Adam and Beyond; form of torch.optim.Adam(amsgrad=True)"
    branch = Branch(
        parents=("adam",),
        added="The largest v so far: no weight's rate ever grows again.",
        best_for="rare large gradients, which Adam forgets",
    )
    formula = (
        TorchDecay.form + "\n"
        "m ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nv⁺ ← max(v⁺, v)\nm̂ = m / (1 − β₁ᵗ)\n"
        "v̂ = v⁺ / (1 − β₂ᵗ)\nθ ← θ − η·m̂ / (√v̂ + ε)"
    )
    rate = "η / (√v̂ + ε)"
    letters: ClassVar[dict[str, str]] = {"v_max": "v⁺"}
    dialects = (
        Dialect(
            "optax",
            "v⁺ ← max(v⁺, v / (1 − β₂ᵗ))",
            "the largest corrected v, a noisy one at first: large first gradients keep the steps short for ever, "
            "where torch lets them grow again while the correction fades",
        ),
        Dialect(
            "paper",
            "θ ← θ − η·m / √v⁺",
            "no bias correction: on an even slope the first step is 3.2 times as long, the twelfth 6.6 times",
        ),
    )

    lr: float = param("η", 1e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    decoupled_weight_decay: bool = param("decoupled", False, doc="Take the decay off θ instead of adding it to g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        return {letter: np.zeros_like(theta) for letter in ("m", "v", "v_max")}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        theta, grad = self.decayed(theta, grad, lr)
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        v_max = np.maximum(state["v_max"], v)
        m_hat, v_hat = m / self.bias1.at(t), v_max / self.bias2.at(t)
        return theta - lr * m_hat / (np.sqrt(v_hat) + self.guard), {"m": m, "v": v, "v_max": v_max}
