"""Logistic regression on two features."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from simulator.batches import DATA, uniform
from simulator.landscape import Array, Facts, Minimum
from simulator.network import Network
from simulator.problem import DataProblem, batch_size

EACH = 32  # samples of either class
MEAN = np.array([0.9, 1.0])  # of class 1; of class 0 it is the opposite
SPREAD = np.array([[1.0, 0.0], [1.5, 0.9]])  # what turns independent normal draws into features
SEED = 1958


@dataclass(frozen=True)
class Logistic(DataProblem):
    """Two overlapping clouds of 32 points, told apart by p = 1/(1 + exp(−(w₁x₁ + w₂x₂))).

    Weights alone, no bias: the clouds lie on opposite sides of the origin. They overlap, so the best weights are
    finite, and as the loss is convex there is one minimum only, found here by Newton's method. The features are
    correlated and of unlike size, which makes a turned ravine. The points come from a seeded generator, the same on
    every machine.
    """

    title = "Logistic regression"
    source = "Cox 1958, The regression analysis of binary sequences"
    formula_text = "f = mean log(1 + exp(−s·(w₁x₁ + w₂x₂))) over the batch, s = ±1 the class"
    story = "Far out the slope no longer grows, close in single samples pull to and fro: the batch size decides."
    network = Network((2, 1), "logistic", bias=False)

    batch_size: int = batch_size(2 * EACH, 8)

    def data(self) -> tuple[Array, Array]:
        return _clouds()

    def facts(self) -> Facts:
        theta = np.zeros((1, 2))
        for _ in range(12):
            theta = theta - np.linalg.solve(self.hess(theta), self.grad(theta)[..., None])[..., 0]
        best = Minimum((float(theta[0, 0]), float(theta[0, 1])), float(self.loss(theta)[0]))
        return Facts(((-4.0, 6.0), (-4.0, 6.0)), ((-3.0, 4.0), (5.0, 5.0), (-2.0, -3.0)), 0.5, (best,))


@cache
def _clouds() -> tuple[Array, Array]:
    """Normal draws by Box & Muller 1958, to three digits after the point: the same data on every processor."""
    radius, angle = uniform(SEED, DATA, 4 * EACH).reshape(2, -1)
    radius, angle = np.sqrt(-2.0 * np.log(1.0 - radius)), 2.0 * np.pi * angle
    draws = np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)
    labels = np.repeat([[1.0], [0.0]], EACH, axis=0)
    return np.round(draws @ SPREAD.T + MEAN * (2.0 * labels - 1.0), 3), labels
