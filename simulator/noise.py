"""Gradient noise as a function of (seed, step): counter-based, so that no draw depends on who asks or how often."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.race import Race

Array = NDArray[np.float64]


def noise_block(race: Race, lanes: NDArray[np.intp], block: int, size: int) -> Array | None:
    """Draws for steps ``block·size … block·size + size − 1``, scaled by σ; None where there is no noise.

    Shape ``(size, lanes, dim)``, or ``(size, 1, dim)`` when everyone feels the same draws. Philox (Salmon et al. 2011,
    Parallel random numbers: as easy as 1, 2, 3), keyed by the seed and, for noise that is not shared, by the
    entrant's stream and the start.
    """
    sigma = race.noise.sigma
    if sigma == 0.0:
        return None
    if race.noise.shared:
        return sigma * _normal(race.seed, 0, 0, block, (size, 1, race.landscape.dim))
    starts = len(race.starts)
    draws = np.empty((size, len(lanes), race.landscape.dim))
    for i, lane in enumerate(lanes):
        entrant, start = divmod(int(lane), starts)
        stream = race.entrants[entrant].stream
        draws[:, i] = _normal(race.seed, stream + 1, start, block, (size, race.landscape.dim))
    return sigma * draws


def _normal(seed: int, stream: int, start: int, block: int, shape: tuple[int, ...]) -> Array:
    key = np.array([seed, stream], dtype=np.uint64)
    counter = np.array([0, 0, start, block], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter)).standard_normal(shape)
