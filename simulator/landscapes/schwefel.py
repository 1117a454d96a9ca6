"""Schwefel's function: the best valley is far from the second best."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.kinks import reciprocal
from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Schwefel(Landscape):
    """Valleys get deeper towards the corners, and deeper still outside the box.

    The usual constant is rounded, so the lowest loss in the box is 2.5·10⁻⁵ and not 0. On the axes the Hessian is
    infinite; it counts as 0 there.
    """

    title = "Schwefel"
    source = "Schwefel 1981, Numerical Optimization of Computer Models; in two dimensions"
    formula_text = "f = 837.9658 − x·sin √|x| − y·sin √|y|"
    story = "The lowest valley is in one corner, the next lowest across the whole box: going downhill misleads."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return 837.9658 - x * np.sin(np.sqrt(np.abs(x))) - y * np.sin(np.sqrt(np.abs(y)))

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return _slope(x), _slope(y)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return _curvature(x), 0.0, _curvature(y)

    def facts(self) -> Facts:
        starts = ((-200.0, 150.0), (350.0, 470.0), (-420.0, -60.0), (60.0, -330.0))
        at = 420.96874635998205
        minima = (Minimum((at, at), 2.5455132587450428e-05),)
        return Facts(((-500.0, 500.0), (-500.0, 500.0)), starts, 2.0, minima, lower_outside=True)


def _slope(x: Any) -> Any:
    s = np.sqrt(np.abs(x))
    return -np.sin(s) - 0.5 * s * np.cos(s)


def _curvature(x: Any) -> Any:
    s = np.sqrt(np.abs(x))
    return np.sign(x) * (0.25 * np.sin(s) - 0.75 * np.cos(s) * reciprocal(s))
