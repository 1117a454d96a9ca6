"""A line with slope and intercept: two parameters, four samples."""

from dataclasses import dataclass

import numpy as np

from simulator.landscape import Array, Facts, Minimum
from simulator.network import Network
from simulator.problem import DataProblem, batch_size


@dataclass(frozen=True)
class LineFit(DataProblem):
    """y = θ₁·x + θ₀ through (1, 2), (2, 4), (3, 5), (4, 8), by least squares: θ₁ = 1.9, θ₀ = 0.

    The inputs are not centred, which makes a ravine: condition number 56, turned against both axes. To the rules that
    know matrices, (θ₁, θ₀) is one 1 × 2 matrix of weights on the inputs (x, 1).
    """

    title = "Line fit"
    source = "Legendre 1805, Nouvelles méthodes pour la détermination des orbites des comètes (least squares)"
    formula_text = "f = mean (θ₁·x + θ₀ − y)² over the batch;  x-axis: slope θ₁, y-axis: intercept θ₀"
    story = "Slope and intercept make up for each other along a valley; small batches shake the path within it."
    network = Network((2, 1), bias=False)

    batch_size: int = batch_size(4, 2)

    def data(self) -> tuple[Array, Array]:
        x = np.array([1.0, 2.0, 3.0, 4.0])
        return np.stack((x, np.ones(4)), axis=1), np.array([[2.0], [4.0], [5.0], [8.0]])

    def facts(self) -> Facts:
        starts = ((-0.5, 2.5), (3.5, -4.0), (3.0, 3.0))
        return Facts(((-1.0, 4.5), (-5.0, 5.0)), starts, 0.03, (Minimum((1.9, 0.0), 0.175),))
