"""What panels and windows to be read are built of: made in one line each, cleared away together."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from simulator import prose
from simulator.ui.theme import Theme

LISTS = {"ul": 14, "ol": 30}  # pixels they are set in; Qt's 40 are much in a narrow column


def prose_label(text: str, name: str) -> QLabel:
    """A text in the little Markdown of `simulator.prose`; it can be selected."""
    text = prose.to_html(text)
    for kind, px in LISTS.items():
        text = text.replace(f"<{kind}>", f'<{kind} style="margin-left: {px}px; -qt-list-indent: 0;">')
    shown = label(text, name)
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return shown


def label(text: str = "", name: str = "", role: str = "") -> QLabel:
    """A label on as many lines as it needs; the stylesheet may speak of its ``name`` and ``role``."""
    shown = QLabel(text.replace(" %", "\u00a0%"))  # no line ends between a number and its %
    shown.setObjectName(name)
    shown.setProperty("role", role)
    shown.setWordWrap(True)
    return shown


def button(text: str, tip: str, action: Callable[[], object]) -> QPushButton:
    """A small button that does ``action``; the keyboard reaches it by Tab alone."""
    made = QPushButton(text)
    made.setAccessibleName(text)
    made.setToolTip(tip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves Space to the race
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    made.clicked.connect(lambda: action())
    return made


def primary(text: str, action: Callable[[], None]) -> QPushButton:
    """The button that does what a page is for."""
    button = QPushButton(text)
    button.setProperty("primary", True)
    button.clicked.connect(action)
    return button


def card(name: str) -> tuple[QFrame, QVBoxLayout]:
    """An empty card and the column its widgets go into."""
    frame = QFrame()
    frame.setProperty("role", "card")
    frame.setAccessibleName(name)
    column = QVBoxLayout(frame)
    column.setContentsMargins(12, 12, 12, 12)
    column.setSpacing(8)
    return frame, column


def close_box(dialog: QDialog) -> QDialogButtonBox:
    """The box with the button that closes ``dialog``, which Enter does not press: it is for what has the focus."""
    buttons = QDialogButtonBox()
    close = buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
    close.setAutoDefault(False)
    buttons.rejected.connect(dialog.reject)
    return buttons


def clear(layout: QLayout) -> None:
    """Take everything out of ``layout`` and what is nested in it."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
        elif inner := item.layout():
            clear(inner)
            inner.deleteLater()


def fitting(size: tuple[int, int], theme: Theme, window: QWidget) -> tuple[int, int]:
    """A window's size at the theme's scale, where the screen has room for it, its frame and a task bar."""
    room = window.screen().availableSize()
    return min(round(size[0] * theme.scale), room.width() - 20), min(round(size[1] * theme.scale), room.height() - 60)
