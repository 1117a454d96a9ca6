"""A linear associative memory: one 8 × 8 matrix that turns keys into values."""

from dataclasses import dataclass

import numpy as np

from simulator.landscape import Array, Facts, Minimum
from simulator.network import Network
from simulator.param import param
from simulator.problem import DataProblem, batch_size, init_seed, starting

SIDE = 8
STRENGTH = 4.0  # of the keys along their strongest direction: the largest curvature is then ½


@dataclass(frozen=True)
class MatrixMemory(DataProblem):
    """W·kᵢ = vᵢ for eight pairs: the 64 entries of W are sought, and f* = 0 at W = V·K⁻¹.

    The values are eight orthogonal patterns of ±1. The keys are eight overlapping bumps: what tells neighbours apart is
    faint, by √κ at the worst, but carries as much of the loss as the rest. A plain step is strong along what the keys
    share and hardly moves along what tells them apart, and no rate per coordinate mends it, as all entries are alike.
    Rules that see a matrix do better: Muon's steps are equally long in all directions of W, LAMB's are as long as W is
    large, Shampoo rescales rows and columns, and for one linear layer K-FAC's factors are the exact curvature.
    """

    title = "Matrix memory"
    source = "Kohonen 1972, Correlation Matrix Memories; the keys are our own"
    formula_text = "f = mean |W·k − v|²/8 over the batch"
    story = "Eight pairs in one matrix: those who see a matrix against those who see 64 numbers."
    network = Network((SIDE, SIDE), bias=False)
    dim = network.dim

    batch_size: int = batch_size(SIDE, SIDE)
    kappa: float = param("κ", 1000.0, 1.0, 1e4, "log", doc="Condition number: largest over smallest curvature.")
    init_seed: int = init_seed()

    def data(self) -> tuple[Array, Array]:
        return self._keys(1.0), _patterns()

    def facts(self) -> Facts:
        best = _patterns().T @ self._keys(-1.0).T
        half = max(1.0, 1.5 * float(np.abs(best).max()))
        reach = self.network.reach
        starts = tuple(starting(self.init_seed + n, -reach, reach) for n in range(4))
        minimum = Minimum(tuple(best.ravel().tolist()), 0.0)
        return Facts(((-half, half),) * self.dim, starts, 2.0, (minimum,))

    def _keys(self, power: float) -> Array:
        """A key a row, waves from slow to fast in falling strength; with power −1 the inverse matrix."""
        waves = np.cos(np.pi * np.outer(np.arange(SIDE) + 0.5, np.arange(SIDE)) / SIDE)
        waves /= np.sqrt(np.square(waves).sum(axis=0))
        strength = STRENGTH * self.kappa ** (-0.5 * np.arange(SIDE) / (SIDE - 1))
        return (waves * strength**power) @ waves.T


def _patterns() -> Array:
    """A value a row: Sylvester's matrix of ±1."""
    rows = np.ones((1, 1))
    while len(rows) < SIDE:
        rows = np.block([[rows, rows], [rows, -rows]])
    return rows
