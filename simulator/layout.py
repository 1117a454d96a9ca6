"""How the numbers of many lanes lie in memory, and that what is freed is kept for them.

They lie coordinate by coordinate where there are two: a formula of x and y then reads what lies side by side, and
NumPy keeps to the order of what it is given in all it computes. With more coordinates a lane lies in one piece: sums
over coordinates and products of matrices would otherwise have other last bits in a crowd than alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
KEPT = 1 << 24  # bytes; some times what a block of steps of a pack takes


def laid(values: Array) -> Array:
    """``values`` (..., lanes, dim) in that order: themselves, or a copy."""
    return values if values.shape[-1] > 2 else np.ascontiguousarray(values.swapaxes(-1, -2)).swapaxes(-1, -2)


def keep_freed() -> None:
    """Have freed arrays kept for the next ones, as far as `KEPT`: to fetch each page anew costs a third of a step.

    glibc keeps pieces as large as the largest it was ever given back; elsewhere this does nothing.
    """
    np.empty(KEPT, np.uint8)  # given back at once, untouched
