"""The arena's first picture, painted while pyqtgraph, a good part of the start-up time, is still to be loaded."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.mappaint import paint_arena
from simulator.ui.theme import LIGHT, Theme


class ArenaPreview(QWidget):
    """Looks like the arena and takes no gestures; the arena takes its place once this has been ``painted``."""

    painted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._moment: tuple[Recording, int] | None = None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_race(self, race: Race) -> None:
        self._moment = None

    def show_step(self, recording: Recording, step: int) -> None:
        self._moment = recording, step
        self.update()

    def leave(self) -> None:
        """Go, and let go of the recording."""
        self._moment = None
        self.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._moment is not None:
            painter = QPainter(self)
            paint_arena(painter, QRectF(self.rect()), *self._moment, self._theme, scale=self.devicePixelRatioF())
        self.painted.emit()
