"""One of several small arenas: a racer alone, with its name and how it stands."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.arena import Arena
from simulator.ui.arena_items import Shared
from simulator.ui.card import tone
from simulator.ui.labels import Line, Swatch
from simulator.ui.panes import INSET, SPACE, Standing
from simulator.ui.theme import LIGHT, Theme


class Pane(QWidget):
    """One racer: its look, name and standing, and below them its arena."""

    def __init__(self, shared: Shared, parent: QWidget):
        super().__init__(parent)
        self.stream, self._theme = -1, LIGHT
        self.summary = ""  # name and standing, whether there is room for them or not
        self._standing: Standing | None = None
        self._row = QHBoxLayout()
        self._row.setContentsMargins(INSET, 0, INSET, 0)
        self._row.setSpacing(SPACE)
        self.swatch: Swatch | None = None
        self.told = Line()
        self._row.addWidget(self.told, 1)
        self.arena = Arena(shared=shared, small=True)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(self._row)
        column.addWidget(self.arena, 1)

    @property
    def head_height(self) -> int:
        return self._row.sizeHint().height() + 1

    def set_stream(self, stream: int, everyone: frozenset[int], theme: Theme) -> None:
        """Show the racer with this stream, of a race in which ``everyone`` runs."""
        if stream != self.stream:
            self.stream = stream
            if self.swatch is not None:
                self.swatch.deleteLater()
            self.swatch = Swatch(stream)
            self.swatch.set_theme(theme)
            self._row.insertWidget(0, self.swatch)
        self.arena.set_hidden(everyone - {stream})

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.swatch is not None:
            self.swatch.set_theme(theme)
        self.arena.set_theme(theme)
        self._tell()

    def set_race(self, race: Race) -> None:
        self.arena.set_race(race)
        self.arena.setAccessibleName(f"Arena of {self._label(race)}")

    def show_step(self, recording: Recording, step: int) -> None:
        self.arena.show_step(recording, step)
        self._standing = standing = Standing.of(recording, step, self.stream)
        self.summary = standing.summary
        self._tell()

    def _tell(self) -> None:
        """As much of how it stands as leaves the name whole."""
        standing = self._standing
        if standing is not None:
            told = standing.fitting(QFontMetricsF(self.told.font()), self.told.width())
            self.told.set_text(standing.label, self._theme.text)
            self.told.set_right(told, tone(standing.status, self._theme))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.activate()
        self._tell()

    def _label(self, race: Race) -> str:
        return next(entrant.label for entrant in race.entrants if entrant.stream == self.stream)
