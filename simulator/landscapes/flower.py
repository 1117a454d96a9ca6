"""The flower: its minimum is flat along one diagonal."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.landscape import Facts, Landscape, Minimum


@dataclass(frozen=True)
class Flower(Landscape):
    """At the minimum the Hessian is singular: along x = −y the loss rises with the fourth power only.

    There plain descent slows down for ever, and Newton's steps shorten by a third each instead of arriving at once.
    """

    title = "Flower"
    source = "Frederickson 2016, An Interactive Tutorial on Numerical Optimization"
    formula_text = "f = x·sin y + y·sin x + x² + y²"
    story = "The last stretch has no curvature: even Newton only comes a third nearer with each step."
    family = "teaching"

    def f(self, x: Any, y: Any) -> Any:
        return x * np.sin(y) + y * np.sin(x) + x * x + y * y

    def df(self, x: Any, y: Any) -> tuple[Any, Any]:
        return np.sin(y) + y * np.cos(x) + x + x, np.sin(x) + x * np.cos(y) + y + y

    def d2f(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 2.0 - y * np.sin(x), np.cos(x) + np.cos(y), 2.0 - x * np.sin(y)

    def facts(self) -> Facts:
        starts = ((-5.0, 4.0), (3.0, -2.2), (4.5, 5.5), (-2.0, -4.5))
        return Facts(((-6.0, 6.0), (-6.0, 6.0)), starts, 0.1, (Minimum((0.0, 0.0), 0.0, shape="flat"),))
