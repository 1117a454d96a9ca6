"""Lévy's function no. 13: ripples on a bowl."""

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Levy13(Landscape):
    """A bowl around (1, 1) whose ripples grow with the distance: curvature 180 at the minimum, thousands outwards."""

    title = "Lévy no. 13"
    source = "Lévy & Montalvo 1985, The Tunneling Algorithm for the Global Minimization of Functions"
    formula_text = "f = sin²(3πx) + (x − 1)²·(1 + sin²(3πy)) + (y − 1)²·(1 + sin²(2πy))"
    story = "From afar a bowl, from near a washboard: hundreds of small valleys, all leaning towards one."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        p, q, r = np.sin(3.0 * pi * x), np.sin(3.0 * pi * y), np.sin(2.0 * pi * y)
        u, v = x - 1.0, y - 1.0
        return p * p + u * u * (1.0 + q * q) + v * v * (1.0 + r * r)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        q, r = np.sin(3.0 * pi * y), np.sin(2.0 * pi * y)
        u, v = x - 1.0, y - 1.0
        fx = 3.0 * pi * np.sin(6.0 * pi * x) + 2.0 * u * (1.0 + q * q)
        ripples = u * u * (3.0 * pi) * np.sin(6.0 * pi * y) + v * v * (2.0 * pi) * np.sin(4.0 * pi * y)
        return fx, ripples + 2.0 * v * (1.0 + r * r)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        q, r = np.sin(3.0 * pi * y), np.sin(2.0 * pi * y)
        u, v = x - 1.0, y - 1.0
        fxx = 18.0 * pi * pi * np.cos(6.0 * pi * x) + 2.0 * (1.0 + q * q)
        ripples = u * u * (18.0 * pi * pi) * np.cos(6.0 * pi * y) + v * v * (8.0 * pi * pi) * np.cos(4.0 * pi * y)
        fyy = ripples + 8.0 * pi * v * np.sin(4.0 * pi * y) + 2.0 * (1.0 + r * r)
        return fxx, 6.0 * pi * u * np.sin(6.0 * pi * y), fyy

    def facts(self) -> Facts:
        starts = ((-4.0, 5.0), (1.6, 2.3), (7.3, -6.1), (-8.2, -3.4))
        return Facts(((-10.0, 10.0), (-10.0, 10.0)), starts, 2e-4, (Minimum((1.0, 1.0), 0.0),))
