"""Two wells: a shallow one in the way, a deeper one behind."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class TwoWells(Landscape):
    """A bowl with two Gaussian pits, the left one deeper: who climbs out of the wrong one?"""

    title = "Two wells"
    source = "Dupont 2018, Optimization Algorithms Visualization"
    formula_text = "f = x² + y² − 2·exp(−5·((x − 1)² + y²)) − 3·exp(−5·((x + 1)² + y²))"
    story = "From the right, plain descent ends in the shallow well; enough momentum carries over to the deep one."
    family = "teaching"

    def f(self, x: Any, y: Any) -> Any:
        shallow, deep = _pits(x - 1.0, x + 1.0, y * y)
        return x * x + y * y - shallow - deep

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        right, left = x - 1.0, x + 1.0
        shallow, deep = _pits(right, left, y * y)
        return x + x + 10.0 * (right * shallow + left * deep), y * (2.0 + 10.0 * (shallow + deep))

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        right, left = x - 1.0, x + 1.0
        shallow, deep = _pits(right, left, y * y)
        both = 2.0 + 10.0 * (shallow + deep)
        fxx = both - 100.0 * (right * right * shallow + left * left * deep)
        fxy = -100.0 * y * (right * shallow + left * deep)
        return fxx, fxy, both - 100.0 * y * y * (shallow + deep)

    def facts(self) -> Facts:
        starts = ((1.6, 1.1), (-1.5, 1.4), (0.2, -1.6), (1.9, -0.4))
        minima = (
            Minimum((-0.9363006340109187, 0.0), -2.0630902517681946),
            Minimum((0.905317899160115, 0.0), -1.0927319992017408, "local"),
        )
        return Facts(((-2.0, 2.0), (-2.0, 2.0)), starts, 0.03, minima)


def _pits(right: Any, left: Any, yy: Any) -> tuple[Any, Any]:
    """The two Gaussians: shallow around (1, 0), deep around (−1, 0)."""
    return 2.0 * np.exp(-5.0 * (right * right + yy)), 3.0 * np.exp(-5.0 * (left * left + yy))
