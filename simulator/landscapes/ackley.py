"""Ackley's function: ripples on a funnel, and a cusp at its bottom."""

from dataclasses import dataclass
from math import e, pi
from typing import Any

import numpy as np

from simulator.kinks import reciprocal
from simulator.landscape import Facts, Landscape, Minimum

TURN = 2.0 * pi


@dataclass(frozen=True)
class Ackley(Landscape):
    """Near the minimum the loss rises like a cone: the slope does not fade, so a constant rate never settles there.

    At the cusp itself the cone has no derivative; it counts as 0.
    """

    title = "Ackley"
    source = "Ackley 1987, A Connectionist Machine for Genetic Hillclimbing; in two dimensions"
    formula_text = "f = 20 + e − 20·exp(−0.2·√((x² + y²)/2)) − exp((cos 2πx + cos 2πy)/2)"
    story = "First the ripples trap, and then the cusp: at a constant rate even the winner keeps hopping around it."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        s = np.sqrt(0.5 * (x * x + y * y))
        ripples = np.expm1(0.5 * (np.cos(TURN * x) + np.cos(TURN * y)) - 1.0)
        return -20.0 * np.expm1(-0.2 * s) - e * ripples

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        cone, _ = _cone(x, y)
        ripples = pi * np.exp(0.5 * (np.cos(TURN * x) + np.cos(TURN * y)))
        return cone * x + ripples * np.sin(TURN * x), cone * y + ripples * np.sin(TURN * y)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        cone, bend = _cone(x, y)
        cx, cy, sx, sy = np.cos(TURN * x), np.cos(TURN * y), np.sin(TURN * x), np.sin(TURN * y)
        ripples = pi * pi * np.exp(0.5 * (cx + cy))
        fxx = cone - bend * x * x + ripples * (cx + cx - sx * sx)
        fyy = cone - bend * y * y + ripples * (cy + cy - sy * sy)
        return fxx, -(bend * x * y + ripples * sx * sy), fyy

    def facts(self) -> Facts:
        starts = ((-3.5, 3.2), (0.4, -0.3), (2.4, 1.6), (-1.4, -4.3))
        return Facts(((-5.0, 5.0), (-5.0, 5.0)), starts, 0.01, (Minimum((0.0, 0.0), 0.0, shape="kink"),))


def _cone(x: Any, y: Any) -> tuple[Any, Any]:
    """a and b in the cone's gradient a·(x, y) and Hessian a·I − b·(x, y)(x, y)ᵀ."""
    s = np.sqrt(0.5 * (x * x + y * y))
    once = reciprocal(s)
    a = 2.0 * np.exp(-0.2 * s) * once
    return a, 0.5 * a * once * (0.2 + once)
