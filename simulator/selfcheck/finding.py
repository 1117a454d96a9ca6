"""What a check finds: numbers compared, and how far apart they may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """One comparison: the worst place of many, or a single fact.

    ``who`` is the entry of a catalog, ``where`` what of it was looked at. ``error`` is what was found, at most
    ``tolerance`` if all is well; nan never is. ``expected`` and ``got`` are the numbers at the worst place.
    """

    who: str
    where: str
    error: float
    tolerance: float
    expected: str = ""
    got: str = ""

    @property
    def well(self) -> bool:
        return self.error <= self.tolerance

    @property
    def share(self) -> float:
        """How much of the tolerance is used up; above 1 it fails."""
        if self.tolerance == 0.0:
            return 0.0 if self.error == 0.0 else math.inf
        return math.inf if math.isnan(self.error) else self.error / self.tolerance

    def __str__(self) -> str:
        numbers = f": expected {self.expected}, got {self.got}" if self.expected or self.got else ""
        size = f" (error {self.error:.2g}, tolerance {self.tolerance:.2g})" if math.isfinite(self.error) else ""
        return f"{self.who}: {self.where}{numbers}{size}"


@dataclass(frozen=True)
class Check:
    """One kind of comparison over many subjects; ``look`` yields what it finds of one, in parts that take no time.

    ``tolerance`` says in words how far apart is too far.
    """

    name: str
    title: str
    tolerance: str
    subjects: Callable[[], Sequence[str]]
    look: Callable[[str], Iterator[Finding]]


def fact(who: str, where: str, true: bool, expected: object, got: object) -> Finding:
    """Something that is so or is not; what was expected and found is kept where it is not."""
    return Finding(who, where, 0.0, 0.0) if true else Finding(who, where, math.inf, 0.0, str(expected), str(got))


def same_bits(who: str, where: str, expected: Any, got: Any) -> Finding:
    """Equal arrays, to the last bit."""
    wanted, found = np.asarray(expected, dtype=np.float64), np.asarray(got, dtype=np.float64)
    if wanted.shape != found.shape:
        return fact(who, where, False, f"shape {wanted.shape}", f"shape {found.shape}")
    with np.errstate(all="ignore"):
        equal = (wanted == found) | (np.isnan(wanted) & np.isnan(found))
        apart = np.where(equal, 0.0, np.maximum(np.abs(found - wanted), 5e-324))
    return _worst(who, where, apart, 0.0, wanted, found)


def close(who: str, where: str, expected: Any, got: Any, tolerance: float, scale: Any = 1.0) -> Finding:
    """The largest error |got − expected| / scale, over all that is compared. Only what is infinite may be infinite."""
    wanted, found, size = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (expected, got, scale)))
    with np.errstate(all="ignore"):
        apart = np.where(wanted == found, 0.0, np.abs(found - wanted) / size)
    return _worst(who, where, apart, tolerance, wanted, found)


def _worst(who: str, where: str, apart: Array, tolerance: float, wanted: Array, found: Array) -> Finding:
    if apart.size == 0:
        return Finding(who, where, 0.0, tolerance)
    worst = int(np.argmax(np.where(np.isnan(apart), np.inf, apart)))
    return Finding(
        who, where, float(apart.flat[worst]), tolerance, f"{wanted.flat[worst]:.17g}", f"{found.flat[worst]:.17g}"
    )
