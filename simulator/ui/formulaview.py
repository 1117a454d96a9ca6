"""A formula line by line, and under each line the same with the numbers of one step. Long lines break at operators."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from simulator.stepsheet import SheetLine
from simulator.ui.fields import mark

BREAK = "\u200b"  # a place where a line may break, of no width
NOT_TAKEN = "not in this step"


class FormulaView(QWidget):
    """Shows `SheetLine`s."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def show_lines(self, lines: Sequence[SheetLine]) -> None:
        while len(self.rows) > len(lines):
            row = self.rows.pop()
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(lines):
            self.rows.append(_Row())
            self._column.addWidget(self.rows[-1])
        for row, line in zip(self.rows, lines, strict=True):
            row.show_line(line)


class _Row(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "formulaRow")
        self.formula, self.numbers = wrapped("formulaLine"), wrapped("numbersLine")
        column = QVBoxLayout(self)
        column.setContentsMargins(7, 3, 7, 4)
        column.setSpacing(0)
        column.addWidget(self.formula)
        column.addWidget(self.numbers)

    def show_line(self, line: SheetLine) -> None:
        tell(self.formula, line.formula)
        tell(self.numbers, line.numbers if line.taken else NOT_TAKEN)
        self.numbers.setVisible(bool(line.numbers) or not line.taken)
        mark(self.formula, "idle", not line.taken)
        mark(self.numbers, "idle", not line.taken)


def wrapped(role: str = "") -> QLabel:
    """A plain label as wide as it is let, on as many lines as it needs."""
    label = QLabel()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def tell(label: QLabel, text: str) -> None:
    """Set a label's text; it may break after a dot, not behind =, and is read out without those marks."""
    breakable = text.replace("·", f"·{BREAK}").replace("= ", "=\u00a0")
    if breakable != label.text():
        label.setText(breakable)
        label.setAccessibleName(text)
