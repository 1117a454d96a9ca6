"""Growing polylines, painted once: an image in device pixels into which each frame paints only what is new."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from simulator.ui.polyline import Cover, Segmenter, Viewport
from simulator.ui.stamp import is_vector

Array = NDArray[np.float64]
Rows = Callable[[int, int], Array]
"""``rows(first, last)``: points ``(n, tracks, 2)`` in data coordinates of rows first … last, both included. Non-finite
points break a line. It may leave out rows that would not show: n is at most last − first + 1."""

CHUNK = 24_000  # points handed to numpy at once at most: they stay in the cache
FIRST = 50  # points after which to look at the clock for the first time: a long line costs a tenth of a millisecond
SLICE = 0.004  # seconds a frame spends on catching up; the rest follows in the next frames
LOOK = 4_000  # segments after which to look again what is covered
OPAQUE = 250  # of 255: rounding keeps many layers of anti-aliased edges from adding up to it
GRAIN = 0.5  # device pixels a point must move before it is painted


@dataclass(frozen=True)
class Track:
    """How one polyline is painted. ``dash`` is in line widths, () solid; ``halo`` a colour beneath it, "" none."""

    color: str
    width: float
    dash: tuple[float, ...] = ()
    halo: str = ""
    visible: bool = True


class LineImage:
    """The picture of some tracks in a viewport: add points, take ``image``."""

    def __init__(self, viewport: Viewport, ratio: float, tracks: Sequence[Track]):
        self.viewport, self.ratio = viewport, ratio
        self.shown = [i for i, track in enumerate(tracks) if track.visible]
        self.pens = [_pens(tracks[i]) for i in self.shown]
        dashes = [tuple(part * tracks[i].width for part in tracks[i].dash) for i in self.shown]
        self.segmenter = Segmenter(dashes, viewport.width, viewport.height, GRAIN / ratio)
        size = math.ceil(viewport.width * ratio), math.ceil(viewport.height * ratio)
        self.image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        self.image.setDevicePixelRatio(ratio)
        self.image.fill(Qt.GlobalColor.transparent)

    def add(self, points: Array) -> None:
        """Paint the rows ``points`` ``(n, tracks, 2)``, which go on where the last ones ended, over all there is."""
        parts = self.segmenter.extend(self._px(points))
        if not any(len(part) for part in parts):
            return
        painter = self._painter()
        for part, (pen, _) in zip(parts, self.pens, strict=True):
            lines(painter, pen, part)
        # Painted under all there is, a halo never covers a line, be it its own earlier part or another's.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
        for part, (_, halo) in zip(parts, self.pens, strict=True):
            if halo is not None:
                lines(painter, halo, part)
        painter.end()

    def repaint(self, rows: Rows, last: int, steady: bool = False) -> Iterator[None]:
        """Paint rows 0 … ``last`` on the empty image, a bit at each turn of the iterator, to go on with `add`.

        The newest rows come first and the older ones beneath: what lies covered, most of a long race, costs nothing.
        How large a bit is depends on the time it takes, and which of two lines lies above depends on that, unless it
        shall be ``steady``: the same picture each time.
        """
        self.segmenter.last = self._px(rows(last, last))[0]
        width = max(1, len(self.shown))
        for layer in range(2 if any(halo for _, halo in self.pens) else 1):
            segmenter, top, chunk = self.segmenter.backward(), last, max(1, FIRST // width)
            cover, fresh = None, 0
            while top >= 0:
                begin, bottom = time.perf_counter(), max(0, top - chunk + 1)
                if fresh > LOOK:
                    cover, fresh = self._cover(), 0
                fresh += self._add_under(segmenter.extend(self._px(rows(bottom, top))[::-1]), layer, cover)
                top = bottom - 1
                share = 4.0 if steady else SLICE / 2 / max(time.perf_counter() - begin, 1e-6)
                chunk = max(1, FIRST // width, min(CHUNK // width, int(chunk * min(share, 4.0))))
                yield

    def _add_under(self, parts: list[Array], layer: int, cover: Cover | None) -> int:
        """Paint lines (layer 0) or halos (1) beneath all there is; how many segments that took."""
        painted = 0
        painter = self._painter()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
        for part, pens in zip(parts[::-1], self.pens[::-1], strict=True):
            pen = pens[layer]
            if pen is not None and len(part):
                seen = cover.showing(part, pen.widthF()) if cover is not None else part
                lines(painter, pen, seen)
                painted += len(seen)
        painter.end()
        return painted

    def ink(self, rect: QRectF) -> float:
        """The share of ``rect``, in the viewport's pixels, that is painted on."""
        edges = (rect.left(), rect.right(), rect.top(), rect.bottom())
        left, right, top, bottom = (max(0, round(edge * self.ratio)) for edge in edges)
        part = self._pixels()[top:bottom:2, left:right:2]  # no line is so thin that it would be missed
        return np.count_nonzero(part) / max(1, part.size)

    def _cover(self) -> Cover:
        return Cover(self._pixels() >= OPAQUE << 24, self.ratio)

    def _pixels(self) -> NDArray[np.uint32]:
        return np.asarray(self.image.constBits()).view(np.uint32).reshape(self.image.height(), -1)

    def _px(self, points: Array) -> Array:
        if len(self.shown) < points.shape[1]:
            points = points[:, self.shown]
        return self.viewport.to_px(points)

    def _painter(self) -> QPainter:
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter


def _pens(track: Track) -> tuple[QPen, QPen | None]:
    # A square cap closes the joints of a solid line; it would fill the gaps of a dashed one.
    cap = Qt.PenCapStyle.FlatCap if track.dash else Qt.PenCapStyle.SquareCap
    pen = QPen(QColor(track.color), track.width, Qt.PenStyle.SolidLine, cap)
    halo = QPen(QColor(track.halo), track.width + 2.0, Qt.PenStyle.SolidLine, cap) if track.halo else None
    return pen, halo


def lines(painter: QPainter, pen: QPen, segments: Array) -> None:
    """Paint ``segments`` ``(m, 4)``: four float64 in a row are a QLineF, so that no Python object is made for each."""
    if not len(segments):
        return
    painter.setPen(pen)
    if is_vector(painter):  # joined they make a smaller file, and dashes without seams
        painter.drawPath(as_path(segments))
    else:
        painter.drawLines(shiboken6.wrapInstance(segments.ctypes.data, QLineF), len(segments))  # type: ignore[call-overload]


def as_path(segments: Array) -> QPainterPath:
    """``segments`` ``(m, 4)`` as lines, those in one that go on where another ended."""
    path = QPainterPath()
    joined = np.zeros(len(segments), dtype=np.bool_)
    joined[1:] = (segments[1:, :2] == segments[:-1, 2:]).all(axis=1)
    for (x0, y0, x1, y1), on in zip(segments.tolist(), joined.tolist(), strict=True):
        if not on:
            path.moveTo(x0, y0)
        path.lineTo(x1, y1)
    return path
