"""Griewank's function: dimples on a bowl so shallow that it hardly tells them apart."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum

SLOW = 1.0 / sqrt(2.0)


@dataclass(frozen=True)
class Griewank(Landscape):
    """Local minima on a slanted grid, of losses 0.007, 0.010, 0.020 … around the lowest.

    The usual view of ±600 hides the dimples; in this one the bowl is hidden.
    """

    title = "Griewank"
    source = "Griewank 1981, Generalized Descent for Global Optimization; in two dimensions"
    formula_text = "f = 1 + (x² + y²)/4000 − cos x·cos(y/√2)"
    story = "Every dimple looks like the lowest; only 0.007 separates the best from the next."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return (x * x + y * y) / 4000.0 + (1.0 - np.cos(x) * np.cos(SLOW * y))

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x / 2000.0 + np.sin(x) * np.cos(SLOW * y), y / 2000.0 + SLOW * np.cos(x) * np.sin(SLOW * y)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        both = np.cos(x) * np.cos(SLOW * y)
        return 0.0005 + both, -SLOW * np.sin(x) * np.sin(SLOW * y), 0.0005 + 0.5 * both

    def facts(self) -> Facts:
        starts = ((-7.0, 6.0), (1.3, 1.1), (4.5, -7.5), (8.2, 2.5))
        return Facts(((-10.0, 10.0), (-10.0, 10.0)), starts, 0.5, (Minimum((0.0, 0.0), 0.0),))
