"""Opens the window."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from simulator import preferences, racefile
from simulator.files import FileError
from simulator.options import OPTIONS
from simulator.param import RaceError
from simulator.race import Race
from simulator.ui.mainwindow import MainWindow
from simulator.ui.openedfiles import OpenedFiles
from simulator.ui.qt import application
from simulator.ui.settings import Settings
from simulator.ui.trouble import Trouble

if TYPE_CHECKING:
    from simulator.lesson import Lesson

DEFAULT_SAMPLE = OPTIONS["race"].takes.default
FAILED = 1
BY_SIGNAL = 128  # the exit code: this + the signal's number


def main(race: Race | None = None, path: Path | None = None, lesson: Lesson | None = None, reset: bool = False) -> int:
    """Open the window on ``race`` (the one set if None), read from ``path``, or on ``lesson``; ``reset``: as new.

    Returns the exit code. Raises FileError where the settings cannot be forgotten.
    """
    if reset:
        preferences.forget()
    app = application()
    trouble = Trouble()
    trouble.install()
    try:
        window = _open(trouble, race, path, lesson, reset)
        if window is not None:
            _heed_signals(window)
            app.commitDataRequest.connect(lambda _: _session_ends(window))
        # Python sees a signal when it has something to run.
        wake = QTimer(interval=200)
        wake.timeout.connect(lambda: None)
        wake.start()
        code = app.exec()
        return code if window is not None else FAILED
    finally:
        trouble.remove()


def _open(
    trouble: Trouble, race: Race | None, path: Path | None, lesson: Lesson | None, reset: bool
) -> MainWindow | None:
    """The window; None where a fault kept it from standing, which is told."""
    window = None
    try:
        settings = Settings()
        window = MainWindow(race or _first_race(settings), path, settings)
        if sys.platform == "darwin":  # no other system sends files, and such a filter is asked about every event
            application().installEventFilter(OpenedFiles(window))
        window.show()
        trouble.watch(window)
        if lesson is not None:
            window.finish()
            window.classroom.open(lesson)
        # Whoever asked for something gets that first; what else there is, is mentioned.
        QTimer.singleShot(300, window, lambda: window.recovery.look(ask=race is None and lesson is None and not reset))
    except (RaceError, FileError):
        raise
    except Exception as error:
        trouble.caught(error)
    return window


def _heed_signals(window: MainWindow) -> None:
    """What a signal does is not done from within its handler, which may run in the midst of painting."""
    signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, window, lambda: _interrupt(window)))
    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):  # Windows has no SIGHUP
            signal.signal(number, lambda number, _: QTimer.singleShot(0, window, lambda: _end(window, number)))


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
    """Close as the window's button would; asked again while a question stands open, end at once."""
    if QApplication.activeModalWidget() is None:
        window.close()
    else:
        _end(window, signal.SIGINT)


def _end(window: MainWindow, number: int) -> None:
    """End at once: the next start offers the race back."""
    window.recovery.leave()
    window.settings.keep()
    os._exit(BY_SIGNAL + number)


def _session_ends(window: MainWindow) -> None:
    """The person logs out: the system closes the window next, and waits for no answer."""
    window.recovery.autosave.write()
    window.ending = True


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
