"""The eggholder: hills and hollows without order, the lowest at the very border."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.kinks import reciprocal
from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Eggholder(Landscape):
    """The known minimum is where the box ends: the slope there still is 3.4, and outside it goes on falling.

    On the lines y = −47 − x/2 and y = x − 47 the square roots have no derivative; it counts as 0.
    """

    title = "Eggholder"
    source = "Whitley et al. 1996, Evaluating Evolutionary Algorithms, after Rana; Jamil & Yang 2013"
    formula_text = "f = −(y + 47)·sin √|x/2 + y + 47| − x·sin √|x − y − 47|"
    story = "A hollow at every turn, and the deepest cut off by the border: nobody comes to rest there."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        a, b = 0.5 * x + y + 47.0, x - y - 47.0
        return -(y + 47.0) * np.sin(np.sqrt(np.abs(a))) - x * np.sin(np.sqrt(np.abs(b)))

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        v = y + 47.0
        (p, dp, _), (q, dq, _) = _wave(0.5 * x + v), _wave(x - v)
        return -0.5 * v * dp - q - x * dq, x * dq - p - v * dp

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        v = y + 47.0
        (_, dp, d2p), (_, dq, d2q) = _wave(0.5 * x + v), _wave(x - v)
        fxx = -0.25 * v * d2p - 2.0 * dq - x * d2q
        fxy = -0.5 * (dp + v * d2p) + dq + x * d2q
        return fxx, fxy, -2.0 * dp - v * d2p - x * d2q

    def facts(self) -> Facts:
        starts = ((100.0, 300.0), (440.0, 380.0), (-250.0, -120.0), (300.0, -420.0))
        minima = (
            Minimum((512.0, 404.2318051137578), -959.6406627208509, at_border=True),
            Minimum((482.3533104647884, 432.87899894548343), -956.9182316246655, "local"),
        )
        return Facts(((-512.0, 512.0), (-512.0, 512.0)), starts, 0.2, minima, lower_outside=True)


def _wave(a: Any) -> tuple[Any, Any, Any]:
    """sin √|a| and its first two derivatives."""
    s = np.sqrt(np.abs(a))
    once = reciprocal(s)
    wave, slope = np.sin(s), 0.5 * np.cos(s) * once
    return wave, np.sign(a) * slope, -0.25 * once * once * (wave + 2.0 * slope)
