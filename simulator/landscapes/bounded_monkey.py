"""The bounded monkey saddle: the same saddle with a minimum in each of its valleys."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class BoundedMonkey(Landscape):
    """f = x³ − 3xy² + (x² + y²)²/4: at the origin the monkey saddle, and three equal minima at a distance of 3."""

    title = "Bounded monkey saddle"
    source = "The monkey saddle with a quartic floor"
    formula_text = "f = x³ − 3·x·y² + (x² + y²)²/4"
    story = "Down the ridge to a point where nothing pulls; then which of three valleys?"
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        xx, yy = x * x, y * y
        rr = xx + yy
        return x * (xx - 3.0 * yy) + 0.25 * rr * rr

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        xx, yy = x * x, y * y
        rr = xx + yy
        return 3.0 * (xx - yy) + x * rr, y * (rr - 6.0 * x)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        xx, yy = x * x, y * y
        rr = xx + yy
        return 6.0 * x + rr + 2.0 * xx, 2.0 * y * (x - 3.0), rr + 2.0 * yy - 6.0 * x

    def facts(self) -> Facts:
        starts = ((2.5, 0.05), (-1.2, 2.2), (0.1, -0.03), (-4.0, -3.0))
        minima = tuple(
            Minimum(theta, -6.75) for theta in ((-3.0, 0.0), (1.5, 1.5 * sqrt(3.0)), (1.5, -1.5 * sqrt(3.0)))
        )
        return Facts(((-4.5, 4.5), (-4.5, 4.5)), starts, 0.02, minima)
