"""What is shown when the program has a fault: that the race is kept, and a report that can be copied or saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from simulator.ui import parts
from simulator.ui.codedialog import code_page
from simulator.ui.theme import Theme
from simulator.ui.where import save_text

SIZE = 700, 460  # at scale 1
GOES_ON = "Your race is kept, and the program goes on."
KEPT = f"Something went wrong inside optim-race. {GOES_ON}"
STOPS = "Something went wrong inside optim-race before its window stood. The program ends."
ENDED = "optim-race ended unexpectedly the last time it ran."
LOOKS_WRONG = "If the window looks wrong, save the race and start the program again. "
HOLDS = "The report below says what happened and holds the race on screen. "
SAYS = "The report below says what is known of it. "
STAYS = "Nothing is sent anywhere: it stays here unless you pass it on."


class TroubleDialog(QDialog):
    """``head`` says what it means for the person, the report the rest. It is shown, not waited for."""

    def __init__(self, head: str, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle("Unexpected error")
        self.head, self.what = parts.label(head), parts.label(role="faint")
        font = self.head.font()
        font.setBold(True)
        self.head.setFont(font)
        self.report = code_page("Report of the error", theme)
        self.told = parts.label(role="faint")
        self.copy, self.save = QPushButton("&Copy report"), QPushButton("&Save report…")
        self.copy.setAccessibleName("Copy the report")
        self.save.setAccessibleName("Save the report")
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        foot, column = QHBoxLayout(), QVBoxLayout(self)
        foot.addWidget(self.copy)
        foot.addWidget(self.save)
        foot.addWidget(self.told, 1)
        self.close_ = parts.close_box(self)
        foot.addWidget(self.close_)
        column.setSpacing(8)
        for widget in (self.head, self.what, parts.label((LOOKS_WRONG + HOLDS if head == KEPT else SAYS) + STAYS)):
            column.addWidget(widget)
        column.addWidget(self.report, 1)
        column.addLayout(foot)
        self.resize(*parts.fitting(SIZE, theme, self))
        self.close_.buttons()[0].setFocus()

    def set_report(self, text: str) -> None:
        self.report.setPlainText(text)

    def set_what(self, text: str) -> None:
        """The errors in a line each; only this changes when one of them comes again, perhaps in every frame."""
        self.what.setText(text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        self.told.setText("Copied.")

    def _save(self) -> None:
        suggested = str(Path.home() / "optim-race-report.txt")
        self.told.setText(save_text(self, "report", suggested, "Text (*.txt)", self.report.toPlainText()))
