"""What a walker in the fog sees: the ground underfoot, the own trail, and the slope as an arrow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QRadialGradient,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from simulator.fog import Look
from simulator.ui.arena_heads import plaque
from simulator.ui.stamp import put
from simulator.ui.theme import LIGHT, Theme
from simulator.words import short_text

RING = 0.34  # of the shorter side: the radius of the longest step
TURN, LENGTHEN = 5.0, 0.05  # degrees and share of the ring, a key press
HALF_WAY = 0.5  # of the ring: an arrow as steep as the first one, and a step begun by key
WHEEL = 1.0015
DOT, HEAD, SHORTEST = 4.0, 7.0, 36.0  # pixels: radii of the places and of the walker, and an arrow's least length


@dataclass(frozen=True)
class Aim:
    """Where the next step goes: ``angle`` in degrees from the right, anticlockwise, ``share`` of the longest step."""

    angle: float
    share: float


class FogCanvas(QWidget):
    """Shows a `Look`, the walker in the middle. Click: step there, or to the ring if that is beyond it. Wheel: a longer
    or shorter ring. Keys: left and right turn the aim, up and down lengthen it, D aims downhill, Enter steps."""

    stepped = Signal(object)  # the move, a tuple of coordinates
    aimed = Signal()
    reach_wanted = Signal(float)  # a factor

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._theme = LIGHT
        self.look: Look | None = None
        self.reach = 0.05  # of the landscape's unit: the longest step
        self.aim: Aim | None = None
        self._steepest = 0.0  # where the walk began
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Ground in the fog")
        self.setMinimumSize(QSize(240, 220))

    def show_look(self, look: Look) -> None:
        if look.step == 0 or self.look is None:
            self._steepest = look.steepness
        self.look = look
        self.update()

    def set_reach(self, share: float) -> None:
        """How far one step goes at most, a share of the landscape's unit."""
        self.reach = share
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def move(self) -> tuple[float, ...] | None:
        """What a step at the aim would be, in as few digits as tell one pixel from the next."""
        if self.aim is None or self.look is None:
            return None
        length, angle = self.aim.share * self.reach * self.look.unit, math.radians(self.aim.angle)
        digits = math.ceil(-math.log10(self.reach * self.look.unit / self._ring))
        move = round(length * math.cos(angle), digits), round(length * math.sin(angle), digits)
        return move[: self._dim]

    def step(self) -> None:
        """Take the step aimed at."""
        if self.aim is None:
            self.aim_downhill()
        if (move := self.move) is not None:
            self.stepped.emit(move)

    def aim_downhill(self) -> None:
        """Straight down the slope, as far as was aimed."""
        if self.look is not None:
            angle = self.look.downhill
            self._aim_at(0.0 if angle is None else angle, self.aim.share if self.aim else HALF_WAY)

    def _aim_at(self, angle: float, share: float) -> None:
        if self._dim == 1:
            angle = 180.0 if math.cos(math.radians(angle)) < 0.0 else 0.0
        self.aim = Aim(angle % 360.0, min(max(share, 0.0), 1.0))
        self.aimed.emit()
        self.update()

    # Where things are.

    @property
    def _dim(self) -> int:
        return len(self.look.trail[0]) if self.look is not None else 2

    @property
    def _ring(self) -> float:
        return max(RING * min(self.width(), self.height()), 1.0)

    @property
    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _at(self, angle: float, radius: float) -> QPointF:
        turn = math.radians(angle)
        return self._middle + QPointF(radius * math.cos(turn), -radius * math.sin(turn))

    def _aim_from(self, at: QPointF) -> None:
        way = at - self._middle
        if self._dim == 1:
            way.setY(0.0)
        self._aim_at(math.degrees(math.atan2(-way.y(), way.x())), math.hypot(way.x(), way.y()) / self._ring)

    def trail_px(self) -> list[QPointF]:
        """Where the places of the trail are in the picture."""
        if self.look is None:
            return []
        scale, here = self._ring / (self.reach * self.look.unit), (*self.look.trail[-1], 0.0)
        far = 1e6  # pixels: beyond, only the direction counts
        spots: list[QPointF] = []
        for place in self.look.trail:
            way = [(a - b) * scale for a, b in zip((*place, 0.0)[:2], here[:2], strict=True)]
            x, y = (min(max(part, -far), far) if math.isfinite(part) else far for part in way)
            spots.append(self._middle + QPointF(x, -y))
        return spots

    # How it looks.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_fog(painter, theme)
        if self.look is not None:
            self._paint_trail(painter, self.look, theme)
            self._paint_aim(painter, theme)
            self._paint_slope(painter, self.look, theme)
            painter.setPen(QPen(QColor(theme.plot), 2.0 * theme.scale))
            painter.setBrush(QColor(theme.text))
            painter.drawEllipse(self._middle, HEAD * theme.scale, HEAD * theme.scale)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_fog(self, painter: QPainter, theme: Theme) -> None:
        painter.fillRect(self.rect(), QColor(theme.line))
        light = QRadialGradient(self._middle, 1.7 * self._ring)
        clear, thick = QColor(theme.plot), QColor(theme.plot)
        thick.setAlpha(0)
        for at, color in ((0.0, clear), (0.45, clear), (1.0, thick)):
            light.setColorAt(at, color)
        painter.fillRect(self.rect(), light)
        painter.setPen(QPen(QColor(theme.faint), 1.2 * theme.scale, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._dim == 2:
            painter.drawEllipse(self._middle, self._ring, self._ring)
            return
        painter.drawLine(self._at(180.0, self._ring), self._at(0.0, self._ring))
        for angle in (0.0, 180.0):
            end, tick = self._at(angle, self._ring), QPointF(0.0, 10.0 * theme.scale)
            painter.drawLine(end - tick, end + tick)

    def _paint_trail(self, painter: QPainter, look: Look, theme: Theme) -> None:
        spots = self.trail_px()
        painter.setPen(QPen(QColor(theme.text), theme.trail_px))
        painter.drawPolyline(QPolygonF(spots))
        for i, spot in enumerate(spots[:-1]):
            # Hollow where it went up from there: colour is not the only cue, nor is there any.
            rose = look.heights[i + 1] > look.heights[i]
            painter.setBrush(QColor(theme.plot if rose else theme.text))
            painter.drawEllipse(spot, DOT * theme.scale, DOT * theme.scale)
        if len(spots) > 1:
            plate = plaque((("start", theme.text),), theme)
            put(painter, spots[0] + QPointF(8.0, 6.0), plate)

    def _paint_slope(self, painter: QPainter, look: Look, theme: Theme) -> None:
        if look.downhill is None:
            return
        # As long as the ring's half where the walk began; however steep, it stays within the ring.
        ratio = look.steepness / (look.steepness + (self._steepest or look.steepness))
        length = max(2.0 * HALF_WAY * ratio * self._ring, SHORTEST * theme.scale)
        tip = self._at(look.downhill, length)
        color = QColor(theme.accent)
        painter.setPen(QPen(color, 3.5 * theme.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(self._middle, self._at(look.downhill, length - 8.0 * theme.scale))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPath(_arrow_head(tip, look.downhill, 13.0 * theme.scale))
        words = ((f"downhill, steepness {short_text(look.steepness)}", theme.accent),)
        plate = plaque(words, theme)
        width = plate.size.width()
        left = tip.x() + (-width - 8.0 if math.cos(math.radians(look.downhill)) < 0.0 else 8.0)
        left = max(4.0, min(left, self.width() - width - 4.0))
        put(painter, QPointF(left, tip.y() - 10.0 * theme.scale), plate)

    def _paint_aim(self, painter: QPainter, theme: Theme) -> None:
        if self.aim is None:
            return
        at = self._at(self.aim.angle, self.aim.share * self._ring)
        painter.setPen(QPen(QColor(theme.text), 1.6 * theme.scale, Qt.PenStyle.DotLine))
        painter.drawLine(self._middle, at)
        painter.setPen(QPen(QColor(theme.text), 1.8 * theme.scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, HEAD * theme.scale, HEAD * theme.scale)

    # What the person does.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._aim_from(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._aim_from(event.position())
            self.step()

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self.aim = None
            self.aimed.emit()
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.reach_wanted.emit(WHEEL ** -event.angleDelta().y())  # closer, as a wheel zooms
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        turn = {Qt.Key.Key_Left: TURN, Qt.Key.Key_Right: -TURN}.get(key, 0.0)
        more = {Qt.Key.Key_Up: LENGTHEN, Qt.Key.Key_Down: -LENGTHEN}.get(key, 0.0)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.step()
        elif key == Qt.Key.Key_D:
            self.aim_downhill()
        elif turn or more:
            if self.aim is None:
                self.aim_downhill()
            elif self._dim == 1 and turn:
                self._aim_at(180.0 if turn > 0.0 else 0.0, self.aim.share)
            else:
                self._aim_at(self.aim.angle + turn, self.aim.share + more)
        else:
            super().keyPressEvent(event)


def _arrow_head(tip: QPointF, angle: float, size: float) -> QPainterPath:
    turn = math.radians(angle)
    along, across = QPointF(math.cos(turn), -math.sin(turn)), QPointF(math.sin(turn), math.cos(turn))
    back = tip - along * size
    path = QPainterPath(tip)
    path.lineTo(back + across * (size / 2))
    path.lineTo(back - across * (size / 2))
    path.closeSubpath()
    return path
