"""The guide as a panel: its contents, the questions and the calculators; what needs width opens in its own window."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from simulator.ui import guideparts
from simulator.ui.guidewalk import GuideWalk
from simulator.ui.guidewindows import GuideWindows
from simulator.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from simulator.ui.calculators import Calculators

# What the contents lead to: by name, the text, and what it is.
CONTENTS = {
    "questions": ("Questions", "Which optimizer for which work"),
    "calculators": ("Calculators", "Memory, noise, batch size, momentum"),
    "tables": ("Tables…", "Situations, hyperparameters, what each is best for, what to tune first"),
    "tree": ("Family tree…", "What each method added to the one before"),
}


class GuidePanel(QWidget):
    """``open(name)`` shows one of `CONTENTS`."""

    race_requested = Signal(object)  # a Race
    help_wanted = Signal(str)  # on a method

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Guide")
        self.setMinimumWidth(300)
        self.walk, self.windows = GuideWalk(), GuideWindows(self)
        self.buttons = {name: self._button(name) for name in CONTENTS}
        self._pages = QStackedWidget()
        self._lay_out()
        for part in (self.walk, self.windows):
            part.race_requested.connect(self.race_requested)
        self.walk.code_wanted.connect(self.windows.show_code)
        self.windows.help_wanted.connect(self.help_wanted)
        self.set_theme(LIGHT)
        self.open("questions")

    @cached_property
    def calculators(self) -> Calculators:
        """Made when they are first asked for."""
        from simulator.ui.calculators import Calculators

        page = Calculators()
        self._pages.addWidget(page)
        return page

    def _button(self, name: str) -> QPushButton:
        text, tip = CONTENTS[name]
        button = QPushButton(text)
        button.setObjectName("guideContents")
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.setCheckable(not text.endswith("…"))
        button.clicked.connect(lambda: self.open(name))
        return button

    def _lay_out(self) -> None:
        contents = QGridLayout()
        contents.setContentsMargins(10, 8, 10, 0)
        contents.setSpacing(6)
        for place, button in enumerate(self.buttons.values()):
            contents.addWidget(button, place // 2, place % 2)
        self._pages.addWidget(self.walk)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(contents)
        column.addWidget(self._pages, 1)

    def sizeHint(self) -> QSize:
        return QSize(340, 560)

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(guideparts.sheet(theme))
        self.windows.set_theme(theme)

    def open(self, name: str) -> None:
        """Show "questions" or "calculators" here, or open the window of "tables" or the "tree"."""
        if name == "tree":
            self.windows.show_tree()
        elif name == "tables":
            self.windows.show_tables()
        else:
            page = self.walk if name == "questions" else self.calculators
            self._pages.setCurrentWidget(page)
            self.setFocusProxy(page)
        asking = self._pages.currentWidget() is self.walk
        self.buttons["questions"].setChecked(asking)
        self.buttons["calculators"].setChecked(not asking)
