"""Where everyone is: a marker and a name at each head, an arrow at the edge to those outside."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from simulator.branching import begins, own
from simulator.plane import Plane
from simulator.recording import Recording, Status
from simulator.ui.labels import paint_marker
from simulator.ui.nameplaces import offsets, overlap, within
from simulator.ui.polyline import Viewport
from simulator.ui.stamp import Stamp, put
from simulator.ui.theme import Style, Theme
from simulator.words import short_text

Array = NDArray[np.float64]
Words = list[tuple[str, str]]  # a text, and its colour
Ink = Callable[[QRectF], float]  # the share of a rectangle that trails cover

TOGETHER = 7.0  # pixels within which heads share a label
MOST_NAMES, MOST_LETTERS = 4, 48  # in a shared label; the rest are counted
MOST_LABELS = 24  # lanes up to which each is named; beyond, those from the first start
STILL = 2.0  # pixels that a head may move before its name does: one that trembles cannot be read
GAP = 9.0  # between a head and its name
INSET = 16.0  # of an arrow from the edge
FREE = 0.12  # the share of a name that trails may cover before it looks for a better place …
LOOK = 12  # … which it does every so many steps


def positions(recording: Recording, first: int, last: int, plane: Plane | None = None) -> Array:
    """Where the lanes stand in the picture at steps first … last, ``(n, lanes, 2)``: in one dimension on the curve, in
    more than two on the ``plane``."""
    theta = recording.theta[first : last + 1]
    if plane is not None:
        return plane.project(theta)
    if theta.shape[2] == 2:
        return theta
    return np.stack((theta[..., 0], recording.loss[first : last + 1]), axis=2)


def trails(recording: Recording, hidden: frozenset[int], plane: Plane | None = None) -> Callable[[int, int], Array]:
    """`positions` as trails are drawn: a fork's begins where it branches off."""
    first_rows = begins(recording.race, hidden)

    def rows(first: int, last: int) -> Array:
        return own(positions(recording, first, last, plane), np.arange(first, last + 1), first_rows)

    return rows


@dataclass
class Spot:
    """One label: what it names, and where that is in pixels. ``away`` is the arrow's angle, None for a head in view."""

    lane: int
    x: float
    y: float
    words: Words
    away: float | None = None


class Heads:
    """Paints heads, names and arrows. Remembers on which side a name stood, so that names do not flutter."""

    def __init__(self, names: bool = True) -> None:
        self._names = names
        self._sides: dict[int, int] = {}
        self._stood: dict[int, QPointF] = {}  # lane -> where its head was when its name was put down
        self._recording: Recording | None = None
        self._plane: Plane | None = None
        self._looked: dict[int, int] = {}  # lane -> step at which its name's ink was looked at …
        self._as_seen: tuple[Viewport, float] | None = None  # … in this view, with names of this scale
        self._last: dict[int, int] = {}  # lane -> last row with a position, where it has lost it

    def paint(
        self,
        painter: QPainter,
        port: Viewport,
        recording: Recording,
        step: int,
        theme: Theme,
        hidden: frozenset[int],
        keep_out: list[QRectF],
        ink: Ink | None = None,
        plane: Plane | None = None,
    ) -> None:
        """``keep_out`` are places where no name shall stand, ``ink`` tells where it would hide trails."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        race, self._plane = recording.race, plane
        if self._as_seen != (port, theme.scale):
            self._as_seen, self._looked, self._stood = (port, theme.scale), {}, {}
        at, finite = self._positions(recording, step)
        px = port.to_px(at)
        inside = finite & (px >= 0).all(axis=1) & (px <= (port.width, port.height)).all(axis=1)
        seen, gone = list[Spot](), list[Spot]()
        starts = len(race.starts)
        taken = list(keep_out)
        for lane in range(race.lanes):
            entrant, start = race.entrants[lane // starts], lane % starts
            if entrant.stream in hidden or not finite[lane]:
                continue
            style, (x, y) = theme.style(entrant.stream), px[lane].tolist()
            named = self._names and (race.lanes <= MOST_LABELS or start == 0)
            status, since = recording.status_at(step, lane)
            lost = f" · diverged at step {since}" if status is Status.DIVERGED else ""
            if inside[lane]:
                paint_head(painter, style, QPointF(x, y), theme)
                taken.append(around(x, y, 6.0 * theme.scale))
                if named:
                    _join(seen, Spot(lane, x, y, [(entrant.label + lost, style.color)]), TOGETHER * theme.scale)
                continue
            spot = _edge(port, lane, x, y, theme)
            _paint_arrow(painter, spot, style, theme)
            taken.append(around(spot.x, spot.y, 9.0 * theme.scale))
            if named:
                spot.words = [(entrant.label + (lost or f" · {_distance(port, at[lane])} away"), style.color)]
                gone.append(spot)
        names: list[tuple[Spot, Stamp, QRectF]] = []
        for spot in seen + gone:
            plate = plaque(tuple(spot.words), theme)
            names.append((spot, plate, self._place(port, spot, plate.size, taken, theme, ink, step)))
        for spot, _, rect in names:
            _leader(painter, spot, rect, theme)
        for _, plate, rect in names:
            put(painter, rect.topLeft(), plate)

    def _positions(self, recording: Recording, step: int) -> tuple[Array, NDArray[np.bool_]]:
        """Where every lane is at ``step``, or was when it last was anywhere, and which have ever been."""
        if recording is not self._recording:
            self._recording, self._last, self._looked, self._stood = recording, {}, {}, {}
        at = positions(recording, step, step, self._plane)[0].copy()
        finite = np.isfinite(at).all(axis=1)
        for lane in np.flatnonzero(~finite).tolist():
            row = self._last.get(lane)
            if row is None or row > step:
                whole = np.isfinite(positions(recording, 0, step, self._plane)[:, lane]).all(axis=1)
                row = self._last[lane] = int(np.flatnonzero(whole)[-1]) if whole.any() else -1
            if row >= 0:
                at[lane], finite[lane] = positions(recording, row, row, self._plane)[0, lane], True
        return at, finite

    def _place(
        self,
        port: Viewport,
        spot: Spot,
        size: QSizeF,
        taken: list[QRectF],
        theme: Theme,
        ink: Ink | None,
        step: int,
    ) -> QRectF:
        """Where the label of ``spot``, ``size`` large, stands, clear of what is ``taken``, to which it is added."""
        beside = offsets(size.width(), size.height(), GAP * theme.scale, spot.away)
        x, y = self._stand(spot, STILL * theme.scale)
        room = QRectF(0, 0, port.width, port.height)

        def place(i: int) -> QRectF:
            return QRectF(QPointF(x + beside[i][0], y + beside[i][1]), size)

        def is_free(i: int) -> bool:
            rect = place(i)
            return room.contains(rect) and not any(map(rect.intersects, taken))

        before = self._sides.get(spot.lane, 0) % len(beside)
        free = filter(is_free, (before, *range(len(beside))))
        side = next(free, None)
        if side is None:
            rect = min((within(place(i), room) for i in range(len(beside))), key=lambda rect: overlap(rect, taken))
        else:
            if ink is not None and spot.away is None and abs(step - self._looked.get(spot.lane, -LOOK)) >= LOOK:
                self._looked[spot.lane] = step
                covered = ink(place(side))
                if covered > FREE:
                    least = covered / 2  # a place not much better is not worth the move
                    for i in free:
                        if (cost := ink(place(i)) + 0.01 * i) < least:  # of two alike, the better
                            side, least = i, cost
                        if least < FREE:
                            break
            self._sides[spot.lane], rect = side, place(side)
        taken.append(rect)
        return rect

    def _stand(self, spot: Spot, reach: float) -> tuple[float, float]:
        """The place that the name of ``spot`` is put beside: it stays while the head trembles within ``reach``."""
        before = self._stood.get(spot.lane)
        if before is None or math.hypot(spot.x - before.x(), spot.y - before.y()) > reach:
            before = self._stood[spot.lane] = QPointF(spot.x, spot.y)
        return before.x(), before.y()


def paint_head(painter: QPainter, style: Style, at: QPointF, theme: Theme) -> None:
    """The racer's marker with a rim, so that it reads on every band."""
    paint_marker(painter, replace(style, color=theme.plot), at, 7.5 * theme.scale)
    paint_marker(painter, style, at, 5.5 * theme.scale)


def font(theme: Theme) -> QFont:
    """The type of names and axes."""
    made = QFont()
    made.setPixelSize(round(0.92 * theme.font_px))
    return made


@lru_cache(maxsize=256)
def plaque(words: tuple[tuple[str, str], ...], theme: Theme) -> Stamp:
    """Words side by side on a small ground of their own."""
    metrics = QFontMetricsF(font(theme))
    width = sum(metrics.horizontalAdvance(text) for text, _ in words) + 8.0

    def paint(painter: QPainter) -> None:
        painter.setFont(font(theme))
        ground = QColor(theme.panel)
        ground.setAlpha(225)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(0.0, 0.0, width, metrics.height() + 2.0), 3.0, 3.0)
        x = 4.0
        for text, color in words:
            painter.setPen(QColor(color))
            painter.drawText(QPointF(x, 1.0 + metrics.ascent()), text)
            x += metrics.horizontalAdvance(text)

    return Stamp(width, metrics.height() + 2.0, paint)


def around(x: float, y: float, radius: float) -> QRectF:
    """The square about (x, y)."""
    return QRectF(x - radius, y - radius, 2 * radius, 2 * radius)


def _join(spots: list[Spot], new: Spot, reach: float) -> None:
    """Add ``new``, to the label of a head at the same place if there is one."""
    for spot in spots:
        if math.hypot(spot.x - new.x, spot.y - new.y) > reach:
            continue
        text, color = new.words[0]
        names = [name for name, _ in spot.words[::2]]
        if text in names:
            return
        if names[-1].startswith("+") and names[-1][1:].isdigit():
            spot.words[-1] = (f"+{int(names[-1][1:]) + 1}", spot.words[-1][1])
        elif len(names) == MOST_NAMES or sum(map(len, [*names, text])) > MOST_LETTERS:
            spot.words += [(", ", color), ("+1", color)]
        else:
            spot.words += [(", ", color), (text, color)]
        return
    spots.append(new)


def _edge(port: Viewport, lane: int, x: float, y: float, theme: Theme) -> Spot:
    """Where the ray from the middle to (x, y) meets the edge."""
    half = np.array((port.width, port.height)) / 2
    way = np.clip(np.array((x, y)) - half, -1e300, 1e300)  # a pixel beyond all numbers lies in some direction too
    way /= np.abs(way).max()  # so that the square of a huge one is finite
    room = np.maximum(half - INSET * theme.scale, 1.0)
    with np.errstate(divide="ignore", over="ignore"):  # on a level, or all but on one
        at = half + way * (room / np.abs(way)).min()
    return Spot(lane, float(at[0]), float(at[1]), [], math.atan2(way[1], way[0]))


def _paint_arrow(painter: QPainter, spot: Spot, style: Style, theme: Theme) -> None:
    size, angle = 9.0 * theme.scale, spot.away or 0.0
    tip = [(1.0, 0.0), (-0.7, 0.75), (-0.35, 0.0), (-0.7, -0.75)]
    co, si = size * math.cos(angle), size * math.sin(angle)
    shape = QPolygonF([QPointF(spot.x + a * co - b * si, spot.y + a * si + b * co) for a, b in tip])
    painter.setPen(QPen(QColor(theme.plot), 3.0 * theme.scale))
    painter.setBrush(QColor(style.color))
    painter.drawPolygon(shape)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(shape)


def _distance(port: Viewport, at: Array) -> str:
    """How far from what is shown, in the landscape's units."""
    low, high = np.array((port.x0, port.y0)), np.array((port.x1, port.y1))
    beyond = np.maximum(np.maximum(low - at, at - high), 0.0)
    return short_text(math.hypot(*beyond.tolist()))


def _leader(painter: QPainter, spot: Spot, rect: QRectF, theme: Theme) -> None:
    """A thin line to a name that had to stand apart."""
    x, y = min(max(spot.x, rect.left()), rect.right()), min(max(spot.y, rect.top()), rect.bottom())
    if math.hypot(x - spot.x, y - spot.y) > 18.0 * theme.scale:
        painter.setPen(QPen(QColor(spot.words[0][1]), 1.0 * theme.scale))
        painter.drawLine(QPointF(spot.x, spot.y), QPointF(x, y))
