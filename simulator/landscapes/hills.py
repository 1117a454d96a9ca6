"""Hills: a bowl with two hills in the way and a pit behind one of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum

SQUASH = 1.4
BUMPS = ((2.0, 1.0, 0.0), (6.0, -1.0, 0.0), (-2.0, 1.0, -1.0))
"""Height, x and squashed y of each Gaussian."""


@dataclass(frozen=True)
class Hills(Landscape):
    """Hills stand around the bowl's middle; the lowest point is the pit beside the smaller one."""

    title = "Hills"
    source = "lilipads 2020, Gradient Descent Viz"
    formula_text = (
        "f = x² + v² + 2·exp(−5·((x − 1)² + v²)) + 6·exp(−5·((x + 1)² + v²)) − 2·exp(−5·((x − 1)² + (v + 1)²)),\n"
        "  v = 1.4·y"
    )
    story = "Round which side of the hill, and then into the pit or past it?"
    family = "teaching"

    def f(self, x: Any, y: Any) -> Any:
        v = SQUASH * y
        out = x * x + v * v
        for height, at, up in BUMPS:
            out = out + height * np.exp(-5.0 * ((x - at) ** 2 + (v - up) ** 2))
        return out

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        v = SQUASH * y
        fx, fv = x + x, v + v
        for height, at, up in BUMPS:
            a, b = x - at, v - up
            bump = -10.0 * height * np.exp(-5.0 * (a * a + b * b))
            fx, fv = fx + a * bump, fv + b * bump
        return fx, SQUASH * fv

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        v = SQUASH * y
        fxx, fxv, fvv = 2.0, 0.0, 2.0
        for height, at, up in BUMPS:
            a, b = x - at, v - up
            bump = 10.0 * height * np.exp(-5.0 * (a * a + b * b))
            fxx = fxx + bump * (10.0 * a * a - 1.0)
            fxv = fxv + bump * (10.0 * a * b)
            fvv = fvv + bump * (10.0 * b * b - 1.0)
        return fxx, SQUASH * fxv, SQUASH * SQUASH * fvv

    def facts(self) -> Facts:
        starts = ((-1.5, 1.2), (1.4, 0.9), (-1.7, -0.1), (0.8, 1.6), (1.6, -1.5))
        minima = (
            Minimum((0.9003065222993073, -0.6534011583039486), -0.1588086100344146),
            Minimum((0.04150712569956181, -0.0006403776376543042), 0.04828496079613093, "local"),
        )
        return Facts(((-2.0, 2.0), (-2.0, 2.0)), starts, 0.02, minima)
