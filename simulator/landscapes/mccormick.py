"""McCormick's function: a wavy valley that goes down for ever outside its box."""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class McCormick(Landscape):
    """Known for its minimum −1.9132 within the box, which is a local one: every π along the diagonal lies another.

    The next one down, outside, is lower by π, and so on without end.
    """

    title = "McCormick"
    source = "McCormick 1976, Computability of Global Solutions to Factorable Nonconvex Programs; Adorio 2005"
    formula_text = "f = sin(x + y) + (x − y)² − 1.5x + 2.5y + 1"
    story = "The famous minimum is only the lowest in the box: who rolls on past it keeps finding lower ones."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        across = x - y
        return np.sin(x + y) + across * across - 1.5 * x + 2.5 * y + 1.0

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        wave, across = np.cos(x + y), 2.0 * (x - y)
        return wave + across - 1.5, wave - across + 2.5

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        wave = np.sin(x + y)
        return 2.0 - wave, -2.0 - wave, 2.0 - wave

    def facts(self) -> Facts:
        # There x − y = 1 and cos(x + y) = −½.
        x, loss = 0.5 - pi / 3.0, -pi / 3.0 - 0.5 * sqrt(3.0)
        minima = tuple(Minimum((x + n * pi, x - 1.0 + n * pi), loss + n * pi, "local") for n in (0, 1))
        starts = ((3.5, 3.0), (0.5, 2.5), (-1.0, -2.5), (1.0, -0.2))
        return Facts(((-1.5, 4.0), (-3.0, 4.0)), starts, 0.2, minima)
