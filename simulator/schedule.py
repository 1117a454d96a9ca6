"""What a schedule is: η as a multiple of its peak, over the steps of a race, after a linear warm-up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.param import Declared, param

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Schedule(Declared):
    """One schedule. A subclass declares its parameters with `param` and writes `factor`."""

    formula: ClassVar[str]

    warmup: int = param(
        "warm-up", 0, 0, 1_000_000, "log", floor=1, unit="steps",
        doc="Steps of linear warm-up from 0; t and T begin after it.",
    )  # fmt: skip

    def factor(self, t: Array, steps: int) -> Array:
        """η / peak at ``t`` = 0 … ``steps``, both counted from the end of the warm-up. Shape of ``t``."""
        raise NotImplementedError

    def phase(self, t: Array, steps: int) -> Array:
        """Which phase (drop, cycle) each ``t`` belongs to, for a schedule that has several. Shape of ``t``."""
        return np.zeros_like(t)

    @lru_cache(maxsize=8)  # noqa: B019  # schedules are small frozen values; a slider asks for the same table again
    def factors(self, steps: int) -> Array:
        """η / peak for every step of a race, shape ``(steps + 1,)``. The first update uses entry 0.

        A warm-up from 0 therefore makes the first step a null step, as in the libraries. One longer than the race
        never reaches the peak.
        """
        t = np.arange(steps + 1, dtype=np.float64)
        after = self.factor(np.maximum(t - self.warmup, 0.0), max(steps - self.warmup, 1))
        table = np.where(t < self.warmup, t / max(self.warmup, 1) * after[0], after)
        table.setflags(write=False)  # it is shared
        return table

    @lru_cache(maxsize=8)  # noqa: B019
    def boundaries(self, steps: int) -> tuple[int, ...]:
        """The steps with which a new phase begins, the first one not among them."""
        t = np.arange(steps, dtype=np.float64)
        phase = self.phase(np.maximum(t - self.warmup, 0.0), max(steps - self.warmup, 1))
        return tuple((np.flatnonzero(np.diff(phase)) + 1).tolist())
