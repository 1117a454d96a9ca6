"""A surface over a square, seen at an angle: where its points stand in the picture, and which are hidden. No Qt.

The projection is parallel, so that equal heights are equally long wherever they stand. Every column of pixels is one
line of sight across the square. Going along it from front to back, what rises above all that came before is seen, and
the rest is hidden: the floating horizon (Williamson 1972, Algorithm 420: Hidden-Line Plotting Program). That settles
each pixel exactly, with no polygons to sort and at a third of what painting these would cost.

A point is (u, v, z): u and v from −½ to ½ across the square, z its height in the same unit. In the picture it is
(right, depth, up): depth is what lies behind, up what is drawn higher.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Heights = Callable[[Array, Array], Array]
"""``heights(u, v)``: z over the square, elementwise; NaN where there is none."""

HALF = 0.5  # of the square's side
RISE = 0.45  # of the square's side: how high the highest point stands
LOWEST, HIGHEST = 10.0, 85.0  # degrees above the horizon from which one may look
CLOSEST, FARTHEST = 12.0, 0.5  # zoom
MARGIN = (56.0, 40.0)  # pixels for the names and numbers beside and below the square
ROOM = (math.sqrt(2.0), 1.32)  # of the square's side: width at any azimuth, height at most elevations
FEWEST, MOST = 48, 512  # samples along a line of sight
SLACK = 1.5  # pixels by which a point on the surface may lie below the horizon and still be seen


@dataclass(frozen=True)
class Camera:
    """From where one looks: ``azimuth`` and ``elevation`` in degrees, and which part of the picture is shown."""

    azimuth: float = 30.0
    elevation: float = 48.0
    zoom: float = 1.0
    centre: tuple[float, float] = (0.0, 0.0)  # shift of the picture's middle, right and up, in sides of the square

    def turned(self, azimuth: float, elevation: float) -> Camera:
        """Turned by degrees: round and round, and up and down as far as it goes."""
        tilt = min(max(self.elevation + elevation, LOWEST), HIGHEST)
        return replace(self, azimuth=(self.azimuth + azimuth) % 360.0, elevation=tilt)

    def place(self, points: Array) -> Array:
        """(right, depth, up) of points (u, v, z), both (..., 3)."""
        u, v, z = np.moveaxis(points, -1, 0)
        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        depth = v * math.cos(a) - u * math.sin(a)
        up = depth * math.sin(e) + z * math.cos(e)
        return np.stack((u * math.cos(a) + v * math.sin(a), depth, up), axis=-1)


@dataclass(frozen=True)
class View:
    """A camera's picture on ``width`` × ``height`` pixels; ``margin`` times the usual room is left for its words."""

    camera: Camera
    width: float
    height: float
    margin: float = 1.0

    @property
    def empty(self) -> bool:
        return self.scale < 1.0

    @property
    def scale(self) -> float:
        """Pixels to a side of the square."""
        sides = zip((self.width, self.height), MARGIN, ROOM, strict=True)
        return self.camera.zoom * min((size - 2.0 * self.margin * margin) / room for size, margin, room in sides)

    @property
    def middle(self) -> tuple[float, float]:
        """(right, up) at the middle of the picture: half the height of the block stands there."""
        right, up = self.camera.centre
        return right, up + RISE / 2.0 * math.cos(math.radians(self.camera.elevation))

    def to_px(self, placed: Array) -> Array:
        """Pixels (..., 2), y downwards, of what `Camera.place` gives."""
        right, up = self.middle
        x = self.width / 2.0 + (placed[..., 0] - right) * self.scale
        y = self.height / 2.0 - (placed[..., 2] - up) * self.scale
        return np.stack((x, y), axis=-1)

    def right_at(self, x: Any) -> Any:
        return (x - self.width / 2.0) / self.scale + self.middle[0]

    def up_at(self, y: Any) -> Any:
        return (self.height / 2.0 - y) / self.scale + self.middle[1]

    def zoomed(self, factor: float, x: float, y: float) -> Camera:
        """A camera closer by ``factor``, with the pixel (x, y) where it is."""
        zoom = min(max(self.camera.zoom * factor, FARTHEST), CLOSEST)
        stays = 1.0 - self.camera.zoom / zoom
        shift = (x - self.width / 2.0) / self.scale * stays, (self.height / 2.0 - y) / self.scale * stays
        right, up = self.camera.centre
        return replace(self.camera, zoom=zoom, centre=(right + shift[0], up + shift[1]))


class Horizon:
    """What is seen of a surface in a view, at ``ratio`` device pixels a pixel.

    ``columns`` and ``rows`` are the picture's device pixels, one more each way than it has, for slopes.
    """

    def __init__(self, heights: Heights, view: View, ratio: float):
        self.view, self.ratio = view, ratio
        self.columns, self.rows = math.ceil(view.width * ratio) + 1, math.ceil(view.height * ratio) + 1
        self.right = view.right_at((np.arange(self.columns) + 0.5) / ratio)
        self.front, self.back, self.on_side = _crossings(self.right, view.camera)
        self.tilt = math.radians(view.camera.elevation)
        samples = int(min(max(0.8 * view.scale * ratio, FEWEST), MOST))
        along = np.linspace(0.0, 1.0, samples)
        self.depth = self.front[:, None] + (self.back - self.front)[:, None] * along  # (columns, samples)
        self.z = heights(*_across(self.right[:, None], self.depth, view.camera))
        self.up = self.depth * math.sin(self.tilt) + self.z * math.cos(self.tilt)
        # The highest so far, from front to back.
        self.highest = np.maximum.accumulate(np.where(np.isfinite(self.up), self.up, -np.inf), axis=1)

    @property
    def within(self) -> NDArray[np.bool_]:
        """Which columns meet the square, (columns,)."""
        return self.back > self.front

    def look(self) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Of every pixel (rows, columns): the height seen there, NaN beside the surface; how it is lit, 1 where it is
        level; and whether it is the front side of the block below the surface."""
        samples = self.depth.shape[1]
        ups = self.view.up_at((np.arange(self.rows)[::-1] + 0.5) / self.ratio)  # from the lowest pixel up
        after = np.empty((self.columns, self.rows), dtype=np.intp)  # the first sample not below the pixel
        for column in np.flatnonzero(self.within):
            after[column] = np.searchsorted(self.highest[column], ups)
        after[~self.within] = samples
        seen = (after > 0) & (after < samples)
        at = np.where(seen, after, 1)
        column = np.arange(self.columns)[:, None]
        flat = column * samples + at
        low, high = self.up.ravel()[flat - 1], self.up.ravel()[flat]
        z = self.z.ravel()
        with np.errstate(all="ignore"):
            share = (ups - low) / (high - low)
            height = np.where(seen, z[flat - 1] + share * (z[flat] - z[flat - 1]), np.nan)
        light = np.where(seen, self._light().ravel()[flat], 1.0)
        foot = self.front * math.sin(self.tilt) + np.fmin(self.z[:, 0], 0.0) * math.cos(self.tilt)
        wall = (after == 0) & (ups >= foot[:, None])
        return height.T[::-1], light.T[::-1], wall.T[::-1]

    def seen(self, placed: Array) -> NDArray[np.bool_]:
        """Which points on the surface, as `Camera.place` gives them (..., 3), nothing stands before.

        Of the two lines of sight beside a point, the one counts that lets more be seen.
        """
        _, depth, up = np.moveaxis(placed, -1, 0)
        x = self.view.to_px(placed)[..., 0] * self.ratio - 0.5
        known = np.isfinite(x) & np.isfinite(depth)
        left = np.clip(np.where(known, x, 0.0), 0, self.columns - 2).astype(np.intp)
        before = [self._highest_before(column, np.where(known, depth, 0.0)) for column in (left, left + 1)]
        slack = SLACK / (self.ratio * self.view.scale)
        return known & (up >= np.minimum(*before) - slack)

    def _highest_before(self, column: NDArray[np.intp], depth: Array) -> Array:
        reach, last = np.maximum(self.back - self.front, 1e-12)[column], self.depth.shape[1] - 1
        sample = (depth - self.front[column]) / reach * last - 1.0
        return self.highest[column, np.clip(sample, 0, last).astype(np.intp)]

    def _light(self) -> Array:
        """The surface under a lamp at the upper left behind the viewer, (columns, samples); 1 where it is level."""
        step = np.diff(self.right[:2])[0]
        reach = np.maximum(self.back - self.front, 1e-9)
        with np.errstate(all="ignore"):
            away = np.gradient(self.z, axis=1) * ((self.depth.shape[1] - 1) / reach[:, None])
            # Samples side by side do not lie at the same depth.
            aside = (np.gradient(self.z, axis=0) - away * np.gradient(self.depth, axis=0)) / step
            lit = (1.0 + LAMP[0] * aside + LAMP[1] * away) / np.sqrt(1.0 + aside * aside + away * away)
        return np.where(np.isfinite(lit), np.maximum(lit, 0.0), 1.0)


LAMP = (0.75, 0.35)  # how much a slope that rises to the right, or away, is lit more than a level one


def _across(right: Array, depth: Array, camera: Camera) -> tuple[Array, Array]:
    """(u, v) of points at ``right`` and ``depth``."""
    a = math.radians(camera.azimuth)
    return right * math.cos(a) - depth * math.sin(a), right * math.sin(a) + depth * math.cos(a)


def _crossings(right: Array, camera: Camera) -> tuple[Array, Array, NDArray[np.bool_]]:
    """The depths at which the lines of sight at ``right`` enter and leave the square, and whether they enter by a side
    of constant u. Where one misses the square, both are 0."""
    a = math.radians(camera.azimuth)
    co, si = math.cos(a), math.sin(a)
    with np.errstate(all="ignore"):
        by_u = np.sort(np.stack(((right * co - HALF) / si, (right * co + HALF) / si)), axis=0)
        by_v = np.sort(np.stack(((-right * si - HALF) / co, (-right * si + HALF) / co)), axis=0)
    front, back = np.fmax(by_u[0], by_v[0]), np.fmin(by_u[1], by_v[1])
    missed = ~(front < back)
    return np.where(missed, 0.0, front), np.where(missed, 0.0, back), by_u[0] > by_v[0]
