"""Step decay."""

from dataclasses import dataclass

import numpy as np

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class Step(Schedule):
    """The rate falls by a factor γ every s steps and is constant in between."""

    title = "Step"
    source = "Krizhevsky, Sutskever & Hinton 2012, ImageNet Classification; form of torch StepLR"
    formula = "η_t = η·γ^⌊t/s⌋"

    step_size: int = param("s", 100, 1, 1_000_000, "log", doc="Steps between two drops.", unit="steps")
    gamma: float = param("γ", 0.1, 0.001, 1.0, "log", doc="What each drop multiplies the rate by.")

    def factor(self, t: Array, steps: int) -> Array:
        return self.gamma ** self.phase(t, steps)

    def phase(self, t: Array, steps: int) -> Array:
        return np.floor(t / self.step_size)
