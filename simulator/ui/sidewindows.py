"""What opens beside the race: help for teachers, handbook, code, keys, about. Each is read when it is asked for."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QMessageBox

from simulator import __version__
from simulator.fairness import Sheet
from simulator.race import Race
from simulator.ui.theme import LIGHT, Theme


class SideWindows(QObject):
    """The help stays open until it or the race window is closed, all others until they are answered."""

    sample_wanted = Signal(str)
    lesson_wanted = Signal(str)
    race_wanted = Signal(object)  # a Race

    def __init__(self, window: QMainWindow):
        super().__init__(window)
        self._window = window
        self._theme = LIGHT
        self.help: Any = None  # a HelpViewer, once it was asked for
        self.league: Any = None  # a LeagueWindow likewise

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for window in (self.help, self.league):
            if window is not None:
                window.set_theme(theme)

    def show_help(self) -> None:
        if self.help is None:
            from simulator.ui.helpviewer import HelpViewer

            self.help = HelpViewer(self._theme)
            self.help.race_requested.connect(self.sample_wanted)
            self.help.lesson_requested.connect(self.lesson_wanted)
        self.help.show()
        self.help.raise_()
        self.help.activateWindow()

    def show_league(self, folder: str) -> None:
        if self.league is None:
            from simulator.ui.leaguewindow import LeagueWindow

            self.league = LeagueWindow(self._theme, folder)
            self.league.race_wanted.connect(self.race_wanted)
        self.league.show()
        self.league.raise_()
        self.league.activateWindow()

    def show_handbook(self, optimizer: str) -> None:
        from simulator.ui.handbook import Handbook  # reads every method

        dialog = Handbook("optimizer", optimizer, self._theme, self._window)
        dialog.exec()
        dialog.deleteLater()

    def show_code(self, race: Race, stream: int, folder: str) -> None:
        from simulator.ui.codedialog import CodeDialog

        dialog = CodeDialog(race, stream, self._theme, folder, self._window)
        dialog.exec()
        dialog.deleteLater()

    def show_fairness(self, sheet: Sheet) -> None:
        from simulator.ui.fairnesssheet import FairnessSheet

        dialog = FairnessSheet(sheet, self._theme, self._window)
        dialog.exec()
        dialog.deleteLater()

    def show_selfcheck(self, folder: str) -> None:
        from simulator.ui.selfcheckdialog import SelfCheckDialog  # reads every catalog

        dialog = SelfCheckDialog(self._theme, folder, self._window)
        dialog.exec()
        dialog.deleteLater()

    def show_keys(self) -> None:
        from simulator.ui.keysdialog import KeysDialog

        dialog = KeysDialog(self._theme, self._window)
        dialog.exec()
        dialog.deleteLater()

    def show_about(self) -> None:
        QMessageBox.about(
            self._window,
            "About optim-race",
            f"<b>optim-race {__version__}</b><p>Races gradient-descent optimizers on loss landscapes: "
            "same start, same noise, same budget, nothing hidden.</p><p>MIT licence.</p>",
        )

    def close(self) -> None:
        for window in (self.help, self.league):
            if window is not None:
                window.close()
                window.deleteLater()
        self.help = self.league = None
