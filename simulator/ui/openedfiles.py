"""Files that the system hands to the program while it runs: a double click in a Mac's Finder does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from simulator.ui.mainwindow import MainWindow


class OpenedFiles(QObject):
    """Installed on the application. One window, one race: of several files at once the last is opened.

    A file that comes while a question stands open waits until it is answered.
    """

    def __init__(self, window: MainWindow):
        super().__init__(window)
        self._window = window
        self._waiting: Path | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            if event.file():  # an address of the web has none
                self._waiting = Path(event.file())
                QTimer.singleShot(0, self, self._open)
            return True
        if kind == QEvent.Type.WindowUnblocked and self._waiting is not None:
            QTimer.singleShot(0, self, self._open)
        return False

    def _open(self) -> None:
        if self._waiting is None or QApplication.activeModalWidget() is not None:
            return
        path, self._waiting = self._waiting, None
        self._window.finish()  # a lesson needs all of it
        self._window.documents.open(path)
        self._window.come_forward()
