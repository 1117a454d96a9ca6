"""The numbers of a recommendation: from them come the text on its card, its schedule and its code."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any

from simulator.optimizers import OPTIMIZERS
from simulator.schedule import Schedule
from simulator.schedules import SCHEDULES

MATRIX = 32, 64  # where a method keeps another number for each weight of a matrix than of a vector
SHAPES = {"cosine": "cosine", "linear": "a straight line", "polynomial": "a straight line"}  # what η follows downwards


def number_text(value: float) -> str:
    """As rates are written: 0.1, 0.01, 3e-4; whole numbers with commas."""
    if value >= 1000.0:
        return f"{value:,.0f}"
    if value >= 0.01 or value == 0.0:
        return f"{value:g}"
    mantissa, _, exponent = f"{value:.3e}".partition("e")
    return f"{float(mantissa):g}e{int(exponent)}"


def percent_text(share: float) -> str:
    return f"{100.0 * share:g} %"


def kept_text(buffers: float) -> str:
    """What an optimizer keeps, in words."""
    if buffers == 0.0:
        return "nothing"
    return "one number per weight" if buffers == 1.0 else f"{buffers:g} numbers per weight"


def keeps(name: str) -> str:
    """What it keeps for every weight; where that depends on the shape, on a vector of two and on a matrix."""
    optimizer = OPTIMIZERS[name]()
    weights = prod(MATRIX)
    few, many = optimizer.cost.buffers, optimizer.kept((MATRIX,)) / weights
    whole = round(many)
    more = round(2 * (few - whole))  # on a vector of two
    if many * weights != whole * weights + more:
        shape = " × ".join(map(str, MATRIX))
        return f"{many:,.3g} numbers per weight on a {shape} matrix, {few:g} on a vector of two"
    if not more:
        return kept_text(whole)
    return f"{kept_text(whole)}, and {more} more in all" if whole else f"{more} number in all"


@dataclass(frozen=True)
class Span:
    """A value to begin with, and the range that is worth trying. Equal ends: that value alone."""

    begin: float
    low: float
    high: float

    @property
    def span(self) -> str:
        low, high = number_text(self.low), number_text(self.high)
        return low if low == high else f"{low} – {high}"

    @property
    def text(self) -> str:
        return self.span


def only(value: float) -> Span:
    return Span(value, value, value)


@dataclass(frozen=True)
class Rate(Span):
    """η. ``unit`` says what the three numbers are multiples of, where η follows from something else:

    "curvature": of 1 / the largest curvature. "batch": η at a batch of ``reference``, to be scaled with its root.
    """

    unit: str = ""
    reference: int = 0

    @property
    def text(self) -> str:
        if self.unit == "curvature":
            return f"{self.begin:g} / largest curvature; the limit is {self.high:g} / curvature"
        if self.unit == "batch":
            return f"scaled with the batch: {number_text(self.begin)}·√(B/{self.reference:,})"
        if self.begin in (self.low, self.high):
            return self.span
        return f"{self.span}; begin with {number_text(self.begin)}"


@dataclass(frozen=True)
class Plan:
    """How η moves: a schedule of the catalog, the share of the steps that is warm-up, and the share of η that is left.

    ``remark`` is what else is done in practice.
    """

    schedule: str = "constant"
    warmup: float = 0.0
    floor: float = 0.0
    remark: str = ""

    def over(self, steps: int) -> Schedule:
        """The schedule for a training of ``steps`` steps."""
        values: dict[str, Any] = {"warmup": self.warmup_steps(steps)}
        if self.schedule != "constant":
            values["eta_min"] = self.floor
        if self.schedule == "polynomial":
            values["power"] = 1.0
        return SCHEDULES[self.schedule](**values)

    def warmup_steps(self, steps: int) -> int:
        return round(self.warmup * steps)

    @property
    def text(self) -> str:
        if self.schedule == "constant":
            return self.remark or "none"
        down = f"{SHAPES[self.schedule]} to {f'{self.floor:g} × the peak' if self.floor else '0'}"
        rise = f"warm-up over {percent_text(self.warmup)} of the steps, then " if self.warmup else ""
        return rise + down + (f"; {self.remark}" if self.remark else "")


@dataclass(frozen=True)
class Call:
    """The optimizer in PyTorch: its package, its class, and what it is called with beside η and λ.

    ``note``: what must be known of it, a line each.
    """

    name: str
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    package: str = "torch.optim"
    note: tuple[str, ...] = ()
