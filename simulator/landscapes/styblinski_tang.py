"""The Styblinski–Tang function: four wells, one of them lowest."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class StyblinskiTang(Landscape):
    """The same quartic in each coordinate: who takes the wrong well of one coordinate loses 14."""

    title = "Styblinski–Tang"
    source = "Styblinski & Tang 1990, Experiments in Nonconvex Optimization; in two dimensions"
    formula_text = "f = (x⁴ − 16x² + 5x + y⁴ − 16y² + 5y)/2"
    story = "Four wells and one hilltop: the coordinates decide one by one, and both must turn left."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return _well(x) + _well(y)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return _slope(x), _slope(y)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 6.0 * x * x - 16.0, 0.0, 6.0 * y * y - 16.0

    def facts(self) -> Facts:
        deep, shallow = -2.903534027771177, 2.746802770990837
        minima = (
            Minimum((deep, deep), 2.0 * _well(deep)),
            Minimum((deep, shallow), _well(deep) + _well(shallow), "local"),
            Minimum((shallow, deep), _well(deep) + _well(shallow), "local"),
            Minimum((shallow, shallow), 2.0 * _well(shallow), "local"),
        )
        starts = ((0.3, 0.3), (0.1, -4.5), (4.5, 0.05), (-0.2, 4.0))
        return Facts(((-5.0, 5.0), (-5.0, 5.0)), starts, 0.01, minima)


def _well(x: Any) -> Any:
    xx = x * x
    return 0.5 * (xx * (xx - 16.0) + 5.0 * x)


def _slope(x: Any) -> Any:
    return x * (2.0 * x * x - 16.0) + 2.5
