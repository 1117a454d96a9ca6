"""The mark at which a fork leaves its original's path."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from simulator.branching import begins
from simulator.recording import Recording
from simulator.ui.theme import Style, Theme

RADIUS = 5.0
DASH = (4.0, 2.0)  # of a fork's line, in line widths, where its style has none


def dash_of(recording: Recording, entrant: int, style: Style) -> tuple[float, ...]:
    """The dashes of an entrant's line: a fork's is never solid."""
    return style.dash or (DASH if recording.race.entrants[entrant].forked is not None else ())


def forks_until(recording: Recording, step: int, hidden: frozenset[int]) -> list[tuple[int, int]]:
    """Of the forks that are seen to branch off up to ``step``, entrant and step."""
    race = recording.race
    last = min(step, recording.done)
    return [
        (e, k) for e, k in enumerate(begins(race, hidden)) if 0 < k <= last and race.entrants[e].stream not in hidden
    ]


def paint_forks(painter: QPainter, marks: Iterable[tuple[float, float, str]], theme: Theme) -> None:
    """A diamond at each of ``marks``: its place in pixels and its colour."""
    radius = RADIUS * theme.scale
    for x, y, color in marks:
        if not (math.isfinite(x) and math.isfinite(y)):
            continue
        corners = ((0.0, -radius), (radius, 0.0), (0.0, radius), (-radius, 0.0))
        diamond = QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners])
        painter.setBrush(QColor(theme.plot))
        painter.setPen(QPen(QColor(color), 1.8 * theme.scale, Qt.PenStyle.SolidLine))
        painter.drawPolygon(diamond)
