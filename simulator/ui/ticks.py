"""Where axes end, where their ticks stand and how numbers are written. No Qt."""

from __future__ import annotations

import math

STAGES = (1, 1.5, 2, 3, 5, 7)
"""Ends of a growing axis, times a power of ten: each about half as much again as the one before."""

AT_ONCE = 600
"""Races up to this long show their whole length from the start, so that nothing moves while they run."""

SPANS = (2, 4, 6, 9, 12, 16)
"""Decades a logarithmic axis shows: it grows from one to the next."""


def above(reached: float) -> float:
    """The end of a growing axis on which ``reached``, above zero, has room."""
    reached = min(max(reached, 1e-300), 1e300)
    power = 10.0 ** math.floor(math.log10(reached))
    return next(m * p for p in (power, 10.0 * power) for m in STAGES if m * p >= reached)


def stage(reached: float) -> int:
    """The same in whole steps."""
    return int(above(max(reached, 1.0)))


def axis_end(reached: float, whole: int) -> int:
    """Where the axis of a race of length ``whole`` ends when ``reached`` of it has been run.

    A long race grows in stages, lest its beginning be a sliver for minutes; so does what exceeds ``whole``.
    """
    if reached > whole:
        return stage(reached)
    return whole if whole <= AT_ONCE else min(whole, stage(max(reached, AT_ONCE)))


def span(decades: float) -> int:
    """How many decades to show when ``decades`` are wanted, at most the last of `SPANS`."""
    return next((s for s in SPANS if s >= decades), SPANS[-1])


def linear_ticks(end: float, most: int, begin: float = 0.0) -> list[float]:
    """At most about ``most`` round numbers from ``begin`` to ``end``, whole ones where these are at least 5 apart."""
    if end <= begin:
        return [begin]
    raw = (end - begin) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    if end - begin >= 5.0:
        step = max(step, 1.0)
    return [k * step for k in range(math.ceil(begin / step - 1e-9), math.floor(end / step + 1e-9) + 1)]


def decade_step(decades: int, most: int) -> int:
    """Every how many decades to write a number so that at most about ``most`` stand on the axis."""
    return next((n for n in (1, 2, 3, 5, 10) if decades / n <= most), 20)


SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_text(exponent: int) -> str:
    """``10**exponent``, written short."""
    return f"{10.0**exponent:g}" if -2 <= exponent <= 2 else "10" + str(exponent).translate(SUPERSCRIPT)
