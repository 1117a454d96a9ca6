"""The frame of a chart: where its plot stands, what range it shows, and its axes painted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from simulator.ui import ticks
from simulator.ui.polyline import Viewport
from simulator.ui.quantity import YAxis
from simulator.ui.theme import Theme
from simulator.words import count_text

AXIS_PX = 11  # type on the axes and of the labels, before the theme's scale
LABEL_SHARE = 0.4  # of a chart's width the labels at its right may take; a bit more on a projector
PAD = 5.0
MARKER_PX = 13.0  # of a label, for the racer's marker


def chart_font(theme: Theme) -> QFont:
    """The type of a chart."""
    font = QFont()
    font.setPixelSize(max(1, round(AXIS_PX * theme.scale)))
    return font


@dataclass(frozen=True)
class Frame:
    """Everything the axes depend on; equal frames look the same. Sizes in device-independent pixels."""

    width: float
    height: float
    theme: Theme
    x_end: int
    x_title: str
    y: YAxis
    labels: tuple[str, ...]  # texts that must find room at the right

    @cached_property
    def metrics(self) -> QFontMetricsF:
        return QFontMetricsF(chart_font(self.theme))

    @cached_property
    def y_marks(self) -> list[tuple[float, str]]:
        room = self.height - 3.5 * self.metrics.height()
        return self.y.marks(max(2, int(room / (1.8 * self.metrics.height()))))

    @cached_property
    def x_marks(self) -> list[tuple[float, str]]:
        most = max(1, int(self.plot.width() / (1.7 * self.metrics.horizontalAdvance(count_text(self.x_end)) + 1)))
        return [(x, f"{x:,.10g}") for x in ticks.linear_ticks(self.x_end, min(most, 6))]

    @cached_property
    def gutter(self) -> float:
        """Room for labels right of the plot."""
        widest = max((self.metrics.horizontalAdvance(text) for text in self.labels), default=0.0)
        most = LABEL_SHARE * min(self.theme.scale, 1.16) * self.width
        return min(widest + (MARKER_PX + 3 * PAD) * self.theme.scale, most)

    @cached_property
    def plot(self) -> QRectF:
        """Where the curves are, in whole pixels."""
        texts = [text for _, text in self.y_marks] + [self.y.floor_text]
        left = round(max(self.metrics.horizontalAdvance(text) for text in texts) + 2 * PAD * self.theme.scale)
        top = round(1.6 * self.metrics.height())
        right, bottom = round(self.width - self.gutter), round(self.height - 1.5 * self.metrics.height())
        return QRectF(left, top, max(0, right - left), max(0, bottom - top))

    @cached_property
    def viewport(self) -> Viewport:
        """What the plot shows, a twentieth of a decade of air at the top."""
        air = 0.02 * (self.y.high - self.y.low)
        return Viewport(0.0, float(self.x_end), self.y.bottom, self.y.high + air, self.plot.width(), self.plot.height())

    def x_px(self, x: float) -> float:
        return self.plot.left() + x / self.x_end * self.plot.width()

    def y_px(self, y: float) -> float:
        view = self.viewport
        return self.plot.top() + (view.y1 - y) / (view.y1 - view.y0) * self.plot.height()

    def paint(self, painter: QPainter) -> None:
        """The ground, the grid and the words of the axes."""
        theme, plot, metrics = self.theme, self.plot, self.metrics
        painter.fillRect(QRectF(0, 0, self.width, self.height), QColor(theme.plot))
        painter.setFont(chart_font(theme))
        half = metrics.height() / 2
        grid = QPen(faded(theme.line, 0.55), theme.scale)
        for y, text in self.y_marks:
            at = round(self.y_px(y)) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(plot.left(), at), QPointF(plot.right(), at))
            painter.setPen(QColor(theme.faint))
            room = QRectF(0, at - half, plot.left() - PAD * theme.scale, 2 * half)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        if self.y.floor is not None:
            self._paint_floor(painter, self.y.floor)
        for x, text in self.x_marks:
            at = round(self.x_px(x)) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()))
            painter.setPen(QColor(theme.faint))
            room = QRectF(at - 60 * theme.scale, plot.bottom() + 1, 120 * theme.scale, self.height - plot.bottom() - 1)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(QPen(QColor(theme.faint), theme.scale))
        painter.drawPolyline([plot.topLeft(), plot.bottomLeft(), plot.bottomRight()])
        self._paint_titles(painter)

    def _paint_floor(self, painter: QPainter, floor: float) -> None:
        theme, plot, half = self.theme, self.plot, self.metrics.height() / 2
        at = round(self.y_px(floor)) + 0.5
        painter.setPen(QPen(QColor(theme.faint), theme.scale, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(plot.left(), at), QPointF(plot.right(), at))
        painter.setPen(QColor(theme.text))
        room = QRectF(0, at - half, plot.left() - PAD * theme.scale, 2 * half)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.y.floor_text)

    def _paint_titles(self, painter: QPainter) -> None:
        metrics, pad = self.metrics, PAD * self.theme.scale
        row = QRectF(pad, 0, self.width - 2 * pad, self.plot.top())
        room = row.width() - metrics.horizontalAdvance(f"↑ {self.y.title.partition(',')[0]} →…") - pad
        right = f"{metrics.elidedText(self.x_title, Qt.TextElideMode.ElideRight, room)} →"
        painter.setPen(QColor(self.theme.faint))
        painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
        row.setRight(row.right() - metrics.horizontalAdvance(right) - pad)
        left = metrics.elidedText(f"↑ {self.y.title}", Qt.TextElideMode.ElideRight, row.width())
        painter.setPen(QColor(self.theme.text))
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, left)


def faded(color: str, alpha: float) -> QColor:
    """A translucent ``color``."""
    faded = QColor(color)
    faded.setAlphaF(alpha)
    return faded
