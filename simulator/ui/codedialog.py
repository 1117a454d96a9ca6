"""A racer as a script for another library: to read, to copy, to save."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from simulator.export.code import LIBRARIES, script
from simulator.param import RaceError
from simulator.race import Race
from simulator.ui import parts
from simulator.ui.fields import Combo
from simulator.ui.theme import Theme
from simulator.ui.where import save_text

SIZE = 960, 620  # at scale 1


class CodeDialog(QDialog):
    """Open at the racer of ``stream``; a tab a library, each with the script or the reason why there is none.

    ``folder`` is where saving begins to look.
    """

    def __init__(self, race: Race, stream: int, theme: Theme, folder: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle("Show code")
        self._race, self._folder = race, folder
        self.racer, self.start = Combo(), Combo()
        for entrant in race.entrants:
            self.racer.addItem(entrant.label, entrant.stream)
        for i, point in enumerate(race.starts):
            where = f" ({', '.join(f'{x:g}' for x in point)})" if len(point) <= 2 else ""
            self.start.addItem(f"start {i + 1}{where}", i)
        self.racer.choose(stream)
        self.tabs = QTabWidget()
        self.pages = {library: code_page(f"The script for {known.name}", theme) for library, known in LIBRARIES.items()}
        for library, page in self.pages.items():
            self.tabs.addTab(page, LIBRARIES[library].name)
        self.told = QLabel()
        self.told.setProperty("role", "faint")
        self.copy, self.save = QPushButton("&Copy"), QPushButton("&Save…")
        self.close_ = parts.close_box(self)
        self._lay_out(theme)
        self._connect()
        self._show()

    def _lay_out(self, theme: Theme) -> None:
        for widget, name in (
            (self.racer, "Racer"), (self.start, "Starting point"), (self.tabs, "Libraries"),
            (self.copy, "Copy the script"), (self.save, "Save the script"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
        head, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self.racer, 1)
        head.addWidget(self.start, 1)
        self.start.setVisible(len(self._race.starts) > 1)
        foot.addWidget(self.copy)
        foot.addWidget(self.save)
        foot.addWidget(self.told, 1)
        foot.addWidget(self.close_)
        column.addLayout(head)
        column.addWidget(self.tabs, 1)
        column.addLayout(foot)
        width, height = parts.fitting(SIZE, theme, self)
        self.resize(width, min(height, round(SIZE[1] * 1.1)))

    def _connect(self) -> None:
        for combo in (self.racer, self.start):
            combo.currentIndexChanged.connect(self._show)
        self.tabs.currentChanged.connect(self._offer)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)

    @property
    def library(self) -> str:
        return list(self.pages)[self.tabs.currentIndex()]

    def _show(self) -> None:
        entrant = self._race.entrants[self.racer.currentIndex()]
        self._scripts: dict[str, str] = {}
        for library, page in self.pages.items():
            try:
                self._scripts[library] = script(self._race, entrant, library, self.start.currentData())
                text = self._scripts[library]
            except RaceError as error:
                text = f"No script: {error.plain}."
            wrap = QPlainTextEdit.LineWrapMode
            page.setLineWrapMode(wrap.NoWrap if library in self._scripts else wrap.WidgetWidth)
            page.setPlainText(text)
        self._offer()

    def _offer(self) -> None:
        """What can be done with the page on top."""
        self.told.clear()
        for button in (self.copy, self.save):
            button.setEnabled(self.library in self._scripts)

    def _copy(self) -> None:
        text = self._scripts[self.library]
        QGuiApplication.clipboard().setText(text)
        self.told.setText(f"Copied {text.count(chr(10))} lines.")

    def _save(self) -> None:
        words = re.findall(r"\w+", f"{self.racer.currentText()[:60]} {self.library}")
        suggested = str(Path(self._folder) / f"{'-'.join(words).lower()}.py")
        self.told.setText(save_text(self, "script", suggested, "Python (*.py)", self._scripts[self.library]))


def code_page(name: str, theme: Theme) -> QPlainTextEdit:
    """A field of code to be read, called ``name``."""
    page = QPlainTextEdit(readOnly=True)
    page.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    page.setAccessibleName(name)
    page.setTabChangesFocus(True)
    fixed = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)).family()
    font = QFont([fixed, QGuiApplication.font().family()])  # the second for the Greek the first may lack
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(theme.font_px)
    page.setFont(font)
    return page
