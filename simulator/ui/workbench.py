"""The views of a race between the menus and the playback bar, and what gestures in them do."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QSplitter, QTabWidget, QWidget

from simulator.ui.arena import Arena
from simulator.ui.controller import Controller
from simulator.ui.curves import LossPanel
from simulator.ui.entrants import EntrantPanel
from simulator.ui.guidepanel import GuidePanel
from simulator.ui.racepanel import RacePanel


class Workbench:
    """Side panels, arena and curves, placed into ``split``."""

    def __init__(self, controller: Controller, split: QSplitter):
        self._controller = controller
        self.arena, self.curves = Arena(), LossPanel()
        self.racers, self.race, self.guide = EntrantPanel(), RacePanel(), GuidePanel()
        self.views = [self.arena, self.curves, self.racers, self.race]
        self.themed = [*self.views, self.guide]
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Side panels")
        for panel, title in ((self.racers, "Racers"), (self.race, "Landscape"), (self.guide, "Guide")):
            self.tabs.addTab(panel, title)
        for part in (self.tabs, self.arena, self.curves):
            split.addWidget(part)
        for i, stretch in enumerate((0, 3, 2)):
            split.setStretchFactor(i, stretch)
        self._connect()

    def focus(self, name: str) -> None:
        """Show and focus ``racers``, ``race``, ``guide`` or ``arena``."""
        panel: QWidget = getattr(self, name)
        if panel is not self.arena:
            self.tabs.setCurrentWidget(panel)
        panel.setFocus()

    def _connect(self) -> None:
        c = self._controller
        self.arena.start_placed.connect(lambda x, y: self._set_starts([self._point(x, y)]))
        self.arena.start_added.connect(lambda x, y: self._set_starts([*c.race.starts, self._point(x, y)]))
        self.arena.start_moved.connect(self._move_start)
        self.curves.seek_requested.connect(c.seek)
        self.racers.changed.connect(c.set_race)
        self.race.changed.connect(c.set_race)
        self.racers.hidden_changed.connect(c.set_hidden)
        self.racers.shared_lr_changed.connect(c.set_shared_lr)
        c.history_changed.connect(self._on_history)
        self._on_history()

    def _on_history(self) -> None:
        hidden = self._controller.hidden
        for view in (self.arena, self.curves, self.racers):
            view.set_hidden(hidden)
        self.racers.set_shared_lr(self._controller.shared_lr)

    def _point(self, x: float, y: float) -> tuple[float, ...]:
        return (x, y)[: self._controller.race.landscape.dim]

    def _move_start(self, index: int, x: float, y: float) -> None:
        starts = list(self._controller.race.starts)
        starts[index] = self._point(x, y)
        self._set_starts(starts, f"start/{index}")

    def _set_starts(self, starts: list[tuple[float, ...]], merge: str = "") -> None:
        c = self._controller
        c.set_race(replace(c.race, starts=tuple(starts)), merge)
