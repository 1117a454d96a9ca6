"""Triangular cycles."""

from dataclasses import dataclass

import numpy as np

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class Triangular(Schedule):
    """Straight up from a base rate to the peak and straight down again, over and over."""

    title = "Triangular"
    source = "Smith 2017, Cyclical Learning Rates for Training Neural Networks; form of torch CyclicLR"
    formula = "η_t = η_base + (η − η_base)·(1 − |t/s − 2·⌊t/(2s)⌋ − 1|)"

    base_lr: float = param("η_base", 0.1, 0.0, 1.0, doc="The lowest rate, as a share of the peak.")
    step_size_up: int = param("s", 50, 1, 1_000_000, "log", doc="Steps up, and as many down.", unit="steps")

    def factor(self, t: Array, steps: int) -> Array:
        height = 1.0 - np.abs(t / self.step_size_up % 2.0 - 1.0)
        return self.base_lr + (1.0 - self.base_lr) * height

    def phase(self, t: Array, steps: int) -> Array:
        return np.floor(t / (2.0 * self.step_size_up))
