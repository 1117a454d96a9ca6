"""Inverse square root decay."""

from dataclasses import dataclass

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class InverseSqrt(Schedule):
    """Falls as 1/√t, for ever slower; it needs no end to be known beforehand. Usually behind a warm-up of τ steps."""

    title = "Inverse square root"
    source = "Vaswani et al. 2017, Attention Is All You Need; form of transformers' get_inverse_sqrt_schedule"
    formula = "η_t = η / √(1 + t/τ)"

    timescale: int = param("τ", 30, 1, 1_000_000, "log", doc="After 3τ steps the rate is half its peak.", unit="steps")

    def factor(self, t: Array, steps: int) -> Array:
        return (1.0 + t / self.timescale) ** -0.5
