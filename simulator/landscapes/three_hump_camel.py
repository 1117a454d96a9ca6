"""The three-hump camel: a valley between two false ones."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class ThreeHumpCamel(Landscape):
    """Three valleys in a row along a tilted line; the one in the middle is the lowest."""

    title = "Three-hump camel"
    source = "Branin 1972, Widely Convergent Method for Finding Multiple Solutions of Simultaneous Nonlinear Equations"
    formula_text = "f = 2x² − 1.05x⁴ + x⁶/6 + x·y + y²"
    story = "From either side a false valley comes first; only a racer that rolls on finds the middle one."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        xx = x * x
        return xx * (2.0 + xx * (xx / 6.0 - 1.05)) + y * (x + y)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        xx = x * x
        return x * (4.0 + xx * (xx - 4.2)) + y, x + y + y

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        xx = x * x
        return 4.0 + xx * (5.0 * xx - 12.6), 1.0, 2.0

    def facts(self) -> Facts:
        # With y = −x/2 the slope along x is x·(x⁴ − 4.2x² + 3.5).
        x = sqrt(2.1 + sqrt(0.91))
        high = self.f(x, -x / 2.0)
        minima = (
            Minimum((0.0, 0.0), 0.0),
            Minimum((x, -x / 2.0), high, "local"),
            Minimum((-x, x / 2.0), high, "local"),
        )
        starts = ((-2.0, 1.5), (2.1, 0.5), (-1.0, -4.0), (1.2, 3.5))
        return Facts(((-5.0, 5.0), (-5.0, 5.0)), starts, 0.02, minima)
