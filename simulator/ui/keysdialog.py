"""Keys and mouse in a window that scrolls: in large type they are higher than a projector's screen."""

from __future__ import annotations

from itertools import zip_longest

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from simulator.ui import parts
from simulator.ui.actions import keys
from simulator.ui.theme import Theme

SIZE = 800, 720  # at scale 1


class KeysDialog(QDialog):
    """Two columns; the arrow and Page keys scroll."""

    def __init__(self, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        self.text = QTextBrowser()
        self.text.setAccessibleName("Keys and mouse")
        self.text.setHtml(keys_text())
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        column = QVBoxLayout(self)
        column.addWidget(self.text, 1)
        column.addWidget(parts.close_box(self))
        self.resize(*parts.fitting(SIZE, theme, self))
        self.text.setFocus()


def keys_text() -> str:
    """`keys` as rich text."""
    cells = [f"<td><b>{key}</b>&nbsp;&nbsp;</td><td>{what}&nbsp;&nbsp;</td>" for key, what in keys()]
    half = (len(cells) + 1) // 2
    lines = "".join(f"<tr>{left}{right}</tr>" for left, right in zip_longest(cells[:half], cells[half:], fillvalue=""))
    return f"<table cellspacing='4'>{lines}</table>"
