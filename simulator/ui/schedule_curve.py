"""A small picture of η over the steps of a race."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from simulator.ui.chartframe import chart_font, faded
from simulator.ui.lineimage import LineImage, Track
from simulator.ui.polyline import Viewport
from simulator.ui.pyramid import Pyramid
from simulator.ui.theme import LIGHT, Theme
from simulator.words import count_text, short_text


class ScheduleCurve(QWidget):
    """η of an entrant from the first step to the last, its highest value and the length written beside it."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.rates = np.ones(2)  # η of every step
        self.step: int | None = None
        self._theme = LIGHT
        self._picture = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Learning rate over the race")

    def set_rates(self, rates: NDArray[np.float64]) -> None:
        """Draw the η of every step of a race, (steps,)."""
        self.rates = rates
        first, last, most = (short_text(float(rate)) for rate in (self.rates[0], self.rates[-1], self.rates.max()))
        words = f"from {first} to {last}, at most {most}"
        self.setAccessibleDescription(f"η {words}")
        self.setToolTip(f"η over the {count_text(len(rates))} steps: {words}")
        self._void()

    def set_cursor(self, step: int | None) -> None:
        """Mark ``step``; None marks none."""
        if step != self.step:
            self.step = step
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self._void()

    def sizeHint(self) -> QSize:
        return QSize(round(200 * self._theme.scale), round(64 * self._theme.scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(110 * self._theme.scale), round(52 * self._theme.scale))

    @property
    def plot(self) -> QRectF:
        """Where the curve is."""
        metrics = QFontMetricsF(chart_font(self._theme))
        left = round(metrics.horizontalAdvance(self._top_text) + 6 * self._theme.scale)
        edge = round(4 * self._theme.scale)
        bottom = self.height() - round(metrics.height())
        return QRectF(left, edge, max(self.width() - left - edge, 0), max(bottom - edge, 0))

    def x_of(self, step: int) -> float:
        """Where ``step`` is, in pixels; the end of the race with its last step."""
        return self.plot.left() + min(step / max(len(self.rates) - 1, 1), 1.0) * self.plot.width()

    @property
    def _top_text(self) -> str:
        return short_text(float(self.rates.max()))

    def _void(self) -> None:
        self._picture = QPixmap()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture.size() != self.size() * ratio:
            self._picture = self._painted(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self.step is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            at = min(self.step, len(self.rates) - 1)
            view = self._viewport()
            y = self.plot.top() + (view.y1 - self.rates[at]) / (view.y1 - view.y0) * self.plot.height()
            painter.setPen(QPen(faded(self._theme.text, 0.6), self._theme.scale))
            painter.drawLine(QPointF(self.x_of(at), self.plot.top()), QPointF(self.x_of(at), self.plot.bottom()))
            painter.setPen(QPen(QColor(self._theme.plot), self._theme.scale))
            painter.setBrush(QColor(self._theme.text))
            painter.drawEllipse(QPointF(self.x_of(at), y), 3.5 * self._theme.scale, 3.5 * self._theme.scale)
        painter.end()

    def _viewport(self) -> Viewport:
        high = max(float(self.rates.max()), 1e-300)
        return Viewport(
            0.0, max(len(self.rates) - 1, 1), -0.06 * high, 1.06 * high, self.plot.width(), self.plot.height()
        )

    def _painted(self, ratio: float) -> QPixmap:
        theme, plot = self._theme, self.plot
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(theme.plot))
        painter = QPainter(picture)
        view = self._viewport()
        zero = round(plot.top() + view.y1 / (view.y1 - view.y0) * plot.height()) + 0.5
        painter.setPen(QPen(QColor(theme.line), theme.scale))
        painter.drawLine(QPointF(plot.left(), zero), QPointF(plot.right(), zero))
        painter.setFont(chart_font(theme))
        painter.setPen(QColor(theme.faint))
        height = painter.fontMetrics().height()
        left, flag = plot.left() - 3 * theme.scale, Qt.AlignmentFlag
        right = flag.AlignRight | flag.AlignVCenter
        painter.drawText(QRectF(0, 0, left, height), right, self._top_text)
        painter.drawText(QRectF(0, zero - height / 2, left, height), right, "0")
        row = QRectF(plot.left(), self.height() - height, plot.width(), height)
        painter.drawText(row, flag.AlignLeft | flag.AlignVCenter, "0")
        painter.drawText(row, right, f"{count_text(len(self.rates))} steps")
        if not view.empty:
            painter.drawImage(plot.topLeft(), self._curve(view, ratio).image)
        painter.end()
        return picture

    def _curve(self, view: Viewport, ratio: float) -> LineImage:
        noted = Pyramid(self.rates[:, None])
        noted.extend(len(self.rates))
        bucket = 1 << max(0, int(len(self.rates) / view.width).bit_length() - 1)
        rows, values = noted.decimated(0, len(self.rates) - 1, bucket)
        lines = LineImage(view, ratio, [Track(self._theme.accent, self._theme.trail_px)])
        lines.add(np.stack((rows[:, None].astype(np.float64), values), axis=2))
        return lines
