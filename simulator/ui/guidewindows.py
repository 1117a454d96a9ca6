"""The windows of the guide: the tables and the family tree, which stay open beside the race, and the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from simulator.guide import Recommendation
from simulator.race import Race
from simulator.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from simulator.ui.familytree import FamilyTree
    from simulator.ui.guidetables import GuideTables


class GuideWindows(QObject):
    """Opens them over the window ``panel`` is in, and closes them with it."""

    race_requested = Signal(object)  # a Race
    help_wanted = Signal(str)  # on a method

    def __init__(self, panel: QWidget):
        super().__init__(panel)
        self._panel, self._theme = panel, LIGHT
        self.tree: FamilyTree | None = None
        self.tables: GuideTables | None = None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for window in self._open:
            window.set_theme(theme)

    def show_tree(self) -> None:
        if self.tree is None:
            from simulator.ui.familytree import FamilyTree  # reads every method

            self.tree = FamilyTree(self._theme, self._panel.window())
            self.tree.race_requested.connect(self._race)
            self.tree.help_wanted.connect(self.help_wanted)
        self._raise(self.tree)

    def show_tables(self) -> None:
        if self.tables is None:
            from simulator.ui.guidetables import GuideTables

            self.tables = GuideTables(self._theme, self._panel.window())
        self._raise(self.tables)

    def show_code(self, advice: Recommendation) -> None:
        from simulator.ui.guidecode import GuideCode

        dialog = GuideCode(advice, self._theme, self._panel.window())
        dialog.exec()
        dialog.deleteLater()

    def close(self) -> None:
        for window in self._open:
            window.close()

    @property
    def _open(self) -> list[FamilyTree | GuideTables]:
        return [window for window in (self.tree, self.tables) if window is not None]

    def _race(self, race: Race) -> None:
        assert self.tree is not None
        self.tree.hide()  # it would lie over the race
        self.race_requested.emit(race)

    def _raise(self, window: FamilyTree | GuideTables) -> None:
        window.show()
        window.raise_()
        window.activateWindow()
