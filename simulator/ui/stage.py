"""The stage: one view of the race at a time, the bar that chooses it, and what is drawn over it."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from simulator.overlays import OVERLAYS
from simulator.race import Race
from simulator.recording import Recording
from simulator.relief import Camera
from simulator.sketcher import Sketcher
from simulator.ui.arena import Arena
from simulator.ui.ground import Outlook
from simulator.ui.scene import Scene
from simulator.ui.stagebar import StageBar
from simulator.ui.theme import LIGHT, Theme
from simulator.ui.views import VIEWS

if TYPE_CHECKING:
    from simulator.ui.picture import Picture


class Stage(QWidget):
    """Holds the views of `VIEWS`. Only the one that is seen is told what happens; another catches up when chosen.

    Signals carry points of parameter space, whichever view they were placed in.
    """

    start_placed = Signal(object)
    start_added = Signal(object)
    start_moved = Signal(int, object)
    view_changed = Signal(str)
    overlays_changed = Signal(object)  # names, in the order of `OVERLAYS`
    chosen = Signal()  # a person chose another view, or overlays: worth remembering

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._theme, self._hidden = LIGHT, frozenset[int]()
        self._race: Race | None = None
        self._shown: tuple[Recording, int] | None = None
        self._outlook, self._sketcher = Outlook(), Sketcher()
        self._views: dict[str, Any] = {}
        self.view = "contour"
        self.bar, self._stack = StageBar(self._sketcher), QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.bar)
        layout.addWidget(self._stack, 1)
        self.arena: Arena = self._made("contour")
        self.bar.view_chosen.connect(self.choose_view)
        self.bar.overlays_chosen.connect(self.choose_overlays)
        self.bar.resampled.connect(self.resample)
        self.bar.only_chosen.connect(self._set_only)

    @property
    def current(self) -> Any:
        """The view that is seen."""
        return self._views[self.view]

    @property
    def outlook(self) -> Outlook:
        """The plane of a race in more than two dimensions."""
        return self._outlook

    @property
    def overlays(self) -> tuple[str, ...]:
        return self._sketcher.names

    def picture(self) -> Picture:
        """What is seen of the race now."""
        assert self._shown is not None
        from simulator.ui.picture import Picture  # not before one is wanted: it costs start-up time

        s, view = self._sketcher, self.current
        scene = Scene(
            view=self.view,
            part=getattr(view, "view", None),
            camera=getattr(view, "camera", Camera()),
            page=getattr(view, "page", 0),
            overlays=s.names,
            only=s.only,
            draw=s.draw,
            basins=getattr(view, "known", None),
        )
        return Picture(*self._shown, self._theme, self._hidden, copy(self._outlook), scene)

    def set_view(self, name: str) -> None:
        """Show the view called ``name`` in `VIEWS`; ValueError if there is none."""
        if name not in VIEWS:
            raise ValueError(f"view: must be one of {', '.join(VIEWS)}, got {name!r}")
        if name == self.view:
            return
        had_focus = self.current.isAncestorOf(self.focusWidget()) or self.current.hasFocus()
        before, view = self.current, self._made(name)
        self.view = name
        self._catch_up()
        if hasattr(before, "show_part") and hasattr(view, "show_part") and self._shown is not None:
            view.show_part(before.view)
        self._stack.setCurrentWidget(view)
        if had_focus:
            view.setFocus()
        self.bar.show_view(name)
        self.view_changed.emit(name)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """To the view. With a focus proxy Tab would pass over the bar."""
        self.current.setFocus(reason)

    def set_overlays(self, names: Iterable[str]) -> None:
        """Draw the overlays with these names, and no others; ValueError if there is none of a name."""
        wanted = set(names)
        if unknown := sorted(wanted - OVERLAYS.keys()):
            raise ValueError(f"overlay: must be one of {', '.join(OVERLAYS)}, got {unknown[0]!r}")
        if wanted != set(self.overlays):
            self._sketcher.names = tuple(name for name in OVERLAYS if name in wanted)
            self._draw_over()
            self.overlays_changed.emit(self.overlays)

    def choose_view(self, name: str) -> None:
        """`set_view`, as a person does it."""
        self.set_view(name)
        self.chosen.emit()

    def choose_overlays(self, names: Iterable[str]) -> None:
        """`set_overlays`, as a person does it."""
        self.set_overlays(names)
        self.chosen.emit()

    def resample(self) -> None:
        """Draw other mini-batches, or other noise."""
        self._sketcher.draw += 1
        self._draw_over()

    def set_race(self, race: Race) -> None:
        self._race = race
        self.bar.set_race(race)
        self.current.set_race(race)

    def show_step(self, recording: Recording, step: int) -> None:
        self._shown = recording, step
        self.current.show_step(recording, step)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.bar.set_theme(theme)
        self.current.set_theme(theme)

    def set_hidden(self, hidden: frozenset[int]) -> None:
        self._hidden = hidden
        self.current.set_hidden(hidden)

    def reset_view(self) -> None:
        """The whole landscape."""
        self.current.reset_view()

    def _set_only(self, stream: int | None) -> None:
        self._sketcher.only = stream
        self._draw_over()

    def _made(self, name: str) -> Any:
        if name not in self._views:
            view: Any = VIEWS[name].make(self._outlook)
            self._views[name] = view
            self._stack.addWidget(view)
            for signal in ("start_placed", "start_added"):
                if hasattr(view, signal):
                    getattr(view, signal).connect(
                        lambda x, y, view=view, signal=signal: getattr(self, signal).emit(view.point(x, y))
                    )
            if hasattr(view, "start_moved"):
                view.start_moved.connect(lambda i, x, y: self.start_moved.emit(i, view.point(x, y, i)))
        return self._views[name]

    def _catch_up(self) -> None:
        view = self.current
        view.set_theme(self._theme)
        view.set_hidden(self._hidden)
        if self._race is not None:
            view.set_race(self._race)
        if self._shown is not None:
            view.show_step(*self._shown)
        self._draw_over()

    def _draw_over(self) -> None:
        able = hasattr(self.current, "set_overlays")
        self.bar.show_overlays(able)
        if able:
            self.current.set_overlays(self._sketcher)
