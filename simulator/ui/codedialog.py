"""A recommendation's training loop in PyTorch, to be read and copied."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from simulator.guide import Recommendation
from simulator.guide.torch_code import torch_code
from simulator.ui import guideparts as parts
from simulator.ui.theme import Theme

SIZE = 800, 620  # at scale 1


class CodeDialog(QDialog):
    """``text`` holds the code; Copy puts it on the clipboard and says so."""

    def __init__(self, advice: Recommendation, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle(f"{advice.situation}: in PyTorch")
        self.setStyleSheet(parts.sheet(theme))
        self.text = QPlainTextEdit(torch_code(advice))
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("PyTorch code")
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.font_px)
        self.text.setFont(font)
        self.copy = parts.primary("Copy", self._copy)
        self.told = parts.label(role="faint")
        buttons = parts.close_box(self)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        for widget in (self.text, self.told, buttons):
            column.addWidget(widget)
        self._tell(f"η {advice.lr} · {advice.schedule} · λ {advice.weight_decay}. {advice.source}")
        self.resize(*parts.fitting(SIZE, theme, self))
        self.copy.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self._tell("Copied.")

    def _tell(self, text: str) -> None:
        self.told.setText(text)
