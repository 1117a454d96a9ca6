"""What is drawn under a slider of η: where a racer is safe, goes from side to side, diverges.

Told apart by colour and by pattern: a plain bar, slanting lines, a lattice. Where it begins to go from side to side
stands a tick, at the limit a triangle, hollow where it was measured; one beyond the slider's end points there. Where no
limit was found there is none: all that was raced is safe.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from simulator.stability import Limits
from simulator.ui.controls import ParamControl
from simulator.ui.editors import NumberEditor
from simulator.ui.theme import LIGHT, Theme

BAR_PX, MARK_PX = 4.0, 7.0  # at scale 1: height of the zones, width of a mark


class RateZones:
    """Draws `Limits` under the slider of one η, and tells them in its tooltip and to a screen reader."""

    def __init__(self, control: ParamControl):
        assert isinstance(control.editor, NumberEditor)
        self._control, self._slider = control, control.editor.slider
        self._theme = LIGHT
        self.limits: Limits | None = None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._slider.update()

    def show(self, limits: Limits | None) -> None:
        """Mark ``limits``; None: nothing is known of them, or they are not to be shown."""
        if limits != self.limits:
            self.limits = limits
            self._slider.underlay = self._draw if limits is not None and _safe(limits) is not None else None
            self._control.set_note("" if limits is None else limits.why)
            self._slider.update()

    @property
    def ends(self) -> tuple[float, float]:
        """Where the safe and the oscillating zone end on the track, 0 to 1; the same where nothing oscillates."""
        assert self.limits is not None
        stable = _safe(self.limits)
        assert stable is not None
        swings = stable if self.limits.swings is None else min(self.limits.swings, stable)
        return self._slider.param.to_track(swings), self._slider.param.to_track(stable)

    def _draw(self, painter: QPainter, left: float, right: float) -> None:
        theme, limits = self._theme, self.limits
        assert limits is not None
        bar, size, span = BAR_PX * theme.scale, MARK_PX * theme.scale, right - left
        top = self._slider.height() - bar
        swings, stable = self.ends
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for begin, end, color, pattern in (
            (0.0, swings, theme.good, Qt.BrushStyle.SolidPattern),
            (swings, stable, theme.accent, Qt.BrushStyle.BDiagPattern),
            (stable, 1.0 if limits.stable is not None else stable, theme.bad, Qt.BrushStyle.DiagCrossPattern),
        ):
            if end > begin:
                zone = QRectF(left + begin * span, top, (end - begin) * span, bar)
                if pattern is not Qt.BrushStyle.SolidPattern:
                    ground = QColor(color)
                    ground.setAlphaF(0.3)
                    painter.fillRect(zone, ground)
                painter.fillRect(zone, QBrush(QColor(color), pattern))
        if limits.swings is not None:
            self._tick(painter, limits.swings, left + swings * span, top, size)
        if limits.stable is not None:
            self._triangle(painter, limits.stable, limits.measured, left + stable * span, top, size)

    def _outside(self, rate: float) -> int:
        """−1 and 1 where ``rate`` lies beyond the left and the right end of the slider."""
        param = self._slider.param
        return (rate > param.high) - (rate < param.low)

    def _tick(self, painter: QPainter, rate: float, x: float, top: float, size: float) -> None:
        if not self._outside(rate):
            painter.setPen(QPen(QColor(self._theme.text), 1.5 * self._theme.scale))
            painter.drawLine(QPointF(x, top - 0.4 * size), QPointF(x, float(self._slider.height())))

    def _triangle(self, painter: QPainter, rate: float, hollow: bool, x: float, top: float, size: float) -> None:
        half, middle, tip = 0.5 * size, top + 0.5 * BAR_PX * self._theme.scale, self._outside(rate)
        if tip:
            back = x - tip * size
            points = [QPointF(x, middle), QPointF(back, middle - half), QPointF(back, middle + half)]
        else:
            points = [QPointF(x, top + half), QPointF(x - half, top - half), QPointF(x + half, top - half)]
        painter.setPen(QPen(QColor(self._theme.text), 1.2 * self._theme.scale))
        painter.setBrush(QColor(self._theme.panel if hollow else self._theme.text))
        painter.drawPolygon(QPolygonF(points))


def _safe(limits: Limits) -> float | None:
    """Up to which η it is safe, as far as that is known."""
    return limits.safe if limits.stable is None else limits.stable
