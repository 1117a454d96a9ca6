"""The timeline: a slider from the start of a race to its end that shows what has been raced so far."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from simulator.ui.chartframe import faded
from simulator.ui.theme import LIGHT, Theme

GROOVE_PX, HANDLE_PX = 6.0, 8.0  # thickness, radius; before the theme's scale


class Timeline(QSlider):
    """Steps 0 … maximum. A press anywhere goes there at once; ``asked`` carries every step a person asks for."""

    asked = Signal(int)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.theme, self.raced = LIGHT, 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")
        self.setToolTip("Click or drag to go to a step; the pale part has been raced")
        self.valueChanged.connect(self.asked)

    def set_steps(self, steps: int) -> None:
        with QSignalBlocker(self):
            self.setRange(0, steps)
        self.setPageStep(max(1, steps // 10))

    def show_step(self, step: int, raced: int) -> None:
        """Show ``step`` of a race of which ``raced`` steps are computed; a handle in someone's hand stays there."""
        if raced != self.raced:
            self.raced = raced
            self.update()
        if not self.isSliderDown():
            with QSignalBlocker(self):
                self.setValue(step)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, round(28 * self.theme.scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, round(28 * self.theme.scale))

    def x_of(self, step: int) -> float:
        """Where ``step`` is, in pixels."""
        return self._margin + self._length * step / max(self.maximum(), 1)

    def step_at(self, x: float) -> int:
        share = (x - self._margin) / self._length
        return min(max(round(share * self.maximum()), 0), self.maximum())

    @property
    def _margin(self) -> float:
        return (HANDLE_PX + 2.0) * self.theme.scale

    @property
    def _length(self) -> float:
        return max(self.width() - 2.0 * self._margin, 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, middle = self.theme, self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        thick = GROOVE_PX * theme.scale
        parts = (
            (self.maximum(), QColor(theme.line)),
            (self.raced, faded(theme.accent, 0.4)),
            (self.value(), QColor(theme.accent)),
        )
        for step, color in parts:
            painter.setBrush(color)
            bar = QRectF(self._margin - thick / 2, middle - thick / 2, self.x_of(step) - self._margin + thick, thick)
            painter.drawRoundedRect(bar, thick / 2, thick / 2)
        handle, radius = QPointF(self.x_of(self.sliderPosition()), middle), HANDLE_PX * theme.scale
        painter.setBrush(QColor(theme.accent))
        painter.setPen(QPen(QColor(theme.panel), 2.0 * theme.scale))
        painter.drawEllipse(handle, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.text), 1.5 * theme.scale))
            painter.drawEllipse(handle, radius, radius)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self.step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self.step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel meant for something else never moves the race."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()
