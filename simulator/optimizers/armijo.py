"""Gradient descent with Armijo's line search."""

from dataclasses import dataclass

from simulator.lanewise import lane
from simulator.linesearch import LENGTH, Line, armijo, moved
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State, Value
from simulator.param import param

TRIALS = 100


@dataclass(frozen=True)
class Armijo(Optimizer):
    """Gradient descent that measures before it goes: η is shortened until the loss falls by a share of the promised.

    It never climbs, whatever η is, on the loss it is shown: under noise or on a mini-batch that is not the true one.
    Each attempt costs a look at it. It rests where no length that θ would feel is short enough, 100 attempts at most.
    """

    title = "Armijo line search"
    year = 1966
    family = "second-order"
    cost = Cost(grads=1, most=1 + TRIALS)
    source = "Armijo 1966, Minimization of functions having Lipschitz continuous first partial derivatives"
    branch = Branch(
        parents=("sgd",),
        added="A measurement before the step: η is shortened until the loss falls enough.",
        best_for="the full gradient, where no η is known",
        says="Nocedal & Wright 2006, Numerical Optimization",
    )
    formula = "α = the first of η, τ·η, τ²·η, … with f(θ − α·g) ≤ f(θ) − c₁·α·⟨g, g⟩\nθ ← θ − α·g"
    rate = "α"

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="The length every step tries first.")
    c1: float = param("c₁", 1e-4, 0.0, 0.9, "log", floor=1e-6, doc="The share of the promised fall that must come.")
    shrink: float = param("τ", 0.5, 0.05, 0.95, doc="By how much a length that fails is shortened.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        # Well beyond what plain gradient descent bears.
        return 16.0 * lr

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        loss, grad = yield Value(theta)
        line = Line(theta, -grad, loss, grad)
        found = yield from armijo(line, lane(lr), line.slope < 0.0, lane(self.c1), lane(self.shrink), TRIALS)
        return moved(line, found[:, LENGTH]), state
