"""The saddle: a minimum one way, a maximum the other, and no bottom anywhere."""

from dataclasses import dataclass
from typing import Any

from simulator.landscape import Facts, Landscape


@dataclass(frozen=True)
class Saddle(Landscape):
    """f = x² − y², unbounded below: there is no finish line, and going down for ever is the right answer.

    On the ridge y = 0 the gradient across is exactly zero: no deterministic method ever leaves it, and any noise
    frees it.
    """

    title = "Saddle"
    source = "The textbook example; Dauphin et al. 2014, Identifying and attacking the saddle point problem"
    formula_text = "f = x² − y²"
    story = "All hurry to the saddle; who leaves it first? Newton stays."
    family = "classic"

    def f(self, x: Any, y: Any) -> Any:
        return x * x - y * y

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return x + x, -(y + y)

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 2.0, 0.0, -2.0

    def facts(self) -> Facts:
        starts = ((-2.5, 0.01), (2.0, -0.03), (-1.5, 1e-4))
        return Facts(((-3.0, 3.0), (-3.0, 3.0)), starts, 0.02)
