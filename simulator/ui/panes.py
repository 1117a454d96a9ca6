"""Racers side by side: who is on a page, where each stands on it, and each one's name and standing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from simulator.race import Race
from simulator.recording import Recording, Status
from simulator.sketcher import Sketcher
from simulator.ui.arena_paint import backdrop, home
from simulator.ui.card import gap_text, status_text, tone
from simulator.ui.ground import Outlook
from simulator.ui.labels import paint_line, paint_swatch, swatch_size
from simulator.ui.mappaint import Backdrop, MapPaint
from simulator.ui.picturetype import type_of
from simulator.ui.polyline import Viewport
from simulator.ui.scene import View
from simulator.ui.theme import Theme

MOST = 12  # on a page: more would be too small to be read
GAP = 6  # pixels between two
INSET, SPACE = 2, 5  # of a pane's head: from its sides, and between the look and the name


@dataclass(frozen=True)
class Page:
    """Who is seen, by stream: ``streams``, from the racer numbered ``first``, of ``count``; it is page ``number`` of
    0 … ``last``."""

    number: int
    last: int
    first: int
    count: int
    streams: tuple[int, ...]

    @classmethod
    def of(cls, race: Race, hidden: frozenset[int], number: int) -> Page:
        """Page ``number``, or the nearest there is."""
        seen = [entrant.stream for entrant in race.entrants if entrant.stream not in hidden]
        last = max(0, -(-len(seen) // MOST) - 1)
        number = min(max(number, 0), last)
        first = number * MOST
        return cls(number, last, first, len(seen), tuple(seen[first : first + MOST]))

    @property
    def words(self) -> str:
        """ "" where there is no other page."""
        if not self.last:
            return ""
        return f"Racers {self.first + 1} to {self.first + len(self.streams)} of {self.count}"


def places(count: int, size: QSize, head: float) -> list[QRect]:
    """Where ``count`` panes with a ``head`` stand: all of one size to the pixel, so that one picture of the landscape
    serves them all."""
    width, height = size.width() + GAP, size.height() + GAP
    # The split whose smallest side is the longest.
    columns = max(range(1, count + 1), key=lambda n: (min(width // n, height // -(-count // n) - head), -n), default=1)
    rows = -(-count // columns)
    wide, high = max(width // columns - GAP, 1), max(height // max(rows, 1) - GAP, 1)
    return [QRect(i % columns * (wide + GAP), i // columns * (high + GAP), wide, high) for i in range(count)]


@dataclass(frozen=True)
class Standing:
    """``texts`` say how a racer stands in words that become fewer, ``summary`` who and how; ``status`` as a whole."""

    label: str
    texts: tuple[str, ...]
    summary: str
    status: Status | None

    @classmethod
    def of(cls, recording: Recording, step: int, stream: int) -> Standing:
        race = recording.race
        entrant = next(i for i, it in enumerate(race.entrants) if it.stream == stream)
        first = recording.lane(entrant)
        lanes = slice(first, first + len(race.starts))
        gap = gap_text(recording.standing(step, lanes) - (recording.floor or 0.0))
        status, kind = status_text(recording, lanes, step)
        short = gap if kind is Status.RACING else status.split(" at ")[0].split(" since ")[0]
        label = race.entrants[entrant].label
        return cls(label, (f"{gap} · {status}", short, ""), f"{label}: {gap}, {status}", kind)

    def fitting(self, metrics: QFontMetricsF, width: float) -> str:
        """As much of how it stands as leaves the name whole."""
        room = width - metrics.horizontalAdvance(self.label + "  ")
        return next((text for text in self.texts if metrics.horizontalAdvance(text) <= room), "")


class PanesPaint:
    """Paints the panes of a page again and again: what has not changed since is kept."""

    def __init__(self) -> None:
        self._ground = lru_cache(maxsize=2)(backdrop)
        self._maps: dict[int, MapPaint] = {}

    def paint(
        self,
        painter: QPainter,
        rect: QRectF,
        recording: Recording,
        step: int,
        theme: Theme,
        page: Page,
        outlook: Outlook,
        view: View | None,
        scale: float,
        sketcher: Sketcher | None = None,
        grounds: Callable[[int], Backdrop] | None = None,
    ) -> None:
        """Into ``rect``, of whole units, all showing the part ``view`` of the plane; ``grounds`` gives by stream what
        is painted in the place of the landscape."""
        (x0, x1), (y0, y1) = view or home(outlook.ground(recording.race.landscape))
        head = head_height(theme)
        everyone = frozenset(entrant.stream for entrant in recording.race.entrants)
        for place, stream in zip(places(len(page.streams), rect.toRect().size(), head), page.streams, strict=True):
            painter.save()
            painter.translate(rect.topLeft() + QPointF(place.topLeft()))
            paint_head(painter, place.width(), stream, Standing.of(recording, step, stream), theme)
            painter.translate(0, round(head))
            port = Viewport(x0, x1, y0, y1, place.width(), place.height() - round(head))
            if not port.empty:
                paint = self._maps.get(stream) or MapPaint(
                    False, grounds(stream) if grounds else self._ground, not grounds
                )
                self._maps[stream] = paint
                paint.paint(
                    painter, port, recording, step, theme, everyone - {stream}, outlook, scale, sketcher, page.streams
                )
                painter.setPen(QPen(QColor(theme.line), theme.scale))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(0, 0, port.width, port.height))
            painter.restore()


def head_height(theme: Theme) -> float:
    """Of a pane's line above its map, with the room below it."""
    return max(swatch_size(theme).height(), QFontMetricsF(type_of(theme)).height() + 2) + 1


def paint_head(painter: QPainter, width: float, stream: int, standing: Standing, theme: Theme) -> None:
    """A racer's look, its name, and how it stands as far as there is room, from (0, 0) on."""
    look, metrics = swatch_size(theme), QFontMetricsF(type_of(theme))
    line, middle = metrics.height() + 2, (head_height(theme) - 1) / 2
    swatch = QRectF(INSET, middle - look.height() / 2, look.width(), look.height())
    paint_swatch(painter, swatch, theme.style(stream), theme)
    left = INSET + look.width() + SPACE
    words = QRectF(left, middle - line / 2, width - left - INSET, line)
    painter.setFont(type_of(theme))
    told = standing.fitting(metrics, words.width())
    paint_line(painter, words, standing.label, told, (theme.text, tone(standing.status, theme)))
