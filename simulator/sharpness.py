"""What SAM and its kin share: a base rule that steps from θ with the gradient of a neighbour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.moments import TINY, Guarded, Moments
from simulator.optimizer import Array, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Sharpness(Moments, Guarded, Optimizer):
    """Two gradients a step. A subclass says where `uphill` is."""

    family = "sign and curvature"
    cost = Cost(grads=2)
    rate = "η\nadam or adamw: η / (√v̂ + ε)"
    base_formula = (
        "adamw: θ ← θ·(1 − η·λ)\nnot adamw: g̃ ← g̃ + λ·θ\nsgd: s = g̃\nmomentum: v ← β·v + g̃\nmomentum: s = v\n"
        "adam or adamw: m ← β₁·m + (1 − β₁)·g̃\nadam or adamw: v ← β₂·v + (1 − β₂)·g̃²\n"
        "adam or adamw: m̂ = m / (1 − β₁ᵗ)\nadam or adamw: v̂ = v / (1 − β₂ᵗ)\n"
        "adam or adamw: s = m̂ / (√v̂ + ε)\nθ ← θ − η·s"
    )
    dialects = (
        Dialect(
            "pytorch_optimizer",
            "the length of the way uphill in single precision, plus 1e-12",
            "paths agree to about 7 digits only",
        ),
    )

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate of the base.")
    rho: float = param("ρ", 0.05, 0.0, 10.0, "log", floor=1e-4, doc="How far uphill the second gradient is taken.")
    base: str = param(
        "base", "sgd", scale="choice", choices=("sgd", "momentum", "adam", "adamw"), doc="The rule that steps."
    )
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="Of the base momentum: share of the velocity kept.")
    beta1: float = param("β₁", 0.9, 0.0, 0.9999, "log1m", doc="Of the bases adam and adamw: memory of the mean m.")
    beta2: float = param("β₂", 0.999, 0.0, 0.9999, "log1m", doc="Of the bases adam and adamw: memory of the square v.")
    eps: float = param("ε", 1e-8, 0.0, 10.0, "log", floor=1e-16, doc="Of the bases adam and adamw: added to √v̂.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="The base's weight decay.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        # Its hops about the bottom grow with η and blow up towards gradient descent's limit.
        return 0.5 * lr

    def init(self, theta: Array) -> State:
        letters = {"sgd": "", "momentum": "v"}.get(self.base, "mv")
        return {letter: np.zeros_like(theta) for letter in letters}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        grad = yield theta + self.uphill(theta, grad)
        if self.weight_decay is not None:
            if self.base == "adamw":
                theta = theta - lr * self.weight_decay * theta
            else:
                grad = grad + self.weight_decay * theta
        if self.base == "sgd":
            return theta - lr * grad, state
        if self.base == "momentum":
            v = self.beta * state["v"] + grad
            return theta - lr * v, {"v": v}
        m = self.beta1 * state["m"] + self.rest1 * grad
        v = self.beta2 * state["v"] + self.rest2 * (grad * grad)
        step = m / self.bias1.at(t) / (np.sqrt(v / self.bias2.at(t)) + self.guard)
        return theta - lr * step, {"m": m, "v": v}

    def uphill(self, theta: Array, grad: Array) -> Array:
        """From θ to the neighbour whose gradient counts, (lanes, dim)."""
        raise NotImplementedError


def unit(x: Array) -> Array:
    """``x`` (lanes, dim) at length 1; 0 where it is 0."""
    return x / np.maximum(np.hypot.reduce(x, axis=1, keepdims=True), TINY)
