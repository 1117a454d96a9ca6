"""Gradient noise as a function of (seed, step): counter-based, so that no draw depends on who asks or how often."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Crowd, Field
from simulator.layout import laid

Array = NDArray[np.float64]
Lanes = NDArray[np.intp]
SIGNS = 1  # marks the counters of draws that are no noise: the signs of a curvature probe


@dataclass(frozen=True)
class Draws:
    """What a block of steps does to gradients: adds ``values``, or multiplies by them.

    ``values``: ``(steps, draws, dim)``; ``which`` says for each lane the draw it feels, None: each its own, or all the
    only one.
    """

    values: Array
    additive: bool
    which: Lanes | None = None

    def felt(self, grad: Array, row: int, part: slice | None = None) -> Array:
        """``grad`` of the lanes in ``part`` (None: all), as it is felt in step ``row`` of the block."""
        draw = self._row(row, part)
        return grad + draw if self.additive else grad * draw

    def added(self, row: int, part: slice) -> Array | None:
        """What is added to the gradient of the lanes in ``part``, if this noise adds."""
        return self._row(row, part) if self.additive else None

    def _row(self, row: int, part: slice | None) -> Array:
        draw = self.values[row]
        if self.which is not None:
            # A tenth of what draw[...] takes.
            which = self.which if part is None else self.which[part]
            return laid(draw.take(which, axis=0, mode="clip"), len(self.which))
        return draw if part is None or len(draw) == 1 else draw[part]


def noise_block(field: Field, lanes: Lanes, block: int, size: int) -> Draws | None:
    """Draws for steps ``block·size … block·size + size − 1``; None where there is no noise.

    Philox (Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3), keyed by the seed and, for noise that is
    not shared, by the entrant's stream and the start.
    """
    noise, shape = field.noise, (size, field.landscape.dim)
    if noise.sigma == 0.0 and noise.kind != "sparse":
        return None
    runs, seed = np.divmod(lanes, len(field.seeds))
    if noise.shared:
        present, which = np.unique(seed, return_inverse=True)
        keys = [(field.seeds[int(i)], 0, 0) for i in present]
        which = which if len(keys) > 1 else None
    elif isinstance(field, Crowd) and field.alike:
        who = runs // len(field.starts) * len(field.seeds) + seed  # an entrant with a seed
        present, which = np.unique(who, return_inverse=True)
        own = (divmod(int(i), len(field.seeds)) for i in present)
        keys = [(field.seeds[i], field.entrants[entrant].noise_stream + 1, 0) for entrant, i in own]
    else:
        starts, which = len(field.starts), None
        keys = [
            (field.seeds[i], field.entrants[run // starts].noise_stream + 1, run % starts)
            for run, i in zip(map(int, runs), map(int, seed), strict=True)
        ]
    raw = np.stack([_draw(noise.kind, *key, block, shape) for key in keys], axis=1)
    if which is None:
        raw = laid(raw, len(lanes))
    if noise.kind == "sparse":
        values = _seen(raw, noise.probability)
    else:
        values = noise.sigma * raw if noise.kind != "multiplicative" else 1.0 + noise.sigma * raw
    return Draws(values, noise.kind not in ("multiplicative", "sparse"), which)


def signs(seed: int, step: int, dim: int) -> Array:
    """Random signs for a curvature probe at ``step``, the same for everyone, shape ``(dim,)``."""
    return np.where(_philox(seed, 0, 0, step, SIGNS).random(dim) < 0.5, -1.0, 1.0)


@lru_cache(maxsize=256)  # the packs of a crowd ask for the same
def _draw(kind: str, seed: int, stream: int, start: int, block: int, shape: tuple[int, int]) -> Array:
    philox = _philox(seed, stream, start, block)
    if kind == "student":
        drawn = philox.standard_t(3.0, shape)
    else:
        drawn = philox.random(shape) if kind == "sparse" else philox.standard_normal(shape)
    drawn.flags.writeable = False
    return drawn


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
