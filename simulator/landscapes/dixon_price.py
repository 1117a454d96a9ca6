"""The Dixon–Price function: a valley along a parabola that forks."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class DixonPrice(Landscape):
    """The floor follows x = 2y², which looks the same above and below: two minima, a saddle between them."""

    title = "Dixon–Price"
    source = "Dixon & Price 1989, The Truncated Newton Method for Sparse Unconstrained Optimisation; in two dimensions"
    formula_text = "f = (x − 1)² + 2·(2y² − x)²"
    story = "The valley forks at the origin: who comes down beside the axis must choose up or down."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        u, v = x - 1.0, 2.0 * y * y - x
        return u * u + 2.0 * v * v

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        v = 4.0 * (2.0 * y * y - x)
        return 2.0 * (x - 1.0) - v, 4.0 * y * v

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 6.0, -16.0 * y, 16.0 * (6.0 * y * y - x)

    def facts(self) -> Facts:
        starts = ((-2.0, 2.5), (-2.5, 0.05), (2.5, -2.0), (-1.5, -0.4))
        minima = (Minimum((1.0, sqrt(0.5)), 0.0), Minimum((1.0, -sqrt(0.5)), 0.0))
        return Facts(((-3.0, 3.0), (-3.0, 3.0)), starts, 0.003, minima)
