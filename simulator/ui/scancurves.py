"""A curve for every entrant: the score at each value of one setting."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from simulator.studies.scan import Scan
from simulator.ui.chartframe import faded
from simulator.ui.labels import paint_marker, paint_swatch
from simulator.ui.legend import fit
from simulator.ui.lineimage import Track
from simulator.ui.linepath import paint_paths
from simulator.ui.picturetype import type_of
from simulator.ui.polyline import Viewport
from simulator.ui.quantity import YAxis
from simulator.ui.scanaxes import Ruler, heights, score_axis
from simulator.ui.scanframe import frame_of, paint_frame
from simulator.ui.theme import Theme
from simulator.words import value_text

MOST_LISTED = 0.4  # of the page that the names may take
WIDE = 430.0  # of a column of names


def paint_curves(painter: QPainter, page: QRectF, scan: Scan, theme: Theme) -> None:
    """Into ``page``: the chart, and below it each entrant's best value and how wide its values work."""
    font = type_of(theme, 14.0)
    row = QFontMetricsF(font).height() + 4.0 * theme.scale
    columns = max(1, int(page.width() // (WIDE * theme.scale)))
    rows = min(-(-len(scan.who) // columns), max(1, int(MOST_LISTED * page.height() / row)))
    chart = QRectF(page)
    chart.setBottom(page.bottom() - rows * row - 8.0 * theme.scale)
    ruler, y = Ruler.of(scan.axes[0]), score_axis(scan)
    plot = frame_of(painter, chart, theme, y)
    paint_frame(painter, plot, theme, ruler, y, (f"{ruler.title} →", f"↑ {y.title}{_scale(y)}"))
    port = Viewport(ruler.low, ruler.high, y.bottom, y.high, plot.width(), plot.height())
    painter.save()
    painter.setClipRect(plot)
    painter.translate(plot.topLeft())
    if scan.value.shape[-1] > 1:
        for i in range(len(scan.who)):
            _paint_band(painter, port, scan, i, ruler, y, theme)
    for i in range(len(scan.who)):
        _paint_curve(painter, port, scan, i, ruler, y, theme)
    painter.restore()
    painter.setFont(font)
    for n in range(min(len(scan.who), rows * columns)):
        width = page.width() / columns
        cell = QRectF(page.x() + width * (n // rows), page.bottom() - rows * row + row * (n % rows), width, row)
        last = n == rows * columns - 1 and len(scan.who) > rows * columns
        _paint_name(painter, cell, scan, n, theme, len(scan.who) - n if last else 0)


def _paint_curve(painter: QPainter, port: Viewport, scan: Scan, i: int, ruler: Ruler, y: YAxis, theme: Theme) -> None:
    style = theme.style(scan.entrants[i].stream)
    at = np.where(scan.left[i] & scan.measures_loss, np.nan, y.place(heights(scan, scan.score)[i]))
    points = np.stack((np.array(ruler.places), at), axis=1)
    if ruler.names or len(at) == 1:  # values without an order are joined by no line
        track = Track(style.color, 1.0, style.dash, visible=False)
    else:
        track = Track(style.color, theme.trail_px, style.dash)
    paint_paths(painter, port, [track], iter((points[:, None],)))
    marked = range(len(at)) if ruler.names else [best[0]] if (best := scan.best(i)) is not None else []
    radius = 6.0 * theme.scale
    for k in marked:
        x, high = port.to_px(points[k])
        centre = QPointF(float(x), min(max(float(high), radius), port.height - radius))
        painter.setPen(QPen(QColor(theme.text), 1.2 * theme.scale))
        painter.setBrush(QColor(theme.plot))
        painter.drawEllipse(centre, 1.6 * radius, 1.6 * radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        paint_marker(painter, style, centre, radius)


def _paint_band(painter: QPainter, port: Viewport, scan: Scan, i: int, ruler: Ruler, y: YAxis, theme: Theme) -> None:
    """From the lower to the upper quartile of the runs."""
    value = np.sort(np.where(scan.lost[i] | np.isnan(scan.value[i]), np.inf, scan.value[i]), axis=-1)
    runs = value.shape[-1]
    floor = 0.0 if scan.floor is None else scan.floor
    low, high = (y.place(value[:, k] - floor) for k in (runs // 4, runs - 1 - runs // 4))
    places = np.array(ruler.places)
    edge = np.concatenate((np.stack((places, low), 1), np.stack((places, high), 1)[::-1]))
    px = np.clip(port.to_px(edge), -1e4, 1e4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(theme.style(scan.entrants[i].stream).color, 0.18))
    painter.drawPolygon(QPolygonF([QPointF(float(a), float(b)) for a, b in px]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_name(painter: QPainter, cell: QRectF, scan: Scan, i: int, theme: Theme, more: int) -> None:
    wide, middle = 36.0 * theme.scale, Qt.AlignmentFlag.AlignVCenter
    painter.setPen(QColor(theme.text))
    if more:
        painter.drawText(cell, middle, f"and {more} more")
        return
    swatch = QRectF(cell.x(), cell.y(), wide, cell.height())
    paint_swatch(painter, swatch, theme.style(scan.entrants[i].stream), theme)
    painter.setPen(QColor(theme.text))
    room = cell.adjusted(1.25 * wide, 0, -10.0 * theme.scale, 0)
    metrics, words = QFontMetricsF(painter.font()), told(scan, i)
    label = fit(
        metrics, scan.entrants[i].label, max(0.3 * room.width(), room.width() - metrics.horizontalAdvance(f": {words}"))
    )
    painter.drawText(room, middle, fit(metrics, f"{label}: {words}", room.width()))


def told(scan: Scan, i: int) -> str:
    """What there is to say of an entrant: its best value, and how wide its values work."""
    axis, best = scan.axes[0], scan.best(i)
    if best is None:
        return "nothing came of any value"
    said, width = f"best {axis.symbol} = {value_text(axis.values[best[0]])}", scan.width(i)
    if width is None:
        return said
    if width == 0.0:
        return f"{said}, no value works"
    unit = " decades work" if axis.param.scale != "linear" else " wide a range works"
    return f"{said}, {width:.3g}{unit}"


def _scale(y: YAxis) -> str:
    return ", signed log scale" if y.signed else ", log scale"
