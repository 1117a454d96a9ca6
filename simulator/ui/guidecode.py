"""A recommendation's training loop in PyTorch, to be read and copied."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from simulator.guide import Recommendation
from simulator.guide.torch_code import torch_code
from simulator.ui import guideparts, parts
from simulator.ui.codedialog import code_page
from simulator.ui.theme import Theme

SIZE = 800, 620  # at scale 1


class GuideCode(QDialog):
    """``text`` holds the code; Copy puts it on the clipboard and says so."""

    def __init__(self, advice: Recommendation, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle(f"{advice.situation}: in PyTorch")
        self.setStyleSheet(guideparts.sheet(theme))
        self.text = code_page("PyTorch code", theme)
        self.text.setPlainText(torch_code(advice))
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
