"""Cosine decay with warm restarts."""

from dataclasses import dataclass
from math import log

import numpy as np

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class CosineRestarts(Schedule):
    """Half a cosine down, back to the peak at once, and again, each time T_mult times as long."""

    title = "Cosine with restarts"
    source = "Loshchilov & Hutter 2017, SGDR: Stochastic Gradient Descent with Warm Restarts; form of torch"
    formula = "η_t = η_min + ½·(η − η_min)·(1 + cos(π·t_i/T_i))\nt_i steps into cycle i,  T_i = T₀·T_multⁱ"

    T_0: int = param("T₀", 100, 1, 1_000_000, "log", doc="Length of the first cycle.", unit="steps")
    T_mult: int = param("T_mult", 1, 1, 10, doc="How many times as long each cycle is as the one before.")
    eta_min: float = param("η_min", 0.0, 0.0, 1.0, doc="The rate at the end of a cycle, as a share of the peak.")

    def factor(self, t: Array, steps: int) -> Array:
        if self.T_mult == 1:
            into, length = t % self.T_0, self.T_0
        else:
            m = float(self.T_mult)
            length = self.T_0 * m ** self.phase(t, steps)
            into = t - (length - self.T_0) / (m - 1.0)
        return self.eta_min + 0.5 * (1.0 - self.eta_min) * (1.0 + np.cos(np.pi * into / length))

    def phase(self, t: Array, steps: int) -> Array:
        if self.T_mult == 1:
            return np.floor(t / self.T_0)
        # Cycle i begins at T₀·(mⁱ − 1)/(m − 1); the small shift outweighs the logarithm's rounding at a boundary.
        m = float(self.T_mult)
        return np.floor(np.log1p(t * (m - 1.0) / self.T_0) / log(m) + 1e-9)
