"""A ravine whose minimum jumps."""

from dataclasses import dataclass, replace
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum
from simulator.param import param

BEFORE, AFTER = (0.0, 0.0), (-3.0, 1.5)


@dataclass(frozen=True)
class SuddenShift(Landscape):
    """f = u² + κ·v² about a minimum that is at (0, 0) before step s and at (−3, 1.5) from there on.

    A velocity, and a memory of how large gradients used to be, are of the old place: who forgets sooner, or begins
    anew, is there first.
    """

    title = "Sudden shift"
    source = "Our own design, after the changing data of Schaul, Antonoglou & Silver 2014, Unit Tests for SGD"
    formula_text = "f = u² + κ·v²,  (u, v) = θ − c(t),  c = (0, 0) for t < s, then (−3, 1.5)"
    story = "All is learnt, and then the valley moves: whose memory is now a burden?"
    family = "moving"
    moving = True

    kappa: float = param("κ", 10.0, 1.0, 1e4, "log", doc="Condition number: curvature across over curvature along.")
    shift: int = param("s", 100, 1, 1_000_000, "log", doc="The step at which the minimum jumps.", unit="steps")
    now: int = 0  # the step at which it is looked at

    @property
    def centre(self) -> tuple[float, float]:
        return BEFORE if self.now < self.shift else AFTER

    def at(self, step: int) -> Landscape:
        return self if (step < self.shift) == (self.now < self.shift) else replace(self, now=step)

    def f(self, x: Any, y: Any) -> Any:
        u, v = x - self.centre[0], y - self.centre[1]
        return u * u + self.kappa * v * v

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return 2.0 * (x - self.centre[0]), 2.0 * self.kappa * (y - self.centre[1])

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 2.0, 0.0, 2.0 * self.kappa

    def facts(self) -> Facts:
        starts = ((5.0, 2.0), (-2.0, -2.5))
        minimum = Minimum(self.centre, 0.0)
        return Facts(((-6.0, 6.0), (-3.0, 3.0)), starts, 0.5 / self.kappa, (minimum,))
