"""The contour picture: a level scale that reads well on every landscape, bands and lines as pixels. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Landscape
from simulator.plane import Section
from simulator.ui.polyline import Viewport

Array = NDArray[np.float64]
Colors = tuple[str, str, str, str, str]
"""Lowest band, middle, highest, the line between bands, and where there is no loss, as "#rrggbb"."""

BANDS = 15
SPAN = BANDS - 0.03  # what the box's heights fill of them: up to the last line they would ring every summit
FEWEST = 6  # bands in view below which each is divided, so that a close-up still shows its shape
SAMPLES, FEW_SAMPLES = 96, 40  # a side, to settle the level scale; the few where a loss costs much
SHADES = 1024  # entries of the colour table along the scale …
COVERS = 16  # … and across, from no line to a full one
LINE = 0.5  # opacity of a line
LUMINANCE = (0.2126, 0.7152, 0.0722)  # of red, green, blue
DIFFERENT = 45.0  # of 255
STRIP = 40_000  # pixels computed at once: their arrays stay in the cache
HALF = 0.5  # of the box in one band: it would look empty
CELL = 6.0  # pixels between two evaluations where a loss costs much
CHUNK = 512  # points handed at once to a loss that may look at a whole data set for each


@dataclass(frozen=True)
class Relief:
    """The level scale of a landscape on its box: how high, in bands, a loss is shown.

    Bands are uniform in log(1 + (f − floor)/unit), which goes on below the floor by symmetry. Where no minimum is known
    (a saddle falls without end) that would spend every band on the lowest corner, and on a plain with a hole in it most
    of the box would be one band: there it is mixed half and half with the share of the box that lies lower.
    """

    floor: float
    unit: float
    top: float  # log(1 + (f − floor)/unit) at the box's highest point
    ranks: tuple[float, ...] = ()

    @classmethod
    def of(cls, landscape: Landscape) -> Relief:
        side = SAMPLES if has_formula(landscape) else FEW_SAMPLES
        x, y = (np.linspace(low, high, side) for low, high in landscape.box)
        z = evaluate(landscape, x, y)
        z = np.sort(z[np.isfinite(z)])
        if not len(z):
            return cls(0.0, 1.0, 1.0)
        # A plane through many dimensions meets none of the minima whose shadows stand on it.
        low = min([float(z[0]), *(m.loss for m in landscape.minima if not isinstance(landscape, Section))])
        reach = float(z[-1]) - low
        # np.quantile would load numpy.ma, a tenth of the time the window takes to appear.
        unit = max(float(z[round(0.05 * (len(z) - 1))]) - low, 1e-6 * reach) or 1.0
        relief = cls(low, unit, math.log1p(reach / unit) or 1.0)
        bands = np.bincount(np.clip(relief.height(z.copy()).astype(np.intp), 0, BANDS - 1), minlength=BANDS) / len(z)
        if (landscape.minima or isinstance(landscape, Section)) and bands.max() < HALF and bands[1:].all():
            return relief
        ranks = z[np.linspace(0, len(z) - 1, 65).round().astype(int)]
        return cls(low, unit, relief.top, tuple(ranks.tolist()))

    def height(self, z: Any) -> Any:
        """Bands above the floor: 0 at the lowest point, `SPAN` at the box's highest. Overwrites ``z``."""
        ranked = np.interp(z, self.ranks, np.linspace(0, SPAN / 2, len(self.ranks))) if self.ranks else None
        z -= self.floor
        z /= self.unit
        below = z < 0
        np.abs(z, out=z)
        np.log1p(z, out=z)
        z *= (0.5 if self.ranks else 1.0) * SPAN / self.top
        if below.any():
            np.negative(z, out=z, where=below)
        if ranked is not None:
            z += ranked.astype(z.dtype)
        return z

    def loss(self, height: Array) -> Array:
        """The loss at each ``height`` between 0 and `SPAN`: the inverse of `height`."""
        steps = self.floor + self.unit * np.expm1(np.linspace(0.0, self.top, 1024))
        losses = np.sort(np.concatenate((steps, self.ranks)))
        return np.interp(height, self.height(losses.copy()), losses)


def has_formula(landscape: Landscape) -> bool:
    """Whether the loss is a formula in the coordinates, cheap enough to be evaluated at every pixel."""
    return type(landscape).f is not Landscape.f


def evaluate(landscape: Landscape, x: Any, y: Any) -> Any:
    """Losses at columns ``x`` and rows ``y``, shape ``(rows, columns)``; infinite or NaN where the formula is."""
    with np.errstate(all="ignore"):
        if has_formula(landscape):
            z = landscape.f(x[None], y[:, None])
            return np.array(np.broadcast_to(z, (len(y), len(x))), dtype=x.dtype)
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        losses = [landscape.loss(grid[a : a + CHUNK]) for a in range(0, len(grid), CHUNK)]
    return np.concatenate(losses).reshape(len(y), len(x))


class Lattice:
    """The heights of a costly loss in a viewport: evaluated every `CELL` pixels, in between by cubic interpolation.

    Interpolated is the height, which bends far less than the loss. Keys 1981, Cubic Convolution Interpolation.
    """

    def __init__(self, landscape: Landscape, relief: Relief, port: Viewport):
        # One node before the first pixel and two beyond the last, which a cubic needs.
        self._columns, self._rows = (math.ceil(size / CELL) + 4 for size in (port.width, port.height))
        (x0, y0), (x1, y1) = port.to_data(
            CELL * np.array(((-1.0, -1.0), (self._columns - 2.0, self._rows - 2.0)))
        ).tolist()
        x, y = np.linspace(x0, x1, self._columns), np.linspace(y0, y1, self._rows)
        self._height = relief.height(evaluate(landscape, x, y))
        hole = ~np.isfinite(self._height)
        self._holes = hole.astype(float) if hole.any() else None
        self._height[hole] = BANDS

    def heights(self, px: Array, py: Array) -> Array:
        """Heights at pixel columns ``px`` and rows ``py``, shape ``(rows, columns)``; NaN where there is no loss."""
        across, down = _cubic(px, self._columns), _cubic(py, self._rows)
        heights = down @ self._height @ across.T
        if self._holes is not None:
            heights[down @ self._holes @ across.T > 0.01] = np.nan
        return heights


def _cubic(px: Array, nodes: int) -> Array:
    """How much each of the ``nodes``, `CELL` pixels apart from −`CELL` on, weighs at each pixel, (pixels, nodes)."""
    far = np.abs(px[:, None] / CELL + 1.0 - np.arange(nodes))
    near = (1.5 * far - 2.5) * far * far + 1.0
    beyond = ((2.5 - 0.5 * far) * far - 4.0) * far + 2.0
    return np.where(far < 1.0, near, np.where(far < 2.0, beyond, 0.0))


def division(landscape: Landscape, relief: Relief, port: Viewport) -> int:
    """Into how many each band is divided in this view: a power of two, 1 unless it is a close-up."""
    heights = relief.height(evaluate(landscape, np.linspace(port.x0, port.x1, 33), np.linspace(port.y0, port.y1, 33)))
    heights = heights[np.isfinite(heights)]
    span = float(np.ptp(heights)) if len(heights) else 0.0
    return 2 ** min(40, math.ceil(math.log2(FEWEST / span))) if 0 < span < FEWEST else 1


def contour(landscape: Landscape, relief: Relief, port: Viewport, ratio: float, colors: Colors) -> NDArray[np.uint32]:
    """The picture, ``(rows, columns)`` of 0xffRRGGBB at ``ratio`` device pixels a pixel."""
    columns, rows = math.ceil(port.width * ratio), math.ceil(port.height * ratio)
    parts = division(landscape, relief, port)
    # One row and column more than is painted, for the slopes. Samples sit in the middle of their pixels.
    px: Any = (np.arange(columns + 1) + 0.5) / ratio
    py: Any = (np.arange(rows + 1) + 0.5) / ratio
    x: Any = port.x0 + px * ((port.x1 - port.x0) / port.width)
    y: Any = port.y1 - py * ((port.y1 - port.y0) / port.height)
    if parts == 1 and coarse_enough(relief, port):
        x, y = x.astype(np.float32), y.astype(np.float32)
    lattice = None if has_formula(landscape) else Lattice(landscape, relief, port)
    table, faint = _table(colors)
    picture = np.empty((rows, columns), dtype=np.uint32)
    strip = max(1, STRIP // columns)
    with np.errstate(all="ignore"):
        for a in range(0, rows, strip):
            b = min(a + strip, rows)
            if lattice is None:
                height = relief.height(evaluate(landscape, x, y[a : b + 1]))
            else:
                height = lattice.heights(px, py[a : b + 1])
            height *= parts
            picture[a:b] = _paint(height, parts, ratio, table, faint)
    return picture


def bands(height: Any, parts: int, width: float, colors: Colors) -> NDArray[np.uint32]:
    """Heights (rows + 1, columns + 1), of the landscape or of what is seen of it, as pixels (rows, columns); lines
    ``width`` pixels wide, each band divided into ``parts``."""
    with np.errstate(all="ignore"):
        return _paint(height * parts, parts, width, *_table(colors))


def band_look(level: int, parts: int, colors: Colors) -> tuple[str, str]:
    """The colours of the band above a level and, at the opacity `LINE`, of the line along it, "" for none: the floor
    is a point or a valley's bottom, nothing crosses it."""
    table, faint = _table(colors)
    at = min(max((level + 0.5) / (BANDS * parts), 0.0), 1.0)
    line = colors[2] if level < faint * parts else colors[3]
    return f"#{int(table[round(at * (SHADES - 1))]) & 0xFFFFFF:06x}", line if level else ""


def coarse_enough(relief: Relief, port: Viewport) -> bool:
    """Whether float32, half the work, tells neighbouring pixels and levels apart."""
    narrow = min((port.x1 - port.x0) / _size(port.x0, port.x1), (port.y1 - port.y0) / _size(port.y0, port.y1))
    if relief.ranks and np.diff(relief.ranks).min() < 1e-7 * (relief.ranks[-1] - relief.floor):
        return False  # on a plain
    return narrow > 1e-2 and relief.unit > 1e-5 * abs(relief.floor)


def _size(a: float, b: float) -> float:
    return max(abs(a), abs(b))


def _paint(height: Any, parts: int, width: float, table: NDArray[np.uint32], faint: float) -> NDArray[np.uint32]:
    here = height[:-1, :-1]
    dx, dy = height[:-1, 1:] - here, height[1:, :-1] - here
    dx *= dx
    dy *= dy
    dx += dy
    slope = np.sqrt(dx, out=dx)
    np.copyto(slope, 0.0, where=~np.isfinite(slope))  # beside a hole: no line
    level = np.rint(here)
    off = here - level
    off /= np.maximum(slope, 1e-9, out=dy)  # signed distance to the nearest level, in pixels
    shade = np.clip(off + 0.5, 0.0, 1.0)  # crossing the level within a pixel, from the band below to the one above
    shade += level
    shade -= 0.5
    shade *= SHADES / (BANDS * parts)
    np.clip(shade, 0, SHADES - 1, out=shade)
    # Lines a few pixels apart would be a grey smear: they fade before.
    cover = np.clip(0.5 + 0.5 * width - np.abs(off, out=off), 0.0, 1.0, out=off)
    cover *= np.clip(1.6 - 4.0 * width * slope, 0.0, 1.0)
    cover *= level != 0  # the floor is a point or a valley's bottom, nothing crosses it
    cover *= slope > 1e-3  # nor a plain that lies on a level
    cover *= COVERS - 1
    lost = ~np.isfinite(here)
    index = (cover + 0.5).astype(np.int32)
    index *= SHADES
    index += shade.astype(np.int32)
    if faint:
        np.add(index, COVERS * SHADES, out=index, where=level < faint * parts)
    if lost.any():
        index[lost] = -1
    return table[index]


@lru_cache(maxsize=8)
def _table(colors: Colors) -> tuple[NDArray[np.uint32], float]:
    """Colours by (pale, cover, shade), row by row, and at the end that of no loss; and the level, in bands, below which
    lines are pale: one in the lines' own colour would hardly differ from the lowest bands."""
    low, mid, high, line, void = (np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], float) for color in colors)
    t = np.linspace(0.0, 2.0, SHADES)[:, None]
    bands = np.where(t < 1, low + (mid - low) * t, mid + (high - mid) * (t - 1))
    cover = LINE * np.linspace(0.0, 1.0, COVERS)[:, None, None]
    faint = BANDS * float(np.argmax(np.abs((bands - line) @ LUMINANCE) >= DIFFERENT)) / SHADES
    mixed = [np.rint(bands + (color - bands) * cover).reshape(-1, 3) for color in (line, high)]
    red, green, blue = np.concatenate((*mixed, void[None])).astype(np.uint32).T
    return np.uint32(0xFF000000) | red << 16 | green << 8 | blue, faint
