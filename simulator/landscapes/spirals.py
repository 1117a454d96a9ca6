"""Two spirals, told apart by a small tanh network."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.landscape import Array, Facts
from simulator.network import Network
from simulator.param import param
from simulator.problem import DataProblem, batch_size, init_seed, starting

EACH = 32  # points of either arm
RADIUS = 3.0


@dataclass(frozen=True)
class Spirals(DataProblem):
    """2 coordinates → 8 tanh units → 1 score, 33 weights and biases; 64 points on two arms wound about each other.

    The loss is logistic and the arms can be told apart, so it falls towards 0 for ever and has no minimum: the surer
    the network, the larger its weights. The first steps find the straight line that errs least, then comes a plateau,
    until the units bend. More turns make it longer.
    """

    title = "Two spirals"
    source = "Lang & Witbrock 1988, Learning to tell two spirals apart; with fewer turns and a smaller network"
    formula_text = "f = mean log(1 + exp(−s·z)) over the batch, z = w₂·tanh(W₁·x + b₁) + b₂, s = ±1 the arm"
    story = "A straight cut is found at once, then nothing: who leaves the plateau first?"
    network = Network((2, 8, 1), "logistic", "tanh")
    dim = network.dim

    batch_size: int = batch_size(2 * EACH, 16)
    turns: float = param("turns", 1.0, 0.25, 1.5, doc="How often each arm goes round.")
    init_seed: int = init_seed()

    def data(self) -> tuple[Array, Array]:
        return _arms(self.turns)

    def facts(self) -> Facts:
        reach = self.network.reach
        starts = tuple(starting(self.init_seed + n, -reach, reach) for n in range(4))
        return Facts(((-6.0, 6.0),) * self.dim, starts, 1.0)


@lru_cache(maxsize=8)
def _arms(turns: float) -> tuple[Array, Array]:
    """To three digits after the point: the same data on every processor."""
    along = np.arange(EACH) / (EACH - 1)
    radius, angle = RADIUS * (0.1 + 0.9 * along), 2.0 * np.pi * turns * along
    arm = np.round(np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1), 3)
    return np.concatenate((arm, -arm)), np.repeat([[1.0], [0.0]], EACH, axis=0)
