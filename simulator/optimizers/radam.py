"""RAdam."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.decay import TorchDecay
from simulator.layout import common
from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class RAdam(TorchDecay, Moments, Guarded, Optimizer):
    """Adam that does not divide by √v before v has seen enough: a warm-up that needs no setting.

    ρ_t says of how many gradients v is an average. Up to 5 of them the step is plain momentum, η·m̂, in the unit of
    the gradient, so η must also suit gradient descent for these first steps; then Adam's, shortened by r, which
    grows towards 1.
    """

    title = "RAdam"
    year = 2020
    family = "adaptive"
    cost = Cost(buffers=2)
    source = "Liu et al. 2020, On the Variance of the Adaptive Learning Rate and Beyond; form of torch.optim.RAdam"
    branch = Branch(
        parents=("adam",),
        added="No division until v has seen enough: a warm-up without a setting.",
        best_for="where Adam would need a warm-up",
    )
    formula = (
        TorchDecay.form + "\n"
        "m ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nm̂ = m / (1 − β₁ᵗ)\nρ_∞ = 2 / (1 − β₂) − 1\n"
        "ρ_t = ρ_∞ − 2·t·β₂ᵗ / (1 − β₂ᵗ)\nr = 1\n"
        "ρ_t > 5: r = √((ρ_t − 4)·(ρ_t − 2)·ρ_∞ / ((ρ_∞ − 4)·(ρ_∞ − 2)·ρ_t))\n"
        "ρ_t > 5: r ← r·√(1 − β₂ᵗ) / (√v + ε)\nθ ← θ − η·r·m̂"
    )
    rate = "η·r"
    dialects = (
        Dialect(
            "optax",
            "θ ← θ − η·r·m̂ / (√v̂ + ε) from ρ_t ≥ 5 on",
            "ε is added after the bias correction: in torch it acts as if it were divided by √(1 − β₂ᵗ), at first",
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
        return min(0.01 * diagonal, 2.0 * lr)  # it begins as gradient descent with momentum

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        theta, grad = self.decayed(theta, grad, lr)
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        step = lr * (m / self.bias1.at(t))
        enough, rate = self._rectified(t)
        if enough.any():
            step = np.where(enough, step * rate / (np.sqrt(v) + self.guard), step)
        return theta - step, {"m": m, "v": v}

    def _rectified(self, t: int) -> tuple[NDArray[np.bool_], Array]:
        """Where ρ_t is large enough, and r·√(1 − β₂ᵗ) there; one number for all lanes if they share β₂."""
        power, longest = np.power(self._beta2, float(t)), self._longest
        length = longest - 2.0 * t * power / (1.0 - power)
        rho, rho_inf = np.maximum(length, 5.0), np.maximum(longest, 5.0)
        r = (rho - 4.0) * (rho - 2.0) * rho_inf / ((rho_inf - 4.0) * (rho_inf - 2.0) * rho)
        return length > 5.0, np.sqrt(r * (1.0 - power))

    @cached_property
    def _beta2(self) -> Array:
        return common(self.beta2)

    @cached_property
    def _longest(self) -> Array:
        return np.asarray(2.0 / (1.0 - self._beta2) - 1.0)
