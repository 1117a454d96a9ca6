"""The views of a race between the menus and the playback bar, and what gestures in them do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget, QWidget

from simulator.param import RaceError
from simulator.ui.controller import Controller
from simulator.ui.curves import LossPanel
from simulator.ui.entrants import EntrantPanel
from simulator.ui.form import error_text
from simulator.ui.preview import ArenaPreview
from simulator.ui.theme import Theme


class Workbench(QObject):
    """Side panels, arena and curves, placed into ``split``: first what the first picture needs, then the rest."""

    race_requested = Signal(object)  # a ready race the guide recommends
    help_wanted = Signal(str)  # on a method
    code_wanted = Signal(int)  # of a racer, by its stream
    refused = Signal(str)  # why a gesture changed nothing, or not all

    def __init__(self, controller: Controller, split: QSplitter, theme: Theme):
        super().__init__(split)
        self._controller, self._split, self._theme = controller, split, theme
        self.complete = False
        self._views: list[Any] = []  # set_race, show_step, set_theme
        self._themed: list[Any] = []  # set_theme alone
        self.racers, self.preview, self.curves = EntrantPanel(), ArenaPreview(), LossPanel()
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Side panels")
        self.tabs.addTab(self.racers, "Racers")
        for part, stretch in ((self.tabs, 0), (self.preview, 3), (self.curves, 2)):
            split.addWidget(part)
            split.setStretchFactor(split.count() - 1, stretch)
        self.curves.seek_requested.connect(controller.seek)
        self.racers.changed.connect(controller.set_race)
        self.racers.hidden_changed.connect(controller.set_hidden)
        self.racers.help_wanted.connect(self.help_wanted)
        self.racers.code_wanted.connect(self.code_wanted)
        self.racers.shared_lr_changed.connect(controller.set_shared_lr)
        for view in (self.racers, self.preview, self.curves):
            self._add(view)
        controller.race_changed.connect(lambda race: self._each("set_race", race))
        controller.moved.connect(lambda recording, step: self._each("show_step", recording, step))
        controller.history_changed.connect(self._on_history)
        self._on_history()

    def build_rest(self) -> None:
        """Put the arena in the place of its preview and fill the other tabs."""
        from simulator.ui.arena import Arena  # pyqtgraph
        from simulator.ui.guidepanel import GuidePanel
        from simulator.ui.inspectorpanel import InspectorPanel
        from simulator.ui.racepanel import RacePanel

        self.arena, self.race, self.guide = Arena(), RacePanel(), GuidePanel()
        self.inspect = InspectorPanel()
        self._add(self.arena)
        sizes = self._split.sizes()
        self.arena.setSizePolicy(self.preview.sizePolicy())  # its share of a window that grows
        self._split.replaceWidget(self._split.indexOf(self.preview), self.arena)
        self._split.setSizes(sizes)
        self._views.remove(self.preview)
        self.preview.deleteLater()
        self._add(self.race)
        self.tabs.addTab(self.race, "Landscape")
        self._add(self.inspect)
        self.tabs.addTab(self.inspect, "Inspect")
        self.inspect.seek_requested.connect(self._controller.seek)
        self.tabs.addTab(self.guide, "Guide")
        self._themed.append(self.guide)
        self.guide.set_theme(self._theme)
        self.arena.start_placed.connect(lambda x, y: self._set_starts([self.arena.point(x, y)]))
        self.arena.start_added.connect(lambda x, y: self._set_starts([*self._starts, self.arena.point(x, y)]))
        self.arena.start_moved.connect(self._move_start)
        self.race.changed.connect(self._controller.set_race)
        self.race.told.connect(self.refused)
        self.race.landscape.popup.picked.connect(lambda: self.focus("arena"))  # Space runs the race, not the list again
        self.guide.race_requested.connect(self.race_requested)
        self.guide.race_requested.connect(lambda: self.focus("arena"))  # Space runs the race, not the button again
        self._on_history()
        self.complete = True

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for view in (*self._views, *self._themed):
            view.set_theme(theme)

    def focus(self, name: str) -> None:
        """Show and focus ``racers``, ``race``, ``inspect``, ``guide`` or ``arena``."""
        panel: QWidget = getattr(self, name)
        if panel is not self.arena:
            self.tabs.setCurrentWidget(panel)
        panel.setFocus()

    def _add(self, view: Any) -> None:
        c = self._controller
        self._views.append(view)
        view.set_theme(self._theme)
        view.set_race(c.race)
        view.show_step(c.recording, c.step)

    def _each(self, method: str, *values: object) -> None:
        for view in self._views:
            getattr(view, method)(*values)

    def _on_history(self) -> None:
        for view in self._views:
            if hasattr(view, "set_hidden"):
                view.set_hidden(self._controller.hidden)
        self.racers.set_shared_lr(self._controller.shared_lr)

    @property
    def _starts(self) -> list[tuple[float, ...]]:
        return list(self._controller.race.starts)

    def _move_start(self, index: int, x: float, y: float) -> None:
        starts = self._starts
        if index < len(starts):  # undone while it was held: there is nothing left to drag
            starts[index] = self.arena.point(x, y, index)
            self._set_starts(starts, f"start/{index}")

    def _set_starts(self, starts: list[tuple[float, ...]], merge: str = "") -> None:
        c = self._controller
        try:
            race = replace(c.race, starts=tuple(starts))
        except RaceError as error:  # too many starts for so many steps, or one too far out
            self.refused.emit(error_text(error))
        else:
            c.set_race(race, merge)
