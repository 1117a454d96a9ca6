"""How the window looks: light or dark, for a projector, on the full screen; and that it looks so the next time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from simulator.ui.actions import Actions
from simulator.ui.qt import dress
from simulator.ui.settings import Settings
from simulator.ui.theme import DARK, LIGHT, Theme


class Looks(QObject):
    """Made before there are widgets: those that stand do not take all of a first font and sheet."""

    changed = Signal(object)  # the Theme

    def __init__(self, window: QMainWindow, settings: Settings):
        super().__init__(window)
        self._window, self._settings = window, settings
        dress(self.theme)

    @property
    def theme(self) -> Theme:
        theme = DARK if self._settings["theme"] == "dark" else LIGHT
        return theme.for_projector() if self._settings["projector"] else theme

    def follow(self, actions: Actions) -> None:
        """Do what the menu says; the menu shows how it was left."""
        actions["dark"].setChecked(self._settings["theme"] == "dark")
        actions["projector"].setChecked(self._settings["projector"])
        actions["full_screen"].setChecked(self._window.isFullScreen())
        actions.on("dark", self._set_dark)
        actions.on("projector", self._set_projector)
        actions.on("full_screen", self._set_full_screen)
        for option, name in (("theme", "dark"), ("projector", "projector")):
            if why := self._settings.locked(option):
                actions.lock(why, name)

    def _set_dark(self, dark: bool) -> None:
        self._settings.set("theme", "dark" if dark else "light")
        self._dress()

    def _set_projector(self, projector: bool) -> None:
        self._settings.set("projector", projector)
        self._dress()

    def _dress(self) -> None:
        dress(self.theme)
        self.changed.emit(self.theme)

    def _set_full_screen(self, full: bool) -> None:
        """Full screen, or what was before: a maximised window is one again."""
        state, screen = self._window.windowState(), Qt.WindowState.WindowFullScreen
        self._window.setWindowState(state | screen if full else state & ~screen)
