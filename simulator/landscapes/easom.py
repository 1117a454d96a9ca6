"""Easom's function: a flat plain with one pit."""

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Easom(Landscape):
    """The slope dies off as exp(−r²) away from the pit at (π, π): some steps away nothing is left to follow.

    What slope is left there leads some of the way into four dents of depth 0.00008.
    """

    title = "Easom"
    source = "Easom 1990, A Survey of Global Optimization Techniques"
    formula_text = "f = −cos x·cos y·exp(−(x − π)² − (y − π)²)"
    story = "A pit in a plain: plain descent waits where a method that rescales its steps walks."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        u, v = x - pi, y - pi
        return -np.cos(x) * np.cos(y) * np.exp(-(u * u + v * v))

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        pit, a, b, p, q, _, _ = _parts(x, y)
        return pit * b * p, pit * a * q

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        pit, a, b, p, q, bend_x, bend_y = _parts(x, y)
        return pit * b * bend_x, -pit * p * q, pit * a * bend_y

    def facts(self) -> Facts:
        starts = ((1.2, 1.6), (4.6, 2.1), (2.0, 4.9), (5.4, 5.0))
        dents = (1.3049954504376675, 4.978189856741919)
        shallow = tuple(Minimum((x, y), -8.110223891570066e-05, "local") for x in dents for y in dents)
        return Facts(((0.0, 2.0 * pi), (0.0, 2.0 * pi)), starts, 0.5, (Minimum((pi, pi), -1.0), *shallow))


def _parts(x: Any, y: Any) -> tuple[Any, ...]:
    """The Gaussian, cos x, cos y, and of each coordinate the factor's slope and curvature over the Gaussian."""
    u, v = x - pi, y - pi
    a, b, s, r = np.cos(x), np.cos(y), np.sin(x), np.sin(y)
    p, q = s + 2.0 * u * a, r + 2.0 * v * b
    bend_x = 3.0 * a - 2.0 * u * (s + p)
    bend_y = 3.0 * b - 2.0 * v * (r + q)
    return np.exp(-(u * u + v * v)), a, b, p, q, bend_x, bend_y
