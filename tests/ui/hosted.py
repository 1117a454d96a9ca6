"""The program's window, complete; and a bare one around a widget: the offscreen platform warns about size limits."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from simulator import racefile
from simulator.race import Race
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application
from simulator.ui.settings import Settings
from simulator.ui.style import stylesheet
from simulator.ui.theme import Theme, palette

# The offscreen platform has no keyboard to grab for a window that pops up.
POPS_UP = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LONG = 60_000  # ms that a machine with much else to do may need to finish painting


def turn() -> None:
    """A turn of the event loop, and what only a running one does: widgets that are to go are gone, and cost no more."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def show(qtbot: QtBot, widget: QWidget, width: int, height: int, theme: Theme | None = None) -> QWidget:
    """The window, active, with ``widget`` filling it, in the theme's looks if one is given."""
    window = QWidget()
    # Kept until qtbot closes it: a collector would destroy it and what is in it in any order, between two events.
    qtbot.addWidget(window, before_close_func=lambda _, kept=window: None)
    widget.setParent(window)
    widget.setGeometry(0, 0, width, height)
    window.resize(width, height)
    if theme is not None:
        font = QApplication.font()
        font.setPixelSize(theme.font_px)
        window.setFont(font)
        window.setPalette(QPalette(palette(theme)))
        window.setStyleSheet(stylesheet(theme))
    widget.show()
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def opened(qtbot: QtBot, race: Race | None = None, settings: Settings | None = None) -> MainWindow:
    """The program's window on ``race`` (the ravine if None), complete. It closes without asking."""
    application()
    it = MainWindow(race or racefile.find("ravine"), settings=settings)
    qtbot.addWidget(it, before_close_func=lambda _: (it.finish(), it.classroom.leave(), it.controller.mark_saved()))
    it.resize(1366, 768)
    with qtbot.waitActive(it):
        it.show()
        it.activateWindow()
    it.finish()
    return it
