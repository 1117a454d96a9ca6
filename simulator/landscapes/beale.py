"""Beale's function: flat arms between steep corners."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Beale(Landscape):
    """Slopes from nearly nothing on the arms to 10⁵ in the corners: one rate cannot suit both."""

    title = "Beale"
    source = "Beale 1958, On an Iterative Method for Finding a Local Minimum of a Function of More Than One Variable"
    formula_text = "f = (1.5 − x + x·y)² + (2.25 − x + x·y²)² + (2.625 − x + x·y³)²"
    story = "The steep corner sets the rate, and on the flat arm that rate crawls."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        p, q, r = _parts(x, y, y * y)
        return p * p + q * q + r * r

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        yy = y * y
        p, q, r = _parts(x, y, yy)
        fx = p * (y - 1.0) + q * (yy - 1.0) + r * (y * yy - 1.0)
        fy = x * (p + y * (q + q) + (3.0 * yy) * r)
        return fx + fx, fy + fy

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        yy, xx = y * y, x * x
        p, q, r = _parts(x, y, yy)
        px, qx, rx = y - 1.0, yy - 1.0, y * yy - 1.0
        fxy = x * (px + 2.0 * y * qx + 3.0 * yy * rx) + p + 2.0 * y * q + 3.0 * yy * r
        fyy = xx * (1.0 + 4.0 * yy + 9.0 * yy * yy) + x * (2.0 * q + 6.0 * y * r)
        return 2.0 * (px * px + qx * qx + rx * rx), 2.0 * fxy, 2.0 * fyy

    def facts(self) -> Facts:
        starts = ((-3.0, 2.0), (1.0, 1.5), (4.0, -1.0), (-4.0, -1.0))
        return Facts(((-4.5, 4.5), (-4.5, 4.5)), starts, 5e-4, (Minimum((3.0, 0.5), 0.0),))


def _parts(x: Any, y: Any, yy: Any) -> tuple[Any, Any, Any]:
    """The three terms that are squared and summed."""
    return x * (y - 1.0) + 1.5, x * (yy - 1.0) + 2.25, x * (y * yy - 1.0) + 2.625
