"""Rastrigin's function: a bowl full of dimples."""

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum

TURN = 2.0 * pi


@dataclass(frozen=True)
class Rastrigin(Landscape):
    """A local minimum near every pair of whole numbers; only the one at (0, 0) is the lowest."""

    title = "Rastrigin"
    source = "Rastrigin 1974, Systems of Extremal Control; in two dimensions"
    formula_text = "f = 20 + x² + y² − 10·cos 2πx − 10·cos 2πy"
    story = "Plain descent falls into the next dimple; noise or momentum may roll on."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return x * x - 10.0 * np.cos(TURN * x) + (y * y - 10.0 * np.cos(TURN * y)) + 20.0

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return _slope(x), _slope(y)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return _curvature(x), 0.0, _curvature(y)

    def facts(self) -> Facts:
        starts = ((-2.0, 3.5), (3.4, 2.6), (-4.3, -3.7), (1.2, -1.3))
        return Facts(((-5.12, 5.12), (-5.12, 5.12)), starts, 0.002, (Minimum((0.0, 0.0), 0.0),))


def _slope(x: Any) -> Any:
    return x + x + (10.0 * TURN) * np.sin(TURN * x)


def _curvature(x: Any) -> Any:
    return 2.0 + (10.0 * TURN * TURN) * np.cos(TURN * x)
