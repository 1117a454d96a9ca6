"""Layers over a ViewBox, painted in its pixels; one of them shows growing polylines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter

from simulator.ui.lineimage import CHUNK, FIRST, SLICE, LineImage, Rows, Track
from simulator.ui.polyline import Viewport

PATIENCE = 0.024  # the same where there would otherwise be nothing to look at: a slider or the timeline is dragged


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

    A frame paints the new rows only. Everything is painted afresh when the tracks are set, the rows go back or leap, or
    the range, the size or the device's pixel ratio changes; if that takes long it is spread over frames, newest rows
    first, and after a change of range the old picture is stretched meanwhile.
    """

    def __init__(self, box: pg.ViewBox, z: float = 10.0):
        super().__init__(box, z)
        self._tracks: tuple[Track, ...] = ()
        self._rows: Rows | None = None
        self._wanted = -1
        self._painted = -1  # the last row painted, once the work is done
        self._picture: LineImage | None = None
        self._work: Iterator[None] | None = None  # paints the picture afresh
        self._before: LineImage | None = None  # a complete picture of the same rows in an earlier range
        self._again = QTimer(self, interval=0, singleShot=True)
        self._again.timeout.connect(self._go_on)

    def set_tracks(self, tracks: Sequence[Track], rows: Rows | None) -> None:
        """Draw other lines, or the same with another look; the number of rows shown starts from none again."""
        self._tracks, self._rows = tuple(tracks), rows
        self._wanted = -1
        self._void()

    def show_rows(self, last: int) -> None:
        """Draw rows 0 … ``last``; −1 draws none."""
        leap = (last - self._painted) * len(self._tracks) > CHUNK and last > 2 * self._painted
        if last < self._wanted or (leap and self._work is None):
            self._void()
        if last != self._wanted:
            self._wanted = last
            self.update()

    @property
    def complete(self) -> bool:
        """Whether all rows asked for are painted."""
        return self._work is None and self._painted == self._wanted

    @property
    def ink(self) -> Callable[[QRectF], float] | None:
        """`LineImage.ink` of the picture on screen; None while that is not complete."""
        return self._picture.ink if self._picture is not None and self.complete else None

    def stop(self) -> None:
        """Let a repaint under way rest until the next frame."""
        self._again.stop()

    def _void(self) -> None:
        self._picture = self._before = self._work = None
        self._painted = -1
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        viewport = viewport_of(self.box)
        if viewport.empty or self._rows is None or self._wanted < 0:
            return
        bare = self._picture is None
        picture = self._picture_for(viewport, painter.device().devicePixelRatio(), self._rows)
        self._catch_up(picture, self._rows, PATIENCE if bare else SLICE)
        old = self._before
        if old is None:
            painter.drawImage(0, 0, picture.image)
        else:
            was = old.viewport
            (left, top), (right, bottom) = viewport.to_px(np.array([(was.x0, was.y1), (was.x1, was.y0)]))
            painter.drawImage(QRectF(left, top, right - left, bottom - top), old.image)

    def _picture_for(self, viewport: Viewport, ratio: float, rows: Rows) -> LineImage:
        picture = self._picture
        if picture is not None and (picture.viewport, picture.ratio) == (viewport, ratio):
            return picture
        if picture is not None and self._work is None:
            self._before = picture
        self._picture = picture = LineImage(viewport, ratio, self._tracks)
        self._painted = self._wanted
        self._work = picture.repaint(rows, self._wanted)
        return picture

    def _catch_up(self, picture: LineImage, rows: Rows, seconds: float) -> None:
        stop = time.perf_counter() + seconds
        while self._work is not None:
            if next(self._work, self) is self:
                self._work = self._before = None
            elif time.perf_counter() >= stop:
                self._again.start()
                return
        chunk = max(1, FIRST // max(1, len(self._tracks)))
        while self._painted < self._wanted:
            last = min(self._painted + chunk, self._wanted)
            picture.add(rows(self._painted + 1, last))
            self._painted = last
            if time.perf_counter() >= stop and not self.complete:
                self._again.start()
                return

    def _go_on(self) -> None:
        if self._before is not None and self._picture is not None and self._rows is not None:
            self._catch_up(self._picture, self._rows, SLICE)  # out of sight: no need to paint a frame for it
        if self._before is None:
            self.update()
