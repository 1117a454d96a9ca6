"""The colour bar, in a corner of the arena where no racer is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache, partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from simulator.ui.arena_heads import Ink
from simulator.ui.chartframe import chart_font
from simulator.ui.contour import BANDS, Relief
from simulator.ui.polyline import Viewport
from simulator.ui.stamp import Stamp
from simulator.ui.theme import Theme
from simulator.words import short_text

LENGTH = 150.0
WIDTH, HEIGHT = LENGTH + 24.0, 40.0
INSET = 8.0  # from the arena's edges
FREE = 0.1  # the share of it that trails may cover before it looks for another corner


class ColorBar:
    """Remembers its corner, so that it moves only when it would hide a racer or its trail."""

    def __init__(self) -> None:
        self._corner = 0

    def rect(self, port: Viewport, theme: Theme, racers: Iterable[QPointF], ink: Ink | None) -> QRectF:
        """Where the bar stands, clear of ``racers`` and ``ink``; empty where there is no room for it."""
        width, height = WIDTH * theme.scale, HEIGHT * theme.scale
        if port.width < 2.2 * width or port.height < 4 * height:
            return QRectF()
        right, bottom = port.width - width - INSET, port.height - height - INSET
        corners = [QRectF(x, y, width, height) for y in (bottom, INSET) for x in (right, INSET)]

        def crowd(corner: int) -> tuple[int, float]:
            around = corners[corner].adjusted(-INSET, -INSET, INSET, INSET)
            covered = ink(corners[corner]) if ink is not None else 0.0
            return sum(around.contains(at) for at in racers), covered if covered > FREE else 0.0

        if crowd(self._corner) > (0, 0.0):
            self._corner = min(range(4), key=crowd)
        return corners[self._corner]


@lru_cache(maxsize=8)
def bar(relief: Relief, theme: Theme) -> Stamp:
    """The bands' colours with the true losses of three levels."""
    return Stamp(WIDTH * theme.scale, HEIGHT * theme.scale, partial(_paint_bar, relief, theme))


def _paint_bar(relief: Relief, theme: Theme, painter: QPainter) -> None:
    rect = QRectF(0.0, 0.0, WIDTH * theme.scale, HEIGHT * theme.scale)
    ground = QColor(theme.panel)
    ground.setAlpha(225)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 4, 4)
    scale = theme.scale
    strip = QRectF(rect.x() + 12 * scale, rect.y() + 8 * scale, LENGTH * scale, 9 * scale)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for band in range(BANDS):
        left, right = (round(strip.x() + strip.width() * at / BANDS) for at in (band, band + 1))
        painter.fillRect(QRectF(left, strip.y(), right - left, strip.height()), band_color(theme, band))
    painter.setPen(QPen(QColor(theme.line), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(strip)
    painter.setFont(chart_font(theme))
    painter.setPen(QColor(theme.text))
    lowest, middle, highest = relief.loss(np.array([0.0, BANDS / 2, float(BANDS)])).tolist()
    if abs(lowest) < 1e-12 * highest:
        lowest = 0.0  # as 9e−35 is, beside what else is there
    below = QRectF(
        strip.x() - 8 * scale, strip.bottom() + 1, strip.width() + 16 * scale, rect.bottom() - strip.bottom()
    )
    for text, flag in (
        (short_text(lowest), Qt.AlignmentFlag.AlignLeft),
        (f"loss {short_text(middle)}", Qt.AlignmentFlag.AlignHCenter),
        (short_text(highest), Qt.AlignmentFlag.AlignRight),
    ):
        painter.drawText(below, flag | Qt.AlignmentFlag.AlignVCenter, text)


@cache
def band_color(theme: Theme, band: int) -> QColor:
    """The colour of one band, as `contour` paints its middle."""
    at = 2.0 * (band + 0.5) / BANDS
    low, high = (theme.contour_low, theme.contour_mid) if at < 1 else (theme.contour_mid, theme.contour_high)
    a, b, t = QColor(low), QColor(high), at % 1.0
    pairs = (a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF())
    return QColor.fromRgbF(*(p + (q - p) * t for p, q in pairs))
