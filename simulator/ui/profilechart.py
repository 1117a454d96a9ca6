"""The profiles of a league as a chart: staircases over a logarithmic axis, each with its name at its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from simulator.studies.standings import Curve, Standings
from simulator.ui.chartframe import faded
from simulator.ui.endlabels import spread
from simulator.ui.labels import paint_marker
from simulator.ui.legend import fit
from simulator.ui.picturetype import type_of
from simulator.ui.theme import Style, Theme
from simulator.words import short_text

Kind = Literal["profile", "budget"]
TYPE = 13.0  # pixels
PAD = 5.0
MARKS = 4  # of an entrant along its line
NAMES = 0.36  # of the width that names may take
TITLES: dict[Kind, str] = {
    "profile": "↑ Solved at no more than τ × the least cost; area",
    "budget": "↑ Solved at no more than this cost",
}
RIGHT, LEFT, MIDDLE = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Line:
    """One entrant's staircase, its name and how it looks."""

    curve: Curve
    name: str
    style: Style


def lines_of(standings: Standings, kind: Kind, theme: Theme) -> list[Line]:
    """The best first: later ones are painted beneath."""
    curves = standings.profiles if kind == "profile" else standings.solved_within
    lines: list[Line] = []
    for i in standings.order:
        entrant, score = standings.league.entrants[i], standings.areas[i]
        name = f"{entrant.label}  {score:.2f}" if kind == "profile" else entrant.label
        lines.append(Line(curves[i], name, theme.style(entrant.stream)))
    return lines


def ticks(end: float, base: float, most: int) -> list[float]:
    """Powers of ``base`` from 1 to ``end``, at most about ``most`` of them."""
    powers = math.floor(math.log(end, base) + 1e-9)
    step = max(1, math.ceil((powers + 1) / max(most, 1)))
    return [float(base**k) for k in range(0, powers + 1, step)]


class ProfileChart:
    """One chart of ``standings``, painted into any rectangle."""

    def __init__(self, standings: Standings, kind: Kind, theme: Theme):
        self.kind: Kind = kind
        self.theme = theme
        self.lines = lines_of(standings, kind, theme)
        self.end = standings.widest if kind == "profile" else standings.dearest
        self.across = "τ, log scale" if kind == "profile" else f"{standings.measure}, log scale"
        self.base = 2.0 if kind == "profile" and self.end < 2.0**12 else 10.0

    def plot(self, rect: QRectF, metrics: QFontMetricsF) -> QRectF:
        """Where the curves stand in ``rect``, in whole pixels."""
        scale = self.theme.scale
        widest = max(metrics.horizontalAdvance(line.name) for line in self.lines) + 32 * scale
        left = metrics.horizontalAdvance("100 %") + 2 * PAD * scale
        room = rect.adjusted(left, 1.8 * metrics.height(), 0, -2.8 * metrics.height())
        room.setRight(rect.right() - min(widest, NAMES * rect.width()))
        return QRectF(room.toRect())

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """The whole chart on the ground of the theme."""
        font = type_of(self.theme, TYPE)
        metrics = QFontMetricsF(font)
        plot = self.plot(rect, metrics)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, QColor(self.theme.plot))
        self._paint_frame(painter, rect, plot, font, metrics)
        for line in reversed(self.lines):
            self._paint_line(painter, plot, line)
        self._paint_names(painter, rect, plot, font, metrics)
        painter.restore()

    def x(self, plot: QRectF, value: float) -> float:
        return plot.left() + plot.width() * math.log(value) / math.log(self.end)

    def y(self, plot: QRectF, share: float) -> float:
        return plot.bottom() - plot.height() * share

    def _paint_frame(self, painter: QPainter, rect: QRectF, plot: QRectF, font: QFont, metrics: QFontMetricsF) -> None:
        theme, pad, high = self.theme, PAD * self.theme.scale, metrics.height()
        grid = QPen(faded(theme.line, 0.6), theme.scale)
        painter.setFont(font)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0) if plot.height() > 7 * high else (0.0, 0.5, 1.0):
            at = round(self.y(plot, share)) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(plot.left(), at), QPointF(plot.right(), at))
            painter.setPen(QColor(theme.faint))
            painter.drawText(
                QRectF(rect.left(), at - high / 2, plot.left() - rect.left() - pad, high),
                RIGHT | MIDDLE,
                f"{share:.0%}".replace("%", " %"),
            )
        wide = 1.8 * metrics.horizontalAdvance(short_text(self.end)) + 2 * pad
        for value in ticks(self.end, self.base, max(2, int(plot.width() / wide))):
            at = round(self.x(plot, value)) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()))
            painter.setPen(QColor(theme.faint))
            painter.drawText(
                QRectF(at - wide, plot.bottom() + 2, 2 * wide, high), Qt.AlignmentFlag.AlignCenter, short_text(value)
            )
        painter.setPen(QPen(QColor(theme.faint), theme.scale))
        painter.drawPolyline([plot.topLeft(), plot.bottomLeft(), plot.bottomRight()])
        painter.setPen(QColor(theme.text))
        title = QRectF(rect.left() + pad, rect.top(), rect.width() - 2 * pad, 1.5 * high)
        painter.drawText(title, LEFT | MIDDLE, fit(metrics, TITLES[self.kind], title.width()))
        painter.setPen(QColor(theme.faint))
        below = QRectF(plot.left(), plot.bottom() + 1.3 * high, plot.width(), high)
        painter.drawText(below, RIGHT | MIDDLE, fit(metrics, f"{self.across} →", below.width()))

    def _paint_line(self, painter: QPainter, plot: QRectF, line: Line) -> None:
        points, height = [QPointF(self.x(plot, 1.0), self.y(plot, 0.0))], 0.0
        for value, share in zip(line.curve.x, line.curve.share, strict=True):
            x = self.x(plot, value)
            points += [QPointF(x, self.y(plot, height)), QPointF(x, self.y(plot, share))]
            height = share
        points.append(QPointF(plot.right(), self.y(plot, height)))
        pen = QPen(QColor(line.style.color), self.theme.trail_px)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if line.style.dash:
            pen.setDashPattern(list(line.style.dash))
        painter.setPen(pen)
        painter.drawPolyline(points)
        for k in range(MARKS):  # staggered, so that none hides another
            part = (k + (self.lines.index(line) + 1) / (len(self.lines) + 1)) / MARKS
            share = line.curve.at(self.end**part)
            if share > 0.0:
                at = QPointF(plot.left() + part * plot.width(), self.y(plot, share))
                paint_marker(painter, line.style, at, 3.5 * self.theme.scale)

    def _paint_names(self, painter: QPainter, rect: QRectF, plot: QRectF, font: QFont, metrics: QFontMetricsF) -> None:
        scale, high = self.theme.scale, metrics.height()
        ends = sorted(self.lines, key=lambda line: -line.curve.last)  # stable: of equal ones the better above
        room = max(1, int(plot.height() / high))
        more, ends = ends[room:], ends[:room]
        places = spread([self.y(plot, line.curve.last) for line in ends], high, plot.top(), plot.bottom())
        left = plot.right() + 9 * scale
        painter.setFont(font)
        for line, y in zip(ends, places, strict=True):
            painter.setPen(QPen(faded(line.style.color, 0.6), scale))
            painter.drawLine(QPointF(plot.right(), self.y(plot, line.curve.last)), QPointF(left, y))
            paint_marker(painter, line.style, QPointF(left + 7 * scale, y), 5.0 * scale)
            painter.setPen(QColor(self.theme.text))
            cell = QRectF(left + 17 * scale, y - high / 2, rect.right() - left - 17 * scale, high)
            painter.drawText(cell, LEFT | MIDDLE, fit(metrics, line.name, cell.width()))
        if more:
            painter.setPen(QColor(self.theme.faint))
            painter.drawText(QPointF(left, rect.bottom() - metrics.descent()), f"{len(more)} more")


def words_of(standings: Standings) -> Sequence[str]:
    """What the charts say, for who cannot see them: the area scores, the best first."""
    return [f"{standings.league.entrants[i].label}: area {standings.areas[i]:.2f}" for i in standings.order]
