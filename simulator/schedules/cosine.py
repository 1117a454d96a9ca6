"""Cosine decay."""

from dataclasses import dataclass

import numpy as np

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a cosine from the peak down to η_min: slow at both ends, steepest in the middle."""

    title = "Cosine"
    source = "Loshchilov & Hutter 2017, SGDR: Stochastic Gradient Descent with Warm Restarts"
    formula = "η_t = η_min + ½·(η − η_min)·(1 + cos(π·t/T))"

    eta_min: float = param("η_min", 0.0, 0.0, 1.0, doc="The final rate, as a share of the peak.")

    def factor(self, t: Array, steps: int) -> Array:
        p = np.minimum(t / steps, 1.0)
        return self.eta_min + 0.5 * (1.0 - self.eta_min) * (1.0 + np.cos(np.pi * p))
