"""What the pages of the guide are built of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from simulator.ui.theme import Theme


def label(text: str = "", name: str = "", role: str = "") -> QLabel:
    """A text that wraps, though never between a number and its %."""
    it = QLabel(text.replace(" %", "\u00a0%"))
    it.setObjectName(name)
    it.setProperty("role", role)
    it.setWordWrap(True)
    return it


def link(text: str, tip: str, action: Callable[[], None]) -> QPushButton:
    """A button that looks like a link."""
    button = QPushButton(text)
    button.setObjectName("guideLink")
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    button.clicked.connect(action)
    return button


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


def sheet(theme: Theme) -> str:
    px = theme.font_px
    return f"""
    QLabel#guideQuestion {{ font-size: {round(1.4 * px)}px; font-weight: bold; }}
    QLabel#guideOptimizer {{ font-size: {round(1.6 * px)}px; font-weight: bold; }}
    QLabel#guideResult {{ font-size: {round(1.25 * px)}px; font-weight: bold; }}
    QLabel#guideAnswerMark {{ color: {theme.accent}; font-weight: bold; }}
    QLabel#guideCrumbMark, QLabel#guideCrumbText {{ color: {theme.accent}; }}
    QPushButton#guideAnswer {{ border-radius: {round(6 * theme.scale)}px; }}
    QPushButton#guideLink, QPushButton#guideCrumb {{ border: 2px solid transparent; background: transparent;
        color: {theme.accent}; text-align: left; padding: 2px; }}
    QPushButton#guideLink:hover, QPushButton#guideCrumb:hover {{ border-color: {theme.line}; }}
    QPushButton#guideAnswer:focus, QPushButton#guideLink:focus, QPushButton#guideCrumb:focus {{
        border: 2px solid {theme.accent}; }}
    QPushButton#guideContents:checked {{ border: 2px solid {theme.accent}; color: {theme.accent};
        font-weight: bold; padding: 2px 8px; }}
    """


def fitting(size: tuple[int, int], theme: Theme, window: QWidget) -> tuple[int, int]:
    """A window's size at the theme's scale, where the screen has room for it, its frame and a task bar."""
    room = window.screen().availableSize()
    return min(round(size[0] * theme.scale), room.width() - 20), min(round(size[1] * theme.scale), room.height() - 60)
