"""The ravine: a quadratic valley, steep across and shallow along."""

from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum
from simulator.param import param


@dataclass(frozen=True)
class Ravine(Landscape):
    """f = u² + κ·v², with (u, v) = (x, y) turned by φ. Condition number κ; plain gradient descent needs η < 1/κ.

    At φ = 0 the valley follows an axis, which flatters methods with one rate per coordinate; turning it takes that
    away.
    """

    title = "Ravine"
    source = (
        "The classic ill-conditioned quadratic; turned form after Schaul, Antonoglou & Silver 2014, Unit Tests for "
        "Stochastic Optimization"
    )
    formula_text = "f = u² + κ·v²,  u = x·cos φ + y·sin φ,  v = y·cos φ − x·sin φ"
    story = "Plain gradient descent zig-zags across and crawls along; momentum cuts through."
    family = "classic"

    kappa: float = param("κ", 10.0, 1.0, 1e4, "log", doc="Condition number: curvature across over curvature along.")
    rotation: float = param("φ", 0.0, 0.0, 90.0, "linear", doc="Angle between the valley and the x axis.", unit="°")

    @cached_property
    def half(self) -> tuple[float, float, float]:
        """The quadratic form's coefficients: f = a·x² + 2b·x·y + c·y²."""
        if self.rotation in (0.0, 90.0):
            return (1.0, 0.0, self.kappa) if self.rotation == 0.0 else (self.kappa, 0.0, 1.0)
        co, si = cos(radians(self.rotation)), sin(radians(self.rotation))
        return co * co + self.kappa * si * si, (1.0 - self.kappa) * co * si, si * si + self.kappa * co * co

    def f(self, x: Any, y: Any) -> Any:
        a, b, c = self.half
        return a * x * x + 2.0 * b * x * y + c * y * y if b else a * x * x + c * y * y

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        a, b, c = self.half
        if not b:
            return 2.0 * a * x, 2.0 * c * y
        return 2.0 * a * x + 2.0 * b * y, 2.0 * b * x + 2.0 * c * y

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        a, b, c = self.half
        return 2.0 * a, 2.0 * b, 2.0 * c

    def facts(self) -> Facts:
        high = 3.0 if self.rotation == 0.0 else 6.0
        starts = ((5.0, 2.0), (-5.0, 0.5), (-2.0, -2.5))
        # Nine tenths of the limit 2/L = 1/κ: the path swings from wall to wall and still closes in by a fifth a step.
        return Facts(((-6.0, 6.0), (-high, high)), starts, 0.9 / self.kappa, (Minimum((0.0, 0.0), 0.0),))
