"""The cliff: a gentle slope that drops by 5 within a few tenths."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Cliff(Landscape):
    """Curvature 0.1 along, 1 across, and in between a drop of slope 25 that throws whoever touches it.

    A rate that suits the plain is thrown far past the minimum; clipping the gradient takes the sting out of it.
    """

    title = "Cliff"
    source = "After Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks, figure 6"
    formula_text = "f = (x − 3)²/20 + y²/2 + 5/(1 + e^(20·(x + 1)))"
    story = "One touch of the cliff and a racer without clipping is thrown across the whole view."
    family = "teaching"

    def f(self, x: Any, y: Any) -> Any:
        u = x - 3.0
        return 0.05 * u * u + 0.5 * y * y + 5.0 * _drop(x)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        drop = _drop(x)
        return 0.1 * (x - 3.0) - 100.0 * drop * (1.0 - drop), y

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        drop = _drop(x)
        return 0.1 + 2000.0 * drop * (1.0 - drop) * (1.0 - 2.0 * drop), 0.0, 1.0

    def facts(self) -> Facts:
        starts = ((-3.5, 2.0), (-2.0, -1.5), (-1.3, 2.6))
        return Facts(((-4.0, 5.0), (-3.0, 3.0)), starts, 0.2, (Minimum((3.0, 0.0), 9.024256939227076e-35),))


def _drop(x: Any) -> Any:
    """1/(1 + e^(20(x + 1))), without an overflow on either side."""
    z = 20.0 * (x + 1.0)
    small = np.exp(-np.abs(z))
    return np.where(z > 0.0, small, 1.0) / (1.0 + small)
