"""The scroll area of the side panels: as wide as the panel, as long as it needs to be."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class PanelScroll(QScrollArea):
    """Widgets go into ``column``. Scrolls up and down only, and follows the keyboard's focus."""

    def __init__(self, parent: QWidget | None = None, margins: tuple[int, int, int, int] = (10, 8, 10, 8)):
        super().__init__(parent)
        self._whole = False
        self._on_layout: Callable[[], object] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page = page = _Page()
        page.setProperty("role", "page")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(*margins)
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

    def set_whole(self, whole: bool) -> None:
        """Be as high as what is inside, to be scrolled by somebody else; or not."""
        self._whole = whole
        if whole:
            self.on_layout(self._fit)
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if whole else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        self._fit()

    def on_layout(self, do: Callable[[], object]) -> None:
        """Call ``do`` whenever what is inside wants another size."""
        self._on_layout = do
        self._page.installEventFilter(self)

    def _fit(self) -> None:
        self.setMinimumHeight(self.needed(self.viewport().width()) if self._whole else 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        done = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest and self._on_layout is not None:
            self._on_layout()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._whole:
            self._fit()

    def needed(self, width: int) -> int:
        """The height at which nothing has to be scrolled, at this width."""
        layout = self._page.layout()
        assert layout is not None
        layout.activate()
        return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()

    def sizeHint(self) -> QSize:
        return QSize(320, self.minimumHeight() if self._whole else 480)


class _Page(QWidget):
    """Is no higher than its texts are at the width they have; a layout answers for the least width there is."""

    def minimumSizeHint(self) -> QSize:
        least, layout = super().minimumSizeHint(), self.layout()
        if layout is None or not layout.hasHeightForWidth():
            return least
        return QSize(least.width(), layout.totalHeightForWidth(max(self.width(), least.width())))
