"""The one QApplication: styled, and with a font of our own."""

from __future__ import annotations

import sys

from PySide6.QtGui import QFont, QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication

from simulator import resources
from simulator.ui.keys import KeyFilter
from simulator.ui.style import stylesheet
from simulator.ui.theme import Theme, palette


def application() -> QApplication:
    """The running application, made at the first call: Fusion everywhere, and the font that ships with the program.

    Greek letters, arrows and hats must not be boxes: a bare machine has no font at all.
    """
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    app = QApplication(sys.argv[:1])
    app.setApplicationName("optim-race")
    app.setDesktopFileName("optim-race")
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(resources.icon(256))))
    family = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(resources.font())))
    if family:
        app.setFont(QFont(family[0]))
    KeyFilter(app)
    return app


def dress(theme: Theme) -> None:
    """Give the application the theme's font size, palette and style sheet."""
    app = application()
    font = app.font()
    font.setPixelSize(theme.font_px)
    app.setFont(font)
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme))
