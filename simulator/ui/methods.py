"""The optimizers that can join a race: as a list to choose from, and at a rate."""

from __future__ import annotations

from dataclasses import replace

from simulator.handbook import ordered, summary
from simulator.landscape import Landscape
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError, params
from simulator.ui.chooser import Entry, why_not


def methods() -> list[Entry]:
    """All optimizers, family by family, each in order of year."""
    return [Entry(cls.name, cls.title, cls.family, str(cls.year), summary(cls)) for cls in ordered("optimizer")]


def obstacles(landscape: Landscape) -> dict[str, str]:
    """Which optimizers cannot race on ``landscape``, and why."""
    return {name: why for name, cls in OPTIMIZERS.items() if (why := why_not(cls, landscape))}


def at_rate(optimizer: Optimizer, lr: float) -> Optimizer:
    """``optimizer`` at ``lr``, or RaceError where its range does not hold it."""
    try:
        return replace(optimizer, lr=params(type(optimizer))["lr"].coerce(lr))
    except ValueError as error:
        raise RaceError([f"{optimizer.title}'s η {error}"]) from error
