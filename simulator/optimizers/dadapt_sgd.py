"""SGD with D-Adaptation."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.distance import Distance
from simulator.lanewise import dot, held, lane, ratio
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class DAdaptSGD(Distance, Optimizer):
    """Gradient descent that finds its own rate: d, a guess of how far away the minimum lies, over the first slope.

    d never shrinks. Where the slope grows on the way, or the guess is a little long for a narrow valley, nothing ever
    slows it down again and it diverges, as the library does on a ravine of condition 10; a smaller η helps. A step at
    η = 0, where the library stops with an error, or before the first slope, changes nothing.
    """

    title = "D-Adapt SGD"
    year = 2023
    family = "no tuning"
    cost = Cost(buffers=3.5)
    source = (
        "Defazio & Mishchenko 2023, Learning-Rate-Free Learning by D-Adaptation; form of dadaptation.DAdaptSGD: "
        "γ is the length of the first slope, without λ·θ, unless that is 0"
    )
    branch = Branch(
        parents=("sgd",),
        added="A guess of the way to the minimum, in place of η.",
        best_for="no time to tune",
    )
    formula = (
        "t = 1: θ₀ ← θ\nt = 1: d ← d₀\nγ = 0: γ ← ‖g‖\ng ← g + λ·θ\nη_d = d·η / γ\nn ← n + η_d·⟨g, s⟩\n"
        "s ← s + η_d·g\nd̂ = 2·n / ‖s‖\nκ > 0: d̂ ← min(d̂, κ·d)\nd ← max(d, d̂)\nz = θ₀ − s\nθ ← β·θ + (1 − β)·z"
    )
    rate = "η_d"
    letters: ClassVar[dict[str, str]] = {"x0": "θ₀", "g1": "γ"}

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Scales the rate that was found.")
    beta: float | None = param("β", 0.0, 0.0, 0.9999, "log1m", off=0.0, doc="Momentum: the share of θ kept each step.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")
    d0: float = param("d₀", 1e-6, 1e-12, 1e3, "log", doc="What d starts at.")
    growth_rate: float | None = param("κ", 0.0, 0.0, 1e3, "log", floor=1.01, off=0.0, doc="Most growth of d; 0: any.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.1  # d grows to the whole way, which as one step is too long on uneven ground

    def init(self, theta: Array) -> State:
        return self.begin(theta, "s") | {"x0": theta.copy(), "g1": np.zeros_like(theta[:, :1])}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        slope = np.sqrt(dot(grad, grad))
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
            slope = np.where(slope > 0.0, slope, np.sqrt(dot(grad, grad)))
        first = np.where(state["g1"] > 0.0, state["g1"], slope)
        d, x0 = state["d"], state["x0"]
        rate = ratio(d * lane(lr), first)
        n = state["n"] + rate * dot(grad, state["s"])
        s = state["s"] + rate * grad
        length = np.sqrt(dot(s, s))
        z = x0 - s
        went = z if self.beta is None else theta + (1.0 - self.beta) * (z - theta)
        new = {"s": s, "x0": x0, "n": n, "d": self.grown(d, ratio(2.0 * n, length)), "g1": first}
        moves = (lane(lr) > 0.0) & (length > 0.0)
        return np.where(moves, went, theta), held(moves, new, state)
