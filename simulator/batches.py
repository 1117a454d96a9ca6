"""Which samples a step sees: a function of (seed, step, N, batch size, order), so that everyone meets the same batch.

Counter-based as the noise is: no draw depends on who asks or how often, and a step far ahead costs no more than the
first one. Only raw bits and a stable sort are used, which every version of NumPy and every processor gives alike.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

AHEAD = 64  # permutations drawn at once: to begin a stream costs as much as a step
BATCHES, WEIGHTS, DATA = (2**63 + n for n in range(3))  # second words of the key, far from those of the noise


def batch(seed: int, step: int, total: int, size: int, order: str) -> Indices:
    """Indices of the samples that the step leaving row ``step`` sees, of ``total``; shape ``(size,)`` or shorter.

    ``"shuffled"``: every epoch goes once through all samples in an order of its own, its last batch smaller where
    ``size`` does not divide ``total``. ``"sampled"``: ``size`` different samples, drawn anew at every step; the mean
    over them has 1/size of the variance of one, times (total − size)/(total − 1), as they differ. Either way a batch
    of ``total`` is all of them, in their own order.
    """
    if size >= total:
        return np.arange(total)
    if order == "sampled":
        return _permutation(seed, step, total)[:size]
    epoch, turn = divmod(step, -(-total // size))
    return _permutation(seed, epoch, total)[turn * size : (turn + 1) * size]


def uniform(seed: int, purpose: int, count: int) -> Array:
    """``count`` draws, uniform on [0, 1)."""
    return (_bits(seed, purpose, 0, count) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _permutation(seed: int, number: int, total: int) -> Indices:
    block, row = divmod(number, AHEAD)
    return _permutations(seed, block, total)[row]


@lru_cache(maxsize=8)
def _permutations(seed: int, block: int, total: int) -> Indices:
    bits = _bits(seed, BATCHES, block, AHEAD * total).reshape(AHEAD, total)
    found = np.argsort(bits, axis=1, kind="stable")
    found.flags.writeable = False
    return found


def _bits(seed: int, purpose: int, block: int, count: int) -> NDArray[np.uint64]:
    """Philox (Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3)."""
    key = np.array([seed, purpose], dtype=np.uint64)
    counter = np.array([0, 0, 0, block], dtype=np.uint64)
    return np.random.Philox(key=key, counter=counter).random_raw(count)
