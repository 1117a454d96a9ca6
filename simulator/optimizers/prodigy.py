"""Prodigy."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from simulator.distance import AdamDistance
from simulator.lanewise import dot, held, lane, ratio
from simulator.optimizer import Array, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Prodigy(AdamDistance, Optimizer):
    """Adam that finds its own rate: d, a guess of how far away the minimum lies, grows from next to nothing.

    Each gradient, multiplied with the way from θ₀, says how much of that way was downhill. The library leaves η at 1;
    on small uneven landscapes a tenth is safer. A step at η = 0, or before the first slope, changes nothing and is not
    counted. m, v and s carry a d each, so that they fit the d to come; with β₁ = 0 the step takes the new d, as in the
    library.
    """

    title = "Prodigy"
    year = 2024
    family = "no tuning"
    cost = Cost(buffers=5)
    source = (
        "Mishchenko & Defazio 2024, Prodigy: An Expeditiously Adaptive Parameter-Free Learner; "
        "form of prodigyopt.Prodigy"
    )
    formula = (
        "t = 1: θ₀ ← θ\nnot decoupled: g ← g + λ·θ\n" + AdamDistance.form + "\n"
        "β₃ = 0: β₃ ← √β₂\nn ← β₃·n + (d / d₀)·η_d·⟨g, θ₀ − θ⟩\nm ← β₁·m + (1 − β₁)·d·g\n"
        "v ← β₂·v + (1 − β₂)·d²·g²\nnot safe: s ← β₃·s + (d / d₀)·η_d·g\nsafe: s ← β₃·s + (d / d₀)·d·g\n"
        "d̂ = c·n / ‖s‖₁\nκ = 0: d ← max(d, d̂)\nκ > 0, t = 1: d_max ← d₀\nκ > 0: d_max ← max(d_max, d̂)\n"
        "κ > 0, d = d₀: d ← max(d, d̂)\nκ > 0: d ← min(d_max, κ·d)\ndecoupled: θ ← θ − η_d·λ·θ\nu = m\n"
        "β₁ = 0: u = d·g\nθ ← θ − η_d·u / (√v + d·ε)"
    )
    rate = "η_d·d / (√v + d·ε)"
    letters: ClassVar[dict[str, str]] = {"x0": "θ₀"}
    dialects = (
        Dialect("optax", "always corrected and decoupled", "the first steps are 0.32 times as long; later ones alike"),
    )

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Scales the rate that was found.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Memory of the mean squared gradient v.")
    beta3: float | None = param("β₃", 0.0, 0.0, 0.9999, "log1m", off=0.0, doc="Memory of n and s; 0: √β₂.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    decouple: bool = param("decoupled", True, doc="Take the decay off θ, as AdamW, instead of adding it to g.")
    bias_correction: bool = param("corrected", False, doc="Correct the bias of m and v towards their start at 0.")
    safeguard_warmup: bool = param("safe", False, doc="Leave η out of s: for a warm-up of η.")
    d0: float = param("d₀", 1e-6, 1e-12, 1e3, "log", doc="What d starts at.")
    d_coef: float = param("c", 1.0, 1e-3, 1e3, "log", doc="Scales the guess of d.")
    growth_rate: float | None = param("κ", 0.0, 0.0, 1e3, "log", floor=1.01, off=0.0, doc="Most growth of d; 0: any.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.1  # d grows to the whole way, which as one step is too long on uneven ground

    def init(self, theta: Array) -> State:
        state = self.begin(theta, "m", "v", "s") | {"x0": theta.copy()}
        return state if self.growth_rate is None else state | {"d_max": state["d"]}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad: Array = yield theta
        if self.weight_decay is not None and not self.decouple:
            grad = grad + self.weight_decay * theta
        d = state["d"]
        rate, new = self.paced(state, lr)
        d0 = lane(self.d0)
        share = d / d0
        new["n"] = n = self.memory * state["n"] + share * rate * dot(grad, state["x0"] - theta)
        new["m"] = m = self.beta1 * state["m"] + self.rest1 * d * grad
        new["v"] = v = self.beta2 * state["v"] + self.rest2 * (d * d) * (grad * grad)
        new["s"] = s = self.memory * state["s"] + share * (d if self.safeguard_warmup else rate) * grad
        length = np.abs(s).sum(axis=1, keepdims=True)
        guess = lane(self.d_coef) * ratio(n, length)
        top = np.maximum(d if self.growth_rate is None else state["d_max"], guess)
        if self.growth_rate is not None:
            new["d_max"] = top
            d = np.where(d == d0, np.maximum(d, guess), d)
        new["d"] = d = np.minimum(top, d * self.most)
        went = theta
        if self.weight_decay is not None and self.decouple:
            went = theta - rate * self.weight_decay * theta
        ahead = np.where(lane(self.beta1) > 0.0, m, d * grad)
        went = went - rate * ratio(ahead, np.sqrt(v) + d * self.eps)
        return went, held((rate > 0.0) & (length > 0.0), new, state)

    @cached_property
    def memory(self) -> Array:
        root = np.sqrt(lane(self.beta2))
        return root if self.beta3 is None else np.where(lane(self.beta3) > 0.0, lane(self.beta3), root)
