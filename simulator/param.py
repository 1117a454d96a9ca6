"""A hyperparameter, declared once.

From one declaration derive validation, the race file, the command line, the slider, the tooltip and the help::

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
"""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, TypeVar

# What libraries call some parameters, and what they may be here.
ELSEWHERE = {
    "alpha": ("rho", "power", "weight", "eta_min"),
    "betas": ("beta1",),
    "end_value": ("eta_min",),
    "learning_rate": ("lr",),
    "momentum": ("beta",),
    "wd": ("weight_decay",),
}

Scale = Literal["linear", "log", "log1m", "switch", "choice", "text", "box"]
LONGEST_LINE, MOST_FAULTS = 1000, 200  # characters of a fault, and how many are told
T = TypeVar("T")


class RaceError(ValueError):
    """Input that cannot be raced. ``faults`` holds one line per fault, each starting with its key path.

    Whatever was in the file they can be printed: control characters escaped, endless values cut, the rest counted.
    """

    def __init__(self, faults: Iterable[str]):
        faults = list(faults)
        rest = len(faults) - MOST_FAULTS
        self.faults = [*map(one_line, faults[:MOST_FAULTS]), *([f"and {rest:,} more faults"] if rest > 0 else [])]
        super().__init__("\n".join(self.faults))

    @property
    def plain(self) -> str:
        """The faults without the key paths, which belong to a race file."""
        return "\n".join(fault.split(": ", 1)[-1] for fault in self.faults)


@dataclass(frozen=True)
class Param:
    """What is known of one hyperparameter.

    ``low`` and ``high`` bound what is accepted, both included. ``floor`` is the smallest non-zero value a logarithmic
    slider reaches when ``low`` is 0. ``off`` is the value at which the term vanishes: the engine then hands the rule
    ``None`` instead of an array, so that a rule spends nothing on it. ``shared``: the rule needs one plain value, such
    as the length of its history; only lanes that agree on it step together.
    """

    name: str
    symbol: str
    default: Any
    low: float
    high: float
    scale: Scale
    doc: str
    floor: float | None = None
    off: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    shared: bool = False

    @property
    def integer(self) -> bool:
        return type(self.default) is int

    @property
    def numeric(self) -> bool:
        return self.scale in ("linear", "log", "log1m")

    @property
    def per_lane(self) -> bool:
        """Whether it reaches a rule as an array, a value a lane."""
        return self.numeric and not self.shared

    def range_text(self) -> str:
        """The allowed values, in words."""
        if self.scale == "switch":
            return "true or false"
        if self.scale == "choice":
            return ", ".join(self.choices)
        if self.scale == "text":
            return "a text"
        if self.scale == "box":
            return "a list of [low, high] pairs"
        return f"{self.low:g} to {self.high:g}"

    def coerce(self, value: Any) -> Any:
        """``value`` as this parameter's type. Raises ValueError saying what is allowed and what was given."""
        if self.scale == "switch":
            if isinstance(value, bool):
                return value
            raise ValueError(f"must be true or false, got {shown(value)}")
        if self.scale == "choice":
            if value in self.choices:
                return value
            near = did_you_mean(value, self.choices) if isinstance(value, str) else ""
            raise ValueError(f"must be one of {self.range_text()}, got {shown(value)}{near}")
        if self.scale == "text":
            if isinstance(value, str):
                return value
            raise ValueError(f"must be a text, got {shown(value)}")
        if self.scale == "box":
            return _box(value)
        return number(value, self.low, self.high, integer=self.integer)

    def to_track(self, value: float) -> float:
        """Where ``value`` sits on a slider's track, 0 to 1."""
        low, high = self._ends()
        if self.scale == "log" and value < low:
            return 0.0
        at = self._bend(min(max(value, low), high))
        return (at - self._bend(low)) / (self._bend(high) - self._bend(low))

    def from_track(self, at: float) -> float:
        """The value at ``at`` (0 to 1) of a slider's track, rounded to three significant digits."""
        low, high = self._ends()
        if at <= 0.0:
            return type(self.default)(self.low)
        if at >= 1.0:
            return type(self.default)(self.high)
        raw = self._unbend(self._bend(low) + at * (self._bend(high) - self._bend(low)))
        if self.integer:
            return round(raw)
        rounded = 1.0 - float(f"{1.0 - raw:.2g}") if self.scale == "log1m" else float(f"{raw:.3g}")
        return min(max(float(f"{rounded:.12g}"), self.low), self.high)

    def _ends(self) -> tuple[float, float]:
        return (self.floor if self.floor is not None else self.low), self.high

    def _bend(self, value: float) -> float:
        if self.scale == "log":
            return math.log10(value)
        return -math.log10(1.0 - value) if self.scale == "log1m" else float(value)

    def _unbend(self, at: float) -> float:
        if self.scale == "log":
            return 10.0**at
        return 1.0 - 10.0**-at if self.scale == "log1m" else at


def param(
    symbol: str,
    default: Any,
    low: float = 0.0,
    high: float = 0.0,
    scale: Scale = "linear",
    *,
    doc: str,
    floor: float | None = None,
    off: float | None = None,
    unit: str = "",
    choices: tuple[str, ...] = (),
    shared: bool = False,
) -> Any:
    """Declare a hyperparameter as a field of a frozen dataclass; see `Param`."""
    if isinstance(default, bool):
        scale = "switch"
    declared = Param("", symbol, default, low, high, scale, doc, floor, off, unit, choices, shared)
    return dataclasses.field(default=default, metadata={"param": declared})


@cache
def params(cls: type) -> Mapping[str, Param]:
    """The hyperparameters of a dataclass, by name, in order of declaration."""
    return {
        field.name: dataclasses.replace(field.metadata["param"], name=field.name)
        for field in dataclasses.fields(cls)
        if "param" in field.metadata
    }


class Declared:
    """What every optimizer, landscape and schedule has from its declaration. Subclasses are frozen dataclasses."""

    name: ClassVar[str]  # that of its module, by which files and commands call it
    title: ClassVar[str]
    source: ClassVar[str]  # authors, year, title; where the form deviates

    def __init_subclass__(cls) -> None:
        cls.name = cls.__module__.rpartition(".")[2]

    @property
    def hyper(self) -> dict[str, Any]:
        """Parameter values by name."""
        return {name: getattr(self, name) for name in params(type(self))}

    @classmethod
    def doc(cls) -> str:
        """The class's docstring: what a person should know of it."""
        return inspect.cleandoc(cls.__doc__ or "")


def number(value: Any, low: float, high: float, *, integer: bool = False) -> Any:
    """``value`` as a finite number between ``low`` and ``high``, or ValueError with both in its text."""
    taken = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
    if not taken or (integer and value != int(value)):
        kind = "a whole number" if integer else "a number"
        ends = f"{low:,.0f} to {high:,.0f}" if integer else f"{low:g} to {high:g}"
        raise ValueError(f"must be {kind} from {ends}, got {shown(value)}")
    return int(value) if integer else float(value)


def build(cls: type[T], values: Mapping[str, Any], where: str, who: str, faults: list[str]) -> T:
    """Build the dataclass ``cls`` from ``values``; each value it cannot take adds a line to ``faults`` and is left out.

    ``where`` is the key path put before each fault, ``who`` the name of the thing that is being built. Raises RaceError
    where the class itself refuses what each of its parameters can take, as a formula that is none.
    """
    known = params(cls)
    taken: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            no_others([key], known, where, who, faults, "hyperparameter")
            continue
        try:
            taken[key] = known[key].coerce(value)
        except ValueError as error:
            faults.append(f"{joined(where, key)}: {who}'s {key} {error}")
    return cls(**taken)


def no_others(
    table: Iterable[str], known: Iterable[str], where: str, who: str, faults: list[str], what: str = "key"
) -> None:
    """Add a line to ``faults`` for each key of ``table`` that is none of the ``known``."""
    known = list(known)
    there = f"; it has {', '.join(known) or 'none'}"
    for key in table:
        if key not in known:
            # To look for what was meant takes longest, and of so many no more are told.
            hint = "" if len(faults) >= MOST_FAULTS else did_you_mean(key, known) or there
            faults.append(f"{joined(where, key)}: {who} has no {what} '{key}'{hint}")


def joined(where: str, key: str) -> str:
    """The key path of ``key`` in the table at ``where``."""
    return f"{where}.{key}" if where else key


def _box(value: Any) -> tuple[tuple[float, float], ...]:
    wrong = ValueError(f"must be one or two [low, high] pairs with low < high, got {shown(value)}")
    try:
        pairs: list[list[float]] = [[number(x, -1e6, 1e6) for x in pair] for pair in value]
    except TypeError:
        raise wrong from None
    if not 1 <= len(pairs) <= 2 or any(len(pair) != 2 or pair[0] >= pair[1] for pair in pairs):
        raise wrong
    return tuple((low, high) for low, high in pairs)


def one_line(text: str) -> str:
    """``text`` as a line that can be printed."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:LONGEST_LINE])
    return line if len(line) <= LONGEST_LINE and len(text) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def shown(value: Any) -> str:
    """``value`` for a message, as code writes it."""
    try:
        return repr(value)
    except ValueError:  # Python refuses to write thousands of digits, in a list too
        return "a number of thousands of digits"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the known name that libraries call so or the nearest one, or nothing."""
    known = list(known)
    near = [other for other in ELSEWHERE.get(name.lower(), ()) if other in known]
    near = near or resembling(name, known, 0.5)
    return f"; did you mean '{near[0]}'?" if near else ""


def resembling(name: str, known: Iterable[str], share: float = 0.6) -> list[str]:
    """The one of the ``known`` names most like ``name``, by at least that share of their letters, or nothing."""
    from difflib import get_close_matches  # only where something is misspelt: it costs start-up time

    return get_close_matches(name.lower(), known, n=1, cutoff=share)
