"""The type of pictures."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QGuiApplication

from simulator.ui.theme import Theme


@lru_cache(maxsize=32)
def type_of(theme: Theme, pixels: float = 13.0, bold: bool = False) -> QFont:
    """``pixels`` high, before the theme's scale."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(round(pixels * theme.scale))
    font.setBold(bold)
    return font
