"""The export dialog used as a person would, without waiting for the clock."""

from __future__ import annotations

from pathlib import Path

from simulator.ui.exportdialog import ExportDialog


def finish(dialog: ExportDialog) -> int:
    """Export, to the end or the first fault; returns what ``exec`` would."""
    dialog.accept()
    while dialog.job.running:
        dialog.job.advance()
    return dialog.result()


def write_to(dialog: ExportDialog, path: Path) -> int:
    """Type the file's name, with its ending, and export."""
    dialog.path.setText(str(path))
    dialog.path.editingFinished.emit()
    return finish(dialog)
