"""Bohachevsky's first function: a bowl with small dimples."""

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum

P, Q = 3.0 * pi, 4.0 * pi


@dataclass(frozen=True)
class Bohachevsky(Landscape):
    """Far out the bowl is steep enough to sweep over the dimples; near the minimum they become traps."""

    title = "Bohachevsky no. 1"
    source = "Bohachevsky, Johnson & Stein 1986, Generalized Simulated Annealing for Function Optimization"
    formula_text = "f = x² + 2y² − 0.3·cos 3πx − 0.4·cos 4πy + 0.7"
    story = "Small dimples hold plain descent just short of the bottom; momentum may roll over some."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return x * x + 2.0 * y * y + (0.3 - 0.3 * np.cos(P * x)) + (0.4 - 0.4 * np.cos(Q * y))

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x + x + (0.3 * P) * np.sin(P * x), 4.0 * y + (0.4 * Q) * np.sin(Q * y)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 2.0 + (0.3 * P * P) * np.cos(P * x), 0.0, 4.0 + (0.4 * Q * Q) * np.cos(Q * y)

    def facts(self) -> Facts:
        starts = ((-4.0, 3.0), (3.7, -4.2), (0.8, 0.6))
        return Facts(((-5.0, 5.0), (-5.0, 5.0)), starts, 0.01, (Minimum((0.0, 0.0), 0.0),))
