"""The relief: the landscape seen at an angle, with the racers on it. It can be turned."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from simulator.race import Race
from simulator.recording import Recording
from simulator.relief import Camera, View
from simulator.ui.ground import Outlook
from simulator.ui.layer import PATIENCE
from simulator.ui.reliefpicture import CURVE, ReliefPicture
from simulator.ui.theme import LIGHT, Theme

REST_MS = 90  # without a turn before the picture is made at full resolution
DRAFT = 0.5  # of the device's resolution while it is turned
DEGREES = 0.4  # a pixel dragged
KEY_DEGREES, KEY_ZOOM, WHEEL_ZOOM = 5.0, 1.25, 1.0015
TURNS = {
    Qt.Key.Key_Left: (-KEY_DEGREES, 0.0), Qt.Key.Key_Right: (KEY_DEGREES, 0.0),
    Qt.Key.Key_Up: (0.0, KEY_DEGREES), Qt.Key.Key_Down: (0.0, -KEY_DEGREES),
}  # fmt: skip
HOW = "Drag to turn, wheel to zoom, double-click to reset. Keys: Shift with the arrows turns, + and − zoom, 0 resets."


class ReliefView(QWidget):
    """Shows a recording up to a step. Drag: turn; wheel: zoom; double click: as at first. Keys: Shift with the arrows
    turns, + and − zoom, 0 resets."""

    def __init__(self, outlook: Outlook | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self.camera = Camera()
        self.outlook = outlook or Outlook()  # the plane in more than two dimensions, which other views share
        self._theme = LIGHT
        self._hidden: frozenset[int] = frozenset()
        self._shown: tuple[Recording, int] | None = None
        self.picture = ReliefPicture(self.outlook)
        self._held: QPointF | None = None
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._sharpen)
        self._again = QTimer(self, interval=0, singleShot=True)
        self._again.timeout.connect(self.update)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Relief")
        self.setToolTip(HOW)
        self.setMinimumSize(240, 180)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def set_race(self, race: Race) -> None:
        """What there is to see comes with `show_step`."""
        landscape = race.landscape
        self.setAccessibleDescription(f"{landscape.title}: {landscape.story} {HOW if landscape.dim > 1 else CURVE}")

    def show_step(self, recording: Recording, step: int) -> None:
        """Show rows 0 … ``step``."""
        before = self._shown
        if before is None or before[0] is not recording:
            self.set_race(recording.race)
        self._shown = recording, step
        if recording.race.landscape.dim > 1:
            anew, moves = self.picture.look(recording, step)
            if anew and moves:  # at full resolution once it rests
                self._rest.start()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._void()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the entrants with these streams."""
        if hidden != self._hidden:
            self._hidden = hidden
            self.update()

    def reset_view(self) -> None:
        self._turn(Camera())

    @property
    def crisp(self) -> bool:
        """Whether the picture is at full resolution and complete."""
        return self.picture.land is not None and not self._rest.isActive() and self.picture.trails.complete

    # What is drawn.

    def _void(self) -> None:
        self.picture.void()
        self.update()

    def _turn(self, camera: Camera) -> None:
        if camera != self.camera:
            self.camera = camera
            self._void()
            self._rest.start()

    def _sharpen(self) -> None:
        self._void()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.plot))
        if self._shown is not None:
            recording, step = self._shown
            draft, size = DRAFT if self._rest.isActive() else 1.0, QRectF(self.rect())
            look = self.camera, self._theme, self._hidden, self.devicePixelRatioF(), draft
            self.picture.paint(painter, size, recording, step, *look, PATIENCE)
            if not self.picture.trails.complete:
                self._again.start()
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.accent), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    # What the person does.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            way, self._held = event.position() - self._held, event.position()
            # The near side of the block follows the mouse.
            self._turn(self.camera.turned(DEGREES * way.x(), DEGREES * way.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_view()

    def wheelEvent(self, event: QWheelEvent) -> None:
        at = event.position()
        self._zoom(WHEEL_ZOOM ** event.angleDelta().y(), at.x(), at.y())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turn = TURNS.get(Qt.Key(event.key()))
        middle = self.width() / 2, self.height() / 2
        if turn is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._turn(self.camera.turned(*turn))
        elif event.text() in ("+", "="):
            self._zoom(KEY_ZOOM, *middle)
        elif event.text() in ("-", "−"):
            self._zoom(1.0 / KEY_ZOOM, *middle)
        elif event.text() == "0":
            self.reset_view()
        else:
            super().keyPressEvent(event)

    def _zoom(self, factor: float, x: float, y: float) -> None:
        view = View(self.camera, float(self.width()), float(self.height()), self._theme.scale)
        if not view.empty:
            self._turn(view.zoomed(factor, x, y))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._void()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._rest.stop()
        self._again.stop()
        super().hideEvent(event)
