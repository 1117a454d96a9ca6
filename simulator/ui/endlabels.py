"""Names at the ends of curves: side by side with the heads they belong to, none over another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from simulator.ui.chartframe import MARKER_PX, PAD, Frame, chart_font, faded
from simulator.ui.labels import paint_marker
from simulator.ui.stamp import Stamp, put
from simulator.ui.theme import Style, Theme

HEAD_PX = 4.0  # radius


@dataclass(frozen=True)
class End:
    """The end of a curve, in pixels. ``mark`` says how it stands: on the chart, above or below it, or no number."""

    x: float
    y: float
    text: str
    style: Style
    mark: Literal["on", "above", "below", "nan"] = "on"


def spread(wanted: Sequence[float], height: float, low: float, high: float) -> list[float]:
    """Places near ``wanted`` (rising), at least ``height`` apart, between ``low`` and ``high`` where there is room."""
    places: list[float] = []
    for y in wanted:
        places.append(max(y, places[-1] + height if places else low))
    limit = high
    for i in reversed(range(len(places))):
        places[i] = min(places[i], limit)
        limit = places[i] - height
    return places


def paint_ends(painter: QPainter, frame: Frame, ends: Sequence[End]) -> None:
    """Heads at the ends and the names beside them, to the right of every head, where no curve has come yet."""
    for end in ends:
        paint_head(painter, end, frame.theme.scale)
    painter.setFont(chart_font(frame.theme))
    height, plot = frame.metrics.height(), frame.plot
    room = max(1, int(plot.height() / height))
    named = sorted(ends, key=lambda end: end.y)
    crowd = len(named) - (room - 1) if len(named) > room else 0  # the lowest, who lead, keep their names
    named = named[crowd:]
    top = plot.top() + height * (1.5 if crowd else 0.5)
    places = spread([end.y for end in named], height, top, plot.bottom() - height / 2)
    pad = PAD * frame.theme.scale
    left = max((end.x for end in ends), default=0.0) + 2 * pad
    for end, y in zip(named, places, strict=True):
        _paint_name(painter, frame, end, left, y)
    if crowd:
        painter.setPen(QColor(frame.theme.faint))
        row = QRectF(left, plot.top(), frame.width - left, height)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, f"{crowd} more, then")


def _paint_name(painter: QPainter, frame: Frame, end: End, left: float, y: float) -> None:
    scale = frame.theme.scale
    if abs(y - end.y) > 1.5 * scale or left - end.x > 3 * PAD * scale:
        painter.setPen(QPen(faded(end.style.color, 0.5), scale))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # a smooth hair line costs ten times as much
        painter.drawLine(QLineF(end.x, end.y, left, y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    plate = _plate(end.text, end.style, frame.theme, int(frame.gutter - 2 * PAD * scale))
    put(painter, QPointF(left, y - plate.size.height() / 2), plate)


@lru_cache(maxsize=256)
def _plate(text: str, style: Style, theme: Theme, width: int) -> Stamp:
    """A racer's marker and name on a pale plate, at most ``width`` wide."""
    font = chart_font(theme)
    metrics = QFontMetricsF(font)
    height, begin = metrics.height(), MARKER_PX * theme.scale
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width - begin)
    width = math.ceil(begin + metrics.horizontalAdvance(text))

    def paint(painter: QPainter) -> None:
        painter.fillRect(QRectF(0, 0, width, math.ceil(height)), faded(theme.plot, 0.8))
        painter.setFont(font)
        paint_marker(painter, style, QPointF(begin / 2, height / 2), HEAD_PX * theme.scale)
        painter.setPen(QColor(style.color))
        painter.drawText(QRectF(begin, 0, width, height), Qt.AlignmentFlag.AlignVCenter, text)

    return Stamp(width, height, paint)


def paint_head(painter: QPainter, end: End, scale: float) -> None:
    """The racer's marker; a triangle pointing out where it has left the chart, a cross where its numbers have ended."""
    at, radius = QPointF(end.x, end.y), HEAD_PX * scale
    if end.mark == "on":
        paint_marker(painter, end.style, at, radius)
        return
    painter.save()
    painter.translate(at)
    painter.scale(1.3, -1.3 if end.mark == "below" else 1.3)
    paint_marker(painter, replace(end.style, marker="x" if end.mark == "nan" else "t"), QPointF(0.0, 0.0), radius)
    painter.restore()
