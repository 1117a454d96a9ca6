"""The arena: the landscape seen from above, or from the side in one dimension, and the racers on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHideEvent, QKeyEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from simulator.landscape import Box, Landscape
from simulator.overlays import OVERLAYS
from simulator.plane import Plane
from simulator.race import Race
from simulator.recording import Recording
from simulator.sketcher import Sketcher
from simulator.ui.arena_heads import font, trails
from simulator.ui.arena_items import ArenaBox, Axis, Backdrop, Front, Shared
from simulator.ui.arena_paint import home, places, tracks
from simulator.ui.contour import Relief
from simulator.ui.ground import Outlook
from simulator.ui.layer import LineLayer
from simulator.ui.overlay_layer import OverlayLayer
from simulator.ui.scene import View
from simulator.ui.theme import LIGHT, Theme

CLOSEST = 1e-7  # of the box: how far in one can zoom
FARTHEST = 1e4
ZOOM = 1.25  # a key press
DIGITS = 6  # of a coordinate lifted from a plane
BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class Arena(QWidget):
    """Shows a recording up to a step. Click: one start there. Shift-click: one more. Drag a start, or pan; wheel: zoom;
    double click: the whole landscape. Keys: + and − zoom, 0 shows the whole landscape."""

    start_placed = Signal(float, float)
    start_added = Signal(float, float)
    start_moved = Signal(int, float, float)
    start_dropped = Signal()

    def __init__(self, parent: QWidget | None = None, shared: Shared | None = None, small: bool = False):
        """A ``small`` one, of several, has neither axes nor names nor controls."""
        super().__init__(parent)
        shared = shared or Shared(Outlook())
        self._theme = LIGHT
        self._race: Race | None = None
        self._recording: Recording | None = None
        self._step = 0
        self.outlook = shared.outlook
        self._seen: tuple[Plane | None, Box] = None, ()  # of the outlook
        self._whole: Landscape | None = None  # what is drawn as it stands at step 0: view and levels are settled by it
        self._told = ""  # what is said of the plane
        self._moment: Landscape | None = None  # … and as it stands at the step on screen
        self._relief: Relief | None = None
        self._hidden: frozenset[int] = frozenset()
        self.box = ArenaBox()
        # Not a PlotWidget: that builds half a dozen menus and a form nobody opens here.
        self.plot = pg.GraphicsLayoutWidget()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.ci.setContentsMargins(0, 0, 0, 0)
        self.plot.ci.setSpacing(0)
        self.left, self.bottom = Axis("left"), Axis("bottom")
        for part, row, column in ((self.left, 0, 0), (self.box, 0, 1), (self.bottom, 1, 1)):
            self.plot.addItem(part, row, column)
        self.left.linkToView(self.box)
        self.bottom.linkToView(self.box)
        self.backdrop, self.trails = Backdrop(self.box, shared.paint), LineLayer(self.box)
        self.front = Front(self.box, self.trails, names=not small)
        self.held: Callable[[], bool] = lambda: self.box.holding
        self.layer: OverlayLayer | None = None  # while there are overlays
        self.planes = shared.planes
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        if small:
            self.left.hide()
            self.bottom.hide()
        else:
            self.planes.chosen.connect(self.choose_plane)
            layout.addWidget(self.planes)
        layout.addWidget(self.plot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Arena")
        self.setMinimumSize(*((100, 80) if small else (240, 180)))
        self.box.clicked.connect(self.start_placed)
        self.box.added.connect(self.start_added)
        self.box.moved.connect(self.start_moved)
        self.box.dropped.connect(self.start_dropped)
        self.box.dropped.connect(self._look_again)
        self.box.doubled.connect(self.reset_view)
        self.box.pressed_at.connect(self._show_ghost)
        self.set_theme(self._theme)

    def set_race(self, race: Race) -> None:
        """The race whose starts and landscape are shown; what its racers do comes with `show_step`."""
        before, self._race = self._race, race
        if before is None or before.landscape != race.landscape:
            self._describe(race.landscape)
            if race.landscape.dim <= 2:  # beyond, what is drawn depends on where the racers go
                self._set_ground(race.landscape)
        self._place_starts()

    def show_step(self, recording: Recording, step: int) -> None:
        """Show rows 0 … ``step``."""
        if recording.race is not self._race:
            self.set_race(recording.race)
        landscape = recording.race.landscape
        self.outlook.look(recording, held=self.held())
        seen, self._seen = self._seen, (self.outlook.plane, self.outlook.box)
        turned, plane = seen != self._seen, self.plane
        if turned or (plane and self._recording and landscape != self._recording.race.landscape):
            self._set_ground(self.outlook.ground(landscape))
        if turned or recording is not self._recording:
            self._recording = recording
            self._set_tracks()
            self._describe(landscape)
        if self._told != self.outlook.words:
            self._told = self.outlook.words
            self.planes.show_outlook(self.outlook)
            self._describe(landscape)
        self._step = step
        if landscape.moving:
            self._moment = self.outlook.ground(landscape.at(step))
            self.backdrop.set_moment(self._moment)
            self._place_starts()
        elif turned:
            self._place_starts()
        self.trails.show_rows(step)
        self.front.show_step(recording, step, plane)
        if self.layer is not None:
            self.layer.show_step(recording, step, plane)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plot.setBackground(theme.plot)
        for axis in (self.left, self.bottom):
            axis.setPen(pg.mkPen(theme.line, width=theme.scale))
            axis.setTextPen(pg.mkPen(theme.faint))
            axis.setTickPen(pg.mkPen(theme.faint))
            axis.setTickFont(font(theme))
            axis.setStyle(tickTextOffset=round(4 * theme.scale), hideOverlappingLabels=True)
        self.planes.set_theme(theme)
        self._label_axes()
        self._set_border()
        self._restyle()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the entrants with these streams."""
        if hidden != self._hidden:
            self._hidden = hidden
            self._restyle()

    def set_overlays(self, sketcher: Sketcher, company: tuple[int, ...] | None = None) -> None:
        """Draw what ``sketcher`` says over it. ``company`` are the racers, by stream, in this arena and others like it
        whose arrows are to be compared."""
        if self.layer is not None:
            self.plot.scene().removeItem(self.layer)
            self.layer = None
        if sketcher.names:
            self.layer = OverlayLayer(self.box, sketcher, company)
            self.layer.set_look(self._theme, self._hidden)
            if self._recording is not None:
                self.layer.show_step(self._recording, self._step, self.plane)
        if self._race is not None:
            self._describe(self._race.landscape)

    def reset_view(self) -> None:
        """Show the landscape's own box, or of a plane the part where the racers go."""
        if self._whole is None:
            return
        (x0, x1), (y0, y1) = home(self._whole)
        wide, high = x1 - x0, y1 - y0
        self.box.setLimits(
            minXRange=wide * CLOSEST, maxXRange=wide * FARTHEST, minYRange=high * CLOSEST, maxYRange=high * FARTHEST
        )
        self.box.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0.0)

    @property
    def plane(self) -> Plane | None:
        """The plane on which the race is drawn; None in up to two dimensions, and while none is chosen yet."""
        plane, race = self.outlook.plane, self._race
        return plane if plane is not None and race is not None and len(plane.origin) == race.landscape.dim else None

    @property
    def view(self) -> View:
        """The part of the plane on screen, for an export that shows the same."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        return (x0, x1), (y0, y1)

    def show_part(self, view: View) -> None:
        """Show that part of the plane."""
        self.box.setRange(xRange=view[0], yRange=view[1], padding=0.0)

    def point(self, x: float, y: float, start: int = 0) -> tuple[float, ...]:
        """The point of parameter space at (x, y) of the picture: on the plane through the start of that number."""
        assert self._race is not None
        plane, starts = self.plane, self._race.starts
        if plane is None:
            return (x, y)[: self._race.landscape.dim]
        through = np.array(starts[start] if start < len(starts) else starts[0])
        lifted = through + plane.lift(np.array((x, y))) - plane.lift(plane.project(through))
        return tuple(float(f"{value:.{DIGITS}g}") for value in lifted.tolist())

    def _set_ground(self, whole: Landscape) -> None:
        """Draw another landscape, or another plane of one."""
        before, self._whole, self._moment = self._whole, whole, whole
        self._relief = Relief.of(whole) if whole.dim == 2 else None
        if before is None or before.box != whole.box or whole.dim == 1:
            self.reset_view()
        self._label_axes()
        self._restyle()

    def choose_plane(self, kind: Any, seed: int) -> None:
        self.outlook.choose(kind, seed)
        self._look_again()

    def _look_again(self) -> None:
        """Find a better plane: another was asked for, or a start is no longer held."""
        if self._recording is not None:
            self.show_step(self._recording, self._step)
            self.planes.show_outlook(self.outlook)

    def _place_starts(self) -> None:
        race = self._race
        if race is not None and (race.landscape.dim <= 2 or self.plane is not None):
            self.box.starts = places(race.landscape.at(self._step), np.array(race.starts), self.plane)

    def _restyle(self) -> None:
        if self._moment is not None:
            self.backdrop.set_look(self._moment, self._relief, self._theme)
        self.front.set_look(self._theme, self._relief, self._hidden)
        if self.layer is not None:
            self.layer.set_look(self._theme, self._hidden)
        self._set_tracks()

    def _set_tracks(self) -> None:
        recording, plane = self._recording, self.plane
        if recording is not None:
            looks = tracks(recording, self._theme, self._hidden)
            self.trails.set_tracks(looks, trails(recording, self._hidden, plane))
            self.trails.show_rows(self._step)

    def _describe(self, landscape: Landscape) -> None:
        plane = f" Drawn on a plane: {self.outlook.words}." if self.plane is not None else ""
        names = self.layer.sketcher.names if self.layer is not None else ()
        over = f" Drawn over it: {', '.join(OVERLAYS[name].title.lower() for name in names)}." if names else ""
        self.setAccessibleDescription(f"{landscape.title}: {landscape.story}{plane}{over}")

    def _label_axes(self) -> None:
        names = ("x", "y")
        if self.plane is not None:
            names = ("direction 1", "direction 2")
        elif self._whole is not None and self._whole.dim == 1:
            names = ("x", "f(x)")
        style: dict[str, Any] = {"color": self._theme.faint, "font-size": f"{self._theme.font_px}px"}
        for axis, name in zip((self.bottom, self.left), names, strict=True):
            axis.setLabel(name, **style)

    def _show_ghost(self, at: tuple[float, float] | None) -> None:
        self.front.set_ghost(None if at is None or self._race is None else self.point(*at))

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
