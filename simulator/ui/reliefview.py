"""The relief: the landscape seen at an angle, with the racers on it. It can be turned."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from simulator.landscape import Landscape
from simulator.race import Race
from simulator.recording import Recording
from simulator.relief import Camera, View
from simulator.ui.arena_heads import Heads, around, positions
from simulator.ui.arena_paint import paint_arena, paint_star, paint_starts, places, tracks
from simulator.ui.contour import Relief
from simulator.ui.ground import Outlook
from simulator.ui.reliefground import Ground, ReliefPort
from simulator.ui.reliefpaint import Draped, caption, land, paint_axes, relief_tracks
from simulator.ui.stamp import put
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
CURVE = "One parameter: the curve is the relief."


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
        self._of: tuple[object, ...] = ()  # what the ground was made from
        self._levels: Relief | None = None  # of the landscape as it stands at step 0
        self._ground: Ground | None = None
        self.port: ReliefPort | None = None
        self._land: QImage | None = None
        self._trails = Draped()
        self._heads = Heads()
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
            self._trails.void()
        self._shown = recording, step
        if recording.race.landscape.dim > 1:
            self._look(recording, step)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._void()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the entrants with these streams."""
        if hidden != self._hidden:
            self._hidden = hidden
            self._trails.void()
            self.update()

    def reset_view(self) -> None:
        self._turn(Camera())

    @property
    def crisp(self) -> bool:
        """Whether the picture is at full resolution and complete."""
        return self._land is not None and not self._rest.isActive() and self._trails.complete

    # What is drawn.

    def _look(self, recording: Recording, step: int) -> None:
        """Make the ground anew if the landscape, its plane or the moment is another."""
        landscape = recording.race.landscape
        self.outlook.look(recording)
        of = landscape, self.outlook.plane, self.outlook.box
        if of != self._of:
            self._of = of
            self._levels = Relief.of(self.outlook.ground(landscape))
            self._ground = None
        if self._ground is None or (landscape.moving and self._moved(self._moment(landscape, step))):
            assert self._levels is not None
            if self._ground is not None:  # it moves: at full resolution once it rests
                self._rest.start()
            self._ground = Ground(self._moment(landscape, step), self._levels)
            self._void()

    def _moment(self, landscape: Landscape, step: int) -> Landscape:
        return self.outlook.ground(landscape.at(step))

    def _moved(self, landscape: Landscape) -> bool:
        """Whether it stands a pixel from where it is drawn; one without minima, whether it is another."""
        assert self._ground is not None
        drawn = self._ground.landscape
        then, now = (np.array([m.theta for m in it.minima]) for it in (drawn, landscape))
        if self.port is None or not len(now) or then.shape != now.shape:
            return landscape != drawn
        return bool((np.abs(self.port.to_px(now) - self.port.to_px(then)) >= 1.0).any())

    def _void(self) -> None:
        self.port = self._land = None
        self._trails.void()
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
            if recording.race.landscape.dim == 1:
                self._paint_curve(painter, recording, step)
            else:
                self._paint_relief(painter, recording, step)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.accent), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_curve(self, painter: QPainter, recording: Recording, step: int) -> None:
        ratio = self.devicePixelRatioF()
        words = caption(CURVE, self._theme, ratio)
        area = QRectF(self.rect()).adjusted(0, 0, 0, -words.deviceIndependentSize().height())
        paint_arena(painter, area, recording, step, self._theme, hidden=self._hidden, scale=ratio)
        put(painter, QPointF(8.0, area.bottom()), words)

    def _paint_relief(self, painter: QPainter, recording: Recording, step: int) -> None:
        port = self._prepared()
        if port is None:
            return
        assert self._land is not None
        theme, plane, landscape = self._theme, self.outlook.plane, recording.race.landscape
        ratio = port.horizon.ratio  # the image's last row and column may end outside of the picture
        painter.drawImage(QRectF(self.rect()), self._land, QRectF(0, 0, port.width * ratio, port.height * ratio))
        names = ("direction 1", "direction 2") if plane is not None else ("x", "y")
        written = paint_axes(painter, port, names, theme)
        looks = relief_tracks(tracks(recording, theme, self._hidden), theme)
        rows = port.draped(lambda first, last: positions(recording, first, last, plane))
        self._trails.paint(painter, port, looks, rows, step, self.devicePixelRatioF())
        if not self._trails.complete:
            self._again.start()
        starts = port.to_px(places(landscape.at(step), np.array(recording.race.starts), plane))
        spots = self._stars(port)
        for x, y, filled, seen in spots:
            painter.setOpacity(1.0 if seen else 0.4)
            paint_star(painter, QPointF(x, y), filled, theme)
        painter.setOpacity(1.0)
        paint_starts(painter, starts, theme)
        keep_out = [*written, *(around(x, y, 8.0 * theme.scale) for x, y in starts.tolist())]
        self._heads.paint(painter, port, recording, step, theme, self._hidden, keep_out, self._trails.ink, plane)
        if plane is not None:
            put(painter, QPointF(8.0, 6.0), caption(self.outlook.words, theme, port.horizon.ratio))

    def _prepared(self) -> ReliefPort | None:
        """The port of the view as it is now, with the picture of the land made."""
        ratio = self.devicePixelRatioF() * (DRAFT if self._rest.isActive() else 1.0)
        view = View(self.camera, float(self.width()), float(self.height()), self._theme.scale)
        if view.empty or self._ground is None:
            return None
        if self.port is None or (self.port.view, self.port.horizon.ratio) != (view, ratio):
            self.port = ReliefPort.of(self._ground, view, ratio)
            self._land = land(self.port, self._theme)
            self._trails.void()
        return self.port

    def _stars(self, port: ReliefPort) -> list[tuple[float, float, bool, bool]]:
        """Of every minimum in the box: where it stands, whether it is the lowest, and whether it is seen."""
        minima = port.ground.landscape.minima
        if not minima:
            return []
        placed = port.place(np.array([m.theta for m in minima]))
        px, seen = port.view.to_px(placed).tolist(), port.horizon.seen(placed).tolist()
        return [
            (x, y, m.kind == "global", there)
            for (x, y), m, there in zip(px, minima, seen, strict=True)
            if np.isfinite((x, y)).all()
        ]

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
