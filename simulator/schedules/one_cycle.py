"""The one-cycle policy."""

from dataclasses import dataclass

import numpy as np

from simulator.param import param
from simulator.schedule import Array, Schedule

TINY = 1e-300


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up to the peak and down far below the beginning, once, along half cosines or lines. It brings its own warm-up.

    In three phases it comes down as it went up, and then falls from where it began.
    """

    title = "One-cycle"
    source = "Smith & Topin 2018, Super-Convergence; form of torch OneCycleLR"
    formula = (
        "u = s·T − 1,  w(p) = ½·(1 − cos(π·p)), linear: w(p) = p\nt ≤ u: η_t = η/d + (η − η/d)·w(t/u)\n"
        "t > u: η_t = η + (η/(d·D) − η)·w((t − u)/(T − 1 − u))\n"
        "three phases: u < t ≤ 2u: η_t = η + (η/d − η)·w((t − u)/u),\n"
        "t > 2u: η_t = η/d + (η/(d·D) − η/d)·w((t − 2u)/(T − 1 − 2u))"
    )

    pct_start: float = param("s", 0.3, 0.0, 1.0, doc="Share of the race spent on the way up.")
    div_factor: float = param("d", 25.0, 1.0, 1e4, "log", doc="The first rate is the peak divided by this.")
    final_div_factor: float = param("D", 1e4, 1.0, 1e6, "log", doc="The last rate is the first divided by this.")
    anneal_strategy: str = param("w", "cos", scale="choice", choices=("cos", "linear"), doc="The form of each way.")
    three_phase: bool = param("three phases", False, doc="Come down as it went up, then fall. Needs s below ½.")

    def factor(self, t: Array, steps: int) -> Array:
        first = 1.0 / self.div_factor
        rates = [first, 1.0, *([first] if self.three_phase else []), first / self.final_div_factor]
        t = np.minimum(t, steps - 1.0)
        ends = self._ends(steps)
        table = np.full_like(t, rates[-1])
        for i in reversed(range(len(ends))):
            begin = ends[i - 1] if i else 0.0
            # A way of no length has no steps of its own; TINY only keeps the division defined.
            p = (t - begin) / max(ends[i] - begin, TINY)
            table = np.where(t <= ends[i], rates[i + 1] + (rates[i] - rates[i + 1]) * self._left(p), table)
        return table

    def phase(self, t: Array, steps: int) -> Array:
        return np.searchsorted(self._ends(steps)[:-1], t).astype(np.float64)

    def _ends(self, steps: int) -> list[float]:
        """The step with which each way ends."""
        up = self.pct_start * steps - 1.0
        return [up, *([min(2.0 * up, steps - 1.0)] if self.three_phase else []), steps - 1.0]

    def _left(self, p: Array) -> Array:
        """What is left of a way at its share ``p``: 1 at 0 down to 0 at 1."""
        return 1.0 - p if self.anneal_strategy == "linear" else 0.5 * (1.0 + np.cos(np.pi * p))
