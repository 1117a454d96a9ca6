"""The looks of the guide's pages and windows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QSizePolicy

from simulator.ui.theme import Theme


def link(text: str, tip: str, action: Callable[[], None]) -> QPushButton:
    """A button that looks like a link."""
    button = QPushButton(text)
    button.setObjectName("guideLink")
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    button.clicked.connect(action)
    return button


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
