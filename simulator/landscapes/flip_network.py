"""The flip network: a small ReLU network learns to transpose 2 × 2 images."""

import math
from dataclasses import dataclass

import numpy as np

from simulator.landscape import Array, Facts, Minimum
from simulator.network import Network
from simulator.problem import DataProblem, batch_size, init_seed, starting

FLIP = [0, 2, 1, 3]  # pixels 1 and 2 change places


@dataclass(frozen=True)
class FlipNetwork(DataProblem):
    """4 pixels → 3 ReLU units → 4 pixels, 31 weights and biases; all 16 black-and-white images, each to be transposed.

    Three units cannot carry four pixels: the network's answers lie in a space of three dimensions, the sixteen images
    fill four, and the nearest such space misses them by 1/16. That is f*, reached for example where three pixels are
    passed on and the fourth is guessed at ½. Which pixel is given up, and by which units, is free: there are many such
    minima, none isolated, and worse places to stop where a unit is dead.

    Weights start positive, up to 0.1, biases at 0: no unit is dead from the beginning, and all are so alike that a
    plateau comes first.
    """

    title = "Flip network"
    source = (
        "A network small enough to follow by hand; a bottleneck as in Rumelhart, Hinton & Williams 1986, Learning "
        "representations by back-propagating errors"
    )
    formula_text = "f = mean |W₂·relu(W₁·x + b₁) + b₂ − flip(x)|²/4 over the batch"
    story = "From equal weights, image after image: momentum is far ahead of plain steps."
    network = Network((4, 3, 4), bend="relu")
    dim = network.dim

    batch_size: int = batch_size(16, 1)
    init_seed: int = init_seed()

    def data(self) -> tuple[Array, Array]:
        images = np.array([[float(n >> k & 1) for k in (3, 2, 1, 0)] for n in range(16)])
        return images, images[:, FLIP]

    def facts(self) -> Facts:
        # Pixels 0, 1, 2 each lifted by ½, clear of the bend, and put down again; pixel 3 is guessed.
        weights, back = np.eye(3, 4), np.eye(4, 3)[FLIP]
        best = np.concatenate((weights.ravel(), np.full(3, 0.5), back.ravel(), [-0.5, -0.5, -0.5, 0.5]))
        ends = np.concatenate([np.full(math.prod(shape), 0.1 * (len(shape) == 2)) for shape in self.blocks])
        starts = tuple(starting(self.init_seed + n, 0.0 * ends, ends) for n in range(4))
        minimum = Minimum(tuple(best.tolist()), 1.0 / 16.0, shape="flat")
        return Facts(((-3.0, 3.0),) * self.dim, starts, 0.05, (minimum,))
