"""The parabola: one dimension, where the step size alone decides."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum
from simulator.param import param


@dataclass(frozen=True)
class Parabola(Landscape):
    """f = a·(x − c)². Plain gradient descent is stable for η < 1/a and there in one step at η = 1/(2a)."""

    title = "Parabola (1-D)"
    source = "The textbook example; edge of stability η = 2/curvature"
    formula_text = "f = a·(x − c)²"
    story = "Too small a step crawls, the right one is there at once, too large a one climbs out."
    family = "teaching"
    dim = 1

    centre: float = param("c", 3.0, -10.0, 10.0, "linear", doc="Where the minimum is.")
    a: float = param("a", 1.0, 0.01, 100.0, "log", doc="Half the curvature.")

    def f(self, x: Any) -> Any:
        return self.a * (x - self.centre) ** 2

    def df(self, x: Any) -> tuple[Any]:
        return (2.0 * self.a * (x - self.centre),)

    def d2f(self, x: Any) -> tuple[Any]:
        return (2.0 * self.a,)

    def facts(self) -> Facts:
        c = self.centre
        return Facts(((c - 6.0, c + 6.0),), ((c - 3.0,), (c + 5.0,), (c + 1.0,)), 0.1 / self.a, (Minimum((c,), 0.0),))
