"""The scroll area of the side panels: as wide as the panel, as long as it needs to be."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class PanelScroll(QScrollArea):
    """Widgets go into ``column``. Scrolls up and down only, and follows the keyboard's focus."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page = page = QWidget()
        page.setProperty("role", "page")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(10, 8, 10, 8)
        self.column = QVBoxLayout()
        self.column.setSpacing(8)
        outer.addLayout(self.column)
        outer.addStretch(1)
        self.setWidget(page)
        self.setMinimumWidth(240)

    def reveal(self, widget: QWidget) -> None:
        """Scroll to ``widget``, also to one that came just now: the page takes its new length first."""
        height = max(self._page.minimumSizeHint().height(), self.viewport().height())
        self._page.resize(self._page.width(), height)
        self.ensureWidgetVisible(widget)

    def sizeHint(self) -> QSize:
        return QSize(320, 480)
