"""Michalewicz' function: plains cut by narrow ditches."""

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Michalewicz(Landscape):
    """Ditches along each axis, the steeper for a high power (m = 10); the minimum is where the two deepest cross."""

    title = "Michalewicz"
    source = "Michalewicz 1992, Genetic Algorithms + Data Structures = Evolution Programs; m = 10, in two dimensions"
    formula_text = "f = −sin x·sin²⁰(x²/π) − sin y·sin²⁰(2y²/π)"
    story = "On the plain there is no slope to follow; once in a ditch, one coordinate is settled."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return -_ditch(x, 1.0)[0] - _ditch(y, 2.0)[0]

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return -_ditch(x, 1.0)[1], -_ditch(y, 2.0)[1]

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return -_ditch(x, 1.0)[2], 0.0, -_ditch(y, 2.0)[2]

    def facts(self) -> Facts:
        starts = ((1.7, 2.2), (2.6, 1.9), (1.9, 1.2), (2.4, 2.9))
        minima = (Minimum((2.2029055201726093, pi / 2.0), -1.8013034100985525),)
        return Facts(((0.0, pi), (0.0, pi)), starts, 0.01, minima, lower_outside=True)


def _ditch(x: Any, i: float) -> tuple[Any, Any, Any]:
    """sin x·sin²⁰(i·x²/π) and its first two derivatives."""
    w, dw, d2w = (i / pi) * x * x, (2.0 * i / pi) * x, 2.0 * i / pi
    s, c, sx, cx = np.sin(w), np.cos(w), np.sin(x), np.cos(x)
    s2 = s * s
    s18 = s2 * _eighth(s2)
    s19, s20 = s18 * s, s18 * s2
    slope = 20.0 * s19 * c * dw
    bend = 20.0 * ((19.0 * s18 * c * c - s20) * dw * dw + s19 * c * d2w)
    return sx * s20, cx * s20 + sx * slope, sx * (bend - s20) + 2.0 * cx * slope


def _eighth(x: Any) -> Any:
    x = x * x
    x = x * x
    return x * x
