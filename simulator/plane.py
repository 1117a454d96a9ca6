"""A plane through parameter space, on which a race in more than two dimensions is drawn.

What a picture of such a race shows is a shadow: paths are projected onto the plane at right angles, and the loss is
that of the plane's own points, which the racers leave. `Plane.share` says how much of their movement lies in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Box, Facts, Landscape, Minimum
from simulator.recording import Recording

Array = NDArray[np.float64]
SAMPLE = 20_000  # points of all paths together from which the movement is measured
FLATTEST = 0.5  # the view's shorter side over its longer one, at least: the surroundings of a straight path
MARGIN = 0.15  # of the view beyond the paths, on every side


@dataclass(frozen=True, eq=False)
class Plane:
    """The points ``origin + x·axes[0] + y·axes[1]``. origin: (dim,); axes: (2, dim), at right angles."""

    origin: Array
    axes: Array

    def project(self, theta: Array) -> Array:
        """Coordinates in the plane of the points nearest to ``theta`` (..., dim); shape (..., 2)."""
        with np.errstate(over="ignore", invalid="ignore"):  # of those who diverge
            return (theta - self.origin) @ (self.axes / _squares(self.axes)).T

    def lift(self, xy: Array) -> Array:
        """The points at coordinates ``xy`` (..., 2); shape (..., dim)."""
        return self.origin + xy @ self.axes

    def share(self, recording: Recording) -> float:
        """How much of the race's movement lies in the plane, 0 to 1.

        Movement is the squared distance of every racer from its own start, summed over the steps computed so far;
        points farther from it than the box's diagonal, of those who diverge, are left out. 1 where nobody has moved.
        """
        moves = _moves(recording)
        whole = float(np.square(moves).sum())
        shown = float(np.square(moves @ (self.axes / np.sqrt(_squares(self.axes))).T).sum())
        return min(shown / whole, 1.0) if whole else 1.0

    def view(self, recording: Recording, least: float = 0.0) -> Box:
        """The part of the plane where the race's paths lie, and ``least`` around the origin on every side; with the
        shadows of minima that are not farther from the paths than these are long."""
        points = _sample(recording)
        flat = np.concatenate((self.project(points.reshape(-1, points.shape[-1])), [[-least, -least], [least, least]]))
        low, high = flat.min(axis=0), flat.max(axis=0)
        for minimum in Section(recording.race.landscape, self, ()).minima:
            spot, room = np.array(minimum.theta), high - low
            if ((spot > low - room) & (spot < high + room)).all():
                low, high = np.minimum(low, spot), np.maximum(high, spot)
        lengths = np.sqrt(_squares(self.axes))[:, 0]
        half = (high - low) / 2 * lengths
        half = np.maximum(half, FLATTEST * float(half.max()) or 1.0) * (1 + 2 * MARGIN) / lengths
        middle = (low + high) / 2
        return tuple((float(m - h), float(m + h)) for m, h in zip(middle, half, strict=True))


def random_plane(landscape: Landscape, origin: Array, seed: int) -> Plane:
    """The plane through ``origin`` (dim,) along two random directions, filter-normalised.

    Li, Xu, Taylor, Studer & Goldstein 2018, Visualizing the Loss Landscape of Neural Nets: every filter of a direction
    is as long as the same filter of the origin. A filter is a row of a matrix block; a vector block is one filter.
    In a few dozen dimensions random directions are not nearly at right angles; here they are made so, filter by
    filter, which keeps the lengths. A filter of a single number takes part in the first direction only; one that is 0
    at the origin in none, and where all are 0 the box gives the lengths.
    """
    draw = np.random.default_rng(seed)
    box = np.asarray(landscape.box)
    scale = origin if origin.any() else (box[:, 1] - box[:, 0]) / 2.0
    axes = np.zeros((2, len(origin)))
    for part in _filters(landscape):
        first, second = draw.standard_normal((2, part.stop - part.start))
        second -= first * (first @ second) / (first @ first)
        length = float(np.linalg.norm(scale[part]))
        axes[0, part] = first * (length / np.linalg.norm(first))
        if len(second) > 1:
            axes[1, part] = second * (length / np.linalg.norm(second))
    if not axes[1].any():  # single numbers all the way: the plane of the first two
        axes = np.zeros_like(axes)
        axes[(0, 1), (0, 1)] = np.abs(scale[:2]) + (scale[:2] == 0.0)
    return Plane(origin, axes)


def principal_plane(recording: Recording) -> Plane:
    """The plane through the first start that shows as much of the race's movement as a plane can.

    Its axes, of unit length, are the two leading right singular vectors of all displacements from the start, each
    turned so that the racers have on the whole moved along it. Movement is that of `Plane.share`.
    """
    moves = _moves(recording)
    _, vectors = np.linalg.eigh(moves.T @ moves)
    axes = vectors.T[:-3:-1]
    along = axes @ moves.sum(axis=0)
    return Plane(np.array(recording.race.starts[0]), np.where(along < 0.0, -1.0, 1.0)[:, None] * axes)


@dataclass(frozen=True)
class Section(Landscape):
    """The loss on a plane: a landscape of two dimensions.

    Its minima are the shadows of those true ones to which the plane shows most of the way from the origin, with their
    true loss, which is not that of the shadow's place.
    """

    whole: Landscape
    plane: Plane
    view: Box  # of the plane, in its own coordinates

    def loss(self, theta: Array) -> Array:
        return self.whole.loss(self.plane.lift(theta))

    def facts(self) -> Facts:
        minima: list[Minimum] = []
        for minimum in self.whole.minima:
            way = np.array(minimum.theta) - self.plane.origin
            shadow = self.plane.project(np.array(minimum.theta))
            if 2.0 * np.square(shadow @ self.plane.axes).sum() >= np.square(way).sum():
                minima.append(Minimum(tuple(shadow.tolist()), minimum.loss, minimum.kind))
        return Facts(self.view, (), self.whole.lr, tuple(minima))


def _filters(landscape: Landscape) -> list[slice]:
    parts: list[slice] = []
    for shape in landscape.blocks:
        size = shape[-1]
        for _ in range(math.prod(shape) // size):
            begin = parts[-1].stop if parts else 0
            parts.append(slice(begin, begin + size))
    return parts


def _squares(axes: Array) -> Array:
    return np.square(axes).sum(axis=1, keepdims=True)


def _sample(recording: Recording) -> Array:
    """Evenly spaced rows of all paths, (rows, lanes, dim), with the start in place of points too far from it."""
    rows, lanes = recording.done + 1, recording.race.lanes
    chosen = np.unique(np.linspace(0, recording.done, min(rows, max(2, SAMPLE // lanes))).round().astype(np.intp))
    theta, start = recording.theta[chosen], recording.theta[0]
    across = np.array([high - low for low, high in recording.race.landscape.box])
    with np.errstate(over="ignore", invalid="ignore"):
        near = np.square(theta - start).sum(axis=2) <= across @ across
    return np.where(near[..., None], theta, start)


def _moves(recording: Recording) -> Array:
    """Displacements from the start, one a row: (n, dim)."""
    return (_sample(recording) - recording.theta[0]).reshape(-1, recording.theta.shape[2])
