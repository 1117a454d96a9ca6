"""The plateau: a pit in a plain that gets flatter and flatter outwards."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Plateau(Landscape):
    """f = log(1 + x² + y²): the slope falls off as 2/r, so methods that rescale it stride on."""

    title = "Plateau"
    source = "The logarithm of a bowl; the tail of a Cauchy likelihood"
    formula_text = "f = log(1 + x² + y²)"
    story = "Out on the plain the slope is tiny: methods that rescale it stride, the others crawl."
    family = "teaching"

    def f(self, x: Any, y: Any) -> Any:
        return np.log1p(x * x + y * y)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        scale = 2.0 / (x * x + y * y + 1.0)
        return x * scale, y * scale

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        scale = 2.0 / (x * x + y * y + 1.0)
        sx, sy = x * scale, y * scale
        return scale - sx * sx, -(sx * sy), scale - sy * sy

    def facts(self) -> Facts:
        starts = ((-9.0, 8.0), (6.0, -9.5), (2.0, 3.0))
        return Facts(((-10.0, 10.0), (-10.0, 10.0)), starts, 0.3, (Minimum((0.0, 0.0), 0.0),))
