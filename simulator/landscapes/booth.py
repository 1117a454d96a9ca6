"""Booth's function: a tilted, gently elongated bowl."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Booth(Landscape):
    """A convex quadratic of condition number 9 whose axes lie along the diagonals."""

    title = "Booth"
    source = "Jamil & Yang 2013, A Literature Survey of Benchmark Functions"
    formula_text = "f = (x + 2y − 7)² + (2x + y − 5)²"
    story = "A tilted bowl: one rate per coordinate does not help, as no coordinate lies along the valley."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        u, v = x + 2.0 * y - 7.0, 2.0 * x + y - 5.0
        return u * u + v * v

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return 10.0 * x + 8.0 * y - 34.0, 8.0 * x + 10.0 * y - 38.0

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 10.0, 8.0, 10.0

    def facts(self) -> Facts:
        starts = ((-8.0, 7.0), (9.0, 5.0), (-4.0, -9.0))
        return Facts(((-10.0, 10.0), (-10.0, 10.0)), starts, 0.05, (Minimum((1.0, 3.0), 0.0),))
