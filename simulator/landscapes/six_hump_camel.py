"""The six-hump camel: six valleys, two of them lowest, opposite one another."""

from dataclasses import dataclass, replace
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class SixHumpCamel(Landscape):
    """Turned by half a circle it is the same: minima come in pairs (x, y) and (−x, −y) of opposite signs."""

    title = "Six-hump camel"
    source = "Branin 1972, Widely Convergent Method for Finding Multiple Solutions of Simultaneous Nonlinear Equations"
    formula_text = "f = (4 − 2.1x² + x⁴/3)·x² + x·y + (4y² − 4)·y²"
    story = "Six valleys side by side: the nearest is seldom one of the two lowest."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        xx, yy = x * x, y * y
        return xx * (4.0 + xx * (xx / 3.0 - 2.1)) + x * y + 4.0 * yy * (yy - 1.0)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        xx = x * x
        return x * (8.0 + xx * (2.0 * xx - 8.4)) + y, x + y * (16.0 * y * y - 8.0)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        xx = x * x
        return 8.0 + xx * (10.0 * xx - 25.2), 1.0, 48.0 * y * y - 8.0

    def facts(self) -> Facts:
        starts = ((1.6, 0.9), (-0.5, 0.15), (-1.9, -0.9), (0.9, -0.1))
        half = (
            Minimum((0.08984201310031806, -0.7126564030207396), -1.0316284534898774),
            Minimum((1.703606714969981, -0.7960835686726251), -0.21546382438371764, "local"),
            Minimum((1.6071047529201972, 0.5686514548841314), 2.1042503103112584, "local"),
        )
        minima = (*half, *(replace(m, theta=(-m.theta[0], -m.theta[1])) for m in half))
        return Facts(((-2.0, 2.0), (-1.0, 1.0)), starts, 0.02, minima)
