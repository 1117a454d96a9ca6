"""The axes of a picture of a scan: where values and scores stand on them, and what is written beside. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.studies.axis import Axis
from simulator.studies.scan import Scan
from simulator.ui import ticks
from simulator.ui.quantity import HEADROOM, STRIP, YAxis
from simulator.variants import METRICS
from simulator.words import short_text

Array = NDArray[np.float64]
Mark = tuple[float, str]


@dataclass(frozen=True)
class Ruler:
    """An axis of values: ``places`` of these, from ``low`` to ``high``; ``log1m`` where decades of 1 − value count."""

    title: str
    places: tuple[float, ...]
    low: float
    high: float
    scale: str
    names: tuple[str, ...] = ()  # of values that are no numbers

    @classmethod
    def of(cls, axis: Axis) -> Ruler:
        places = axis.along()
        step = min((b - a for a, b in pairwise(places) if math.isfinite(a)), default=1.0)
        # 0 stands a step below the first that has a logarithm.
        first = min((place for place in places if math.isfinite(place)), default=0.0)
        shown = tuple(place if math.isfinite(place) else first - step for place in places)
        key = f"{axis.symbol}, {axis.key}" if axis.symbol not in (axis.key, axis.name) else axis.key
        names = () if axis.numeric else tuple(str(value).lower() for value in axis.values)
        low, high = min(shown), max(shown)
        room = 0.5 if names or low == high else 0.0
        return cls(key, shown, low - room, high + room, axis.param.scale, names)

    def marks(self, most: int) -> list[Mark]:
        """Ticks: place and text, at most about ``most``."""
        if self.names:
            return list(zip(self.places, self.names, strict=True))
        if self.scale == "linear":
            return [(at, short_text(at)) for at in ticks.linear_ticks(self.high, most, self.low)]
        first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
        if last <= first:  # less than two decades: the ends say what is shown
            return [(at, short_text(float(f"{self._value(at):.3g}"))) for at in dict.fromkeys((self.low, self.high))]
        every = ticks.decade_step(last - first, max(most, 1))
        return [(at, self._text(at)) for at in range(first, last + 1, every)]

    def cells(self) -> list[float]:
        """The edges of cells that are each nearer to their value than to any other, one more than there are values."""
        if len(self.places) == 1:
            return [self.places[0] - 0.5, self.places[0] + 0.5]
        between = [(a + b) / 2 for a, b in pairwise(self.places)]
        first, last = 2 * self.places[0] - between[0], 2 * self.places[-1] - between[-1]
        return [first, *between, last]

    def _value(self, at: float) -> float:
        return 1.0 - 10.0**-at if self.scale == "log1m" else 10.0**at

    def _text(self, at: int) -> str:
        return ticks.power_text(at) if self.scale == "log" else f"{self._value(at):.10g}"


def heights(scan: Scan, score: Array) -> Array:
    """Scores (entrants, values, …) as the axis of `score_axis` has them: above the minimum, where one is known."""
    return score if scan.floor is None else score - scan.floor


def score_axis(scan: Scan) -> YAxis:
    """From the lowest score to the highest, but not far above the start: what goes higher has left the picture."""
    values = heights(scan, scan.score)
    finite = values[np.isfinite(values)]
    if not scan.measures_loss:
        low = _decade(finite.min(initial=np.inf), math.floor)
        return YAxis(low, max(_decade(finite.max(initial=0.0), math.ceil), low + 1), METRICS[scan.metric])
    first = np.median(scan.first, axis=-1)
    if scan.floor is None:
        unit = 10.0 ** (_decade(float(np.abs(first).max()), math.ceil) - 2)
        axis = YAxis(-1.0, 1.0, f"{_what(scan)}: no minimum is known", True, 0.0, unit)
        ends = np.array((finite.min(initial=0.0), max(float(first.max()), 0.0)))
        low, high = np.clip(axis.place(ends), -3.0 - HEADROOM, 3.0 + HEADROOM)
        return YAxis(math.floor(low), max(math.ceil(high), math.floor(low) + 1), axis.title, True, 0.0, unit)
    start = float((first - scan.floor).max())
    high = _decade(start, math.ceil) + 1
    positive = finite[finite > 0.0]
    low = high - ticks.span(high - _decade(positive.min(initial=10.0**high), math.floor))
    small = (finite < 10.0**low).any()
    floor = low - STRIP * (high - low) if small else None
    return YAxis(
        low,
        high,
        f"{_what(scan)} above the minimum",
        False,
        0.0,
        1.0,
        floor,
        f"< {ticks.power_text(low)}" * bool(small),
    )


def _what(scan: Scan) -> str:
    if scan.metric == "best":
        return "lowest loss on the way"
    return f"{'mean loss' if scan.race.landscape.moving else 'loss'} after {scan.race.steps:,} steps"


def _decade(value: float, rounded: object) -> int:
    if not (math.isfinite(value) and value > 0.0):
        return 0
    at = math.log10(value)
    return math.ceil(at - 1e-9) if rounded is math.ceil else math.floor(at + 1e-9)
