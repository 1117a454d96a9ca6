"""Points without a slope: minima, saddles, and the way Newton's method finds the nearest."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Landscape

Array = NDArray[np.float64]
NEWTON_STEPS = 12


class Rest:
    """A point without a slope nearby: where, how far from the racer, its curvatures, its loss."""

    def __init__(self, landscape: Landscape, theta: Array, distance: float):
        self.theta, self.distance = theta, distance
        self.curvatures = curvatures(landscape, theta)
        self.loss = float(landscape.loss(theta[None])[0])

    @property
    def saddle(self) -> bool:
        """Whether it falls somewhere from here."""
        return bool(self.curvatures[0] < -1e-6 * np.abs(self.curvatures).max())

    @property
    def minimum(self) -> bool:
        return bool(self.curvatures[0] > -1e-9 * np.abs(self.curvatures).max()) and not self.saddle


def curvatures(landscape: Landscape, theta: Array) -> Array:
    """The eigenvalues of the Hessian, ascending; NaN where it is not finite."""
    hessian = landscape.hess(theta[None])[0]
    if not np.isfinite(hessian).all():
        return np.full(len(theta), np.nan)
    return cast("Array", np.linalg.eigvalsh(hessian))


def nearest_rest(landscape: Landscape, theta: Array) -> Rest | None:
    """The point without a slope, of any kind, that Newton's method closes in on from ``theta`` (dim,)."""
    at: Array = theta
    lengths = [0.0]
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            grad, hessian = landscape.grad(at[None])[0], landscape.hess(at[None])[0]
            if not (np.isfinite(grad).all() and np.isfinite(hessian).all()):
                return None
            move = cast("Array", np.linalg.pinv(hessian, rcond=1e-10, hermitian=True) @ grad)
            at, length = at - move, float(np.linalg.norm(move))
            lengths.append(length)
            if length <= 1e-9 * landscape.diagonal:
                break
    still = 1e-6 * landscape.diagonal
    if lengths[-1] > max(0.05 * lengths[1], still):
        return None
    before, after = (float(np.linalg.norm(landscape.grad(point[None])[0])) for point in (theta, at))
    if lengths[1] > still and after > 0.3 * before:
        return None
    return Rest(landscape, at, float(np.linalg.norm(at - theta)))
