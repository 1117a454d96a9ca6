"""Polynomial decay."""

from dataclasses import dataclass

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class Polynomial(Schedule):
    """A power of the line: above 1 it drops early and ends gently, below 1 the other way round."""

    title = "Polynomial"
    source = "You et al. 2020, LAMB, after its warm-up; form of torch PolynomialLR, with a floor"
    formula = "η_t = η_min + (η − η_min)·(1 − t/T)^p"

    power: float = param("p", 2.0, 0.1, 10.0, "log", doc="The power; 1 is the straight line.")
    eta_min: float = param("η_min", 0.0, 0.0, 1.0, doc="The final rate, as a share of the peak.")

    def factor(self, t: Array, steps: int) -> Array:
        return self.eta_min + (1.0 - self.eta_min) * (1.0 - t / steps) ** self.power
