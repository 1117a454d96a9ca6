"""Adam with D-Adaptation."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.distance import AdamDistance
from simulator.lanewise import dot, held, lane, ratio
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class DAdaptAdam(AdamDistance, Optimizer):
    """Adam that finds its own rate: d, a guess of how far away the minimum lies, grows from next to nothing.

    The library leaves η at 1; on small uneven landscapes a tenth is safer. d never shrinks. m holds whole steps, with
    the rate they were met at. A step at η = 0, or before the first slope, changes nothing and is not counted.
    """

    title = "D-Adapt Adam"
    year = 2023
    family = "no tuning"
    cost = Cost(buffers=4)
    source = (
        "Defazio & Mishchenko 2023, Learning-Rate-Free Learning by D-Adaptation; form of dadaptation.DAdaptAdam: "
        "a decoupled decay is scaled by the d before the step"
    )
    branch = Branch(
        parents=("adam",),
        added="A guess of the way to the minimum, in place of η.",
        best_for="no time to tune",
    )
    formula = (
        "not decoupled: g ← g + λ·θ\n" + AdamDistance.form + "\n"
        "n ← √β₂·n + (1 − √β₂)·η_d·⟨g, s / (√v + ε)⟩\nm ← β₁·m + (1 − β₁)·η_d·g\nv ← β₂·v + (1 − β₂)·g²\n"
        "s ← √β₂·s + (1 − √β₂)·η_d·g\nd̂ = n / ((1 − √β₂)·‖s‖₁)\nκ > 0: d̂ ← min(d̂, κ·d)\nd ← max(d, d̂)\n"
        "decoupled: θ ← θ − η_d·λ·θ\nθ ← θ − m / (√v + ε)"
    )
    rate = "η_d / (√v + ε)"
    dialects = (
        Dialect("optax", "always corrected and decoupled", "the first steps are 0.32 times as long; later ones alike"),
    )

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Scales the rate that was found.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean step m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    decouple: bool = param("decoupled", False, doc="Take the decay off θ, as AdamW, instead of adding it to g.")
    bias_correction: bool = param("corrected", False, doc="Correct the bias of m and v towards their start at 0.")
    d0: float = param("d₀", 1e-6, 1e-12, 1e3, "log", doc="What d starts at.")
    growth_rate: float | None = param("κ", 0.0, 0.0, 1e3, "log", floor=1.01, off=0.0, doc="Most growth of d; 0: any.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.1  # d grows to the whole way, which as one step is too long on uneven ground

    def init(self, theta: Array) -> State:
        return self.begin(theta, "m", "v", "s")

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None and not self.decouple:
            grad = grad + self.weight_decay * theta
        d = state["d"]
        rate, new = self.paced(state, lr)
        rest = 1.0 - self.root
        along = dot(grad, ratio(state["s"], np.sqrt(state["v"]) + self.eps))
        new["n"] = n = self.root * state["n"] + rest * rate * along
        new["m"] = m = self.beta1 * state["m"] + self.rest1 * rate * grad
        new["v"] = v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        new["s"] = s = self.root * state["s"] + rest * rate * grad
        length = np.abs(s).sum(axis=1, keepdims=True)
        new["d"] = self.grown(d, ratio(n, rest * length))
        went = theta
        if self.weight_decay is not None and self.decouple:
            went = theta - rate * self.weight_decay * theta
        went = went - ratio(m, np.sqrt(v) + self.eps)
        rates = lane(lr) > 0.0
        return np.where(rates, went, theta), held(rates & (length > 0.0), new, state)

    @cached_property
    def root(self) -> Array:
        return np.sqrt(lane(self.beta2))
