"""Who gets a key: the race, or the control that has the focus.

Space, arrows, Home and End drive the playback from anywhere in the window, except where the focused control needs
them itself. Buttons take the focus by Tab only (`style.py`), so that a click never steals Space from the race.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End})
NEEDS: tuple[tuple[type[QWidget], frozenset[Qt.Key]], ...] = (
    (QAbstractButton, frozenset({Qt.Key.Key_Space})),
    (QAbstractSlider, ARROWS),
    (QTabBar, ARROWS),
    (QMenuBar, ARROWS | {Qt.Key.Key_Space}),
    (QComboBox, ARROWS | {Qt.Key.Key_Space}),
    (QAbstractItemView, ARROWS | {Qt.Key.Key_Space}),
    (QAbstractSpinBox, ARROWS | {Qt.Key.Key_Space}),
    (QLineEdit, ARROWS | {Qt.Key.Key_Space}),
    (QTextEdit, ARROWS | {Qt.Key.Key_Space}),
    (QPlainTextEdit, ARROWS | {Qt.Key.Key_Space}),
)


class KeyFilter(QObject):
    """Goes where the focus goes.

    Installed on the application it would be asked about every event there is, and PySide make a Python object of
    everything that gets one: a tenth of the time in which the window opens.
    """

    def __init__(self, app: QApplication):
        super().__init__(app)
        app.focusChanged.connect(self._follow)

    def _follow(self) -> None:
        if widget := QApplication.focusWidget():
            widget.installEventFilter(self)  # once, however often it comes by

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            keeps = next((keys for cls, keys in NEEDS if isinstance(watched, cls)), frozenset())
            if event.key() in keeps and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
                event.accept()
                return True
        return False
