"""MoMo."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.lanewise import EPS, dot, lane, ratio
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State, Value
from simulator.param import param


@dataclass(frozen=True)
class MoMo(Optimizer):
    """Momentum with Polyak's step: η is only the most it dares, near the bottom the loss itself shortens the step.

    f̄, m and γ are means of the losses, gradients and products g·θ met so far: together the mean of the tangent planes
    at those points, which is followed down to f*, the least the loss can be, or to its own guess of that. It reads
    the loss as well as the gradient.
    """

    title = "MoMo"
    year = 2024
    family = "adaptive"
    cost = Cost(buffers=2)
    floor = "lower_bound"
    source = (
        "Schaipp et al. 2024, MoMo: Momentum Models for Adaptive Learning Rates; form of optax.contrib.momo: "
        "θ stays where ‖m‖² is below 2.2e-16"
    )
    branch = Branch(
        parents=("momentum", "polyak"),
        added="Polyak's step on a model of the loss: η is only the most it dares.",
        best_for="little tuning, where a floor of the loss is known",
    )
    formula = (
        "t = 1: β ← 0\nf̄ ← β·f̄ + (1 − β)·f\nm ← β·m + (1 − β)·g\nγ ← β·γ + (1 − β)·⟨g, θ⟩\nq = 1 + η·λ\n"
        "h = q·(f̄ − γ) + ⟨m, θ⟩\nnot guess: f* = f*₀\nguess, t = 1: f* ← f*₀\n"
        "guess, h < q·f*: f* ← max(h / (2·q), f*₀)\nτ = min(η, max(h − q·f*, 0) / ‖m‖²)\n"
        "guess: f* ← max(f̄ − γ + ⟨m, θ⟩ − ½·τ·‖m‖², f*₀)\nθ ← θ / q − τ·m"
    )
    rate = "τ"
    letters: ClassVar[dict[str, str]] = {"f_avg": "f̄", "gamma": "γ", "lb": "f*"}

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Learning rate: the largest one.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Memory of the means.")
    lower_bound: float = param("f*₀", 0.0, -1e3, 1e3, doc="What the loss cannot fall below.")
    adapt_lower_bound: bool = param("guess", False, doc="Guess f* on the way, starting at its bound.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Divides θ by 1 + ηλ.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 2.0 * lr  # it shortens the steps itself

    def init(self, theta: Array) -> State:
        zero = np.zeros_like(theta)
        state = {"m": zero, "f_avg": zero[:, :1], "gamma": zero[:, :1]}
        return state | ({"lb": (zero + self.lower_bound)[:, :1]} if self.adapt_lower_bound else {})

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        loss, grad = yield Value(theta)
        beta = lane(self.beta) if t > 1 else 0.0
        f_avg = beta * state["f_avg"] + (1.0 - beta) * loss
        gamma = beta * state["gamma"] + (1.0 - beta) * dot(grad, theta)
        m = beta * state["m"] + (1.0 - beta) * grad
        square, along, bound = dot(m, m), dot(m, theta), lane(self.lower_bound)
        decay = 1.0 if self.weight_decay is None else 1.0 + lane(lr) * lane(self.weight_decay)
        least = bound
        if self.adapt_lower_bound:
            least, cap = state["lb"], decay * (f_avg - gamma) + along
            least = np.where(cap < decay * least, np.maximum(cap / (2.0 * decay), bound), least)
        gap = np.maximum(decay * (f_avg - least - gamma) + along, 0.0)
        rate = np.minimum(lane(lr), ratio(gap, np.where(square > EPS, square, 0.0)))
        new = {"m": m, "f_avg": f_avg, "gamma": gamma}
        if self.adapt_lower_bound:
            new["lb"] = np.maximum(f_avg + along - gamma - 0.5 * rate * square, bound)
        return theta / decay - rate * m, new
