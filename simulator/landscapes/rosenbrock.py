"""Rosenbrock's banana: a curved valley, easy to enter and slow to follow."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum
from simulator.param import param


@dataclass(frozen=True)
class Rosenbrock(Landscape):
    """f = (a − x)² + b·(y − x²)². Condition number 2508 at the minimum for a = 1, b = 100."""

    title = "Rosenbrock"
    source = "Rosenbrock 1960, An Automatic Method for Finding the Greatest or Least Value of a Function"
    formula_text = "f = (a − x)² + b·(y − x²)²"
    story = "All drop into the curved valley at once; following its floor is the race."
    family = "classic"

    a: float = param("a", 1.0, 0.0, 1.5, "linear", doc="The minimum is at (a, a²).")
    b: float = param("b", 100.0, 1.0, 1000.0, "log", doc="How steep the valley's walls are.")

    def f(self, x: Any, y: Any) -> Any:
        along, across = self.a - x, y - x * x
        return along * along + self.b * across * across

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        pull = (2.0 * self.b) * (y - x * x)
        along = x - self.a - x * pull
        return along + along, pull

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 2.0 + 4.0 * self.b * (3.0 * x * x - y), -4.0 * self.b * x, 2.0 * self.b

    def facts(self) -> Facts:
        starts = ((-1.5, 2.5), (-1.2, 1.0), (0.5, -0.8), (1.8, 0.5))
        minima = (Minimum((self.a, self.a * self.a), 0.0),)
        return Facts(((-2.0, 2.0), (-1.0, 3.0)), starts, 0.1 / self.b, minima)
