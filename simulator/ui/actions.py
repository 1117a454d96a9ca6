"""Menus, tool bar and shortcuts, declared in one table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QWidget

from simulator.overlays import OVERLAYS
from simulator.ui.icons import icon
from simulator.ui.theme import Theme
from simulator.ui.views import VIEWS

if TYPE_CHECKING:
    from simulator.ui.classroom import Classroom
    from simulator.ui.curves import LossPanel
    from simulator.ui.stage import Stage
    from simulator.ui.workbench import Workbench


@dataclass(frozen=True)
class Command:
    """One thing a person can do: ``name`` is what the window calls it by."""

    menu: str
    name: str
    text: str
    keys: str = ""
    icon: str = ""
    checkable: bool = False
    on_bar: bool = False


SEPARATOR = "-"
ICON_PX = 24  # on the tool bar
COMMANDS = (
    Command("&File", "open", "&Open…", "Ctrl+O", "open", on_bar=True),
    Command("&File", "samples", "Sa&mples"),
    Command("&File", "recent", "Open &recent"),
    Command("&File", "recover", "&Bring back a lost race…"),
    Command("&File", SEPARATOR, ""),
    Command("&File", "save", "&Save", "Ctrl+S", "save", on_bar=True),
    Command("&File", "save_as", "Save &as…", "Ctrl+Shift+S"),
    Command("&File", SEPARATOR, ""),
    Command("&File", "export", "&Export: picture, movie, report…", "Ctrl+E", "export", on_bar=True),
    Command("&File", "export_csv", "Export &table (CSV)…", "Ctrl+Shift+E"),
    Command("&File", SEPARATOR, ""),
    Command("&File", "quit", "&Quit", "Ctrl+Q"),
    Command("&Edit", "undo", "&Undo", "Ctrl+Z", "undo", on_bar=True),
    Command("&Edit", "redo", "&Redo", "Ctrl+Shift+Z", "redo", on_bar=True),
    Command("&Edit", SEPARATOR, ""),
    Command("&Edit", "copy_picture", "Copy &picture", "Ctrl+Shift+C"),
    Command("&Race", "toggle", "&Play or pause", "Space"),
    Command("&Race", "forward", "Step &forward", "Right"),
    Command("&Race", "back", "Step &back", "Left"),
    Command("&Race", "to_start", "To the &start", "Home"),
    Command("&Race", "to_end", "To the &end", "End"),
    Command("&Race", "faster", "F&aster", "Ctrl++"),
    Command("&Race", "slower", "S&lower", "Ctrl+-"),
    Command("&Race", SEPARATOR, ""),
    Command("&Race", "fork", "Fork &here", "Ctrl+B"),
    Command("&Race", "fog", "&Walk in the fog", "Ctrl+Shift+F", checkable=True),
    Command("&Race", "fairness", "Fa&irness sheet…", "Ctrl+J"),
    Command("&Race", "code", "Show &code…", "Ctrl+K"),
    Command("&Race", "league", "Lea&gue: who wins where…", "Shift+F3"),
    Command("&View", "racers", "&Racers", "Ctrl+1"),
    Command("&View", "race", "&Landscape and noise", "Ctrl+2"),
    Command("&View", "inspect", "&Inspect a step", "Ctrl+I"),
    Command("&View", "guide", "&Guide", "Ctrl+3"),
    Command("&View", "arena", "&Arena", "Ctrl+4"),
    Command("&View", SEPARATOR, ""),
    Command("&View", "reset_view", "&Whole landscape", "Ctrl+0"),
    *(Command("&View", f"view/{name}", it.title, it.keys, checkable=True) for name, it in VIEWS.items()),
    *(Command("&View/&Overlays", f"overlay/{name}", it.title, checkable=True) for name, it in OVERLAYS.items()),
    Command("&View/&Overlays", SEPARATOR, ""),
    Command("&View/&Overlays", "overlays", "&Choose overlays…", "F8"),
    Command("&View/&Overlays", "resample", "&Resample the gradients", "F9"),
    Command("&View", "coach", "&Coach: why a racer fails", checkable=True),
    Command("&View", "stability", "Sta&bility marks under η", "Ctrl+M", checkable=True),
    Command("&View", "rates", "Robust&ness of the rates", "Ctrl+R", "rates", True, True),
    Command("&View", "log_scale", "C&urves on a logarithmic scale", "Ctrl+Shift+L", checkable=True),
    Command("&View", SEPARATOR, ""),
    Command("&View", "dark", "&Dark theme", "Ctrl+D", "moon", checkable=True, on_bar=True),
    Command("&View", "projector", "&Projector: thick lines, large type", "Ctrl+P", "projector", True, True),
    Command("&View", "full_screen", "&Full screen", "F11", checkable=True),
    Command("&Lessons", "lessons", "&All lessons, and the page on screen", "Ctrl+L"),
    Command("&Lessons", "lesson_next", "&Next page", "Ctrl+PgDown"),
    Command("&Lessons", "lesson_back", "Page &before", "Ctrl+PgUp"),
    Command("&Lessons", "lesson_leave", "&Leave the lesson"),
    Command("&Help", "handbook", "&Handbook: methods, landscapes, schedules", "F2"),
    Command("&Help", "teachers", "&For teachers: lesson plans, what is not to scale", "F3"),
    Command("&Help", "tree", "Family t&ree of the methods", "F4"),
    Command("&Help", "tables", "&Tables: which method for which work", "Shift+F4"),
    Command("&Help", "calculators", "&Calculators: memory, noise, batch size", "Shift+F2"),
    Command("&Help", "selfcheck", "&Self-check: is all of it computed right", "Shift+F1"),
    Command("&Help", "keys", "&Keys and mouse", "F1"),
    Command("&Help", "about", "&About optim-race"),
)


# All that can still be done; what is added to the menus is away until it is named here.
ALWAYS = ("undo", "redo", "quit", "dark", "projector", "full_screen", "keys", "about")
IN_FOG = frozenset({"fog", *ALWAYS})
# Before a prediction is made: nothing that shows how the race goes, or a part of it.
BEFORE_ANSWER = frozenset(
    {
        "open", "samples", "recent", "fairness", "racers", "race", "arena", "reset_view", "log_scale",
        "lessons", "lesson_next", "lesson_back", "lesson_leave", "handbook", "teachers", "tree", "tables", *ALWAYS,
    }
)  # fmt: skip


GESTURES = (
    ("Click", "Place the start"),
    ("Shift+click", "Add a start"),
    ("Drag a start", "Move it"),
    ("Drag", "Move the picture"),
    ("Wheel, + and -", "Zoom"),
    ("Double-click, 0", "Whole landscape"),
    ("Click a curve", "Go to that step"),
    ("Drag the relief, Shift+arrows", "Turn it"),
    ("Drag a line among the rates", "Change that racer's η"),
    ("Up, Down among the rates", "Choose a racer"),
    ("Left, Right, Page keys there", "Change its η"),
    ("Click the strip, Enter on it", "Fairness sheet"),
)


class Actions:
    """The window's actions by name; ``on(name, do)`` says what one does."""

    def __init__(self, window: QMainWindow):
        self._by_name: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self._idle: set[str] = set()  # what has nothing to do now
        self._allowed: dict[str, Collection[str]] = {}  # by who locks the rest
        self._locked: set[str] = set()  # for good
        self._bar = QToolBar("Tools", window)
        self._bar.setObjectName("tools")
        self._bar.setMovable(False)
        window.addToolBar(self._bar)
        for command in COMMANDS:
            menu = self.menus.get(command.menu)
            if menu is None:
                above, _, title = command.menu.rpartition("/")
                menu = self.menus[command.menu] = (self.menus[above] if above else window.menuBar()).addMenu(title)
            if command.name == SEPARATOR:
                menu.addSeparator()
            else:
                self._add(command, menu, window)

    def _add(self, command: Command, menu: QMenu, window: QMainWindow) -> None:
        if not command.keys and command.name in ("samples", "recent"):
            self.menus[command.name] = menu.addMenu(command.text)
            return
        action = QAction(command.text, window, checkable=command.checkable)
        action.setShortcut(QKeySequence(command.keys))
        plain = command.text.replace("&", "")
        action.setToolTip(f"{plain} ({action.shortcut().toString()})" if command.keys else plain)
        menu.addAction(action)
        if command.on_bar:
            if command.name == "dark":
                self._bar.addWidget(_spring())
            self._bar.addAction(action)
        self._by_name[command.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def on(self, name: str, do: Callable[..., object]) -> None:
        action = self._by_name[name]
        if action.isCheckable():
            action.toggled.connect(do)
        else:
            action.triggered.connect(lambda: do())

    def link_stage(self, stage: Stage) -> None:
        """Views and overlays: the menu does what the stage's own bar does, and shows how it stands."""
        group = QActionGroup(stage)
        for name in VIEWS:
            action = self[f"view/{name}"]
            group.addAction(action)
            action.setChecked(name == stage.view)
            action.triggered.connect(lambda _=False, name=name: stage.choose_view(name))
        stage.view_changed.connect(lambda name: self[f"view/{name}"].setChecked(True))
        boxes = {name: self[f"overlay/{name}"] for name in OVERLAYS}
        for action in boxes.values():
            action.triggered.connect(lambda: stage.choose_overlays(n for n, box in boxes.items() if box.isChecked()))
        self.set_possible("resample", "samples" in stage.overlays)
        self.on("resample", stage.resample)
        self.on("overlays", stage.bar.open_overlays)

        def show(names: Sequence[str]) -> None:
            for name, action in boxes.items():
                action.setChecked(name in names)
            self.set_possible("resample", "samples" in names)

        stage.overlays_changed.connect(show)

    def link_curves(self, curves: LossPanel) -> None:
        """The scale of the curves: the menu does what their button does."""
        action = self["log_scale"]
        action.setChecked(curves.log.isChecked())
        action.toggled.connect(curves.log.setChecked)
        curves.log.toggled.connect(action.setChecked)

    def link_rates(self, bench: Workbench) -> None:
        """The panel of rates: the menu shows and hides it, and so does its own button."""
        action = self["rates"]
        action.setChecked(bench.rates_shown)
        action.toggled.connect(bench.show_rates)
        bench.rates_toggled.connect(action.setChecked)
        bench.rates_closed.connect(action.trigger)

    def set_possible(self, name: str, possible: bool) -> None:
        """Whether there is anything it could do, were it not locked."""
        (self._idle.discard if possible else self._idle.add)(name)
        self._enable()

    def allow_only(self, who: str, names: Collection[str] | None) -> None:
        """While ``who`` locks the window, nothing but these can be done, nor another menu opened; None: no longer."""
        if names is None:
            self._allowed.pop(who, None)
        else:
            self._allowed[who] = names
        self._enable()

    def lock(self, why: str, *names: str) -> None:
        """Let these stay as they are, and say why where they are pointed at."""
        self._locked.update(names)
        for action in map(self.__getitem__, names):
            action.setToolTip(f"{action.toolTip()}\n{why}")
            for menu in self.menus.values():
                menu.setToolTipsVisible(menu.toolTipsVisible() or action in menu.actions())
        self._enable()

    def _enable(self) -> None:
        menus = {name: menu.menuAction() for name, menu in self.menus.items() if not name.startswith("&")}
        for name, action in (*self._by_name.items(), *menus.items()):
            away = self._idle | self._locked
            action.setEnabled(name not in away and all(name in names for names in self._allowed.values()))

    def link_classroom(self, room: Classroom) -> None:
        """Lessons: their own actions while there is one, and few others before its prediction."""
        self.on("lesson_next", lambda: room.go_on(1))
        self.on("lesson_back", lambda: room.go_on(-1))
        self.on("lesson_leave", room.leave)

        def allow() -> None:
            for name in ("lesson_next", "lesson_back", "lesson_leave"):
                self.set_possible(name, room.lesson is not None)
            self.allow_only("lesson", BEFORE_ANSWER if room.held else None)

        room.changed.connect(allow)
        allow()

    def set_theme(self, theme: Theme) -> None:
        size = round(ICON_PX * theme.scale)
        self._bar.setIconSize(QSize(size, size))
        for command in COMMANDS:
            if command.icon:
                name = "sun" if command.name == "dark" and theme.dark else command.icon
                self._by_name[command.name].setIcon(icon(name, theme))


def keys() -> list[tuple[str, str]]:
    """Every shortcut, and what keys and mouse do where they are used: which, and what for."""
    native = QKeySequence.SequenceFormat.NativeText
    rows = [(QKeySequence(c.keys).toString(native), c.text.replace("&", "").split(":")[0]) for c in COMMANDS if c.keys]
    return [*rows, *GESTURES]


def _spring() -> QWidget:
    spring = QWidget()
    spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return spring
