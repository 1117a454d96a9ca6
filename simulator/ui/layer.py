"""Growing polylines, painted once: an image in device pixels into which each frame paints only what is new."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from simulator.ui.polyline import Segmenter, Viewport

Array = NDArray[np.float64]
Rows = Callable[[int, int], Array]
"""``rows(first, last)``: points ``(n, tracks, 2)`` in data coordinates of rows first … last, both included. Non-finite
points break a line. It may leave out rows that would not show: n is at most last − first + 1."""

CHUNK = 24_000  # points handed to numpy at once: they stay in the cache, and a look at the clock is never far
SLICE = 0.008  # seconds a frame spends on catching up; the rest follows in the next frames
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
        """Paint the rows ``points`` ``(n, tracks, 2)``, which go on where the last ones ended."""
        if len(self.shown) < points.shape[1]:
            points = points[:, self.shown]
        parts = self.segmenter.extend(self.viewport.to_px(points))
        if not any(len(part) for part in parts):
            return
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for part, (pen, _) in zip(parts, self.pens, strict=True):
            _lines(painter, pen, part)
        # Painted under all there is, a halo never covers a line, be it its own earlier part or another's.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
        for part, (_, halo) in zip(parts, self.pens, strict=True):
            if halo is not None:
                _lines(painter, halo, part)
        painter.end()


def _pens(track: Track) -> tuple[QPen, QPen | None]:
    # A square cap closes the joints of a solid line; it would fill the gaps of a dashed one.
    cap = Qt.PenCapStyle.FlatCap if track.dash else Qt.PenCapStyle.SquareCap
    pen = QPen(QColor(track.color), track.width, Qt.PenStyle.SolidLine, cap)
    halo = QPen(QColor(track.halo), track.width + 2.0, Qt.PenStyle.SolidLine, cap) if track.halo else None
    return pen, halo


def _lines(painter: QPainter, pen: QPen, segments: Array) -> None:
    """Paint ``segments`` ``(m, 4)``: four float64 in a row are a QLineF, so that no Python object is made for each."""
    if len(segments):
        painter.setPen(pen)
        painter.drawLines(shiboken6.wrapInstance(segments.ctypes.data, QLineF), len(segments))  # type: ignore[call-overload]


def viewport_of(box: pg.ViewBox) -> Viewport:
    """What a ViewBox shows, and on how many pixels."""
    (x0, x1), (y0, y1) = box.viewRange()
    return Viewport(x0, x1, y0, y1, box.width(), box.height())


class BoxLayer(pg.GraphicsObject):
    """Something painted over a ViewBox in its pixels, (0, 0) top left, clipped to it, whatever the box shows."""

    def __init__(self, box: pg.ViewBox, z: float):
        super().__init__(box)
        self.box = box
        self.setZValue(z)
        box.sigResized.connect(self._box_resized)
        box.sigRangeChanged.connect(self._box_moved)

    def _box_resized(self) -> None:
        self.prepareGeometryChange()
        self.update()

    def _box_moved(self) -> None:
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0.0, 0.0, self.box.width(), self.box.height())


class LineLayer(BoxLayer):
    """Polylines over a ViewBox that grow row by row: ``set_tracks`` says what to draw, ``show_rows`` how far.

    A frame paints the new rows only. Everything is painted afresh when the tracks are set, the rows go back, or the
    range, the size or the device's pixel ratio changes; if that takes long it is spread over frames, and after a change
    of range the old picture is stretched meanwhile.
    """

    def __init__(self, box: pg.ViewBox, z: float = 10.0):
        super().__init__(box, z)
        self._tracks: tuple[Track, ...] = ()
        self._rows: Rows | None = None
        self._wanted = -1
        self._painted = -1
        self._picture: LineImage | None = None
        self._before: LineImage | None = None  # a complete picture of the same rows in an earlier range
        self._again = QTimer(self, interval=0, singleShot=True)
        self._again.timeout.connect(self.update)

    def set_tracks(self, tracks: Sequence[Track], rows: Rows | None) -> None:
        """Draw other lines, or the same with another look; the number of rows shown starts from none again."""
        self._tracks, self._rows = tuple(tracks), rows
        self._wanted = -1
        self._void()

    def show_rows(self, last: int) -> None:
        """Draw rows 0 … ``last``; −1 draws none."""
        if last < self._wanted:
            self._void()
        if last != self._wanted:
            self._wanted = last
            self.update()

    @property
    def complete(self) -> bool:
        """Whether all rows asked for are painted."""
        return self._painted == self._wanted

    def _void(self) -> None:
        self._picture = self._before = None
        self._painted = -1
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        viewport = viewport_of(self.box)
        if viewport.empty or self._rows is None or self._wanted < 0:
            return
        picture = self._picture_for(viewport, painter.device().devicePixelRatio())
        self._catch_up(picture, self._rows)
        if self.complete:
            self._before = None
        old = self._before
        if old is None:
            painter.drawImage(0, 0, picture.image)
        else:
            was = old.viewport
            (left, top), (right, bottom) = viewport.to_px(np.array([(was.x0, was.y1), (was.x1, was.y0)]))
            painter.drawImage(QRectF(left, top, right - left, bottom - top), old.image)

    def _picture_for(self, viewport: Viewport, ratio: float) -> LineImage:
        picture = self._picture
        if picture is not None and (picture.viewport, picture.ratio) == (viewport, ratio):
            return picture
        if picture is not None and self.complete:
            self._before = picture
        self._picture = picture = LineImage(viewport, ratio, self._tracks)
        self._painted = -1
        return picture

    def _catch_up(self, picture: LineImage, rows: Rows) -> None:
        chunk = max(1, CHUNK // max(1, len(self._tracks)))
        stop = time.perf_counter() + SLICE
        while self._painted < self._wanted:
            last = min(self._painted + chunk, self._wanted)
            picture.add(rows(self._painted + 1, last))
            self._painted = last
            if time.perf_counter() > stop:
                break
        if not self.complete:
            self._again.start()
