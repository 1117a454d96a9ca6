"""Opens the window."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from simulator import preferences, racefile
from simulator.files import FileError
from simulator.lesson import Lesson
from simulator.options import OPTIONS
from simulator.param import RaceError
from simulator.race import Race
from simulator.ui.mainwindow import MainWindow
from simulator.ui.openedfiles import OpenedFiles
from simulator.ui.qt import application
from simulator.ui.settings import Settings

DEFAULT_SAMPLE = OPTIONS["race"].takes.default
INTERRUPTED = 130  # the exit code: 128 + the signal's number


def main(race: Race | None = None, path: Path | None = None, lesson: Lesson | None = None, reset: bool = False) -> int:
    """Open the window on ``race`` (the one set if None), read from ``path``, or on ``lesson``; ``reset``: as new.

    Returns the exit code. Raises FileError where the settings cannot be forgotten.
    """
    if reset:
        preferences.forget()
    app = application()
    settings = Settings()
    window = MainWindow(race or _first_race(settings), path, settings)
    app.installEventFilter(OpenedFiles(window))
    window.show()
    if lesson is not None:
        window.finish()
        window.classroom.open(lesson)
    elif race is None and not reset:
        QTimer.singleShot(300, window.offer_recovery)
    # Not from within the handler, which may run in the midst of painting.
    signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, window, lambda: _interrupt(window)))
    # Python sees Ctrl+C in the terminal when it has something to run.
    wake = QTimer(interval=200)
    wake.timeout.connect(lambda: None)
    wake.start()
    return app.exec()


def complain(message: str) -> None:
    """Say why no window opens, to someone who started the program without a terminal."""
    application()
    QMessageBox.warning(None, "optim-race", message)


def _first_race(settings: Settings) -> Race:
    try:
        return racefile.find(settings["race"])
    except (RaceError, FileError) as error:
        settings.notes.append(f"The race to begin with cannot be opened. {error}")
        return racefile.find(DEFAULT_SAMPLE)


def _interrupt(window: MainWindow) -> None:
    """Close as the window's button would; asked again while a question stands open, end at once: the next start offers
    the race back."""
    if QApplication.activeModalWidget() is None:
        window.close()
    else:
        window.autosave.write()
        os._exit(INTERRUPTED)


def grab_window() -> tuple[int, int, bool]:
    """Open the window, play a little, and take its picture: width, height, and whether anything is on it."""
    app = application()
    window = MainWindow(racefile.find(DEFAULT_SAMPLE))
    window.show()
    window.finish()
    window.controller.seek(60)
    app.processEvents()
    image = window.grab().toImage()
    window.close()
    window.deleteLater()
    app.processEvents()
    colors = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    return image.width(), image.height(), len(colors) > 16
