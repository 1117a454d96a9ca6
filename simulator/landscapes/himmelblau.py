"""Himmelblau's function: four equal minima."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Himmelblau(Landscape):
    """Four minima of loss 0 around a hilltop: which one a racer ends in depends on the method as much as the start."""

    title = "Himmelblau"
    source = "Himmelblau 1972, Applied Nonlinear Programming"
    formula_text = "f = (x² + y − 11)² + (x + y² − 7)²"
    story = "From the hilltop a hair's breadth decides which of four valleys a method takes."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        u, v = x * x + y - 11.0, y * y + x - 7.0
        return u * u + v * v

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        u, v = x * x + y - 11.0, y * y + x - 7.0
        u, v = u + u, v + v
        xu, yv = x * u, y * v
        return xu + xu + v, yv + yv + u

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 12.0 * x * x + 4.0 * y - 42.0, 4.0 * (x + y), 12.0 * y * y + 4.0 * x - 26.0

    def facts(self) -> Facts:
        starts = ((-0.27, -0.92), (0.5, 5.0), (-5.0, -0.5), (5.0, -4.5))
        minima = (
            Minimum((3.0, 2.0), 0.0),
            Minimum((-2.805118086952745, 3.131312518250573), 0.0),
            Minimum((-3.779310253377747, -3.283185991286170), 0.0),
            Minimum((3.584428340330492, -1.848126526964404), 0.0),
        )
        return Facts(((-6.0, 6.0), (-6.0, 6.0)), starts, 0.01, minima)
