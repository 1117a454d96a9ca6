"""Asks where a picture goes, how large it is, and on which ground."""

from __future__ import annotations

import os.path
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QWidget,
)

from simulator.ui.fields import DecimalBox
from simulator.ui.theme import DARK, LIGHT, Theme

SIZES = {"Slide": (1600, 900), "Page": (1200, 900), "Full HD": (1920, 1080)}


class ExportDialog(QDialog):
    """After ``exec``: `chosen` is (path, width, height, scale), `theme` the ground."""

    def __init__(self, path: str, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle("Export the picture")
        self._agreed: Path | None = None  # a file that may be replaced
        self._path = QLineEdit(path)
        self._path.setMinimumWidth(360)
        browse = QPushButton("Browse…")
        browse.clicked.connect(self._browse)
        self._width, self._height = _pixels("Width", 1600), _pixels("Height", 900)
        self._scale = DecimalBox(minimum=0.5, maximum=4.0, singleStep=0.5, value=1.0, decimals=1)
        self._scale.setToolTip("2 doubles the pixels and keeps the layout: for print and sharp screens")
        self._dark = QCheckBox("Dark ground")
        self._dark.setChecked(theme.dark)
        self._result = QLabel()
        about = QLabel("The map of all racers that are shown, without overlays, and the curves.")
        about.setProperty("role", "faint")
        for box in (self._width, self._height, self._scale):
            box.valueChanged.connect(self._tell)
        self._tell()

        where, size = QHBoxLayout(), QHBoxLayout()
        where.addWidget(self._path, 1)
        where.addWidget(browse)
        for part in (self._width, QLabel("×"), self._height):
            size.addWidget(part)
        for name, (width, height) in SIZES.items():
            button = QPushButton(name)
            button.setToolTip(f"{width} × {height}")
            button.clicked.connect(lambda _=False, w=width, h=height: self._set_size(w, h))
            size.addWidget(button)
        size.addStretch(1)
        form = QFormLayout(self)
        for text, row, first in (("&File", where, self._path), ("&Size", size, self._width)):
            label = QLabel(text)
            label.setBuddy(first)  # a form finds it only where the row is a single widget
            form.addRow(label, row)
        form.addRow("S&cale", self._scale)
        form.addRow("", self._dark)
        form.addRow("", self._result)
        form.addRow("", about)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        self.save = buttons.button(QDialogButtonBox.StandardButton.Save)
        self._path.textChanged.connect(lambda: self.save.setEnabled(bool(self._name())))
        for widget, name in ((self._path, "File name"), (self._scale, "Scale")):
            widget.setAccessibleName(name)

    def chosen(self) -> tuple[Path, int, int, float]:
        path = Path(self._path.text().strip())
        return path if path.suffix else path.with_suffix(".png"), *self._size()

    def accept(self) -> None:
        path = self.chosen()[0]
        if path == self._agreed or may_replace(self, path):
            super().accept()

    def theme(self) -> Theme:
        return DARK if self._dark.isChecked() else LIGHT

    def _name(self) -> str:
        return Path(self._path.text().strip()).name

    def _size(self) -> tuple[int, int, float]:
        return self._width.value(), self._height.value(), self._scale.value()

    def _set_size(self, width: int, height: int) -> None:
        self._width.setValue(width)
        self._height.setValue(height)

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export the picture", self._path.text(), "Picture (*.png)")
        if name:
            self._path.setText(name)
            self._agreed = Path(name)  # it has asked

    def _tell(self) -> None:
        width, height, scale = self._size()
        self._result.setText(f"The picture will have {round(width * scale)} × {round(height * scale)} pixels.")


def may_replace(parent: QWidget | None, path: Path) -> bool:
    """Whether ``path`` is free, or may be written over: the person is asked."""
    if not os.path.isfile(path):
        return True
    buttons = QMessageBox.StandardButton
    question = f"There is a file {path.name} already. Replace it?"
    return QMessageBox.question(parent, "Replace the file", question, buttons.Yes | buttons.No) == buttons.Yes  # type: ignore[arg-type]


def _pixels(name: str, value: int) -> QSpinBox:
    box = QSpinBox(minimum=400, maximum=4000, singleStep=100, value=value, suffix=" px")
    box.setAccessibleName(name)
    return box
