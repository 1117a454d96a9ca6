"""Where a file shall be written: asked, and not over another one unless that was agreed to."""

from __future__ import annotations

import os.path
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def ask_where(parent: QWidget, title: str, suggested: str, ending: str, kinds: str) -> Path | None:
    """The file to write, with an ``ending`` if none was typed; None if there shall be none."""
    name, _ = QFileDialog.getSaveFileName(parent, title, suggested, kinds)
    path = Path(name)
    if not path.name:
        return None
    if path.suffix:
        return path
    path = path.with_suffix(ending)  # the dialog has asked about the name without it
    return path if may_replace(parent, path) else None


def may_replace(parent: QWidget | None, path: Path) -> bool:
    """Whether ``path`` is free, or may be written over: the person is asked."""
    if not os.path.isfile(path):
        return True
    buttons = QMessageBox.StandardButton
    question = f"There is a file {path.name} already. Replace it?"
    return QMessageBox.question(parent, "Replace the file", question, buttons.Yes | buttons.No) == buttons.Yes  # type: ignore[arg-type]
