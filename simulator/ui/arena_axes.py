"""The axes around a map."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from simulator.ui.arena_heads import font
from simulator.ui.polyline import Viewport
from simulator.ui.theme import Theme

NAME = 4.6  # sizes of the type from a map to the name beside it


def marks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Round values from ``low`` to ``high``, at most about ``most``, and how they are written."""
    raw = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= raw * (1 - 1e-9))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    within = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [(i * step, f"{i * step:.{digits}f}".replace("-", "−")) for i in within]


def paint_axes(painter: QPainter, inner: QRectF, port: Viewport, names: tuple[str, str], theme: Theme) -> None:
    """Frame, ticks, numbers and ``names`` around ``inner``, the rectangle the viewport fills."""
    painter.setFont(font(theme))
    metrics, tick = QFontMetricsF(painter.font()), 5.0 * theme.scale
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.line), 1.0 * theme.scale))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(inner)
    painter.setPen(QPen(QColor(theme.faint), 1.0 * theme.scale))
    for value, name in marks(port.x0, port.x1, int(port.width / (80 * theme.scale))):
        x = inner.x() + (value - port.x0) / (port.x1 - port.x0) * inner.width()
        painter.drawLine(QPointF(x, inner.bottom()), QPointF(x, inner.bottom() + tick))
        painter.drawText(
            QPointF(x - metrics.horizontalAdvance(name) / 2, inner.bottom() + tick + metrics.ascent()), name
        )
    for value, name in marks(port.y0, port.y1, int(port.height / (50 * theme.scale))):
        y = inner.bottom() - (value - port.y0) / (port.y1 - port.y0) * inner.height()
        painter.drawLine(QPointF(inner.x() - tick, y), QPointF(inner.x(), y))
        left = inner.x() - 1.6 * tick - metrics.horizontalAdvance(name)
        painter.drawText(QPointF(left, y + metrics.ascent() / 2 - 1), name)
    _name_axes(painter, inner, names, metrics, theme)


def _name_axes(painter: QPainter, inner: QRectF, names: tuple[str, str], metrics: QFontMetricsF, theme: Theme) -> None:
    across, up = (metrics.horizontalAdvance(name) for name in names)
    below = inner.bottom() + 5.0 * theme.scale + metrics.height() + metrics.ascent()
    painter.drawText(QPointF(inner.center().x() - across / 2, below), names[0])
    painter.save()
    painter.translate(inner.x() - NAME * theme.font_px, inner.center().y() + up / 2)
    painter.rotate(-90.0)
    painter.drawText(QPointF(0, 0), names[1])
    painter.restore()
