"""Where a file shall be written: asked, and not over another one unless that was agreed to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from simulator.ui.exportdialog import may_replace


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
