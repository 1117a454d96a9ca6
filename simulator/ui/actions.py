"""Menus, tool bar and shortcuts, declared in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QWidget

from simulator.ui.icons import icon
from simulator.ui.theme import Theme


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
    Command("&File", "samples", "&Samples"),
    Command("&File", "recent", "Open &recent"),
    Command("&File", SEPARATOR, ""),
    Command("&File", "save", "&Save", "Ctrl+S", "save", on_bar=True),
    Command("&File", "save_as", "Save &as…", "Ctrl+Shift+S"),
    Command("&File", SEPARATOR, ""),
    Command("&File", "export_png", "Export &picture…", "Ctrl+E", "export", on_bar=True),
    Command("&File", "export_csv", "Export &table (CSV)…", "Ctrl+Shift+E"),
    Command("&File", SEPARATOR, ""),
    Command("&File", "quit", "&Quit", "Ctrl+Q"),
    Command("&Edit", "undo", "&Undo", "Ctrl+Z", "undo", on_bar=True),
    Command("&Edit", "redo", "&Redo", "Ctrl+Shift+Z", "redo", on_bar=True),
    Command("&Race", "toggle", "&Play or pause", "Space"),
    Command("&Race", "forward", "Step &forward", "Right"),
    Command("&Race", "back", "Step &back", "Left"),
    Command("&Race", "to_start", "To the &start", "Home"),
    Command("&Race", "to_end", "To the &end", "End"),
    Command("&Race", "faster", "F&aster", "Ctrl++"),
    Command("&Race", "slower", "S&lower", "Ctrl+-"),
    Command("&Race", SEPARATOR, ""),
    Command("&Race", "code", "Show &code…", "Ctrl+K"),
    Command("&View", "racers", "&Racers", "Ctrl+1"),
    Command("&View", "race", "&Landscape and noise", "Ctrl+2"),
    Command("&View", "inspect", "&Inspect a step", "Ctrl+I"),
    Command("&View", "guide", "&Guide", "Ctrl+3"),
    Command("&View", "arena", "&Arena", "Ctrl+4"),
    Command("&View", SEPARATOR, ""),
    Command("&View", "reset_view", "Whole &landscape", "Ctrl+0"),
    Command("&View", "dark", "&Dark theme", "Ctrl+D", "moon", checkable=True, on_bar=True),
    Command("&View", "projector", "&Projector: thick lines, large type", "Ctrl+P", "projector", True, True),
    Command("&View", "full_screen", "&Full screen", "F11", checkable=True),
    Command("&Help", "handbook", "&Handbook: methods, landscapes, schedules", "F2"),
    Command("&Help", "keys", "&Keys and mouse", "F1"),
    Command("&Help", "about", "&About optim-race"),
)


class Actions:
    """The window's actions by name; ``on(name, do)`` says what one does."""

    def __init__(self, window: QMainWindow):
        self._by_name: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self._bar = QToolBar("Tools", window)
        self._bar.setObjectName("tools")
        self._bar.setMovable(False)
        window.addToolBar(self._bar)
        for command in COMMANDS:
            menu = self.menus.get(command.menu)
            if menu is None:
                menu = self.menus[command.menu] = window.menuBar().addMenu(command.menu)
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

    def set_theme(self, theme: Theme) -> None:
        size = round(ICON_PX * theme.scale)
        self._bar.setIconSize(QSize(size, size))
        for command in COMMANDS:
            if command.icon:
                name = "sun" if command.name == "dark" and theme.dark else command.icon
                self._by_name[command.name].setIcon(icon(name, theme))


def keys_text() -> str:
    """Every shortcut, and what the mouse does, as rich text."""
    rows = [
        (QKeySequence(c.keys).toString(QKeySequence.SequenceFormat.NativeText), c.text.replace("&", "").split(":")[0])
        for c in COMMANDS
        if c.keys
    ]
    rows += [
        ("Click", "Place the start"),
        ("Shift+click", "Add a start"),
        ("Drag a start", "Move it"),
        ("Drag", "Move the picture"),
        ("Wheel", "Zoom"),
        ("Double-click", "Whole landscape"),
        ("Click a curve", "Go to that step"),
    ]
    cells = [f"<td><b>{key}</b>&nbsp;&nbsp;</td><td>{what}&nbsp;&nbsp;</td>" for key, what in rows]
    half = (len(cells) + 1) // 2  # two columns: one would be higher than a projector's screen
    lines = "".join(f"<tr>{left}{right}</tr>" for left, right in zip_longest(cells[:half], cells[half:], fillvalue=""))
    return f"<table cellspacing='4' style='white-space: nowrap'>{lines}</table>"


def _spring() -> QWidget:
    spring = QWidget()
    spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return spring
