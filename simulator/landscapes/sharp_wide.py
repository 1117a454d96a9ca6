"""A sharp minimum beside a wide one: which is better?"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class SharpWide(Landscape):
    """The sharp pit is the lower one, of curvature 96; the wide one is worth more as soon as one stands a little off.

    Within a distance of 0.3 the worst loss is +0.04 around the sharp minimum and −0.90 around the wide one.
    """

    title = "Sharp against wide"
    source = "After Keskar et al. 2017, On Large-Batch Training for Deep Learning, figure 1"
    formula_text = "f = (x² + y²)/40 − 1.2·exp(−40·((x − 1.5)² + y²)) − exp(−((x + 1.5)² + y²)/2)"
    story = "The sharp pit is deeper, the wide one forgives: methods that look around choose the wide one."
    family = "teaching"

    def f(self, x: Any, y: Any) -> Any:
        sharp, wide = _pits(x, y)
        return (x * x + y * y) / 40.0 - sharp - wide

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        sharp, wide = _pits(x, y)
        both = 0.05 + 80.0 * sharp + wide
        return x * both - 120.0 * sharp + 1.5 * wide, y * both

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        sharp, wide = _pits(x, y)
        both = 0.05 + 80.0 * sharp + wide
        a, b = x - 1.5, x + 1.5
        narrow = 6400.0 * sharp
        return both - narrow * a * a - wide * b * b, -y * (narrow * a + wide * b), both - y * y * (narrow + wide)

    def facts(self) -> Facts:
        starts = ((1.8, 0.15), (-3.2, 2.0), (1.2, -0.2), (0.5, 3.0))
        minima = (
            Minimum((1.4988710778615566, 0.0), -1.1549201413233903),
            Minimum((-1.428396838006869, 0.0), -0.9464318384022233, "local"),
        )
        return Facts(((-4.0, 4.0), (-4.0, 4.0)), starts, 0.015, minima)


def _pits(x: Any, y: Any) -> tuple[Any, Any]:
    """The two Gaussians: sharp around (1.5, 0), wide around (−1.5, 0)."""
    a, b, yy = x - 1.5, x + 1.5, y * y
    return 1.2 * np.exp(-40.0 * (a * a + yy)), np.exp(-0.5 * (b * b + yy))
