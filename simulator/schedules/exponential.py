"""Exponential decay."""

from dataclasses import dataclass

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class Exponential(Schedule):
    """Every step the rate falls by the same factor γ: to 5 % in 300 steps at γ = 0.99."""

    title = "Exponential"
    source = "Classic; form of torch ExponentialLR"
    formula = "η_t = η·γᵗ"

    gamma: float = param("γ", 0.99, 0.0, 0.99999, "log1m", doc="What each step multiplies the rate by.")

    def factor(self, t: Array, steps: int) -> Array:
        return self.gamma**t
