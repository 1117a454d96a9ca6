"""The goal of a page: what is to be reached and how it stands, help on it, and why, once it is met."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from simulator import prose
from simulator.lesson import Page, Standing
from simulator.ui.parts import button, label

MARKS = {True: "✓ ", False: "✗ ", None: "… "}
MET = {True: "yes", False: "no", None: ""}


class GoalBar(QFrame):
    """The goal in a sentence, and how it stands: always in sight."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lessonGoal")
        self.aim, self.standing = label(""), label("", "lessonStanding")
        self.standing.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 5, 10, 5)
        column.setSpacing(1)
        column.addWidget(self.aim)
        column.addWidget(self.standing)

    def show_standing(self, standing: Standing) -> None:
        self.standing.setText(MARKS[standing.met] + standing.says)
        self.standing.setProperty("met", MET[standing.met])
        self.standing.style().unpolish(self.standing)
        self.standing.style().polish(self.standing)


class GoalCard(QWidget):
    """What stands in the page: a hint, the solution, and why. ``bar`` says the rest."""

    again_wanted = Signal()  # the page's race as it was
    solution_wanted = Signal()
    revealed = Signal(QWidget)  # a text that was out of sight

    def __init__(self, page: Page, bar: GoalBar):
        super().__init__()
        assert page.goal is not None
        bar.aim.setText(f"<b>Goal</b> {prose.inline(page.goal.text)}")
        self._bar, self._standing, self._explains = bar, None, bool(page.why)
        self.why, self._hint = label(prose.to_html(page.why)), label(prose.to_html(page.hint))
        row = QHBoxLayout()
        solution = button("Solution", "Move the controls so that the goal is met", self.solution_wanted.emit)
        again = button("Start again", "The race as this page opened it", self.again_wanted.emit)
        hint = button("Hint", "Show a hint", lambda: self._reveal(self._hint))
        self.inputs: list[QWidget] = [*([hint] if page.hint else []), solution, again]
        for each in self.inputs:
            row.addWidget(each)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        for text in (self._hint, self.why):
            column.addWidget(text)
            text.hide()

    def show_standing(self, standing: Standing) -> None:
        if standing != self._standing:
            self._standing: Standing | None = standing
            self._bar.show_standing(standing)
            if standing.met and self._explains:
                self._reveal(self.why)

    def _reveal(self, text: QLabel) -> None:
        """Once seen it stays."""
        if text.isHidden():
            text.show()
            self.revealed.emit(text)
