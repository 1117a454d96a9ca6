"""The drop wave: rings around a drop."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.kinks import reciprocal
from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class DropWave(Landscape):
    """Round as a wave in a pond: the slope only ever points along the radius, and every trough is a closed ring."""

    title = "Drop wave"
    source = (
        "Jamil & Yang 2013, A Literature Survey of Benchmark Functions; SFU Virtual Library of Simulation Experiments"
    )
    formula_text = "f = −(1 + cos 12r)/(r²/2 + 2),  r = √(x² + y²)"
    story = "Ring after ring in the way: who lands in a trough has nowhere to go."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        rr = x * x + y * y
        return -(1.0 + np.cos(12.0 * np.sqrt(rr))) / (0.5 * rr + 2.0)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        slope, _, _, _ = _radial(x, y)
        return slope * x, slope * y

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        slope, bend, ux, uy = _radial(x, y)
        bend = bend - slope
        return slope + bend * ux * ux, bend * ux * uy, slope + bend * uy * uy

    def facts(self) -> Facts:
        starts = ((-2.1, 1.3), (0.2, 0.13), (3.4, -2.7), (-0.5, -0.3))
        return Facts(((-5.12, 5.12), (-5.12, 5.12)), starts, 0.01, (Minimum((0.0, 0.0), -1.0),))


def _radial(x: Any, y: Any) -> tuple[Any, Any, Any, Any]:
    """f′/r, f″ and the outward unit vector, 0 at the centre, where f′/r is f″."""
    rr = x * x + y * y
    r = np.sqrt(rr)
    once, depth = reciprocal(r), 1.0 / (0.5 * rr + 2.0)
    cos, sin = np.cos(12.0 * r), np.sin(12.0 * r)
    wave = (1.0 + cos) * depth
    ring = np.where(r == 0.0, 12.0, sin * once)  # sin 12r / r
    slope = depth * (12.0 * ring + wave)
    bend = depth * (144.0 * cos - 24.0 * r * sin * depth + wave - 2.0 * rr * wave * depth)
    return slope, bend, x * once, y * once
