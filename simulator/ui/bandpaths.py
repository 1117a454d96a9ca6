"""The contour picture as outlines, for where lines and areas stay what they are. No Qt.

Marching squares (Lorensen & Cline 1987 in the plane): what lies above a level is bounded by closed lines, one above the
other like sheets of paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Landscape
from simulator.ui.contour import CELL, Lattice, Relief, division, evaluate, has_formula
from simulator.ui.polyline import Viewport

Array = NDArray[np.float64]
STEP = 2.5  # units between two heights: straight lines between them are a tenth of a unit off at most
STEEP, MOST_STEEP = 0.15, 0.02  # bands a unit from which lines fade, and the share of the picture that may do so
MOST_LEVELS = 60
TOP, RIGHT, BOTTOM, LEFT = range(4)
# By which corners are above, 1 top left, 2 top right, 4 bottom right, 8 bottom left: from which side of the cell to
# which a line runs, what is above on its right. Where two corners lie across, they are kept apart.
RUNS: tuple[tuple[tuple[int, int], ...], ...] = (
    (), ((LEFT, TOP),), ((TOP, RIGHT),), ((LEFT, RIGHT),), ((RIGHT, BOTTOM),), ((LEFT, TOP), (RIGHT, BOTTOM)),
    ((TOP, BOTTOM),), ((LEFT, BOTTOM),), ((BOTTOM, LEFT),), ((BOTTOM, TOP),), ((TOP, RIGHT), (BOTTOM, LEFT)),
    ((BOTTOM, RIGHT),), ((RIGHT, LEFT),), ((RIGHT, TOP),), ((TOP, LEFT),), (),
)  # fmt: skip


def outlines(landscape: Landscape, relief: Relief, port: Viewport) -> tuple[int, list[tuple[int, list[Array]]]] | None:
    """Into how many each band is divided, and for every level in view, the lowest first, the closed lines, points
    ``(n, 2)`` in pixels, around what lies above it; the first of all are those around all there is.

    None where lines are so close that the picture fades them: outlines would be a grey smear.
    """
    parts = division(landscape, relief, port)
    # A cell more on every side, so that no outline is seen where the picture ends.
    px, py = (np.arange(-STEP, size + 2 * STEP, STEP) for size in (port.width, port.height))
    if has_formula(landscape):
        x = port.x0 + px * ((port.x1 - port.x0) / port.width)
        y = port.y1 - py * ((port.y1 - port.y0) / port.height)
        with np.errstate(all="ignore"):
            height = relief.height(evaluate(landscape, x, y))
    else:
        px, py = (at[(at >= -CELL) & (at <= size + CELL)] for at, size in ((px, port.width), (py, port.height)))
        height = Lattice(landscape, relief, port).heights(px, py)
    height = height * parts
    there = np.isfinite(height)
    if not there.any():
        return parts, []
    with np.errstate(invalid="ignore"):
        slope = np.hypot(np.diff(height, axis=0)[:, :-1], np.diff(height, axis=1)[:-1]) / STEP
    low, high = (math.floor(height[there].min()) + 1, math.ceil(height[there].max()))
    if (slope > STEEP).mean() > MOST_STEEP or high - low > MOST_LEVELS:
        return None
    height[~there] = -np.inf
    height = np.pad(height, 1, constant_values=-np.inf)
    px, py = (np.concatenate((at[:1], at, at[-1:])) for at in (px, py))
    return parts, [(level, list(_loops(height, bound, px, py))) for level, bound in _levels(low, high)]


def _levels(low: int, high: int) -> Iterator[tuple[int, float]]:
    yield low - 1, -1e300
    for level in range(low, high):
        yield level, float(level)


def _loops(height: Array, level: float, px: Array, py: Array) -> Iterator[Array]:
    """The closed lines around where ``height`` is at least ``level``."""
    above = height >= level
    rows, columns = height.shape
    case = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    upright = rows * columns  # what sides that stand upright are numbered from
    begin: list[NDArray[np.intp]] = []
    end: list[NDArray[np.intp]] = []
    for kind, runs in enumerate(RUNS):
        if not runs:
            continue
        i, j = np.nonzero(case == kind)
        sides = (i * columns + j, upright + i * columns + j + 1, (i + 1) * columns + j, upright + i * columns + j)
        for one, other in runs:
            begin.append(sides[one])
            end.append(sides[other])
    follows = dict(zip(np.concatenate(begin).tolist(), np.concatenate(end).tolist(), strict=True))
    while follows:
        first, side = follows.popitem()
        loop = [first]
        while side != first:
            loop.append(side)
            side = follows.pop(side)
        yield _bends(_points(np.array(loop), height, level, px, py))


def _points(sides: NDArray[np.intp], height: Array, level: float, px: Array, py: Array) -> Array:
    """Where the level crosses each of the ``sides``."""
    rows, columns = height.shape
    upright = sides >= rows * columns
    i, j = np.divmod(sides % (rows * columns), columns)
    k, m = np.where(upright, i + 1, i), np.where(upright, j, j + 1)
    a, b = height[i, j], height[k, m]
    with np.errstate(invalid="ignore", over="ignore"):
        share = np.clip((level - a) / (b - a), 0.0, 1.0)
    share = np.where(np.isneginf(a), 1.0, np.where(np.isneginf(b), 0.0, share))  # there is nothing beyond
    return np.stack((px[j] + share * (px[m] - px[j]), py[i] + share * (py[k] - py[i])), axis=1)


def _bends(points: Array) -> Array:
    """Without those on a straight line between their neighbours: the way along the picture's edge is long."""
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    return points[np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) > 1e-9]
