"""The bowl: equal curvature every way, where nothing can go wrong but the step size."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Bowl(Landscape):
    """f = x² + y². Plain gradient descent is stable for η < 1 and there in one step at η = 0.5."""

    title = "Bowl"
    source = "The sphere function; Jamil & Yang 2013, A Literature Survey of Benchmark Functions, no. 137"
    formula_text = "f = x² + y²"
    story = "Every path heads straight for the minimum; only the step sizes differ."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return x * x + y * y

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x + x, y + y

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 2.0, 0.0, 2.0

    def facts(self) -> Facts:
        starts = ((-4.0, 3.0), (3.5, 4.0), (1.0, -4.5))
        return Facts(((-5.0, 5.0), (-5.0, 5.0)), starts, 0.1, (Minimum((0.0, 0.0), 0.0),))
