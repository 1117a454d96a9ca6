"""The frame of a plot of a scan: its place, its grid, and the words of its axes."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from simulator.ui.chartframe import faded
from simulator.ui.legend import fit
from simulator.ui.picturetype import type_of
from simulator.ui.quantity import YAxis
from simulator.ui.scanaxes import Ruler
from simulator.ui.theme import Theme

PIXELS = 13.0  # of the type
ROWS = 1.8  # heights of a line between two marks of a vertical axis


class Marked(Protocol):
    """An axis that says where its ticks are."""

    def marks(self, most: int) -> list[tuple[float, str]]: ...


def frame_of(painter: QPainter, rect: QRectF, theme: Theme, y: Marked) -> QRectF:
    """Where the plot stands in ``rect``, with room for its axes; in whole units."""
    metrics = QFontMetricsF(type_of(theme, PIXELS))
    texts = [text for _, text in y.marks(_most(rect.height(), metrics))] + [getattr(y, "floor_text", "")]
    left = max(metrics.horizontalAdvance(text) for text in texts) + 10.0 * theme.scale
    inner = rect.adjusted(left, 1.6 * metrics.height(), -1.5 * metrics.height(), -3.0 * metrics.height())
    return QRectF(inner.toRect())


def paint_frame(
    painter: QPainter, plot: QRectF, theme: Theme, x: Ruler, y: Ruler | YAxis, titles: tuple[str, str]
) -> None:
    """Ground, grid, ticks and titles, across and up, about ``plot``."""
    across, up = titles
    font = type_of(theme, PIXELS)
    metrics, pad = QFontMetricsF(font), 5.0 * theme.scale
    painter.setFont(font)
    painter.fillRect(plot, QColor(theme.plot))
    low, high = (y.bottom, y.high) if isinstance(y, YAxis) else (y.low, y.high)
    grid, half = QPen(faded(theme.line, 0.55), theme.scale), metrics.height() / 2
    rows = y.marks(_most(plot.height(), metrics))
    floor = [(y.floor, y.floor_text)] if isinstance(y, YAxis) and y.floor is not None else []
    for at, text in [*rows, *floor]:
        place = round(plot.bottom() - (at - low) / (high - low) * plot.height()) + 0.5
        painter.setPen(grid)
        painter.drawLine(QPointF(plot.left(), place), QPointF(plot.right(), place))
        painter.setPen(QColor(theme.faint))
        room = QRectF(0, place - half, plot.left() - pad, 2 * half)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    wide = max((metrics.horizontalAdvance(text) for _, text in x.marks(99)), default=1.0) + 3 * pad
    columns = x.marks(max(2, int(plot.width() / wide)))
    for at, text in columns:
        place = round(plot.left() + (at - x.low) / (x.high - x.low) * plot.width()) + 0.5
        painter.setPen(grid)
        painter.drawLine(QPointF(place, plot.top()), QPointF(place, plot.bottom()))
        painter.setPen(QColor(theme.faint))
        share = plot.width() / max(len(columns), 1) if x.names else 4 * wide
        room = QRectF(place - share / 2, plot.bottom() + 2, share, metrics.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, fit(metrics, text, share))
    painter.setPen(QPen(QColor(theme.faint), theme.scale))
    painter.drawPolyline([plot.topLeft(), plot.bottomLeft(), plot.bottomRight()])
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(plot.left(), plot.top() - 0.5 * metrics.height()), fit(metrics, up, plot.width()))
    below = QRectF(plot.left(), plot.bottom() + 1.4 * metrics.height(), plot.width(), metrics.height())
    painter.drawText(below, Qt.AlignmentFlag.AlignRight, fit(metrics, across, plot.width()))


def _most(height: float, metrics: QFontMetricsF) -> int:
    return max(2, int(height / (ROWS * metrics.height())))
