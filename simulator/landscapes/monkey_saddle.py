"""The monkey saddle: three ridges and three valleys meet where nothing curves at all."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape


@dataclass(frozen=True)
class MonkeySaddle(Landscape):
    """f = x³ − 3xy², unbounded below. At the origin gradient and Hessian both vanish: Newton has nothing to divide by.

    Down a valley the slope grows with the square of the distance, so whoever leaves is soon gone for good.
    """

    title = "Monkey saddle"
    source = "The textbook example; Hilbert & Cohn-Vossen 1932, Anschauliche Geometrie"
    formula_text = "f = x³ − 3·x·y²"
    story = "A saddle with a third way down, for the tail: it holds even longer, as nothing curves at its middle."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return x * (x * x - 3.0 * y * y)

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return 3.0 * (x * x - y * y), -6.0 * x * y

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 6.0 * x, -6.0 * y, -6.0 * x

    def facts(self) -> Facts:
        starts = ((2.5, 0.05), (-1.2, 2.2), (1.5, -1e-3))
        return Facts(((-3.0, 3.0), (-3.0, 3.0)), starts, 0.002)
