"""The arena's layers and gestures on a pyqtgraph ViewBox."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from simulator.landscape import Landscape
from simulator.plane import Plane
from simulator.recording import Recording
from simulator.ui.arena_paint import Foreground, backdrop, paint_minima, paint_starts, places
from simulator.ui.contour import Relief
from simulator.ui.ground import Outlook
from simulator.ui.layer import BoxLayer, LineLayer, viewport_of
from simulator.ui.planebar import PlaneBar
from simulator.ui.polyline import Viewport
from simulator.ui.theme import Theme

REST_MS = 70  # without a change of view before the landscape is evaluated anew
DRAFT_PIXELS = 1_600_000  # more device pixels than this are first evaluated at half the resolution
Painting = Callable[[Landscape, Relief | None, Viewport, float, Theme], QImage]
GRAB_PX = 14.0  # how near a start the mouse must be to take it


class Shared:
    """What arenas that show the same have in common: a plane, and the landscape's picture, painted once for all."""

    def __init__(self, outlook: Outlook) -> None:
        self.outlook, self.planes = outlook, PlaneBar()
        self.paint: Painting = lru_cache(maxsize=2)(backdrop)


class Backdrop(BoxLayer):
    """The landscape. While the view changes the old picture is stretched; at rest it is crisp."""

    def __init__(self, box: pg.ViewBox, paint: Painting = backdrop):
        super().__init__(box, z=0.5)
        self._picture = paint
        self._landscape: Landscape | None = None
        self._relief: Relief | None = None
        self._theme: Theme | None = None
        self._image: QImage | None = None
        self._of: tuple[Viewport, float] | None = None  # what the image shows, and its device pixels a pixel
        self._drawn: Landscape | None = None  # the moment the image shows
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._sharpen)

    def set_look(self, landscape: Landscape, relief: Relief | None, theme: Theme) -> None:
        if (landscape, theme) != (self._landscape, self._theme):
            self._landscape, self._relief, self._theme = landscape, relief, theme
            self._image = None
            self.update()

    def set_picture(self, paint: Painting) -> None:
        """Let ``paint`` make the picture from now on."""
        if paint is not self._picture:
            self._picture, self._image = paint, None
            self.update()

    def set_moment(self, landscape: Landscape) -> None:
        """The same landscape at another step: painted anew where it has moved by a pixel."""
        if landscape != self._landscape:
            self._landscape = landscape
            self.update()

    def stop(self) -> None:
        self._rest.stop()

    @property
    def crisp(self) -> bool:
        return self._image is not None and not self._rest.isActive()

    def _sharpen(self) -> None:
        self._of = None
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        port, ratio = viewport_of(self.box), float(painter.device().devicePixelRatio())
        landscape, theme = self._landscape, self._theme
        if port.empty or landscape is None or theme is None:
            return
        if landscape.dim == 1 and self._of != (port, ratio):
            self._of = None  # a curve costs little: no need to wait for rest
        moved = self._image is not None and self._moved(landscape, port)
        if self._image is None or self._of is None or moved:
            large = port.width * port.height * ratio**2 > DRAFT_PIXELS
            draft = (moved or (self._image is None and large)) and landscape.dim == 2
            self._image = self._picture(landscape, self._relief, port, ratio / 2 if draft else ratio, theme)
            self._of, self._drawn = (port, ratio / 2 if draft else ratio), landscape
        if self._of == (port, ratio):
            painter.drawImage(0, 0, self._image)
        else:
            self._rest.start()
            self._paint_stretched(painter, port, *self._of)
        paint_minima(painter, port, landscape, theme)

    def _moved(self, landscape: Landscape, port: Viewport) -> bool:
        """Whether the minima stand a pixel from where they stood in the image; without any, whether it is another."""
        drawn = self._drawn
        if drawn is None or drawn is landscape or drawn == landscape:
            return False
        then, now = ([m.theta for m in it.minima] for it in (drawn, landscape))
        if not now or len(then) != len(now):
            return True
        then, now = (port.to_px(places(it, np.array(at))) for it, at in ((drawn, then), (landscape, now)))
        return bool((np.abs(now - then) >= 1.0).any())

    def _paint_stretched(self, painter: QPainter, port: Viewport, shown: Viewport, ratio: float) -> None:
        assert self._image is not None and self._theme is not None
        corners = np.array([(shown.x0, shown.y1), (shown.x1, shown.y0)])
        (left, top), (right, bottom) = port.to_px(corners).tolist()
        # The image's last row and column may end outside of what it shows.
        part = QRectF(0, 0, shown.width * ratio, shown.height * ratio)
        painter.fillRect(self.boundingRect(), QColor(self._theme.plot))
        painter.drawImage(QRectF(left, top, right - left, bottom - top), self._image, part)


class Front(BoxLayer):
    """What stands before the trails, painted each frame."""

    def __init__(self, box: pg.ViewBox, trails: LineLayer, names: bool = True):
        super().__init__(box, z=20.0)
        self._trails = trails
        self._foreground = Foreground(names)
        self._shown: tuple[Recording, int] | None = None
        self._theme: Theme | None = None
        self._relief: Relief | None = None
        self._plane: Plane | None = None
        self._hidden: frozenset[int] = frozenset()
        self.ghost: tuple[float, ...] | None = None  # a start about to be placed

    def set_look(self, theme: Theme, relief: Relief | None, hidden: frozenset[int]) -> None:
        self._theme, self._relief, self._hidden = theme, relief, hidden
        self.update()

    def show_step(self, recording: Recording, step: int, plane: Plane | None = None) -> None:
        self._shown, self._plane = (recording, step), plane
        self.update()

    def set_ghost(self, at: tuple[float, ...] | None) -> None:
        self.ghost = at
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        port = viewport_of(self.box)
        if port.empty or self._shown is None or self._theme is None:
            return
        recording, step = self._shown
        ink, plane, theme = self._trails.ink, self._plane, self._theme
        self._foreground.paint(painter, port, recording, step, theme, self._hidden, self._relief, ink, plane)
        landscape = recording.race.landscape
        if self.ghost is not None and len(self.ghost) == landscape.dim:
            spots = places(landscape.at(step), np.array([self.ghost]), plane)
            paint_starts(painter, port.to_px(spots), theme, faint=True)


class ArenaBox(pg.ViewBox):
    """Gestures: click, Shift-click, drag a start or the ground, wheel, double click."""

    clicked = Signal(float, float)
    added = Signal(float, float)
    moved = Signal(int, float, float)
    dropped = Signal()
    doubled = Signal()
    pressed_at = Signal(object)  # (x, y) of a click that may become a double one; None when that is settled

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.starts = np.empty((0, 2))  # where they stand in the picture
        self._held: int | None = None
        self._click: tuple[float, float] | None = None
        self._settle = QTimer(self, singleShot=True)
        self._settle.timeout.connect(self._settled)
        self.disableAutoRange()

    def stop(self) -> None:
        self._settle.stop()

    @property
    def holding(self) -> bool:
        """Whether a start is being dragged."""
        return self._held is not None

    def start_at(self, at: Any) -> int | None:
        """The start under the point ``at`` of this box, the nearest if there are several."""
        if not len(self.starts):
            return None
        far = np.hypot(*(viewport_of(self).to_px(self.starts) - (at.x(), at.y())).T)
        far[~np.isfinite(far)] = math.inf
        nearest = int(far.argmin())
        return nearest if far[nearest] <= GRAB_PX else None

    def _data(self, at: Any) -> tuple[float, float]:
        """Where ``at`` is, in as few digits as tell one pixel from the next: no more was meant."""
        port = viewport_of(self)
        x, y = port.to_data(np.array((at.x(), at.y()))).tolist()
        pixels = (port.x1 - port.x0) / port.width, (port.y1 - port.y0) / port.height
        return tuple(round(value, math.ceil(-math.log10(pixel))) for value, pixel in zip((x, y), pixels, strict=True))

    def mouseClickEvent(self, ev: Any) -> None:
        if ev.button() is not Qt.MouseButton.LeftButton:
            return
        ev.accept()
        if ev.double():
            self._settle.stop()
            self._click = None
            self.pressed_at.emit(None)
            self.doubled.emit()
        elif ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.added.emit(*self._data(ev.pos()))
        elif self.start_at(ev.pos()) is None:
            # It may be the first half of a double click: a ring shows at once where the start will be.
            self._click = self._data(ev.pos())
            self.pressed_at.emit(self._click)
            self._settle.start(QApplication.styleHints().mouseDoubleClickInterval())

    def _settled(self) -> None:
        click, self._click = self._click, None
        self.pressed_at.emit(None)
        if click is not None:
            self.clicked.emit(*click)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if ev.button() is Qt.MouseButton.RightButton:
            ev.ignore()
            return
        if ev.isStart() and ev.button() is Qt.MouseButton.LeftButton and axis is None:
            self._held = self.start_at(ev.buttonDownPos())
        if self._held is None:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        self.moved.emit(self._held, *self._data(ev.pos()))
        if ev.isFinish():
            self._held = None
            self.dropped.emit()

    def hoverEvent(self, ev: Any) -> None:
        if ev.isExit():
            self.unsetCursor()
            return
        over = self.start_at(ev.pos()) is not None
        self.setCursor(Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.CrossCursor)


class Axis(pg.AxisItem):
    """Writes a minus as everything else here does, and numbers as they are, not in thousandths."""

    def __init__(self, side: str):
        super().__init__(side)
        self.enableAutoSIPrefix(False)

    def tickStrings(self, *given: Any) -> list[str]:
        return [text.replace("-", "−") for text in super().tickStrings(*given)]
