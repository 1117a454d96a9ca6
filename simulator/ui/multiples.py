"""Small multiples: an arena for each racer, side by side, all showing the same part of the same landscape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.arena_items import Shared
from simulator.ui.ground import Outlook
from simulator.ui.labels import Line
from simulator.ui.pane import Pane
from simulator.ui.panes import Page, places
from simulator.ui.scene import View
from simulator.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from simulator.sketcher import Sketcher


class Multiples(QWidget):
    """Gestures in any of them are those of the arena, and they zoom and move together."""

    start_placed = Signal(float, float)
    start_added = Signal(float, float)
    start_moved = Signal(int, float, float)

    def __init__(self, outlook: Outlook, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Racers side by side")
        self._shared = Shared(outlook)
        self._shared.planes.chosen.connect(self._choose_plane)
        self._theme, self._hidden = LIGHT, frozenset[int]()
        self._race: Race | None = None
        self._shown: tuple[Recording, int] | None = None
        self._sketcher: Sketcher | None = None
        self.page = 0
        self._linking = False
        self.panes: list[Pane] = []  # made when first needed, and kept
        self.streams: list[int] = []  # of the racers on this page, a pane each
        self._grid = _Grid()
        self._grid.resized.connect(self._lay_out)  # also when what stands above or below it takes more room
        self.pager, self._told = QWidget(), Line()
        self._back, self._on = (_turn(sign, name) for sign, name in (("‹", "Racers before"), ("›", "Racers after")))
        self._back.clicked.connect(lambda: self.turn(-1))
        self._on.clicked.connect(lambda: self.turn(1))
        row = QHBoxLayout(self.pager)
        row.setContentsMargins(4, 0, 4, 0)
        for part in (self._back, self._on):
            row.addWidget(part)
        row.addWidget(self._told, 1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._shared.planes)
        column.addWidget(self.pager)
        column.addWidget(self._grid, 1)
        self.setMinimumSize(240, 180)

    # What is shown.

    def set_race(self, race: Race) -> None:
        self._race = race
        self._deal()
        for pane in self._used:
            pane.set_race(race)

    def show_step(self, recording: Recording, step: int) -> None:
        """Show rows 0 … ``step``."""
        if recording.race is not self._race:
            self.set_race(recording.race)
        self._shown = recording, step
        for pane in self._used:
            pane.show_step(recording, step)
        self._describe()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._told.set_text(self._told.text, theme.text)
        self._shared.planes.set_theme(theme)
        for pane in self.panes:
            pane.set_theme(theme)
        self._lay_out()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the entrants with these streams."""
        if hidden != self._hidden:
            self._hidden = hidden
            self._refill()

    def set_overlays(self, sketcher: Sketcher) -> None:
        self._sketcher = sketcher
        self._draw_over()

    def reset_view(self) -> None:
        """Show the whole landscape."""
        if self._used:
            self._used[0].arena.reset_view()

    def turn(self, pages: int) -> None:
        """To another page of racers."""
        self.page += pages
        self._refill()

    @property
    def view(self) -> View:
        """The part of the plane on screen."""
        return self._used[0].arena.view

    def show_part(self, view: View) -> None:
        """Show that part of the plane in all."""
        for pane in self._used[:1]:
            pane.arena.show_part(view)

    def point(self, x: float, y: float, start: int = 0) -> tuple[float, ...]:
        """The point of parameter space at (x, y) of the pictures, as `Arena.point` has it."""
        return self._used[0].arena.point(x, y, start)

    # How.

    @property
    def _used(self) -> list[Pane]:
        return self.panes[: len(self.streams)]

    def _refill(self) -> None:
        if self._race is not None:
            self.set_race(self._race)
        if self._shown is not None:
            self.show_step(*self._shown)

    def _deal(self) -> None:
        """Give each racer of this page a pane."""
        race = self._race
        assert race is not None
        everyone = frozenset(entrant.stream for entrant in race.entrants)
        page = Page.of(race, self._hidden, self.page)
        self.page = page.number
        before, self.streams = self.streams, list(page.streams)
        while len(self.panes) < len(self.streams):
            self._add_pane()
        for pane, stream in zip(self.panes, self.streams, strict=False):
            pane.set_stream(stream, everyone, self._theme)
        self.pager.setVisible(page.last > 0)
        self._back.setEnabled(page.number > 0)
        self._on.setEnabled(page.number < page.last)
        self._told.set_text(page.words, self._theme.text)
        if before != self.streams:
            self._draw_over()
        if len(before) != len(self.streams):
            self._lay_out()

    def _draw_over(self) -> None:
        if self._sketcher is not None:
            for pane in self._used:
                pane.arena.set_overlays(self._sketcher, tuple(self.streams))

    def _add_pane(self) -> None:
        pane = Pane(self._shared, self._grid)
        pane.set_theme(self._theme)
        box = pane.arena.box
        if self.panes:
            pane.arena.show_part(self.view)
        self.panes.append(pane)
        pane.arena.held = lambda: any(it.arena.box.holding for it in self.panes)
        pane.arena.start_placed.connect(self.start_placed)
        pane.arena.start_added.connect(self.start_added)
        pane.arena.start_moved.connect(self.start_moved)
        box.sigRangeChanged.connect(lambda: self._follow(pane))

    def _follow(self, moved: Pane) -> None:
        """Show in all what is shown in the one that was ``moved``."""
        if self._linking or moved not in self._used:
            return
        self._linking = True
        for pane in self._used:
            if pane is not moved:
                pane.arena.show_part(moved.arena.view)
        self._linking = False

    def _choose_plane(self, kind: Any, seed: int) -> None:
        self._shared.outlook.choose(kind, seed)
        if self._shown is not None:
            self.show_step(*self._shown)
            self._shared.planes.show_outlook(self._shared.outlook)

    def _lay_out(self) -> None:
        count = len(self.streams)
        for pane in self.panes[count:]:
            pane.hide()
        if not count:
            return
        for pane, place in zip(self._used, places(count, self._grid.size(), self._used[0].head_height), strict=True):
            pane.setGeometry(place)
            pane.show()

    def _describe(self) -> None:
        self.setAccessibleDescription("; ".join(pane.summary for pane in self._used))

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """To the first map. With a focus proxy Tab would pass over what stands above it."""
        for pane in self._used[:1]:
            pane.arena.setFocus(reason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.activate()


class _Grid(QWidget):
    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


def _turn(sign: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setProperty("role", "button")
    button.setAccessibleName(name)
    button.setToolTip(name)
    return button
