"""What the chart of rates says in words. No Qt."""

from __future__ import annotations

import math

from simulator.studies.robustness import Measure, Robustness
from simulator.words import count_text, short_text


def share_text(share: float) -> str:
    """A share of the start's gap."""
    return f"{100.0 * share:g} %" if share >= 1e-3 else f"10⁻{'⁴' if share == 1e-4 else '⁶'}"


def width_text(decades: float) -> str:
    """How wide a range of rates is."""
    return f"{decades:.2f} dec."


def point_text(result: Robustness, entrant: int, column: int) -> str:
    """What a racer comes to at a rate."""
    rate = float(result.rates[entrant, column])
    who = f"{result.race.entrants[entrant].label} at η = {short_text(rate)}"
    if not result.known[entrant, column]:
        return f"{who}: not raced yet"
    value = float(result.final[entrant, column])
    several = len(result.race.starts) > 1
    if math.isinf(value):
        return f"{who}: {'most starts diverge' if several else 'diverges'}"
    what = f"f = {short_text(value)}" if result.floor is None else f"f − f* = {short_text(value - result.floor)}"
    parts = [f"{what} after {count_text(result.race.steps)} steps{', the median of the starts' if several else ''}"]
    if result.left[entrant, column]:
        parts.append("outside the box, where lower values do not count")
    if result.has_goal:
        steps, grads = (float(result.values(m)[entrant, column]) for m in ("steps", "evaluations"))
        goal = f"{share_text(result.share)} of the start's gap"
        near = f"{goal} at step {count_text(steps)} ({count_text(grads)} gradients)"
        parts.append(near if math.isfinite(steps) else f"never at {goal}")
    return f"{who}: {'; '.join(parts)}"


def range_text(result: Robustness, entrant: int, measure: Measure) -> str:
    """How wide a range of rates works for a racer."""
    label, span = result.race.entrants[entrant].label, result.span(entrant, measure)
    if span is None:
        return f"{label}: no rate works"
    width = float(result.widths(measure)[entrant])
    return f"{label}: {width:.2f} decades work, from η = {short_text(span[0])} to {short_text(span[1])}"


def summary(result: Robustness, measure: Measure, hidden: frozenset[int]) -> str:
    """All of it, for who cannot see the chart."""
    shown = [e for e, entrant in enumerate(result.race.entrants) if entrant.stream not in hidden]
    return "\n".join(f"{range_text(result, e, measure)}. {point_text(result, e, 0)}." for e in shown)
