"""Adaptive sharpness-aware minimization."""

from dataclasses import dataclass

import numpy as np

from simulator.optimizer import Array, Branch
from simulator.param import param
from simulator.sharpness import Sharpness, unit


@dataclass(frozen=True)
class ASAM(Sharpness):
    """SAM that measures the way uphill by the parameters' own sizes: ρ = 0.05 is a twentieth of θ.

    A network whose one layer is doubled and whose next is halved computes the same; SAM calls it sharper, ASAM does
    not. A coordinate at 0 is not moved uphill unless ξ is above 0, so on a landscape without layers it depends on
    where the origin is.
    """

    title = "ASAM"
    year = 2021
    source = (
        "Kwon et al. 2021, ASAM: Adaptive Sharpness-Aware Minimization for Scale-Invariant Learning of Deep Neural "
        "Networks, where ρ is 0.5 to 1 and ξ 0.01, for millions of parameters"
    )
    branch = Branch(
        parents=("sam",),
        added="A neighbourhood measured by the weights' own sizes.",
        best_for="as SAM, where layers may be rescaled",
    )
    formula = "g = ∇f(θ)\nT = |θ| + ξ\ng̃ = ∇f(θ + ρ·T²·g / ‖T·g‖)\n" + Sharpness.base_formula

    xi: float | None = param("ξ", 0.0, 0.0, 10.0, "log", floor=1e-4, off=0.0, doc="Added to the size of every θ.")

    def uphill(self, theta: Array, grad: Array) -> Array:
        size = np.abs(theta) if self.xi is None else np.abs(theta) + self.xi
        return self.rho * size * unit(size * grad)
