"""The views of a race between the menus and the playback bar, and what gestures in them do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget, QWidget

from simulator.branching import unforkable
from simulator.lessoncontrols import opens
from simulator.param import RaceError
from simulator.ui.controller import Controller
from simulator.ui.curves import LossPanel
from simulator.ui.entrants import EntrantPanel
from simulator.ui.forkmenu import ask
from simulator.ui.preview import ArenaPreview
from simulator.ui.repeatsjob import RepeatsJob
from simulator.ui.theme import Theme

if TYPE_CHECKING:
    from simulator.ui.picture import Picture

LESSON_WIDTH = 400  # of the side panels while there is a lesson to be read


class Workbench(QObject):
    """Side panels, arena and curves, placed into ``split``: first what the first picture needs, then the rest."""

    race_requested = Signal(object)  # a ready race the guide recommends
    help_wanted = Signal(str)  # on a method
    code_wanted = Signal(int)  # of a racer, by its stream
    refused = Signal(str)  # why a gesture changed nothing, or not all
    rates_toggled = Signal(bool)  # the panel of rates is shown, or not
    rates_closed = Signal()  # by its own button

    def __init__(self, controller: Controller, split: QSplitter, theme: Theme):
        super().__init__(split)
        self._controller, self._split, self._theme = controller, split, theme
        self.complete = False
        self.rates: Any = None  # a RatePanel, once it has been wanted
        self.rates_height = 0.0
        self._controls: tuple[str, ...] | None = None
        self._widths: list[int] = []  # before there was a lesson
        self._views: list[Any] = []  # set_race, show_step, set_theme
        self._themed: list[Any] = []  # set_theme alone
        self.racers, self.preview, self.curves = EntrantPanel(), ArenaPreview(), LossPanel()
        self.tabs = QTabWidget()
        for part in (self.tabs, self.tabs.tabBar()):
            part.setAccessibleName("Side panels")
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
        self.repeats = RepeatsJob(controller, self)
        self.repeats.found.connect(self.curves.set_repeats)
        self.repeats.found.connect(self.racers.wins.set_repeats)
        self.repeats.wanted.connect(self.racers.wins.set_wanted)
        self.repeats.told.connect(self.curves.tell_repeats)
        self.curves.repeats_chosen.connect(lambda word: self.repeats.set_count(0 if word == "off" else int(word)))
        self._on_history()

    def build_rest(self) -> None:
        """Put the arena in the place of its preview and fill the other tabs."""
        from simulator.lessons import LESSONS
        from simulator.ui.coach import Coach
        from simulator.ui.guidepanel import GuidePanel
        from simulator.ui.inspectorpanel import InspectorPanel
        from simulator.ui.lessonpanel import LessonPanel
        from simulator.ui.racepanel import RacePanel
        from simulator.ui.stage import Stage  # pyqtgraph

        self.stage, self.race, self.guide = Stage(), RacePanel(), GuidePanel()
        self.middle = QSplitter(Qt.Orientation.Vertical)  # the panel of rates comes below
        self.middle.setChildrenCollapsible(False)
        self.middle.addWidget(self.stage)
        self.inspect, self.lessons = InspectorPanel(), LessonPanel(LESSONS.ordered)
        self.coach = Coach(self._controller, self.racers)
        self.arena = self.stage.arena
        self._add(self.stage)
        sizes = self._split.sizes()
        self.middle.setSizePolicy(self.preview.sizePolicy())  # its share of a window that grows
        self._split.replaceWidget(self._split.indexOf(self.preview), self.middle)
        self._split.setSizes(sizes)
        self._views.remove(self.preview)
        self.preview.leave()
        self._add(self.race)
        self._add(self.inspect)
        self.inspect.seek_requested.connect(self._controller.seek)
        self.curves.counted.connect(self.inspect.plot.count)
        self.inspect.plot.count(self.curves.plot.look.against, self.curves.plot.look.weights)
        self._arrange_tabs(())
        for panel in (self.lessons, self.guide):
            self._themed.append(panel)
            panel.set_theme(self._theme)
        self.stage.start_placed.connect(lambda start: self._set_starts([start]))
        self.stage.start_added.connect(lambda start: self._set_starts([*self._starts, start]))
        self.stage.start_moved.connect(self._move_start)
        self.race.changed.connect(self._controller.set_race)
        self.race.told.connect(self.refused)
        self.race.landscape.popup.picked.connect(lambda: self.focus("arena"))  # Space runs the race, not the list again
        self.guide.race_requested.connect(self.race_requested)
        self.guide.help_wanted.connect(self.help_wanted)
        self.guide.race_requested.connect(lambda: self.focus("arena"))  # Space runs the race, not the button again
        self._on_history()
        self.complete = True

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for view in (*self._views, *self._themed):
            view.set_theme(theme)
        if self._widths:
            self._widen()

    @property
    def widths(self) -> list[int]:
        """Of side panels, arena and curves, as a person has them: a lesson's are its own."""
        return self._widths or self._split.sizes()

    def focus(self, name: str) -> None:
        """Show and focus ``racers``, ``race``, ``inspect``, ``lessons``, ``guide`` or ``arena``."""
        panel: QWidget = self.stage if name == "arena" else getattr(self, name)
        if panel is not self.stage:
            self.tabs.setCurrentWidget(panel if self.tabs.indexOf(panel) >= 0 else self.lessons)
        panel.setFocus()

    @property
    def rates_shown(self) -> bool:
        return self.rates is not None and not self.rates.isHidden()

    def show_rates(self, shown: bool) -> None:
        """Show or hide the panel of rates below the stage."""
        if shown == self.rates_shown:
            return
        if self.rates is None:
            from simulator.ui.ratepanel import RatePanel

            self.rates = panel = RatePanel()
            panel.hide()
            self.middle.addWidget(panel)
            self.middle.setStretchFactor(0, 1)
            self.middle.setStretchFactor(1, 0)
            panel.waits = lambda: self._controller.catching_up and not self._controller.playing
            panel.changed.connect(self._controller.set_race)
            panel.tuned.connect(lambda race: self._controller.set_race(race, shared_lr=False))
            panel.told.connect(self.refused)
            panel.closed.connect(self.rates_closed)
            self.curves.counted.connect(panel.count)
            panel.count(self.curves.plot.look.against, self.curves.plot.look.weights)
            panel.set_controls(self._controls)
            panel.set_held(self._controller.held)
            self._add(panel)
            panel.set_hidden(self._controller.hidden)
        elif not shown:
            self.rates_height = float(self.rates.height())
        self.rates.setVisible(shown)
        if shown and self.rates_height:
            self.middle.setSizes([max(self.middle.height() - round(self.rates_height), 1), round(self.rates_height)])
        self.rates_toggled.emit(shown)

    def open_guide(self, name: str) -> None:
        """Show a page of the guide: "calculators" in its tab, or the window of "tables" or the "tree"."""
        if name == "calculators":
            self.tabs.setCurrentWidget(self.guide)
        self.guide.open(name)

    def close(self) -> None:
        """Close what stands in windows of its own."""
        self.repeats.stop()
        if self.complete:
            self.guide.close_windows()

    def fork(self) -> None:
        """Fork the racer whose card has the keyboard, or the only one; otherwise ask which."""
        panel = self.racers
        if self._controls is not None and not opens(self._controls, "racers"):
            self.refused.emit("On this page of the lesson the racers stay as they are.")
            return
        self._controller.pause()
        self.tabs.setCurrentWidget(panel)
        if (place := panel.focused) is not None:
            panel.fork(place)
        elif why := unforkable(self._controller.race, self._controller.step):
            panel.tell(why)
        else:
            ask(panel, self._controller.race)

    # What a lesson does.

    def set_controls(self, controls: tuple[str, ...] | None) -> None:
        """Leave only these controls, see `simulator.lesson`; None: all of them."""
        self._controls = controls
        self.racers.set_controls(controls)
        self.race.set_controls(controls)
        if self.rates is not None:
            self.rates.set_controls(controls)

    def host(self, panels: Sequence[QWidget]) -> None:
        """Put ``panels`` beneath the lesson's text, all others into tabs of their own."""
        self.lessons.host(panels)
        self._arrange_tabs(panels)

    def set_held(self, held: bool) -> None:
        """Before a prediction is made, nothing is shown but the start."""
        self.stage.bar.setEnabled(not held)
        self.racers.stability.set_held(held)
        if self.rates is not None:
            self.rates.set_held(held)
        for i in range(self.tabs.count()):
            self.tabs.setTabEnabled(i, not held or self.tabs.widget(i) in (self.lessons, self.racers, self.race))

    def set_wide(self, wide: bool) -> None:
        """Side panels wide enough for a lesson to be read, or as they were."""
        if wide and not self._widths:
            self._widths = self._split.sizes()
            self._widen()
        elif not wide and self._widths:
            self._split.setSizes(self._widths)
            self._widths = []

    def _widen(self) -> None:
        """The side panels take from the curves first: the arena keeps what it needs."""
        side, arena, curves = self._widths
        wide = max(side, round(LESSON_WIDTH * self._theme.scale**0.45))
        left = max(arena + curves + side - wide, 1)
        middle = max(self.middle.minimumSizeHint().width(), round(left * arena / max(arena + curves, 1)))
        self._split.setSizes([wide, middle, max(left - middle, 0)])

    def _arrange_tabs(self, elsewhere: Sequence[QWidget]) -> None:
        """All panels that are not ``elsewhere``, in their order."""
        place = 0
        for title, panel in (
            ("Racers", self.racers),
            ("Landscape", self.race),
            ("Inspect", self.inspect),
            ("Lesson", self.lessons),
            ("Guide", self.guide),
        ):
            at = self.tabs.indexOf(panel)
            if panel in elsewhere:
                continue
            if at < 0:
                self.tabs.insertTab(place, panel, title)
            place += 1

    def picture(self) -> Picture:
        """What is seen now of the race: the stage and the curves."""
        return replace(self.stage.picture(), curves=self.curves.plot.look)

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

    def _move_start(self, index: int, start: tuple[float, ...]) -> None:
        starts = self._starts
        if index < len(starts):  # undone while it was held: there is nothing left to drag
            starts[index] = start
            self._set_starts(starts, f"start/{index}")

    def _set_starts(self, starts: list[tuple[float, ...]], merge: str = "") -> None:
        c = self._controller
        if self._controls is not None and not opens(self._controls, "starts"):
            self.refused.emit("On this page of the lesson the start stays where it is.")
            return
        try:
            race = replace(c.race, starts=tuple(starts))
        except RaceError as error:  # too many starts for so many steps, or one too far out
            self.refused.emit(error.plain)
        else:
            c.set_race(race, merge)
