"""Labels and buttons of the panels that are read: made in one line each, cleared away together."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLayout, QPushButton, QSizePolicy

from simulator import prose

_LIST = re.compile(r"<[uo]l")  # which Qt sets in by 40 pixels: much, in a narrow column


def prose_label(text: str, name: str) -> QLabel:
    """A text in the little Markdown of `simulator.prose`; it can be selected."""
    shown = label(_LIST.sub(r'\g<0> style="margin-left: 14px; -qt-list-indent: 0;"', prose.to_html(text)), name)
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return shown


def label(text: str, name: str = "", role: str = "") -> QLabel:
    """A label on as many lines as it needs; the stylesheet may speak of its ``name`` and ``role``."""
    shown = QLabel(text)
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


def clear(layout: QLayout) -> None:
    """Take everything out of ``layout`` and what is nested in it."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
        elif inner := item.layout():
            clear(inner)
            inner.deleteLater()
