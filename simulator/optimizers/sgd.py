"""Gradient descent."""

from dataclasses import dataclass

from simulator.optimizer import Array, Branch, Cost, Limit, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class SGD(Optimizer):
    """Straight downhill, by η times the slope.

    On the full gradient this is plain gradient descent; with noise or a batch it is stochastic gradient descent.
    Stable only while η < 2/L, L being the largest curvature.
    """

    title = "SGD"
    year = 1951
    family = "first-order"
    cost = Cost()
    source = "Cauchy 1847, Méthode générale; Robbins & Monro 1951, A Stochastic Approximation Method"
    branch = Branch(
        parents=(),
        added="The slope of a sample or a batch in place of all the data: a step at a fraction of the price.",
        best_for="baselines and convex problems",
        says="Bottou, Curtis & Nocedal 2018, Optimization Methods for Large-Scale Machine Learning",
    )
    formula = "g ← g + λ·θ\nθ ← θ − η·g"

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")

    def stable_lr(self, curvature: float) -> Limit:
        h = curvature + (self.weight_decay or 0.0)  # θ ← (1 − η·h)·θ
        return Limit(2.0 / h, "2/L", 1.0 / h, "1/L", h)

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        return theta - lr * grad, state
