"""Natural gradient descent."""

from dataclasses import dataclass

from simulator.lanewise import lane
from simulator.optimizer import Array, Cost, Model, Optimizer, Rule, State
from simulator.param import param
from simulator.quadratic import Eigen


@dataclass(frozen=True)
class NaturalGradient(Optimizer):
    """Steepest descent where distance is measured by how much the model's predictions change, not by θ.

    F, the Fisher matrix E[∇log p·∇log pᵀ] with outputs drawn from the model itself, says how much they do. Its path
    does not depend on how the model is written down: exactly so under a linear change of parameters, and under any in
    the limit of small steps. Damping δ breaks that a little, and bounds the step along directions on which the data
    say nothing; without it those are left alone (pseudo-inverse).
    """

    title = "Natural gradient"
    year = 1998
    family = "second-order"
    cost = Cost(hessians=1)
    needs = "model"
    source = "Amari 1998, Natural Gradient Works Efficiently in Learning; damping after Levenberg 1944"
    formula = "F = fisher(θ)\nθ ← θ − η·(F + δ·I)⁻¹·g"

    lr: float = param("η", 0.1, 1e-6, 10.0, "log", doc="Learning rate; 1 fits a linear model in one step.")
    damping: float = param("δ", 1e-2, 0.0, 1e4, "log", floor=1e-6, doc="Added to every eigenvalue of F.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        # A whole step on a mini-batch forgets all others.
        return 0.1

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad, fisher = yield Model(theta, "fisher")
        return theta - lr * Eigen(fisher, lane(self.damping)).solved(grad), state
