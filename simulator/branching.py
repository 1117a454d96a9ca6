"""Where the path of a fork is its own: up to there it is drawn as its original's, once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.entrant import SETTINGS, Entrant
from simulator.race import Race

Array = NDArray[np.float64]


def begins(race: Race, hidden: frozenset[int] = frozenset()) -> list[int]:
    """For each entrant the step at which what is drawn of it begins: a fork's own, while a racer before it that is not
    ``hidden`` (by stream) goes the same way up to there; otherwise 0."""
    found: list[int] = []
    for i, entrant in enumerate(race.entrants):
        fork = entrant.forked
        there = fork is not None and any(
            other.stream not in hidden and _past(race, other, fork.step) == _past(race, entrant, fork.step)
            for other in race.entrants[:i]
        )
        found.append(fork.step if fork is not None and there else 0)
    return found


def unforkable(race: Race, step: int) -> str:
    """Why no racer can be forked at ``step``; "" where one can."""
    if 0 < step < race.steps:
        return ""
    where = "at the start" if step == 0 else "at the end"
    return f"The race stands {where}: go to a step in between to fork a racer there."


def _past(race: Race, entrant: Entrant, step: int) -> tuple[Any, ...]:
    """All that decides its path up to ``step``."""
    legs = ((k, *(getattr(leg, key) for key in SETTINGS)) for k, leg in entrant.legs if k < step)
    return None if race.noise.shared else entrant.noise_stream, *legs


def own(points: Array, rows: NDArray[np.intp], first: list[int]) -> Array:
    """``points`` (rows, tracks, 2) without what lies before the row at which each entrant's tracks begin: NaN there."""
    if not any(first):
        return points
    begin = np.repeat(first, points.shape[1] // len(first))
    return np.where((rows[:, None] < begin)[..., None], np.nan, points)
