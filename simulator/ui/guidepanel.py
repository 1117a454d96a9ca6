"""The guide as a panel: its contents, the questions and the calculators; what needs width opens in its own window."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from simulator.ui import guideparts
from simulator.ui.fields import chain
from simulator.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from simulator.ui.calculators import Calculators
    from simulator.ui.guidewalk import GuideWalk
    from simulator.ui.guidewindows import GuideWindows

# What the contents lead to: by name, the text, and what it is.
CONTENTS = {
    "questions": ("Questions", "Which optimizer for which work"),
    "calculators": ("Calculators", "Memory, noise, batch size, momentum"),
    "tables": ("Tables…", "Situations, hyperparameters, what each is best for, what to tune first"),
    "tree": ("Family tree…", "What each method added to the one before"),
}


class GuidePanel(QWidget):
    """``open(name)`` shows one of `CONTENTS`. What it shows is made when it is first wanted: it reads every method."""

    race_requested = Signal(object)  # a Race
    help_wanted = Signal(str)  # on a method

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Guide")
        self.setMinimumWidth(300)
        self._theme = LIGHT
        self._open: GuideWindows | None = None  # once there were any
        self.buttons = {name: self._button(name) for name in CONTENTS}
        self._pages = QStackedWidget()
        self._lay_out()
        self.set_theme(LIGHT)

    @cached_property
    def walk(self) -> GuideWalk:
        from simulator.ui.guidewalk import GuideWalk

        page = GuideWalk()
        self._add(page)
        page.race_requested.connect(self.race_requested)
        page.code_wanted.connect(lambda advice: self.windows.show_code(advice))
        return page

    @cached_property
    def calculators(self) -> Calculators:
        from simulator.ui.calculators import Calculators

        page = Calculators()
        self._add(page)
        return page

    @cached_property
    def windows(self) -> GuideWindows:
        from simulator.ui.guidewindows import GuideWindows

        windows = self._open = GuideWindows(self)
        windows.set_theme(self._theme)
        windows.race_requested.connect(self.race_requested)
        windows.help_wanted.connect(self.help_wanted)
        return windows

    def _add(self, page: QWidget) -> None:
        """Put a page into its place, and what takes the keyboard in it behind the contents."""
        stops: list[QWidget] = [self.buttons["tree"]]
        it = page.nextInFocusChain()
        while it is not None and it is not page:
            if it.focusPolicy() & Qt.FocusPolicy.TabFocus and it.window() is page:
                stops.append(it)
            it = it.nextInFocusChain()
        self._pages.addWidget(page)
        chain(stops)

    def close_windows(self) -> None:
        if self._open is not None:
            self._open.close()

    def showEvent(self, event: QShowEvent) -> None:
        if not self._pages.count():
            self.open("questions")
        super().showEvent(event)

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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(contents)
        column.addWidget(self._pages, 1)

    def sizeHint(self) -> QSize:
        return QSize(340, 560)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setStyleSheet(guideparts.sheet(theme))
        if self._open is not None:
            self._open.set_theme(theme)

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
            for other in ("questions", "calculators"):
                self.buttons[other].setChecked(other == name)
