"""Paths of racers and curves in a picture: an image of them that grows, or lines where lines stay lines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from simulator.ui.arena_heads import Ink
from simulator.ui.lineimage import CHUNK, LineImage, Rows, Track, as_path
from simulator.ui.polyline import Segmenter, Viewport
from simulator.ui.stamp import is_vector

Array = NDArray[np.float64]
FINE = 0.1  # units a point must move before it is drawn: a tenth of what is seen on screen
LAYERS = 16  # parts of a race, the later above the earlier, whoever's they are


class Trails:
    """Rows 0 … of some tracks. Painted again with more rows, or as many, only the new ones cost anything."""

    def __init__(self) -> None:
        self._picture: LineImage | None = None
        self._of: tuple[object, ...] = ()
        self._painted = -1

    def paint(
        self, painter: QPainter, port: Viewport, ratio: float, looks: list[Track], rows: Rows, last: int, of: object
    ) -> Ink:
        """Rows 0 … ``last``, at ``ratio`` device pixels a unit. ``of`` is what the rows are of: while it is the same,
        they are. Returns what they cover."""
        vector = is_vector(painter)
        made_of = of, port, 1.0 if vector else ratio, tuple(looks)
        if self._picture is None or made_of != self._of or last < self._painted:
            self._picture = LineImage(port, made_of[2], looks)
            for _ in self._picture.repaint(rows, last, steady=True):
                pass
        elif last > self._painted:
            chunk = max(1, CHUNK // max(1, len(looks)))
            for first in range(self._painted + 1, last + 1, chunk):
                self._picture.add(rows(first, min(first + chunk - 1, last)))
        self._of, self._painted = made_of, last
        if vector:  # the image is for names to find room
            paint_paths(painter, port, looks, _parts(rows, last))
        else:
            painter.drawImage(QPointF(0, 0), self._picture.image)
        return self._picture.ink


def _parts(rows: Rows, last: int) -> Iterator[Array]:
    size = max(1, -(-(last + 1) // LAYERS))
    for first in range(0, last + 1, size):
        yield rows(first, min(first + size - 1, last))


def paint_paths(painter: QPainter, port: Viewport, tracks: list[Track], parts: Iterator[Array]) -> None:
    """``parts`` are batches of points ``(n, tracks, 2)`` in data coordinates, each of which goes on where the one
    before ended and lies above it; all halos lie beneath all lines."""
    shown = [i for i, track in enumerate(tracks) if track.visible]
    dashes = [tuple(part * tracks[i].width for part in tracks[i].dash) for i in shown]
    segmenter = Segmenter(dashes, port.width, port.height, FINE)
    paths = [
        [(tracks[i], as_path(segments)) for i, segments in zip(shown, segmenter.extend(px), strict=True)]
        for px in (port.to_px(points[:, shown]) for points in parts)
        if shown
    ]
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for halo in (True, False):
        for track, path in (pair for layer in paths for pair in layer):
            if not path.isEmpty() and (track.halo or not halo):
                painter.setPen(_pen(track, halo))
                painter.drawPath(path)
    painter.restore()


def _pen(track: Track, halo: bool) -> QPen:
    cap = Qt.PenCapStyle.FlatCap if track.dash else Qt.PenCapStyle.SquareCap
    color, width = (track.halo, track.width + 2.0) if halo else (track.color, track.width)
    return QPen(QColor(color), width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)
