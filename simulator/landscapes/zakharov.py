"""Zakharov's function: steep walls around a gentle floor."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Zakharov(Landscape):
    """A round bowl with a fourth power across one slanted direction: convex, curvature 2 to 4.5 at the minimum."""

    title = "Zakharov"
    source = "Jamil & Yang 2013, A Literature Survey of Benchmark Functions; in two dimensions"
    formula_text = "f = x² + y² + (x/2 + y)² + (x/2 + y)⁴"
    story = "The wall asks for a hundredth of the rate the floor would like."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        u = 0.5 * x + y
        uu = u * u
        return x * x + y * y + uu + uu * uu

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        u = 0.5 * x + y
        wall = u * (1.0 + 2.0 * u * u)
        return x + x + wall, 2.0 * (y + wall)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u = 0.5 * x + y
        wall = 1.0 + 6.0 * u * u
        return 2.0 + 0.5 * wall, wall, 2.0 + 2.0 * wall

    def facts(self) -> Facts:
        starts = ((-4.0, 8.0), (9.0, -4.0), (6.0, 2.5))
        return Facts(((-5.0, 10.0), (-5.0, 10.0)), starts, 0.005, (Minimum((0.0, 0.0), 0.0),))
