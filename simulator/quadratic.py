"""A quadratic model of the loss, lane by lane: where its bottom is, how far to trust it, how well it foretold.

The model at θ is f + g·p + ½·p·M·p, M symmetric. Matrices are (lanes, dim, dim), vectors (lanes, dim), numbers
(lanes, 1).
"""

from __future__ import annotations

import numpy as np

from simulator.lanewise import EPS, dot, ratio
from simulator.matrices import eigh
from simulator.optimizer import Array

ROUND_OFF = 10.0 * EPS
FLAT = 1e-8
SECULAR_STEPS = 12


class Eigen:
    """Eigenvalues, ascending, and eigenvectors of ``matrix`` + ``damping``; nan where there are none (`eigh`).

    Of the two signs of an eigenvector, the one whose largest coordinate is positive.
    """

    @np.errstate(all="ignore")
    def __init__(self, matrix: Array, damping: Array | float = 0.0):
        values, vectors = eigh(matrix)
        largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)
        self.vectors: Array = np.where(largest < 0.0, -vectors, vectors)
        self.values: Array = values + damping

    @np.errstate(all="ignore")
    def along(self, vector: Array) -> Array:
        """Coordinates of ``vector`` along the eigenvectors."""
        return np.einsum("nij,ni->nj", self.vectors, vector)

    @np.errstate(all="ignore")
    def back(self, coordinates: Array) -> Array:
        return np.einsum("nij,nj->ni", self.vectors, coordinates)

    @np.errstate(all="ignore")
    def solved(self, vector: Array) -> Array:
        """M⁻¹·vector; nothing along the directions in which M is 0, which is the pseudo-inverse."""
        flat = np.abs(self.values) <= ROUND_OFF * self.values.shape[1] * self._largest
        return self.back(ratio(self.along(vector), np.where(flat, 0.0, self.values)))

    @np.errstate(all="ignore")
    def descended(self, vector: Array) -> Array:
        """|M|⁻¹·vector: negative curvatures count as positive, so that it always points along ``vector``.

        None counts as less than 10⁻⁸ of the largest; where there is no curvature at all, M is I.
        """
        values = np.maximum(np.abs(self.values), FLAT * self._largest)
        return self.back(self.along(vector) / np.where(self._largest == 0.0, 1.0, values))

    @property
    def _largest(self) -> Array:
        return np.abs(self.values).max(axis=1, keepdims=True)


@np.errstate(all="ignore")
def gain(grad: Array, matrix: Array, step: Array) -> Array:
    """By how much the model falls along ``step``."""
    return -dot(grad, step) - 0.5 * dot(step, np.einsum("nij,nj->ni", matrix, step))


@np.errstate(all="ignore")
def foretold(loss: Array, there: Array, gained: Array) -> Array:
    """What the loss fell by, as a share of what the model ``gained``; 1 where round-off hides both.

    nan where the loss is.
    """
    small = np.abs(gained) <= ROUND_OFF * np.abs(loss)
    return np.where(small, 1.0, (loss - there) / gained)


@np.errstate(all="ignore")
def within(eigen: Eigen, grad: Array, radius: Array) -> Array:
    """The step to the lowest point of the model no farther than ``radius``.

    Moré & Sorensen 1983, Computing a Trust Region Step: −(M + μ·I)⁻¹·g with the μ ≥ 0 that makes it as long as the
    radius, found by Newton's method on 1/‖p‖. Where no such μ is left, g having no part along the lowest curvature
    (as on a saddle), that direction fills the step up.
    """
    slopes, values, far = eigen.along(grad), eigen.values, radius
    largest = ROUND_OFF * np.abs(values).max(axis=1, keepdims=True)
    flat = (np.abs(values) <= largest) & (np.abs(slopes) <= far * largest)
    slopes, values = np.where(flat, 0.0, slopes), np.where(flat, 0.0, values)
    lowest = values[:, :1]
    bottom = _step(slopes, values, 0.0)
    falling = ((values <= 0.0) & (slopes != 0.0)).any(axis=1, keepdims=True)
    inside = (lowest >= 0.0) & ~falling & (norm(bottom) <= far)
    # From here on μ is counted from the lowest curvature, as a small difference would drown in it.
    values, least = values - lowest, np.maximum(0.0, lowest)
    # Any of these is still too small, and from there Newton's method closes in from one side.
    shift = np.maximum((np.abs(slopes) / far - values).max(axis=1, keepdims=True), least)
    for _ in range(SECULAR_STEPS):
        p = _step(slopes, values, shift)
        length = norm(p)
        bend = ratio(p * p, values + shift).sum(axis=1, keepdims=True)
        shift = shift + np.maximum(0.0, ratio(length * length, bend) * (length - far) / far)
    edge = _step(slopes, values, shift)
    short = np.where(shift == 0.0, np.sqrt(np.maximum(0.0, far * far - norm(edge) ** 2)), 0.0)
    edge[:, :1] += np.where(slopes[:, :1] > 0.0, -short, short)
    return eigen.back(np.where(inside, bottom, edge * np.minimum(1.0, ratio(far, norm(edge)))))


def _step(slopes: Array, values: Array, shift: Array | float) -> Array:
    return -ratio(slopes, values + shift)


@np.errstate(all="ignore")
def norm(p: Array) -> Array:
    return np.sqrt(dot(p, p))
