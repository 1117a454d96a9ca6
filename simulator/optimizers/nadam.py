"""NAdam."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from simulator.decay import TorchDecay
from simulator.lanewise import lane
from simulator.layout import common
from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class NAdam(TorchDecay, Moments, Guarded, Optimizer):
    """Adam with Nesterov's look-ahead: the step takes m as it will be one step on, were the gradient to stay.

    The memory warms up: μ begins at half of β₁ and grows towards it, by one or two per cent in a hundred steps. Π, the
    product of all μ so far, is what is missing in m.
    """

    title = "NAdam"
    year = 2016
    family = "adaptive"
    cost = Cost(buffers=2.5)  # Π is one number for all parameters
    source = "Dozat 2016, Incorporating Nesterov Momentum into Adam; form of torch.optim.NAdam"
    branch = Branch(
        parents=("adam", "nesterov"),
        added="Nesterov's look-ahead, in the velocity.",
        best_for="wherever Adam serves",
    )
    formula = (
        TorchDecay.form + "\n"
        "t = 1: Π ← 1\nμ = β₁·(1 − ½·0.96^(ψ·t))\nμ⁺ = β₁·(1 − ½·0.96^(ψ·(t + 1)))\nΠ ← Π·μ\n"
        "m ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nm̂ = μ⁺·m / (1 − Π·μ⁺) + (1 − μ)·g / (1 − Π)\n"
        "v̂ = v / (1 − β₂ᵗ)\nθ ← θ − η·m̂ / (√v̂ + ε)"
    )
    rate = "η / (√v̂ + ε)"
    letters: ClassVar[dict[str, str]] = {"mu_product": "Π"}
    dialects = (
        Dialect(
            "optax",
            "m̂ = β₁·m / (1 − β₁ᵗ⁺¹) + (1 − β₁)·g / (1 − β₁ᵗ)",
            "no warm-up of the memory: the weight of m is β₁ from the start, where torch begins at half of it",
        ),
    )

    lr: float = param("η", 2e-3, 1e-6, 10.0, "log", doc="Learning rate: about the length of a step, per coordinate.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    momentum_decay: float = param("ψ", 4e-3, 0.0, 10.0, "log", floor=1e-6, doc="How fast μ grows from β₁/2 to β₁.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    decoupled_weight_decay: bool = param("decoupled", False, doc="Take the decay off θ instead of adding it to g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.01 * diagonal

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta), "mu_product": np.ones((len(theta), 1))}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        theta, grad = self.decayed(theta, grad, lr)
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        mu, ahead = self._mu(t), self._mu(t + 1)
        product = state["mu_product"] * mu
        root = np.sqrt(v / self.bias2.at(t)) + self.guard
        theta = theta - lr * (1.0 - mu) / (1.0 - product) * (grad / root)
        theta = theta - lr * ahead / (1.0 - product * ahead) * (m / root)
        return theta, {"m": m, "v": v, "mu_product": product}

    def _mu(self, t: int) -> Array:
        """The memory at step ``t``, a number a lane."""
        beta, decay = self._warming
        return beta * (1.0 - 0.5 * np.power(0.96, t * decay))

    @cached_property
    def _warming(self) -> tuple[Array, Array]:
        """β₁ and ψ, a number a lane, or one for all."""
        return common(lane(self.beta1)), common(lane(self.momentum_decay))
