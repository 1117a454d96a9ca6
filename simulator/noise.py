"""Gradient noise as a function of (seed, step): counter-based, so that no draw depends on who asks or how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.race import Race

Array = NDArray[np.float64]
SIGNS = 1  # marks the counters of draws that are no noise: the signs of a curvature probe


@dataclass(frozen=True)
class Draws:
    """What a block of steps does to gradients: adds ``values``, or multiplies by them.

    ``values``: ``(steps, lanes, dim)``, or ``(steps, 1, dim)`` when everyone feels the same.
    """

    values: Array
    additive: bool

    def felt(self, grad: Array, row: int, part: slice | None = None) -> Array:
        """``grad`` of the lanes in ``part`` (None: all), as it is felt in step ``row`` of the block."""
        draw = self._row(row, part)
        return grad + draw if self.additive else grad * draw

    def added(self, row: int, part: slice) -> Array | None:
        """What is added to the gradient of the lanes in ``part``, if this noise adds."""
        return self._row(row, part) if self.additive else None

    def _row(self, row: int, part: slice | None) -> Array:
        draw = self.values[row]
        return draw if part is None or len(draw) == 1 else draw[part]


def noise_block(race: Race, lanes: NDArray[np.intp], block: int, size: int) -> Draws | None:
    """Draws for steps ``block·size … block·size + size − 1``; None where there is no noise.

    Philox (Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3), keyed by the seed and, for noise that is
    not shared, by the entrant's stream and the start.
    """
    noise, dim = race.noise, race.landscape.dim
    if noise.sigma == 0.0 and noise.kind != "sparse":
        return None
    if noise.shared:
        raw = _draw(race, 0, 0, block, (size, 1, dim))
    else:
        starts = len(race.starts)
        raw = np.empty((size, len(lanes), dim))
        for i, lane in enumerate(lanes):
            entrant, start = divmod(int(lane), starts)
            raw[:, i] = _draw(race, race.entrants[entrant].noise_stream + 1, start, block, (size, dim))
    if noise.kind == "multiplicative":
        return Draws(1.0 + noise.sigma * raw, additive=False)
    if noise.kind == "sparse":
        return Draws(_seen(raw, noise.probability), additive=False)
    return Draws(noise.sigma * raw, additive=True)


def signs(seed: int, step: int, dim: int) -> Array:
    """Random signs for a curvature probe at ``step``, the same for everyone, shape ``(dim,)``."""
    return np.where(_philox(seed, 0, 0, step, SIGNS).random(dim) < 0.5, -1.0, 1.0)


def _draw(race: Race, stream: int, start: int, block: int, shape: tuple[int, ...]) -> Array:
    philox = _philox(race.seed, stream, start, block)
    if race.noise.kind == "student":
        return philox.standard_t(3.0, shape)
    return philox.random(shape) if race.noise.kind == "sparse" else philox.standard_normal(shape)


def _seen(raw: Array, probability: float) -> Array:
    """1/p where a coordinate is seen, 0 where it is not; the first one always is, unless it is the only one."""
    seen = np.where(raw < probability, 1.0 / probability, 0.0)
    if raw.shape[-1] > 1:
        seen[..., 0] = 1.0
    return seen


def _philox(seed: int, stream: int, start: int, block: int, use: int = 0) -> np.random.Generator:
    key = np.array([seed, stream], dtype=np.uint64)
    counter = np.array([0, use, start, block], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
