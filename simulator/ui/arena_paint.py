"""The arena's picture, piece by piece: one function a thing, through a `Viewport`, on screen and for export."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from simulator.landscape import Landscape
from simulator.plane import Plane
from simulator.recording import Recording
from simulator.ui.arena_heads import Heads, Ink, around, plaque, positions
from simulator.ui.colorbar import ColorBar, bar
from simulator.ui.contour import LINE, Colors, Relief, band_look, contour
from simulator.ui.forkmarks import dash_of, forks_until, paint_forks
from simulator.ui.lineimage import Track
from simulator.ui.polyline import Viewport
from simulator.ui.stamp import Stamp, put
from simulator.ui.theme import Theme

if TYPE_CHECKING:  # a window opens before the relief is read
    from simulator.ui.scene import View

Array = NDArray[np.float64]
ABOVE, BELOW = 0.08, 0.12  # room over and under a curve, of its height
INNER, OUTER = 7.0, 12.0  # radii of a start's ring and its ticks


def home(landscape: Landscape) -> View:
    """What the arena shows at first: the box, and in one dimension the curve's height above it."""
    if landscape.dim == 2:
        return landscape.box[0], landscape.box[1]
    heights = heights_at(landscape, np.linspace(*landscape.box[0], 512))
    heights = heights[np.isfinite(heights)]
    low, high = (float(heights.min()), float(heights.max())) if len(heights) else (0.0, 1.0)
    high_by = high - low or 1.0
    return landscape.box[0], (low - BELOW * high_by, high + ABOVE * high_by)


def heights_at(landscape: Landscape, x: Array) -> Array:
    """f along the line, for a landscape of one dimension."""
    with np.errstate(all="ignore"):
        return landscape.loss(x[:, None])


def places(landscape: Landscape, thetas: Array, plane: Plane | None = None) -> Array:
    """Where points ``(n, dim)`` of the landscape stand in the picture, ``(n, 2)``: on the ``plane`` if there is one."""
    if plane is not None:
        return plane.project(thetas)
    if landscape.dim == 2:
        return thetas
    return np.stack((thetas[:, 0], heights_at(landscape, thetas[:, 0])), axis=1)


def tracks(recording: Recording, theme: Theme, hidden: frozenset[int]) -> list[Track]:
    """How each lane's trail is painted."""
    looks: list[Track] = []
    for e, entrant in enumerate(recording.race.entrants):
        style = theme.style(entrant.stream)
        dash = dash_of(recording, e, style)
        track = Track(style.color, theme.trail_px, dash, theme.plot, entrant.stream not in hidden)
        looks += [track] * len(recording.race.starts)
    return looks


def backdrop(landscape: Landscape, relief: Relief | None, port: Viewport, ratio: float, theme: Theme) -> QImage:
    """The landscape itself at ``ratio`` device pixels a pixel: contour bands, or the curve in one dimension."""
    if relief is not None:
        picture = contour(landscape, relief, port, ratio, _colors(theme))
        rows, columns = picture.shape
        image = QImage(picture.data, columns, rows, picture.strides[0], QImage.Format.Format_RGB32).copy()
        image.setDevicePixelRatio(ratio)
        return image
    image = QImage(math.ceil(port.width * ratio), math.ceil(port.height * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(theme.plot))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_curve(painter, landscape, port, ratio, theme)
    painter.end()
    return image


def _colors(theme: Theme) -> Colors:
    return theme.contour_low, theme.contour_mid, theme.contour_high, theme.contour_line, theme.plot


def paint_outlines(
    painter: QPainter, landscape: Landscape, relief: Relief | None, port: Viewport, theme: Theme
) -> bool:
    """The same as areas and lines, where these stay what they are. False, and nothing painted, where it has to be an
    image: lines so close that they fade."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if relief is None:
        painter.fillRect(QRectF(0, 0, port.width, port.height), QColor(theme.plot))
        _paint_curve(painter, landscape, port, 1.0, theme)
        return True
    from simulator.ui.bandpaths import outlines  # not before there is something to export

    found = outlines(landscape, relief, port)
    if found is None:
        return False
    parts, levels = found
    painter.fillRect(QRectF(0, 0, port.width, port.height), QColor(theme.plot))
    for i, (level, loops) in enumerate(levels):
        band, line = band_look(level, parts, _colors(theme))
        path = QPainterPath()
        for loop in loops:
            path.addPolygon(QPolygonF([QPointF(*point) for point in loop.tolist()]))
            path.closeSubpath()
        pale = QColor(line)
        pale.setAlphaF(LINE)
        painter.setPen(QPen(pale, 1.0) if line and i else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(band))
        painter.drawPath(path)
    return True


def _paint_curve(painter: QPainter, landscape: Landscape, port: Viewport, ratio: float, theme: Theme) -> None:
    x = np.linspace(port.x0, port.x1, math.ceil(port.width * ratio) + 1)
    px = port.to_px(np.stack((x, heights_at(landscape, x)), axis=1))
    finite = np.isfinite(px).all(axis=1)
    px[:, 1] = np.clip(px[:, 1], -50.0, port.height + 50.0)
    ground = port.height + 50.0
    fill = QColor(theme.contour_mid)
    fill.setAlpha(110)
    pen = QPen(QColor(theme.contour_low if not theme.dark else theme.contour_line), 2.0 * theme.scale)
    breaks = np.flatnonzero(np.diff(finite)) + 1
    for part, whole in zip(np.split(px, breaks), np.split(finite, breaks), strict=True):
        if len(part) and whole[0]:
            curve = [QPointF(*point) for point in part.tolist()]
            area = [QPointF(part[0, 0], ground), *curve, QPointF(part[-1, 0], ground)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF(area))
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(curve))


def paint_minima(painter: QPainter, port: Viewport, landscape: Landscape, theme: Theme) -> None:
    """A filled star at every lowest minimum, a hollow one at the others."""
    if not landscape.minima:
        return
    spots = port.to_px(places(landscape, np.array([m.theta for m in landscape.minima])))
    for (x, y), minimum in zip(spots.tolist(), landscape.minima, strict=True):
        if math.isfinite(x) and math.isfinite(y):
            paint_star(painter, QPointF(x, y), minimum.kind == "global", theme)


def paint_star(painter: QPainter, at: QPointF, filled: bool, theme: Theme) -> None:
    star = _star(filled, theme)
    put(painter, at - star.middle, star)


@lru_cache(maxsize=16)
def _star(filled: bool, theme: Theme) -> Stamp:
    radius = 9.0 * theme.scale
    side = 2.0 * radius + 6.0 * theme.scale
    light, dark = (theme.text, theme.plot) if theme.dark else (theme.plot, theme.text)
    path = _star_path(side / 2, side / 2, radius)

    def paint(painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(dark), 4.0 * theme.scale))
        painter.drawPath(path)
        if filled:
            painter.setBrush(QColor(light))
        painter.setPen(QPen(QColor(light), 1.6 * theme.scale))
        painter.drawPath(path)

    return Stamp(side, side, paint)


def _star_path(x: float, y: float, radius: float) -> QPainterPath:
    path = QPainterPath()
    for i in range(10):
        r, angle = radius * (1.0 if i % 2 == 0 else 0.42), math.pi * (i / 5 - 0.5)
        point = QPointF(x + r * math.cos(angle), y + r * math.sin(angle))
        path.lineTo(point) if i else path.moveTo(point)
    path.closeSubpath()
    return path


def paint_starts(painter: QPainter, spots: Array, theme: Theme, faint: bool = False) -> None:
    """A ring with a cross of ticks around each start, ``spots`` ``(n, 2)`` in pixels; numbered if there are several."""
    ring = _ring(theme, faint)
    for i, (x, y) in enumerate(spots.tolist()):
        if not (math.isfinite(x) and math.isfinite(y)):
            continue
        put(painter, QPointF(x, y) - ring.middle, ring)
        if len(spots) > 1:
            corner = QPointF(x - OUTER * theme.scale, y + 0.6 * OUTER * theme.scale)
            put(painter, corner, plaque(((str(i + 1), theme.text),), theme))


@lru_cache(maxsize=16)
def _ring(theme: Theme, faint: bool) -> Stamp:
    inner, outer = INNER * theme.scale, OUTER * theme.scale
    side = 2.0 * outer + 4.0 * theme.scale
    centre = QPointF(side / 2, side / 2)

    def paint(painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((theme.plot, 4.0), (theme.faint if faint else theme.text, 1.8)):
            painter.setPen(QPen(QColor(color), width * theme.scale))
            painter.drawEllipse(centre, inner, inner)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(centre + QPointF(dx, dy) * inner, centre + QPointF(dx, dy) * outer)

    return Stamp(side, side, paint)


def fork_marks(
    port: Viewport,
    recording: Recording,
    step: int,
    theme: Theme,
    hidden: frozenset[int],
    plane: Plane | None = None,
) -> Iterator[tuple[float, float, str]]:
    """Where forks branch off, in pixels, each with its colour."""
    starts = len(recording.race.starts)
    for e, k in forks_until(recording, step, hidden):
        spots = port.to_px(positions(recording, k, k, plane)[0, e * starts : (e + 1) * starts])
        color = theme.style(recording.race.entrants[e].stream).color
        yield from ((x, y, color) for x, y in spots.tolist())


class Foreground:
    """What stands before the trails: starts, colour bar, heads with their names, arrows to those outside.

    Names and bar remember where they stood, and keep clear of ``ink``, what the trails cover, if that is known.
    """

    def __init__(self, names: bool = True) -> None:
        self._names, self._heads, self._bar = names, Heads(names), ColorBar()

    def paint(
        self,
        painter: QPainter,
        port: Viewport,
        recording: Recording,
        step: int,
        theme: Theme,
        hidden: frozenset[int],
        relief: Relief | None,
        ink: Ink | None,
        plane: Plane | None = None,
    ) -> None:
        race = recording.race
        starts = port.to_px(places(race.landscape.at(step), np.array(race.starts), plane))
        spots = [(x, y) for x, y in starts.tolist() if math.isfinite(y)]
        keep_out = [around(x, y, 8.0 * theme.scale) for x, y in spots]
        if relief is not None and self._names:
            spots += port.to_px(positions(recording, step, step, plane)[0]).tolist()
            rect = self._bar.rect(port, theme, [QPointF(x, y) for x, y in spots if math.isfinite(x + y)], ink)
            if not rect.isEmpty():
                put(painter, rect.topLeft(), bar(relief, theme))
            keep_out.append(rect)
        paint_starts(painter, starts, theme)
        paint_forks(painter, fork_marks(port, recording, step, theme, hidden, plane), theme)
        self._heads.paint(painter, port, recording, step, theme, hidden, keep_out, ink, plane)
