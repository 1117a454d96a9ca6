"""The fairness sheet in a window: a column a racer, a row for all that could help or hinder it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from simulator.fairness import Sheet
from simulator.ui import parts
from simulator.ui.theme import Theme

SIZE = 940, 560  # at scale 1
DIFFERS = "≠"


class FairnessSheet(QDialog):
    """``sheet`` as it stands; rows that differ are marked, and bold."""

    def __init__(self, sheet: Sheet, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle("Fairness sheet")
        self._sheet = sheet
        told = QLabel(
            f"{sheet.basis}. Rows marked {DIFFERS} are not the same for all. All that reaches a rule is listed."
        )
        told.setWordWrap(True)
        self.table = QTableWidget(len(sheet.items), len(sheet.labels))
        self.table.setAccessibleName("Fairness sheet")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setHorizontalHeaderLabels(list(sheet.labels))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setVerticalHeaderLabels([self._head(row) for row in range(len(sheet.items))])
        self._fill()
        self.copy = QPushButton("&Copy")
        self.copy.setAccessibleName("Copy the sheet")
        self.copy.setToolTip("As a table for a spreadsheet")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        foot, column = QHBoxLayout(), QVBoxLayout(self)
        foot.addWidget(self.copy)
        foot.addStretch(1)
        foot.addWidget(parts.close_box(self))
        column.addWidget(told)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.resize(*parts.fitting(SIZE, theme, self))
        self.table.setFocus()

    def text(self) -> str:
        """The sheet with tabs between its columns."""
        rows = [["", *self._sheet.labels], *([item.head, *item.words] for item in self._sheet.items)]
        return "\n".join("\t".join(row) for row in rows) + "\n"

    def _head(self, row: int) -> str:
        item = self._sheet.items[row]
        return item.head if item.same else f"{DIFFERS} {item.head}"

    def _fill(self) -> None:
        bold = QFont(self.font())
        bold.setBold(True)
        for row, item in enumerate(self._sheet.items):
            for column, word in enumerate(item.words):
                cell = QTableWidgetItem(word)
                cell.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                if not item.same:
                    cell.setFont(bold)
                self.table.setItem(row, column, cell)
