"""The arena: the landscape seen from above, or from the side in one dimension, and the racers on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHideEvent, QKeyEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.arena_heads import positions
from simulator.ui.arena_items import ArenaBox, Backdrop, Front
from simulator.ui.arena_paint import View, font, home, places, tracks
from simulator.ui.contour import Relief
from simulator.ui.layer import LineLayer
from simulator.ui.theme import LIGHT, Theme

CLOSEST = 1e-7  # of the box: how far in one can zoom
FARTHEST = 1e4
ZOOM = 1.25  # a key press
BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class Arena(QWidget):
    """Shows a recording up to a step. Click: one start there. Shift-click: one more. Drag a start, or pan; wheel: zoom;
    double click: the whole landscape. Keys: + and − zoom, 0 shows the whole landscape."""

    start_placed = Signal(float, float)
    start_added = Signal(float, float)
    start_moved = Signal(int, float, float)
    start_dropped = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._theme = LIGHT
        self._race: Race | None = None
        self._recording: Recording | None = None
        self._step = 0
        self._relief: Relief | None = None
        self._hidden: frozenset[int] = frozenset()
        self.box = ArenaBox()
        # Not a PlotWidget: that builds half a dozen menus and a form nobody opens here.
        self.plot = pg.GraphicsLayoutWidget()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.ci.setContentsMargins(0, 0, 0, 0)
        self.plot.ci.setSpacing(0)
        self.left, self.bottom = _Axis("left"), _Axis("bottom")
        for part, row, column in ((self.left, 0, 0), (self.box, 0, 1), (self.bottom, 1, 1)):
            self.plot.addItem(part, row, column)
        self.left.linkToView(self.box)
        self.bottom.linkToView(self.box)
        self.backdrop, self.trails = Backdrop(self.box), LineLayer(self.box)
        self.front = Front(self.box, self.trails)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Arena")
        self.setMinimumSize(240, 180)
        self.box.clicked.connect(self.start_placed)
        self.box.added.connect(self.start_added)
        self.box.moved.connect(self.start_moved)
        self.box.dropped.connect(self.start_dropped)
        self.box.doubled.connect(self.reset_view)
        self.box.pressed_at.connect(self._show_ghost)
        self.set_theme(self._theme)

    def set_race(self, race: Race) -> None:
        """The race whose starts and landscape are shown; what its racers do comes with `show_step`."""
        before, self._race = self._race, race
        landscape = race.landscape
        self.box.starts = places(landscape, np.array(race.starts))
        if before is None or before.landscape != landscape:
            self._relief = Relief.of(landscape) if landscape.dim == 2 else None
            self.setAccessibleDescription(f"{landscape.title}: {landscape.story}")
            if before is None or before.landscape.box != landscape.box or landscape.dim == 1:
                self.reset_view()
            self._label_axes()
            self._restyle()

    def show_step(self, recording: Recording, step: int) -> None:
        """Show rows 0 … ``step``."""
        if recording.race is not self._race:
            self.set_race(recording.race)
        if recording is not self._recording:
            self._recording = recording
            self._set_tracks()
        self._step = step
        self.trails.show_rows(step)
        self.front.show_step(recording, step)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plot.setBackground(theme.plot)
        for axis in (self.left, self.bottom):
            axis.setPen(pg.mkPen(theme.line, width=theme.scale))
            axis.setTextPen(pg.mkPen(theme.faint))
            axis.setTickPen(pg.mkPen(theme.faint))
            axis.setTickFont(font(theme))
            axis.setStyle(tickTextOffset=round(4 * theme.scale), hideOverlappingLabels=True)
        self._label_axes()
        self._set_border()
        self._restyle()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the entrants with these streams."""
        if hidden != self._hidden:
            self._hidden = hidden
            self._restyle()

    def reset_view(self) -> None:
        """Show the landscape's own box."""
        if self._race is None:
            return
        (x0, x1), (y0, y1) = home(self._race.landscape)
        wide, high = x1 - x0, y1 - y0
        self.box.setLimits(
            minXRange=wide * CLOSEST, maxXRange=wide * FARTHEST, minYRange=high * CLOSEST, maxYRange=high * FARTHEST
        )
        self.box.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0.0)

    @property
    def view(self) -> View:
        """The part of the plane on screen, for an export that shows the same."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        return (x0, x1), (y0, y1)

    def _restyle(self) -> None:
        if self._race is not None:
            self.backdrop.set_look(self._race.landscape, self._relief, self._theme)
        self.front.set_look(self._theme, self._relief, self._hidden)
        self._set_tracks()

    def _set_tracks(self) -> None:
        recording = self._recording
        if recording is not None:
            looks = tracks(recording, self._theme, self._hidden)
            self.trails.set_tracks(looks, lambda first, last: positions(recording, first, last))
            self.trails.show_rows(self._step)

    def _label_axes(self) -> None:
        names = ("x", "f(x)") if self._race is not None and self._race.landscape.dim == 1 else ("x", "y")
        style: dict[str, Any] = {"color": self._theme.faint, "font-size": f"{self._theme.font_px}px"}
        for axis, name in zip((self.bottom, self.left), names, strict=True):
            axis.setLabel(name, **style)

    def _show_ghost(self, at: tuple[float, float] | None) -> None:
        dim = self._race.landscape.dim if self._race is not None else 2
        self.front.set_ghost(None if at is None else at[:dim])

    def _set_border(self, focused: bool = False) -> None:
        color, width = (self._theme.accent, 2.0) if focused else (self._theme.line, 1.0)
        self.box.setBorder(QPen(QColor(color), width * self._theme.scale))

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Who clicked knows where they are; who came by key needs to see it.
        self._set_border(event.reason() in BY_KEY)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._set_border()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.box.stop()
        self.backdrop.stop()
        self.trails.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in ("+", "="):
            self.box.scaleBy((1 / ZOOM, 1 / ZOOM))
        elif event.text() == "-":
            self.box.scaleBy((ZOOM, ZOOM))
        elif event.text() == "0":
            self.reset_view()
        else:
            super().keyPressEvent(event)


class _Axis(pg.AxisItem):
    """Writes a minus as everything else here does."""

    def tickStrings(self, *given: Any) -> list[str]:
        return [text.replace("-", "−") for text in super().tickStrings(*given)]
