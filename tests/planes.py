"""A small problem in five dimensions, a matrix and a vector, to draw on planes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.landscape import Array, Facts, Landscape, Minimum
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race

TARGET = (1.0, -1.0, 0.5, 2.0, -0.5)
STIFF = np.array([8.0, 4.0, 2.0, 1.0, 0.5])


@dataclass(frozen=True)
class Five(Landscape):
    """f = ½ Σ kᵢ·(θᵢ − cᵢ)²: a 2 × 2 matrix and a number."""

    title = "Five"
    source = "Made for the tests"
    formula_text = "f = ½ Σ kᵢ·(θᵢ − cᵢ)²"
    story = "Five dimensions, shown on two."
    family = "data"
    dim = 5

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        return (2, 2), (1,)

    def loss(self, theta: Array) -> Array:
        return 0.5 * (STIFF * (theta - TARGET) ** 2).sum(axis=-1)

    def grad(self, theta: Array) -> Array:
        return STIFF * (theta - TARGET)

    def hess(self, theta: Array) -> Array:
        return np.broadcast_to(np.diag(STIFF), (*theta.shape, 5)).copy()

    def facts(self) -> Facts:
        starts = ((-2.0, 1.0, 1.5, -1.0, 0.5), (2.0, 2.0, -1.0, 0.5, -1.5))
        return Facts(((-3.0, 3.0),) * 5, starts, 0.1, (Minimum(TARGET, 0.0),))


def race_in_five(
    steps: int = 60, starts: int = 1, lr: float = 0.1, names: tuple[str, ...] = ("sgd", "momentum")
) -> Race:
    ground = Five()
    entrants = tuple(Entrant(OPTIMIZERS[n](lr=lr), OPTIMIZERS[n].title, stream=i) for i, n in enumerate(names))
    return Race(ground, entrants, ground.starts[:starts], steps=steps)
