"""The one-cycle policy."""

from dataclasses import dataclass

import numpy as np

from simulator.param import param
from simulator.schedule import Array, Schedule

TINY = 1e-300


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up to the peak and down far below the beginning, both along half a cosine, once. It brings its own warm-up."""

    title = "One-cycle"
    source = "Smith & Topin 2018, Super-Convergence; form of torch OneCycleLR with cosine annealing"
    formula = (
        "u = s·T − 1,  w(p) = ½·(1 − cos(π·p))\nt ≤ u: η_t = η/d + (η − η/d)·w(t/u)\n"
        "t > u: η_t = η + (η/(d·D) − η)·w((t − u)/(T − 1 − u))"
    )

    pct_start: float = param("s", 0.3, 0.0, 1.0, doc="Share of the race spent on the way up.")
    div_factor: float = param("d", 25.0, 1.0, 1e4, "log", doc="The first rate is the peak divided by this.")
    final_div_factor: float = param("D", 1e4, 1.0, 1e6, "log", doc="The last rate is the first divided by this.")

    def factor(self, t: Array, steps: int) -> Array:
        first = 1.0 / self.div_factor
        last = first / self.final_div_factor
        up = self._up(steps)
        t = np.minimum(t, steps - 1.0)
        # A way of no length has no steps of its own; TINY only keeps the other branch's division defined.
        rising = 1.0 + (first - 1.0) * _half_cosine(t / max(up, TINY))
        falling = last + (1.0 - last) * _half_cosine((t - up) / max(steps - 1.0 - up, TINY))
        return np.where(t <= up, rising, falling)

    def phase(self, t: Array, steps: int) -> Array:
        return np.where(t <= self._up(steps), 0.0, 1.0)

    def _up(self, steps: int) -> float:
        return self.pct_start * steps - 1.0


def _half_cosine(p: Array) -> Array:
    """From 1 at p = 0 down to 0 at p = 1."""
    return 0.5 * (1.0 + np.cos(np.pi * p))
