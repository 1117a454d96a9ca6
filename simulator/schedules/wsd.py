"""Warm-up, stable, decay."""

from dataclasses import dataclass

import numpy as np

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class WSD(Schedule):
    """Constant for most of the race, then a straight line to 0: the end can be decided late.

    The decay takes its share of the whole race, warm-up included, but never begins before the warm-up is over.
    """

    title = "Warm-up–stable–decay"
    source = (
        "Hu et al. 2024, MiniCPM; linear decay after Hägele et al. 2024, Scaling Laws Beyond Fixed Training Durations"
    )
    formula = "η_t = η·min(1, (T − t) / (d·T))"

    decay: float = param("d", 0.2, 0.01, 1.0, doc="Share of the race's steps taken by the final decay.")

    def factor(self, t: Array, steps: int) -> Array:
        return np.minimum(1.0, (steps - t) / self._decay(steps))

    def phase(self, t: Array, steps: int) -> Array:
        return np.where(steps - t < self._decay(steps), 1.0, 0.0)

    def _decay(self, steps: int) -> float:
        return min(self.decay * (steps + self.warmup), steps)
