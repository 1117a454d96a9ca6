"""A line through the origin: one parameter, four samples."""

from dataclasses import dataclass

import numpy as np

from simulator.landscape import Array, Facts, Minimum
from simulator.network import Network
from simulator.problem import DataProblem, batch_size


@dataclass(frozen=True)
class LineFitSlope(DataProblem):
    """The slope θ of y = θ·x through (1, 2), (2, 4), (3, 5), (4, 8), by least squares: θ = 1.9.

    The samples disagree: their gradients at θ = 1 are −2, −8, −12 and −32, the mean −13.5. Steps on small batches
    jump about the minimum for ever, unless η falls. The curvature is 2·mean x²: (4, 8) alone wants η < 1/16.
    """

    title = "Line fit, slope (1-D)"
    source = "Legendre 1805, Nouvelles méthodes pour la détermination des orbites des comètes (least squares)"
    formula_text = "f = mean (θ·x − y)² over the batch"
    story = "Each batch has a minimum of its own; the true one is only met on average."
    dim = 1
    network = Network((1, 1), bias=False)

    batch_size: int = batch_size(4, 2)

    def data(self) -> tuple[Array, Array]:
        return np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([[2.0], [4.0], [5.0], [8.0]])

    def facts(self) -> Facts:
        return Facts(((0.0, 4.0),), ((1.0,), (3.5,), (0.2,)), 0.01, (Minimum((1.9,), 0.175),))
