"""A map for every entrant: the score over the values of two settings. What diverged is hatched."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from simulator.studies.scan import Scan
from simulator.ui.colorbar import band_color
from simulator.ui.contour import BANDS
from simulator.ui.labels import paint_marker
from simulator.ui.legend import fit
from simulator.ui.picturetype import type_of
from simulator.ui.quantity import YAxis
from simulator.ui.scanaxes import Ruler, heights, score_axis
from simulator.ui.scanframe import frame_of, paint_frame
from simulator.ui.theme import Theme
from simulator.words import value_text

BAR = 110.0  # how wide the bar of colours and its words are
CELL = 8.0  # pixels from one line of a hatch to the next


def paint_maps(painter: QPainter, page: QRectF, scan: Scan, theme: Theme) -> None:
    """Into ``page``: maps side by side, and a bar of colours."""
    y = score_axis(scan)
    _paint_bar(
        painter, QRectF(page.right() - BAR * theme.scale, page.top(), BAR * theme.scale, page.height()), scan, y, theme
    )
    page = page.adjusted(0, 0, -(BAR + 16.0) * theme.scale, 0)
    columns = _columns(len(scan.who), page)
    rows = -(-len(scan.who) // columns)
    for i in range(len(scan.who)):
        width, height = page.width() / columns, page.height() / rows
        place = QRectF(page.x() + width * (i % columns), page.y() + height * (i // columns), width, height)
        _paint_map(painter, place.adjusted(0, 0, -8.0 * theme.scale, -4.0 * theme.scale), scan, i, y, theme)


def _columns(count: int, page: QRectF) -> int:
    """As many as make maps nearest to squares, an empty place counting as much as a map half as wide."""
    shape = page.width() / max(page.height(), 1.0)

    def bad(columns: int) -> float:
        rows = -(-count // columns)
        return abs(math.log(shape * rows / columns / 1.2)) + (rows * columns - count) * math.log(2.0)

    return min(range(1, count + 1), key=bad)


def _paint_map(painter: QPainter, rect: QRectF, scan: Scan, i: int, y: YAxis, theme: Theme) -> None:
    across, up = (Ruler.of(axis) for axis in scan.axes)
    bold = type_of(theme, 14.0, bold=True)
    metrics, style = QFontMetricsF(bold), theme.style(scan.entrants[i].stream)
    best = scan.best(i)
    at = (
        ""
        if best is None
        else ", best "
        + ", ".join(f"{axis.symbol} = {value_text(axis.values[k])}" for axis, k in zip(scan.axes, best, strict=True))
    )
    title = QRectF(rect.x(), rect.y(), rect.width(), metrics.height())
    rect = rect.adjusted(0, metrics.height(), 0, 0)
    plot = frame_of(painter, rect, theme, up)
    edges = up.cells()
    painter.setFont(bold)
    painter.setPen(QColor(theme.text))
    paint_marker(painter, style, QPointF(plot.left() + 6.0 * theme.scale, title.center().y()), 5.0 * theme.scale)
    painter.setPen(QColor(theme.text))
    name = QRectF(
        plot.left() + 18.0 * theme.scale, title.y(), rect.right() - plot.left() - 18.0 * theme.scale, title.height()
    )
    painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, fit(metrics, scan.entrants[i].label + at, name.width()))
    wide, high = across.cells(), edges
    across, up = _with_ends(across, wide), _with_ends(up, high)
    paint_frame(painter, plot, theme, across, up, (f"{across.title} →", f"↑ {up.title}"))
    xs = [plot.left() + (c - across.low) / (across.high - across.low) * plot.width() for c in wide]
    ys = [plot.bottom() - (c - up.low) / (up.high - up.low) * plot.height() for c in high]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    placed = y.place(heights(scan, scan.score)[i])
    for a, b in np.ndindex(placed.shape):
        cell = QRectF(QPointF(round(xs[a]), round(ys[b + 1])), QPointF(round(xs[a + 1]), round(ys[b])))
        paint_cell(painter, cell, float(placed[a, b]), bool(scan.diverged[i, a, b]), y, theme)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if best is not None:
        a, b = best
        centre = QPointF((xs[a] + xs[a + 1]) / 2, (ys[b] + ys[b + 1]) / 2)
        painter.setPen(QPen(QColor(theme.text), 1.2 * theme.scale))
        painter.setBrush(QColor(theme.plot))
        painter.drawEllipse(centre, 9.0 * theme.scale, 9.0 * theme.scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        paint_marker(painter, style, centre, 5.5 * theme.scale)


def _with_ends(ruler: Ruler, edges: list[float]) -> Ruler:
    """``ruler`` from edge to edge of its cells."""
    return Ruler(ruler.title, ruler.places, edges[0], edges[-1], ruler.scale, ruler.names)


def paint_cell(painter: QPainter, cell: QRectF, at: float, diverged: bool, y: YAxis, theme: Theme) -> None:
    """The colour of a score; lines across where most runs diverged, dots where it is beyond the bar."""
    if diverged:
        painter.fillRect(cell, QColor(theme.panel))
        _hatch(painter, cell, theme)
        return
    share = (min(max(at, y.low), y.high) - y.low) / (y.high - y.low) if math.isfinite(at) else 1.0
    painter.fillRect(cell, band_color(theme, min(int(share * BANDS), BANDS - 1)))
    if not at <= y.high:
        painter.fillRect(cell, QBrush(QColor(theme.faint), Qt.BrushStyle.Dense6Pattern))


def _hatch(painter: QPainter, cell: QRectF, theme: Theme) -> None:
    """Lines from corner to corner of the page, so that those of neighbouring cells join."""
    painter.save()
    painter.setClipRect(cell, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(QColor(theme.bad), theme.scale))
    step = CELL * theme.scale
    first, last = cell.left() + cell.top(), cell.right() + cell.bottom()
    for k in range(math.floor(first / step), math.ceil(last / step) + 1):
        painter.drawLine(QPointF(k * step - cell.top(), cell.top()), QPointF(k * step - cell.bottom(), cell.bottom()))
    painter.restore()


def _paint_bar(painter: QPainter, rect: QRectF, scan: Scan, y: YAxis, theme: Theme) -> None:
    font = type_of(theme, 12.0)
    metrics = QFontMetricsF(font)
    line = metrics.height()
    painter.setFont(font)
    words = y.title.split(" ")
    lines: list[str] = []
    for word in words:
        if lines and metrics.horizontalAdvance(f"{lines[-1]} {word}") <= rect.width():
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    painter.setPen(QColor(theme.text))
    for n, text in enumerate(lines):
        painter.drawText(QPointF(rect.x(), rect.y() + n * line + metrics.ascent()), text)
    keys = [("diverged", True, 0.0)] + ([(_beyond_word(scan), False, math.inf)] if _beyond(scan, y) else [])
    strip = QRectF(rect.x(), rect.y() + (len(lines) + 0.8) * line, 22.0 * theme.scale, 0.0)
    strip.setBottom(rect.bottom() - (1.6 * len(keys) + 1.0) * line)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for band in range(BANDS):
        top, bottom = (round(strip.bottom() - strip.height() * k / BANDS) for k in (band + 1, band))
        painter.fillRect(QRectF(strip.x(), top, strip.width(), bottom - top), band_color(theme, band))
    outline = QPen(QColor(theme.faint), theme.scale)
    painter.setPen(outline)
    painter.drawRect(strip)
    left = strip.right() + 6.0 * theme.scale
    for at, text in y.marks(max(2, int(strip.height() / (1.8 * line)))):
        place = strip.bottom() - (at - y.low) / (y.high - y.low) * strip.height()
        painter.setPen(outline)
        painter.drawLine(QPointF(strip.right(), place), QPointF(left - 2.0, place))
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(left, place - line / 2, rect.right() - left, line), Qt.AlignmentFlag.AlignVCenter, text)
    for n, (text, diverged, at) in enumerate(keys):
        box = QRectF(strip.x(), strip.bottom() + (0.8 + 1.6 * n) * line, strip.width(), 1.2 * line)
        paint_cell(painter, box, at, diverged, y, theme)
        painter.setPen(outline)
        painter.drawRect(box)
        painter.setPen(QColor(theme.text))
        painter.drawText(box.adjusted(left - box.x(), 0, rect.width(), 0), Qt.AlignmentFlag.AlignVCenter, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _beyond(scan: Scan, y: YAxis) -> bool:
    return bool(((y.place(heights(scan, scan.score)) > y.high) & ~scan.diverged).any())


def _beyond_word(scan: Scan) -> str:
    return "above, outside" if scan.left.any() else "above"
