"""Matyas' function: a shallow ravine along the diagonal."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Matyas(Landscape):
    """A convex quadratic: curvature 0.04 along the diagonal, 1 across it."""

    title = "Matyas"
    source = "Matyas 1965, Random Optimization; Jamil & Yang 2013, A Literature Survey of Benchmark Functions"
    formula_text = "f = 0.26·(x² + y²) − 0.48·x·y"
    story = "Everything is so shallow that a rate of 1 is right, and the usual 0.001 would not move."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return 0.26 * (x * x + y * y) - 0.48 * x * y

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return 0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 0.52, -0.48, 0.52

    def facts(self) -> Facts:
        starts = ((-9.0, -7.5), (8.0, 3.0), (-2.0, 9.0))
        return Facts(((-10.0, 10.0), (-10.0, 10.0)), starts, 1.0, (Minimum((0.0, 0.0), 0.0),))
