"""The curves of a chart as a picture that grows with the steps and is painted anew when the axes change."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from simulator.ui.lineimage import SLICE, LineImage, Track
from simulator.ui.polyline import Viewport

Array = NDArray[np.float64]
Points = Callable[[int, int], Array]
"""Points ``(n, tracks, 2)`` that draw rows first … last, both included, in the units of the axes."""

CHUNK = 1500  # columns of pixels, over all tracks, painted between two looks at the clock


class ChartLines:
    """Rows 0 … ``painted`` of some tracks. A long way is spread over frames, the old picture stretched meanwhile."""

    def __init__(self, viewport: Viewport, ratio: float, tracks: Sequence[Track], before: ChartLines | None = None):
        """``before`` shows the same tracks on other axes."""
        self.picture = LineImage(viewport, ratio, tracks)
        self.tracks = max(1, len(tracks))
        self.painted, self.wanted = -1, -1
        self.before = None if before is None else before if before.complete else before.before

    @property
    def complete(self) -> bool:
        return self.painted >= self.wanted

    def grow(self, last: int, points: Points, bucket: int, seconds: float = SLICE) -> None:
        """Paint on towards row ``last``, for about ``seconds`` at most; ``bucket`` rows share a column of pixels."""
        self.wanted = last
        chunk = bucket * max(8, CHUNK // self.tracks)
        stop = time.perf_counter() + seconds
        while not self.complete:
            # Chunks end where buckets do, so that only the last bucket is left open.
            end = min((self.painted + 1) // bucket * bucket + chunk - 1, last)
            self.picture.add(points(self.painted + 1, end))
            self.painted = end
            if time.perf_counter() > stop:
                break
        if self.complete:
            self.before = None

    def paint(self, painter: QPainter, plot: QRectF) -> None:
        """Show the picture in ``plot``."""
        if self.before is None:
            painter.drawImage(plot.topLeft(), self.picture.image)
            return
        now, was = self.picture.viewport, self.before.picture.viewport
        (left, top), (right, bottom) = now.to_px(np.array([(was.x0, was.y1), (was.x1, was.y0)]))
        stretched = QRectF(left, top, right - left, bottom - top).translated(plot.topLeft())
        painter.drawImage(stretched, self.before.picture.image)
