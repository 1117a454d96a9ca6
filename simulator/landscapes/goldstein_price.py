"""The Goldstein–Price function: losses from 3 to a million."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class GoldsteinPrice(Landscape):
    """The product of two polynomials, each of which only depends on one slanted coordinate and is at least 1 and 3.

    Gradients reach 10⁵, so a rate that survives the walls is a thousandth of what the valley's floor would bear.
    """

    title = "Goldstein–Price"
    source = "Goldstein & Price 1971, On Descent from Local Minima"
    formula_text = (
        "f = [1 + (x + y + 1)²·(19 − 14x + 3x² − 14y + 6xy + 3y²)]\n"
        "  · [30 + (2x − 3y)²·(18 − 32x + 12x² + 48y − 36xy + 27y²)]"
    )
    story = "The walls are so steep that plain descent needs a rate of a millionth, and then the floor takes for ever."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return _a(x + y) * _b(2.0 * x - 3.0 * y)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        s, r = x + y, 2.0 * x - 3.0 * y
        along, across = _da(s) * _b(r), _a(s) * _db(r)
        return along + 2.0 * across, along - 3.0 * across

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        s, r = x + y, 2.0 * x - 3.0 * y
        ss, sr, rr = _d2a(s) * _b(r), _da(s) * _db(r), _a(s) * _d2b(r)
        return ss + 4.0 * (sr + rr), ss - sr - 6.0 * rr, ss - 6.0 * sr + 9.0 * rr

    def facts(self) -> Facts:
        starts = ((-1.2, 0.8), (1.7, -1.5), (-0.9, -1.8), (0.5, 1.2))
        minima = (
            Minimum((0.0, -1.0), 3.0),
            Minimum((-0.6, -0.4), 30.0, "local"),
            Minimum((1.8, 0.2), 84.0, "local"),
            Minimum((1.2, 0.8), 840.0, "local"),
        )
        return Facts(((-2.0, 2.0), (-2.0, 2.0)), starts, 2e-6, minima)


# The first factor depends on s = x + y alone, the second on r = 2x − 3y.


def _a(s: Any) -> Any:
    return 1.0 + (s + 1.0) ** 2 * (19.0 + s * (3.0 * s - 14.0))


def _da(s: Any) -> Any:
    return 12.0 * (s + 1.0) * (s - 1.0) * (s - 2.0)


def _d2a(s: Any) -> Any:
    return 12.0 * (s * (3.0 * s - 4.0) - 1.0)


def _b(r: Any) -> Any:
    return 30.0 + r * r * (18.0 + r * (3.0 * r - 16.0))


def _db(r: Any) -> Any:
    return 12.0 * r * (r - 1.0) * (r - 3.0)


def _d2b(r: Any) -> Any:
    return 12.0 * (r * (3.0 * r - 8.0) + 3.0)
