"""Linear decay."""

from dataclasses import dataclass

from simulator.param import param
from simulator.schedule import Array, Schedule


@dataclass(frozen=True)
class Linear(Schedule):
    """A straight line from the peak down to η_min at the end of the race."""

    title = "Linear"
    source = "Devlin et al. 2019, BERT, after its warm-up; form of optax.linear_schedule"
    formula = "η_t = η_min + (η − η_min)·(1 − t/T)"

    eta_min: float = param("η_min", 0.0, 0.0, 1.0, doc="The final rate, as a share of the peak.")

    def factor(self, t: Array, steps: int) -> Array:
        return self.eta_min + (1.0 - self.eta_min) * (1.0 - t / steps)
