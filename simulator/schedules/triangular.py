"""Triangular cycles."""

from dataclasses import dataclass

import numpy as np

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class Triangular(Schedule):
    """Straight up from a base rate to the peak and straight down again, over and over.

    The cycles may grow lower: half as high each (triangular2), or by the same factor every step (exp_range).
    """

    title = "Triangular"
    source = "Smith 2017, Cyclical Learning Rates for Training Neural Networks; form of torch CyclicLR"
    formula = (
        "η_t = η_base + (η − η_base)·h·(1 − |t/s − 2·⌊t/(2s)⌋ − 1|)\n"
        "mode triangular: h = 1, triangular2: h = 2^−⌊t/(2s)⌋, exp_range: h = γᵗ"
    )

    base_lr: float = param("η_base", 0.1, 0.0, 1.0, doc="The lowest rate, as a share of the peak.")
    step_size_up: int = param("s", 50, 1, 1_000_000, "log", doc="Steps up, and as many down.", unit="steps")
    mode: str = param(
        "mode", "triangular", scale="choice", choices=("triangular", "triangular2", "exp_range"),
        doc="Whether the cycles grow lower.",
    )  # fmt: skip
    gamma: float = param("γ", 0.999, 0.0, 0.99999, "log1m", doc="exp_range: factor on the height a step.")

    def factor(self, t: Array, steps: int) -> Array:
        height = 1.0 - np.abs(t / self.step_size_up % 2.0 - 1.0)
        if self.mode == "triangular2":
            height = height * 0.5 ** self.phase(t, steps)
        elif self.mode == "exp_range":
            height = height * self.gamma**t
        return self.base_lr + (1.0 - self.base_lr) * height

    def phase(self, t: Array, steps: int) -> Array:
        return np.floor(t / (2.0 * self.step_size_up))
