"""The bounded saddle: the same saddle with two valleys to leave it for."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class BoundedSaddle(Landscape):
    """f = x² − y² + y⁴/4: at the origin the saddle's own curvatures, and a finish line at y = ±√2."""

    title = "Bounded saddle"
    source = "The saddle with a quartic floor"
    formula_text = "f = x² − y² + y⁴/4"
    story = "The saddle holds everyone for a while; the loss curve's plateau shows how long."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        yy = y * y
        return x * x + yy * (0.25 * yy - 1.0)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x + x, y * (y * y - 2.0)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 2.0, 0.0, 3.0 * y * y - 2.0

    def facts(self) -> Facts:
        starts = ((-2.5, 0.01), (2.0, -0.1), (-1.5, 1e-4))
        minima = (Minimum((0.0, sqrt(2.0)), -1.0), Minimum((0.0, -sqrt(2.0)), -1.0))
        return Facts(((-3.0, 3.0), (-3.0, 3.0)), starts, 0.05, minima)
