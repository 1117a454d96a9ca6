"""Himmelblau's function as what it is, a sum of two squares: on it rules that need a model can race."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.landscape import Array
from simulator.landscapes.himmelblau import Himmelblau


@dataclass(frozen=True)
class Squares(Himmelblau):
    """f = u² + v², the model being (u, v) with Gaussian errors of variance ½."""

    model = True

    def gauss_newton(self, theta: Array) -> Array:
        x, y = theta[:, 0], theta[:, 1]
        one = np.ones_like(x)
        jacobian = np.stack([np.stack([2.0 * x, one], axis=1), np.stack([one, 2.0 * y], axis=1)], axis=1)
        return 2.0 * np.einsum("nki,nkj->nij", jacobian, jacobian)

    def fisher(self, theta: Array) -> Array:
        return self.gauss_newton(theta)
