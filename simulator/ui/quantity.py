"""What a curve shows: which array of a recording, on what scale, and the words beside the axis. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.recording import Recording
from simulator.ui import ticks
from simulator.ui.pyramid import Pyramid
from simulator.words import short_text

Array = NDArray[np.float64]
Kind = Literal["loss", "gradient", "lr", "rate"]
Scale = Literal["log", "linear"]
PER_ENTRANT: tuple[Kind, ...] = ("lr", "rate")  # one curve for every entrant, the others one for every lane

HEADROOM = 3  # decades shown above the highest start; what goes higher has left the chart
STRIP = 0.06  # of the axis' length: how far below the lowest decade the line for zero stands
AWAY = 1e6  # stands for infinity on the axis: far outside, so that the line leaves straight up
ABOVE_START = 2.0  # times the highest start: what goes higher has left a linear chart
MARKS = 8  # on a linear chart, however high
ROUNDING = 1e-9  # of that height: so little below zero is no value below the minimum


@dataclass(frozen=True)
class YAxis:
    """A vertical axis. ``low … high`` in its own units: decades, counted from ``unit`` where it is signed.

    ``floor`` is where values too small for a logarithm or for the axis are drawn, and ``floor_text`` says which those
    are; None where there are none.
    """

    low: float
    high: float
    title: str
    signed: bool = False
    offset: float = 0.0  # taken off the values first: f*
    unit: float = 1.0  # signed: linear up to here, then a decade for every further tenfold
    floor: float | None = None
    floor_text: str = ""

    @property
    def bottom(self) -> float:
        """Where the chart ends."""
        room = 2.0 * STRIP * (self.high - self.low)
        return self.low if self.floor is None else self.low - room

    def place(self, values: Array) -> Array:
        """Where raw ``values`` stand on the axis: a rising function; NaN stays NaN."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if self.signed:
                size = np.abs(values) / self.unit
                at = np.sign(values) * np.where(size > 1.0, 1.0 + np.log10(size), size)
            else:
                gap = values - self.offset
                at = np.log10(np.maximum(gap, 0.0))
                if self.floor is not None:
                    at = np.where(at < self.low, self.floor, at)
            return np.clip(at, -AWAY, AWAY)

    def marks(self, most: int) -> list[tuple[float, str]]:
        """Ticks: place and text, at most about ``most``."""
        low, high = math.ceil(self.low), math.floor(self.high)
        every = ticks.decade_step(high - low, most)
        marks: list[tuple[float, str]] = []
        for k in range(-(-low // every) * every, high + 1, every):
            if not self.signed:
                marks.append((k, ticks.power_text(k)))
            elif k == 0:
                marks.append((0, "0"))
            else:
                size = ticks.power_text(round(math.log10(self.unit)) + abs(k) - 1)
                marks.append((k, size if k > 0 else f"−{size}"))
        return marks


@dataclass(frozen=True)
class LinearAxis(YAxis):
    """``low … high`` in the units of the values, counted from ``offset``."""

    def place(self, values: Array) -> Array:
        far = AWAY * (self.high - self.low)
        with np.errstate(invalid="ignore", over="ignore"):
            return np.clip(values - self.offset, -far, far)

    def marks(self, most: int) -> list[tuple[float, str]]:
        return [(at, short_text(at)) for at in ticks.linear_ticks(self.high, min(most, MARKS), self.low)]


def source(recording: Recording, kind: Kind) -> Array:
    """The raw values, ``(steps + 1, tracks)``: a track for every lane, or one for every entrant. Rates are `Rates`'."""
    if kind == "lr":
        return recording.lr
    return recording.loss if kind == "loss" else recording.grad_norm


def pyramid(recording: Recording, kind: Kind) -> Pyramid:
    """A pyramid over the raw values that surveys what the axis measures."""
    return Pyramid(source(recording, kind), (recording.floor or 0.0) if kind == "loss" else 0.0)


def rows_known(recording: Recording, kind: Kind) -> int:
    """How many rows are written: the rates of a race are known before it is run."""
    return recording.race.steps + 1 if kind == "lr" else recording.done + 1


def last_row(recording: Recording, kind: Kind, step: int) -> int:
    """The last row to draw at ``step``: no step leaves the last point of a race, so it has no η; and no row whose step
    has not been raced yet has an effective rate, −1: there is none at all."""
    if kind == "rate":
        return min(step, recording.done - 1)
    return min(step, recording.race.steps - 1) if kind == "lr" else step


def y_axis(recording: Recording, kind: Kind, noted: Pyramid, shown: NDArray[np.bool_], scale: Scale = "log") -> YAxis:
    """The axis for what ``noted`` has surveyed of the tracks ``shown``. With more rows it only grows."""
    unknown = kind == "loss" and recording.floor is None
    what = "f" if unknown else {"loss": "f − f*", "gradient": "‖∇f‖", "lr": "η", "rate": "effective η"}[kind]
    if scale == "linear":
        title = f"{what}, linear scale{': no minimum is known' if unknown else ''}"
        return _linear_axis(title, noted, shown, kind not in PER_ENTRANT)
    if unknown:
        return signed_axis(noted, shown)
    title = f"{what}, log scale"
    high = decade_above(noted.most[shown].max(initial=0.0))
    start = _highest(noted.source[0][shown] - noted.offset)
    top = decade_above(start) if kind not in PER_ENTRANT and start > 0.0 else None
    if top is not None:
        high = min(high, top + HEADROOM)
    smallest = float(noted.least_positive[shown].min(initial=np.inf))
    touched = ("≤ 0" if (noted.least[shown] < 0.0).any() else "= 0") if noted.touches[shown].any() else ""
    return log_axis(title, high, smallest, touched, noted.offset, top)


def log_axis(
    title: str, high: int, smallest: float, touched: str, offset: float = 0.0, start: int | None = None
) -> YAxis:
    """From decade ``high`` down to ``smallest``, as far as there is room: so far below the decade of the ``start``, or
    below ``high``. ``touched`` says which values too small for a logarithm there are, "" where there are none."""
    top = high if start is None else start
    wanted = top - math.floor(math.log10(smallest)) if math.isfinite(smallest) else 0
    low = top - ticks.span(wanted)
    text = f"< {ticks.power_text(low)}" if smallest < 10.0**low else touched
    floor = low - STRIP * (high - low) if text else None
    return YAxis(low, high, title, False, offset, 1.0, floor, text)


def _linear_axis(title: str, noted: Pyramid, shown: NDArray[np.bool_], bounded: bool) -> LinearAxis:
    """From zero, or from below it where there are such values; ``bounded`` by what the starts leave room for."""
    high, low = float(noted.most[shown].max(initial=0.0)), float(noted.least[shown].min(initial=0.0))
    start = _highest(np.abs(noted.source[0][shown] - noted.offset))
    if bounded and start > 0.0:
        high, low = min(high, ABOVE_START * start), max(low, -ABOVE_START * start)
    below = low < -ROUNDING * max(start, high)
    high = ticks.above(high) if high > 0.0 else 0.0
    low = -ticks.above(-low) if below else 0.0
    return LinearAxis(low, high if high > low else 1.0, title, False, noted.offset)


def signed_axis(noted: Pyramid, shown: NDArray[np.bool_]) -> YAxis:
    """Where no minimum is known; row 0 of ``noted`` is the start."""
    start = _highest(np.abs(noted.source[0][shown])) or 1.0
    unit = 10.0 ** (decade_above(start) - 2)
    axis = YAxis(-1.0, 1.0, "f, signed log scale: no minimum is known", True, 0.0, unit)
    extremes = np.array((noted.least[shown].min(initial=0.0), noted.most[shown].max(initial=0.0)))
    low, high = np.clip(axis.place(extremes), -3.0 - HEADROOM, 3.0 + HEADROOM)
    return replace(axis, low=math.floor(low), high=max(math.ceil(high), 1))


def _highest(values: Array) -> float:
    """The highest finite positive value, or 0."""
    return float(values[np.isfinite(values) & (values > 0.0)].max(initial=0.0))


def decade_above(value: float) -> int:
    """The power of ten at or above ``value``; 0 where it is not positive."""
    return math.ceil(math.log10(value) - 1e-9) if value > 0.0 else 0


def last_number(values: NDArray[np.float64], last: int) -> int:
    """The last row up to ``last`` with a finite value: from there on there is none, or it is ``last`` itself."""
    if np.isfinite(values[last]):
        return last
    good, bad = 0, last
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if np.isfinite(values[middle]) else (good, middle)
    return good
