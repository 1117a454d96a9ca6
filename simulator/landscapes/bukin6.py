"""Bukin's function no. 6: the bottom of the valley is a crease."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.kinks import reciprocal
from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Bukin6(Landscape):
    """The slope towards the crease y = x²/100 grows without bound, the one along it is 0.01.

    On the crease and on x = −10 there is no derivative; it counts as 0.
    """

    title = "Bukin no. 6"
    source = "Bukin 1997, New Minimization Strategy for Non-Smooth Functions"
    formula_text = "f = 100·√|y − 0.01x²| + 0.01·|x + 10|"
    story = "Everyone jumps to and fro over the crease; only a rate that falls to 0 settles in it."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return 100.0 * np.sqrt(np.abs(y - 0.01 * x * x)) + 0.01 * np.abs(x + 10.0)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        fy, _ = _crease(x, y)
        return -0.02 * x * fy + 0.01 * np.sign(x + 10.0), fy

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        fy, fyy = _crease(x, y)
        tilt = -0.02 * x
        return tilt * tilt * fyy - 0.02 * fy, tilt * fyy, fyy

    def facts(self) -> Facts:
        starts = ((-13.0, 2.5), (-6.0, -2.0), (-7.5, 1.5))
        return Facts(((-15.0, -5.0), (-3.0, 3.0)), starts, 1e-4, (Minimum((-10.0, 1.0), 0.0, shape="kink"),))


def _crease(x: Any, y: Any) -> tuple[Any, Any]:
    """First and second derivative across the crease, along y."""
    u = y - 0.01 * x * x
    once = reciprocal(np.sqrt(np.abs(u)))
    return 50.0 * np.sign(u) * once, -25.0 * once * once * once
