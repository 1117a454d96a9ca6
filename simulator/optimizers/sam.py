"""Sharpness-aware minimization."""

from dataclasses import dataclass

from simulator.optimizer import Array, Branch
from simulator.sharpness import Sharpness, unit


@dataclass(frozen=True)
class SAM(Sharpness):
    """A base rule on the slope of a neighbour: ρ uphill from here, where a sharp valley is already steep.

    Two gradients a step. It avoids minima narrower than about ρ, and it cannot settle in one: it hops about the
    bottom. Where the gradient is zero there is no uphill, and the neighbour is θ itself.
    """

    title = "SAM"
    year = 2021
    source = (
        "Foret et al. 2021, Sharpness-Aware Minimization for Efficiently Improving Generalization; "
        "form of optax.contrib.sam, defined at zero gradient too"
    )
    branch = Branch(
        parents=("sgd",),
        added="The slope of a neighbour uphill, where a sharp valley is already steep.",
        best_for="flat minima that generalise, at twice the price of a step",
    )
    formula = "g = ∇f(θ)\ng̃ = ∇f(θ + ρ·g / ‖g‖)\n" + Sharpness.base_formula

    def uphill(self, theta: Array, grad: Array) -> Array:
        return self.rho * unit(grad)
