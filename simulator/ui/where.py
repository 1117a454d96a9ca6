"""Where a file shall be written: asked, and not over another one unless that was agreed to; and a text put there."""

from __future__ import annotations

import os.path
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from simulator.files import FileError, write


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


def save_text(parent: QWidget, what: str, suggested: str, kinds: str, text: str) -> str:
    """Ask where, with the ending of ``suggested``, and write ``text`` there, which is the script, the report: ``what``.

    Returns what to tell when that is done, nothing where it is not; why it failed is told here.
    """
    path = ask_where(parent, f"Save the {what}", suggested, Path(suggested).suffix, kinds)
    if path is None:
        return ""
    try:
        write(path, text)
    except FileError as error:
        QMessageBox.warning(parent, f"The {what} was not written", str(error))
        return ""
    return f"Saved as {path.name}."


def may_replace(parent: QWidget | None, path: Path) -> bool:
    """Whether ``path`` is free, or may be written over: the person is asked."""
    if not os.path.isfile(path):
        return True
    buttons = QMessageBox.StandardButton
    question = f"There is a file {path.name} already. Replace it?"
    return QMessageBox.question(parent, "Replace the file", question, buttons.Yes | buttons.No) == buttons.Yes  # type: ignore[arg-type]
