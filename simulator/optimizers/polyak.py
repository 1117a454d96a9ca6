"""Polyak's step size."""

from dataclasses import dataclass

import numpy as np

from simulator.lanewise import EPS, dot, lane, ratio
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State, Value
from simulator.param import param


@dataclass(frozen=True)
class Polyak(Optimizer):
    """The step that would bring a straight slope down to f*: no rate to tune, but the lowest loss must be known.

    It reads the loss as well as the gradient. An f* guessed too low makes it overshoot for ever; one guessed too high
    sends plain sps uphill once it is below, while sps+ stops there. It stands still where ‖g‖² + ε is below 2.2e-16.
    """

    title = "Polyak step"
    year = 1969
    family = "first-order"
    cost = Cost()
    floor = "f_min"
    source = (
        "Polyak 1969, Minimization of unsmooth functionals; Loizou et al. 2021, Stochastic Polyak Step-size for SGD: "
        "An Adaptive Learning Rate for Fast Convergence; form of optax.polyak_sgd, η being its scaling as documented"
    )
    branch = Branch(
        parents=("sgd",),
        added="The rate from the loss itself: how far it still is above the lowest one.",
        best_for="models that can fit all their data, whose lowest loss is 0",
    )
    formula = (
        "h = f − f*\nsps+: h ← max(h, 0)\nnot scaled first: q = ‖g‖² + ε\nscaled first: q = ‖η·g‖² + ε\n"
        "γ = min(h / q, γ_max)\nθ ← θ − η·γ·g"
    )
    rate = "η·γ"
    dialects = (
        Dialect("optax", "‖η·g‖² for ‖g‖²: scaled first", "below γ_max a larger η shortens the step; equal at η = 1"),
    )

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Scales every step: 1 is the whole Polyak step.")
    max_learning_rate: float = param("γ_max", 1.0, 1e-6, 1e6, "log", doc="The largest rate.")
    f_min: float = param("f*", 0.0, -1e3, 1e3, doc="The lowest loss, as far as it is known.")
    eps: float = param("ε", 0.0, 0.0, 10.0, "log", floor=1e-16, doc="Keeps the division finite.")
    variant: str = param("sps+", "sps", scale="choice", choices=("sps", "sps+"), doc="Whether it may go uphill.")
    scale_first: bool = param("scaled first", False, doc="Measure η·g, as optax computes: η then divides the step.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.5  # twice as far overshoots on what is no straight slope

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        loss, grad = yield Value(theta)
        gap = loss - lane(self.f_min)
        if self.variant == "sps+":
            gap = np.maximum(gap, 0.0)
        measured = lr * grad if self.scale_first else grad
        square = dot(measured, measured) + lane(self.eps)
        rate = np.minimum(ratio(gap, np.where(square > EPS, square, 0.0)), self.max_learning_rate)
        return theta - lr * rate * grad, state
