"""Branin's function: three equal minima, none of them 0."""

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum

A, B = 5.1 / (4.0 * pi * pi), 5.0 / pi
WAVE = 10.0 * (1.0 - 1.0 / (8.0 * pi))


@dataclass(frozen=True)
class Branin(Landscape):
    """A curved valley with a wave along it: three equal minima of loss 0.397887 = 5/(4π)."""

    title = "Branin"
    source = "Branin 1972, Widely Convergent Method for Finding Multiple Solutions of Simultaneous Nonlinear Equations"
    formula_text = "f = (y − 5.1x²/(4π²) + 5x/π − 6)² + 10·(1 − 1/(8π))·cos x + 10"
    story = "Three equal valleys, and a lowest loss that is not 0: what counts is how far above it one is."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        u = y - x * (A * x - B) - 6.0
        return u * u + WAVE * np.cos(x) + 10.0

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        u = 2.0 * (y - x * (A * x - B) - 6.0)
        return u * (B - 2.0 * A * x) - WAVE * np.sin(x), u

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, du = y - x * (A * x - B) - 6.0, B - 2.0 * A * x
        return 2.0 * du * du - 4.0 * A * u - WAVE * np.cos(x), 2.0 * du, 2.0

    def facts(self) -> Facts:
        starts = ((2.5, 12.5), (6.2, 1.0), (-0.5, 6.0), (-4.5, 1.0))
        places = ((-pi, 12.275), (pi, 2.275), (3.0 * pi, 2.475))
        minima = tuple(Minimum(theta, 10.0 - WAVE) for theta in places)
        return Facts(((-5.0, 10.0), (0.0, 15.0)), starts, 0.03, minima)
