"""The axes of the chart of rates: decades of η, and what is measured at each. No Qt but the frame's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.studies.robustness import NAMES, Measure, Robustness
from simulator.studies.tune import HIGHEST, LOWEST
from simulator.ui import ticks
from simulator.ui.chartframe import Frame
from simulator.ui.polyline import Viewport
from simulator.ui.pyramid import Pyramid
from simulator.ui.quantity import YAxis, decade_above, log_axis, signed_axis
from simulator.words import count_text

FIRST, LAST = round(np.log10(LOWEST)), round(np.log10(HIGHEST))  # decades
HEADROOM = 1  # decades above the start: what ends higher has left the chart


@dataclass(frozen=True)
class RateFrame(Frame):
    """A `Frame` whose horizontal axis are the decades of η."""

    @cached_property
    def viewport(self) -> Viewport:
        air = 0.04 * (self.y.high - self.y.low)
        return Viewport(FIRST, LAST, self.y.bottom, self.y.high + air, self.plot.width(), self.plot.height())

    @cached_property
    def x_marks(self) -> list[tuple[float, str]]:
        every = 1 if self.plot.width() / (LAST - FIRST) > 3 * self.metrics.averageCharWidth() * self.theme.scale else 2
        return [(at, ticks.power_text(at)) for at in range(FIRST, LAST + 1, every)]

    def x_px(self, x: float) -> float:
        return self.plot.left() + (x - FIRST) / (LAST - FIRST) * self.plot.width()

    def rate_at(self, px: float) -> float:
        """η at ``px`` from the left edge, to three digits, within the axis."""
        at = FIRST + (px - self.plot.left()) / max(self.plot.width(), 1.0) * (LAST - FIRST)
        return min(max(float(f"{10.0 ** min(max(at, FIRST), LAST):.3g}"), LOWEST), HIGHEST)


def value_axis(result: Robustness, measure: Measure, shown: NDArray[np.bool_]) -> YAxis:
    """The axis for what the racers ``shown`` (entrants,) come to."""
    values = result.values(measure)[shown]
    values = values[np.isfinite(values)]
    if measure != "loss":
        high = max(decade_above(values.max(initial=1.0)), decade_above(result.race.steps))
        of = f", {result.weights.words}" if measure == "cost" else ""
        return log_axis(f"{NAMES[measure]} to the goal, log scale{of}", high, 1.0, "")
    after = f"after {count_text(result.race.steps)} steps"
    if result.floor is None:
        noted = Pyramid(np.append(result.start, values)[:, None])
        noted.extend(len(noted.source))
        axis = signed_axis(noted, np.ones(1, dtype=np.bool_))
        return YAxis(axis.low, axis.high, f"f {after}, signed log scale", True, 0.0, axis.unit)
    gaps = values - result.floor
    start = decade_above(result.start - result.floor)
    touched = ("≤ 0" if (gaps < 0.0).any() else "= 0") if (gaps <= 0.0).any() else ""
    smallest = float(gaps[gaps > 0.0].min(initial=np.inf))
    return log_axis(f"f − f* {after}, log scale", start + HEADROOM, smallest, touched, result.floor, start)
