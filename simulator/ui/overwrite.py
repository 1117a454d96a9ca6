"""The question before a file is written over."""

from __future__ import annotations

import os.path
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget


def may_replace(parent: QWidget | None, path: Path) -> bool:
    """Whether ``path`` is free, or may be written over: the person is asked."""
    if not os.path.isfile(path):
        return True
    buttons = QMessageBox.StandardButton
    question = f"There is a file {path.name} already. Replace it?"
    return QMessageBox.question(parent, "Replace the file", question, buttons.Yes | buttons.No) == buttons.Yes  # type: ignore[arg-type]
