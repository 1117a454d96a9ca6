"""What a relief stands on: the heights of a landscape over its box, and how they and paths on them come into the
picture. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Landscape
from simulator.relief import RISE, Horizon, View
from simulator.ui.contour import BANDS, Lattice, Relief, coarse_enough, has_formula
from simulator.ui.polyline import Viewport

if TYPE_CHECKING:
    from simulator.ui.lineimage import Rows

Array = NDArray[np.float64]
GRID = 480  # of the heights of a loss that costs much; evaluated it is every few of them, see `Lattice`
PIECE, MOST_PIECES = 7.0, 48  # pixels of a step that are drawn straight, and how often one is cut at most


@dataclass(frozen=True, eq=False)
class Ground:
    """The heights of ``landscape``, as it stands, on the level scale ``levels``; z as in `simulator.relief`."""

    landscape: Landscape
    levels: Relief

    @property
    def box(self) -> Array:
        return np.asarray(self.landscape.box)

    def heights(self, u: Array, v: Array) -> Array:
        if not has_formula(self.landscape):
            return self._between(u, v)
        (x0, y0), (wide, high) = self.box[:, 0], np.ptp(self.box, axis=1)
        x: Any = x0 + (u + 0.5) * wide
        y: Any = y0 + (v + 0.5) * high
        if self._coarse:
            x, y = x.astype(np.float32), y.astype(np.float32)
        with np.errstate(all="ignore"):
            loss = np.array(np.broadcast_to(self.landscape.f(x, y), x.shape), dtype=x.dtype)
            return (RISE / BANDS * self.levels.height(loss)).astype(np.float64)

    def points(self, xy: Array) -> Array:
        """(u, v, z) on the surface of points (..., 2) of the landscape; NaN outside the box."""
        with np.errstate(over="ignore", invalid="ignore"):
            uv = (xy - self.box[:, 0]) / np.ptp(self.box, axis=1) - 0.5
            uv = np.where((np.abs(uv) <= 0.5 + 1e-9).all(axis=-1, keepdims=True), uv, np.nan)
            z = self.heights(uv[..., 0], uv[..., 1])
        return np.concatenate((uv, z[..., None]), axis=-1)

    @cached_property
    def _coarse(self) -> bool:
        (x0, x1), (y0, y1) = self.box.tolist()
        return coarse_enough(self.levels, Viewport(x0, x1, y0, y1, GRID, GRID))

    @cached_property
    def _grid(self) -> Array:
        (x0, x1), (y0, y1) = self.box.tolist()
        lattice = Lattice(self.landscape, self.levels, Viewport(x0, x1, y0, y1, GRID, GRID))
        nodes = np.arange(GRID + 1.0)
        return RISE / BANDS * lattice.heights(nodes, nodes)[::-1]  # the lattice counts from the top

    def _between(self, u: Array, v: Array) -> Array:
        at = np.stack(((v + 0.5) * GRID, (u + 0.5) * GRID))
        known = np.isfinite(at).all(axis=0)
        at = np.clip(np.where(known, at, 0.0), 0.0, GRID)
        low = np.minimum(at.astype(np.intp), GRID - 1)
        (i, j), (down, along) = low, at - low
        z = self._grid
        near = z[i, j] + along * (z[i, j + 1] - z[i, j])
        far = z[i + 1, j] + along * (z[i + 1, j + 1] - z[i + 1, j])
        return np.where(known, near + down * (far - near), np.nan)


@dataclass(frozen=True, eq=False)
class ReliefPort(Viewport):
    """The landscape's box seen as a relief: wherever the arena's picture is painted through a `Viewport`, heads and
    stars stand on the surface through this one."""

    ground: Ground
    horizon: Horizon

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    @classmethod
    def of(cls, ground: Ground, view: View, ratio: float) -> ReliefPort:
        (x0, x1), (y0, y1) = ground.box.tolist()
        return cls(x0, x1, y0, y1, view.width, view.height, ground, Horizon(ground.heights, view, ratio))

    @property
    def view(self) -> View:
        return self.horizon.view

    def place(self, xy: Array) -> Array:
        """(right, depth, up) on the surface; NaN outside the box."""
        return self.view.camera.place(self.ground.points(xy))

    def to_px(self, points: Array) -> Array:
        """Pixels; what lies outside the box, where there is no surface, is put outside the picture in its direction."""
        px = self.view.to_px(self.place(points))
        outside = np.isnan(px).any(axis=-1, keepdims=True) & np.isfinite(points).all(axis=-1, keepdims=True)
        return np.where(outside, self._beyond(points), px) if outside.any() else px

    def _beyond(self, points: Array) -> Array:
        middle = np.array((self.width, self.height)) / 2
        flat = np.zeros((*points.shape[:-1], 3))
        with np.errstate(over="ignore", invalid="ignore"):
            flat[..., :2] = (points - self.ground.box.mean(axis=1)) / np.ptp(self.ground.box, axis=1)
            flat /= np.maximum(np.abs(flat).max(axis=-1, keepdims=True), 0.5)
            away = self.view.to_px(self.view.camera.place(flat)) - middle
            return middle + away * (2 * middle.sum() / np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), 1e-9))

    def draped(self, rows: Rows) -> Rows:
        """``rows`` in pixels, y upwards, laid on the surface: each step is cut into pieces that follow it.

        Twice as many polylines: first all of every path, then every path with what is hidden left out.
        """

        def on_surface(first: int, last: int) -> Array:
            steps = rows(max(first - 1, 0), last)
            xy = steps if first == 0 and len(steps) == 1 else self._cut(steps, whole=first == 0)
            placed = self.place(xy)
            px = self.view.to_px(placed)
            px[..., 1] = self.height - px[..., 1]
            return np.concatenate((px, np.where(self.horizon.seen(placed)[..., None], px, np.nan)), axis=1)

        return on_surface

    def _cut(self, xy: Array, whole: bool) -> Array:
        """The points of paths ``xy`` (rows, lanes, 2) and more between them, within the box; without the first row
        unless the ``whole`` is asked for."""
        begin, way = xy[:-1], xy[1:] - xy[:-1]
        low, high = self.ground.box.T
        with np.errstate(all="ignore"):
            a, b = (low - begin) / way, (high - begin) / way
            enter, leave = np.fmin(a, b), np.fmax(a, b)
            still = (way == 0.0) & (begin >= low) & (begin <= high)
            enter = np.clip(np.where(still, 0.0, enter).max(axis=-1), 0.0, 1.0)
            leave = np.clip(np.where(still, 1.0, leave).min(axis=-1), 0.0, 1.0)
            pixels = self.view.scale * np.linalg.norm(way / np.ptp(self.ground.box, axis=1), axis=-1) * (leave - enter)
        crossing = (enter < leave) & ((enter > 0.0) | (leave < 1.0))
        pieces = np.ceil(np.where(np.isfinite(pixels) & (enter < leave), pixels, 0.0) / PIECE)
        pieces = np.clip(np.where(crossing, np.maximum(pieces, 3), pieces).max(axis=1), 1, MOST_PIECES).astype(np.intp)
        row = np.repeat(np.arange(len(way)), pieces)
        number = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + 1
        share = (number / pieces[row])[:, None]
        along = np.where(enter[row] < leave[row], enter[row] + (leave - enter)[row] * share, np.nan)
        # A path that comes in from outside does not go on from where it left.
        along[(number == 1)[:, None] & (enter[row] > 0.0)] = np.nan
        with np.errstate(all="ignore"):
            cut = begin[row] + way[row] * along[..., None]
        return np.concatenate((xy[:1], cut)) if whole else cut
