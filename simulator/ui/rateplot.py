"""The chart of rates on screen: a line for each racer's η, to be dragged or moved by keys."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from simulator.studies.robustness import Robustness
from simulator.studies.tune import HIGHEST, LOWEST
from simulator.ui.ratechart import RateChart, RateLook
from simulator.ui.ratewords import point_text, range_text
from simulator.ui.theme import LIGHT

REACH = 7.0  # pixels from a line or a marker within which it is taken hold of
STILL = 3.0  # pixels the mouse may move in a click
DIGITS = ".3g"
KEYS = {
    Qt.Key.Key_Left: -0.01,
    Qt.Key.Key_Right: 0.01,
    Qt.Key.Key_PageDown: -0.25,
    Qt.Key.Key_PageUp: 0.25,
}
"""By how many decades a key moves η."""


class RatePlot(QWidget):
    """Drag a racer's line to change its η. Up and Down choose a racer, Left and Right, Page Up and Page Down move it.

    ``locked`` are the streams of racers whose η stays as it is.
    """

    rate_moved = Signal(int, float)  # stream, η
    told = Signal(str)  # of what is pointed at, "" of nothing
    menu_wanted = Signal(object)  # QPoint on the screen

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.look = RateLook(LIGHT)
        self.result: Robustness | None = None
        self.now: dict[int, float] = {}
        self.locked: frozenset[int] = frozenset()
        self.waiting = ""  # what stands here while there is nothing to show
        self._chart: RateChart | None = None
        self._held: int | None = None  # the stream that is dragged
        self._pressed, self._offset, self._moved = QPointF(), 0.0, False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Learning rates: what each racer comes to at every η")

    def sizeHint(self) -> QSize:
        return QSize(600, 190)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 110)

    def show_result(self, result: Robustness | None, now: dict[int, float]) -> None:
        """``now``: η of each racer, by stream."""
        self.result, self.now, self._chart = result, now, None
        streams = [entrant.stream for entrant in result.race.entrants] if result else []
        if self.look.chosen not in streams or self.look.chosen in self.look.hidden:
            seen = [stream for stream in streams if stream not in self.look.hidden]
            free = [stream for stream in seen if stream not in self.locked]
            self.look = replace(self.look, chosen=next(iter(free or seen), None))
        if result is None or (self.look.pointed and self.look.pointed[0] >= len(streams)):
            self._point(None)
        self.update()

    def set_look(self, look: RateLook) -> None:
        self.look, self._chart = look, None
        self.show_result(self.result, self.now)

    def lock(self, streams: frozenset[int]) -> None:
        """The η of these racers stays as it is. Of lines in one place the hand takes one that it can move."""
        if streams != self.locked:
            self.locked = streams
            self.set_look(replace(self.look, chosen=None))

    @property
    def chart(self) -> RateChart | None:
        """What is on screen; None while there is nothing."""
        if self._chart is None and self.result is not None:
            self._chart = RateChart(self.result, self.now, self.look, self.width(), self.height())
        return self._chart

    def resizeEvent(self, event: QEvent) -> None:
        self._chart = None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self.look.theme
        if self.chart is not None:
            self.chart.paint(painter)
        else:
            painter.fillRect(self.rect(), QColor(theme.plot))
            painter.setPen(QColor(theme.faint))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.waiting)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        chart, at = self.chart, event.position()
        if chart is None or event.button() != Qt.MouseButton.LeftButton:
            return
        entrant = chart.row_at(at)
        if entrant is None and (entrant := chart.grip_at(at, REACH * self.look.theme.scale)) is not None:
            self._held = chart.result.race.entrants[entrant].stream
            self._pressed, self._offset, self._moved = at, chart.line_px(entrant) - at.x(), False
        if entrant is not None:
            self._choose(entrant)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        chart, at = self.chart, event.position()
        if chart is None:
            return
        if self._held is None:
            reach = REACH * self.look.theme.scale
            over = chart.grip_at(at, reach)
            shape = Qt.CursorShape.SizeHorCursor if over is not None else Qt.CursorShape.CrossCursor
            self.setCursor(shape if chart.row_at(at) is None else Qt.CursorShape.PointingHandCursor)
            self._point((over, 0) if over is not None and chart.head(over) else chart.pointed_at(at), chart.row_at(at))
            return
        self._moved = self._moved or abs(at.x() - self._pressed.x()) >= STILL
        if self._moved:
            self._move(self._held, chart.frame.rate_at(at.x() + self._offset))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    # The keyboard.

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()  # the arrows would step the race
            return True
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return plain and (event.key() in KEYS or event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chart = self.chart
        if chart is None or not chart.shown or not self._takes(event):
            super().keyPressEvent(event)
            return
        streams = [chart.result.race.entrants[e].stream for e in chart.shown]
        place = streams.index(self.look.chosen) if self.look.chosen in streams else 0
        if event.key() in KEYS:
            many = 5.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
            self._nudge(streams[place], many * KEYS[Qt.Key(event.key())])
        else:
            place += 1 if event.key() == Qt.Key.Key_Down else -1
            self._choose(chart.shown[place % len(streams)])

    def _nudge(self, stream: int, decades: float) -> None:
        old = self.now.get(stream, LOWEST)
        at = min(max(float(f"{old * 10.0**decades:{DIGITS}}"), LOWEST), HIGHEST)
        self._move(stream, at)

    # How.

    def _move(self, stream: int, rate: float) -> None:
        if stream in self.locked:
            self.told.emit("On this page of the lesson this η stays as it is.")
        elif self.now.get(stream) != rate:
            self.rate_moved.emit(stream, rate)
            self._tell_own(stream)

    def _choose(self, entrant: int) -> None:
        assert self.result is not None
        stream = self.result.race.entrants[entrant].stream
        self.set_look(replace(self.look, chosen=stream))
        self._tell_own(stream)

    def _tell_own(self, stream: int) -> None:
        """Say how the racer stands at the η it has; what is pointed at comes after."""
        if self.result is None:
            return
        for e, entrant in enumerate(self.result.race.entrants):
            if entrant.stream == stream:
                text = f"{range_text(self.result, e, self.look.measure)}. {point_text(self.result, e, 0)}"
                self.told.emit(text)

    def _point(self, pointed: tuple[int, int] | None, row: int | None = None) -> None:
        text = ""
        if self.result is not None and row is not None:
            text = range_text(self.result, row, self.look.measure)
        elif self.result is not None and pointed is not None:
            text = point_text(self.result, *pointed)
        self.told.emit(text)
        if pointed != self.look.pointed:
            self.look = replace(self.look, pointed=pointed)
            if self._chart is not None:
                self._chart.look = self.look
            self.update()
