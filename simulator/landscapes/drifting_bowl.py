"""A bowl that never stands still."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum
from simulator.param import param


@dataclass(frozen=True)
class DriftingBowl(Landscape):
    """f = |θ − c(t)|², its centre c going round in a circle of radius R, once in P steps.

    Who remembers much lags behind. What counts is not the loss at the end but the mean loss along the way: how well
    the target was followed.
    """

    title = "Drifting bowl"
    source = "In the spirit of Schaul, Antonoglou & Silver 2014, Unit Tests for Stochastic Optimization"
    formula_text = "f = |θ − c(t)|²,  c(t) = R·(cos 2πt/P, sin 2πt/P)"
    story = "The target goes round in a circle: momentum swings wide, plain descent cuts the corner."
    family = "moving"
    moving = True

    radius: float = param("R", 2.0, 0.0, 4.0, doc="Radius of the circle the minimum goes round in.")
    period: int = param("P", 100, 4, 100_000, "log", doc="Steps once round.", unit="steps")
    now: int = 0  # the step at which it is looked at

    @cached_property
    def centre(self) -> tuple[float, float]:
        turn = 2.0 * np.pi * self.now / self.period
        return self.radius * np.cos(turn), self.radius * np.sin(turn)

    def at(self, step: int) -> Landscape:
        return replace(self, now=step)

    def f(self, x: Any, y: Any) -> Any:
        u, v = x - self.centre[0], y - self.centre[1]
        return u * u + v * v

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return 2.0 * (x - self.centre[0]), 2.0 * (y - self.centre[1])

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 2.0, 0.0, 2.0

    def facts(self) -> Facts:
        starts = ((-4.0, 3.0), (3.5, -4.0))
        x, y = self.centre
        return Facts(((-5.0, 5.0), (-5.0, 5.0)), starts, 0.05, (Minimum((float(x), float(y)), 0.0),))
