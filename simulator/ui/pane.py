"""One of several small arenas: a racer alone, with its name and how it stands."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from simulator.race import Race
from simulator.recording import Recording, Status
from simulator.ui.arena import Arena
from simulator.ui.arena_items import Shared
from simulator.ui.card import gap_text, status_text, tone
from simulator.ui.labels import Line, Swatch
from simulator.ui.theme import LIGHT, Theme


class Pane(QWidget):
    """One racer: its look, name and standing, and below them its arena."""

    def __init__(self, shared: Shared, parent: QWidget):
        super().__init__(parent)
        self.stream, self._theme = -1, LIGHT
        self.summary = ""  # name and standing, whether there is room for them or not
        self._standing: tuple[str, ...] = ()  # the same in words that become fewer
        self._tone = ""
        self._row = QHBoxLayout()
        self._row.setContentsMargins(2, 0, 2, 0)
        self._row.setSpacing(5)
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

    def set_race(self, race: Race) -> None:
        self.arena.set_race(race)
        self.arena.setAccessibleName(f"Arena of {self._label(race)}")

    def show_step(self, recording: Recording, step: int) -> None:
        self.arena.show_step(recording, step)
        race = recording.race
        entrant = next(i for i, it in enumerate(race.entrants) if it.stream == self.stream)
        first = recording.lane(entrant)
        lanes = slice(first, first + len(race.starts))
        gap = gap_text(recording.standing(step, lanes) - (recording.floor or 0.0))
        status, kind = status_text(recording, lanes, step)
        short = gap if kind is Status.RACING else status.split(" at ")[0].split(" since ")[0]
        self._standing, self._tone = (f"{gap} · {status}", short, ""), tone(kind, self._theme)
        self.summary = f"{race.entrants[entrant].label}: {gap}, {status}"
        self.told.set_text(race.entrants[entrant].label, self._theme.text)
        self._tell()

    def _tell(self) -> None:
        """As much of how it stands as leaves the name whole."""
        metrics = self.told.fontMetrics()
        room = self.told.width() - metrics.horizontalAdvance(self.told.text + "  ")
        fits = (text for text in self._standing if metrics.horizontalAdvance(text) <= room)
        self.told.set_right(next(fits, ""), self._tone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.activate()
        self._tell()

    def _label(self, race: Race) -> str:
        return next(entrant.label for entrant in race.entrants if entrant.stream == self.stream)
