"""The effective rate of every coordinate as bars, the one looked at marked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from simulator.notation import number
from simulator.ui.theme import LIGHT, Theme

NAMED = 6  # bars that lie one below the other, with their names; more stand side by side
ROW = 1.5  # of the height of a line
UPRIGHT = 4.0


class RateBars(QWidget):
    """Bars from 0 to the largest finite rate. A click picks a coordinate, ``picked``."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.rates: tuple[float, ...] = ()
        self.chosen = 0
        self._theme = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def show_rates(self, names: Sequence[str], rates: Sequence[float], chosen: int) -> None:
        """One bar a coordinate; ``rates`` may be empty, or not finite."""
        if len(rates) != len(self.rates):
            self.updateGeometry()
        self.names, self.rates, self.chosen = tuple(names), tuple(rates), chosen
        told = ", ".join(f"{name} {number(rate, 3)}" for name, rate in zip(names, rates, strict=False) if name)
        self.setAccessibleName(f"Effective rate: {told if len(rates) <= NAMED else self._span()}")
        self.update()

    @property
    def _lying(self) -> bool:
        return len(self.rates) <= NAMED

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(200, round(line * (ROW * max(1, len(self.rates)) if self._lying else UPRIGHT)))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def _most(self) -> float:
        return max((rate for rate in self.rates if math.isfinite(rate)), default=0.0)

    def _share(self, rate: float) -> float:
        most = self._most()
        return 0.0 if math.isnan(rate) or most <= 0.0 else min(max(rate / most, 0.0), 1.0)

    def _span(self) -> str:
        finite = [rate for rate in self.rates if math.isfinite(rate)]
        ends = dict.fromkeys(number(end, 3) for end in (min(finite), max(finite))) if finite else ()
        return " to ".join(ends)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._lying:
            self._paint_lying(painter)
        else:
            self._paint_upright(painter)
        painter.end()

    def _paint_lying(self, painter: QPainter) -> None:
        t, metrics = self._theme, self.fontMetrics()
        height = self.height() / max(1, len(self.rates))
        left = max((metrics.horizontalAdvance(name) for name in self.names), default=0) + (8 if any(self.names) else 0)
        right = max((metrics.horizontalAdvance(number(rate, 3)) for rate in self.rates), default=0) + 8
        for i, rate in enumerate(self.rates):
            row = QRectF(0, i * height, self.width(), height)
            painter.setPen(QColor(t.text))
            name = self.names[i] if i < len(self.names) else ""
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number(rate, 3))
            room = QRectF(left, row.top() + 0.2 * height, max(1.0, self.width() - left - right), 0.6 * height)
            painter.fillRect(room, QColor(t.line))
            room.setWidth(max(1.0, room.width() * self._share(rate)))
            painter.fillRect(room, QColor(t.accent if i == self.chosen else t.faint))
            if i == self.chosen and len(self.rates) > 1:
                painter.setPen(QPen(QColor(t.text), 1.5 * t.scale))
                painter.drawLine(QPointF(left, room.bottom()), QPointF(room.right(), room.bottom()))

    def _paint_upright(self, painter: QPainter) -> None:
        t, line = self._theme, self.fontMetrics().height()
        bottom, width = self.height() - line, self.width() / len(self.rates)
        gap = 1.0 if width > 3.0 else 0.0
        for i, rate in enumerate(self.rates):
            tall = max(1.0, (bottom - 8.0) * self._share(rate))
            bar = QRectF(i * width, bottom - tall, max(1.0, width - gap), tall)
            painter.fillRect(bar, QColor(t.accent if i == self.chosen else t.faint))
            if i == self.chosen:
                painter.setPen(QPen(QColor(t.text), 2.0 * t.scale))
                painter.drawLine(QPointF(bar.left(), bottom + 2), QPointF(bar.right(), bottom + 2))
        painter.setPen(QColor(t.text))
        below = QRectF(0, bottom + 2, self.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._span())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and len(self.rates) > 1:
            at = event.position().y() / self.height() if self._lying else event.position().x() / self.width()
            self.picked.emit(min(max(int(at * len(self.rates)), 0), len(self.rates) - 1))
