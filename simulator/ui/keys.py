"""Who gets a key: the race, or the control that has the focus.

Space, arrows, Home and End drive the playback from anywhere in the window, except where the focused control needs
them itself. Buttons take the focus by Tab only, so that a click never steals Space from the race.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenu,
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
    (QComboBox, ARROWS | {Qt.Key.Key_Space}),
    (QAbstractItemView, ARROWS | {Qt.Key.Key_Space}),
    (QAbstractSpinBox, ARROWS | {Qt.Key.Key_Space}),
    (QMenu, ARROWS | {Qt.Key.Key_Space}),
    (QLineEdit, ARROWS | {Qt.Key.Key_Space}),
    (QTextEdit, ARROWS | {Qt.Key.Key_Space}),
    (QPlainTextEdit, ARROWS | {Qt.Key.Key_Space}),
)


class KeyFilter(QObject):
    """Installed on the application."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Every event of the program comes by here, and its type is dear to ask for: classes first.
        if isinstance(event, QKeyEvent):
            if event.type() != QEvent.Type.ShortcutOverride:
                return False
            keeps = next((keys for cls, keys in NEEDS if isinstance(watched, cls)), frozenset())
            if event.key() in keeps and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
                event.accept()
                return True
        elif (
            isinstance(watched, QAbstractButton)
            and event.type() == QEvent.Type.Polish
            and watched.focusPolicy() & Qt.FocusPolicy.ClickFocus
        ):
            watched.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return False
