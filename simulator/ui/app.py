"""Opens the window."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from simulator import racefile
from simulator.files import FileError
from simulator.lesson import Lesson
from simulator.param import RaceError
from simulator.race import Race
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application
from simulator.ui.trouble import Trouble

DEFAULT_SAMPLE = "ravine"
FAILED = 1
BY_SIGNAL = 128  # the exit code: this + the signal's number


def main(race: Race | None = None, path: Path | None = None, lesson: Lesson | None = None) -> int:
    """Open the window on ``race`` (the default sample if None), read from ``path``, or on ``lesson``.

    Returns the exit code.
    """
    app = application()
    trouble = Trouble()
    trouble.install()
    try:
        window = _open(trouble, race, path, lesson)
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


def _open(trouble: Trouble, race: Race | None, path: Path | None, lesson: Lesson | None) -> MainWindow | None:
    """The window; None where a fault kept it from standing, which is told."""
    window = None
    try:
        window = MainWindow(race or racefile.find(DEFAULT_SAMPLE), path)
        window.show()
        trouble.watch(window)
        if lesson is not None:
            window.finish()
            window.classroom.open(lesson)
        # Whoever asked for something gets that first; what else there is, is mentioned.
        QTimer.singleShot(300, window, lambda: window.recovery.look(ask=race is None and lesson is None))
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


def _interrupt(window: MainWindow) -> None:
    """Close as the window's button would; asked again while a question stands open, end at once."""
    if QApplication.activeModalWidget() is None:
        window.close()
    else:
        _end(window, signal.SIGINT)


def _end(window: MainWindow, number: int) -> None:
    """End at once: the next start offers the race back."""
    window.recovery.leave()
    window.settings.save()
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
