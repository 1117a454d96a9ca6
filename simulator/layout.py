"""How the numbers of many lanes lie in memory, and that what is freed is kept for them.

In a crowd they lie coordinate by coordinate where there are two: a formula of x and y then reads what lies side by
side, and NumPy keeps to the order of what it is given in all it computes. A few lanes, and those of more coordinates,
lie lane by lane: NumPy is quickest so with a few numbers, and sums over coordinates and products of matrices would
otherwise have other last bits in a crowd than alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CROWD = 256  # lanes; fewer cost their calls, more their numbers
KEPT = 1 << 24  # bytes; several times what a span of a pack takes


def laid(values: Array, packed: int) -> Array:
    """``values`` (..., lanes, dim) as they lie where ``packed`` lanes step together: themselves, or a copy."""
    if packed <= CROWD or values.shape[-1] > 2:
        return values
    return np.ascontiguousarray(values.swapaxes(-1, -2)).swapaxes(-1, -2)


def room(rows: int, lanes: int, dim: int, packed: int) -> Array:
    """Rows of numbers (rows, lanes, dim), not yet set, that lie so."""
    if packed <= CROWD or dim > 2:
        return np.empty((rows, lanes, dim))
    return np.empty((rows, dim, lanes)).swapaxes(1, 2)


def common(values: Array | float) -> Array:
    """``values`` as one number, shape (), where all lanes share it to the last bit: it is then computed with once."""
    lanes = np.asarray(values, dtype=np.float64)
    return lanes if np.ptp(lanes.view(np.int64)) else lanes.reshape(-1)[:1].reshape(())


def keep_freed() -> None:
    """Have freed arrays kept for the next ones, as far as `KEPT`: to fetch each page anew costs a third of a step.

    glibc keeps pieces as large as the largest it was ever given back; elsewhere this does nothing.
    """
    np.empty(KEPT, np.uint8)  # given back at once, untouched
