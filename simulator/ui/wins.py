"""How often each racer wins among the repeats, on its card."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.recording import Recording
from simulator.ui.labels import Line
from simulator.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from simulator.studies.repeats import Repeats

WAITING = "wins: not counted yet"
ALIKE = "wins: every seed gives the same run"


class WinLines:
    """Fills the line that ``line_of`` finds for a racer's stream. While repeats are wanted the line keeps its place, so
    that no control moves under the hand that drags it."""

    def __init__(self, line_of: Callable[[int], Line | None]):
        self._line_of, self._theme = line_of, LIGHT
        self._found: Repeats | None = None
        self._wanted = False
        self._moment: tuple[Recording, int] | None = None

    def set_repeats(self, found: Repeats | None) -> None:
        self._found = found
        self._fill()

    def set_wanted(self, wanted: bool) -> None:
        self._wanted = wanted
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._fill()

    def show(self, recording: Recording, step: int) -> None:
        """Count at ``step``."""
        self._moment = recording, step
        self._fill()

    def _fill(self) -> None:
        if self._moment is None:
            return
        (recording, step), found = self._moment, self._found
        known = found if found is not None and found.race == recording.race else None
        for i, entrant in enumerate(recording.race.entrants):
            if (line := self._line_of(entrant.stream)) is None:
                continue
            line.setVisible(self._wanted)
            if known is None or known.alike:
                line.set_text(WAITING if known is None else ALIKE, self._theme.faint)
            else:
                line.set_text(known.wins_text(i, step), self._theme.text)
