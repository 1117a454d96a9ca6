"""A constant rate."""

from dataclasses import dataclass

import numpy as np

from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate throughout."""

    title = "Constant"
    source = "Robbins & Monro 1951 discuss why it leaves a noise floor"
    formula = "η_t = η"

    def factor(self, t: Array, steps: int) -> Array:
        return np.ones_like(t)
