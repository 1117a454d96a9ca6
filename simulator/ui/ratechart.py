"""The chart of rates: what every racer comes to at every η, the η that each has, and how wide a range works."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from simulator.studies.robustness import Measure, Robustness
from simulator.ui.chartframe import MARKER_PX, PAD, chart_font, faded
from simulator.ui.endlabels import HEAD_PX, End, paint_head
from simulator.ui.labels import paint_line, paint_marker
from simulator.ui.lineimage import Track
from simulator.ui.linepath import paint_paths
from simulator.ui.rateframe import RateFrame, value_axis
from simulator.ui.ratewords import share_text, width_text
from simulator.ui.theme import Style, Theme

APART = 9.0  # pixels between two marks of a curve that leaves the chart
GRIP_PX = 4.5
DOTS = (1.0, 2.0)  # of a curve where it does not count, as runs end outside the box


@dataclass(frozen=True)
class RateLook:
    """What the chart shows of a `Robustness`, and how."""

    theme: Theme
    measure: Measure = "loss"
    hidden: frozenset[int] = frozenset()  # streams of racers left out
    chosen: int | None = None  # the stream of the racer whose η the keys move
    pointed: tuple[int, int] | None = None  # an entrant and a column of its rates, under the mouse


class RateChart:
    """``result`` drawn in (0, 0, ``width``, ``height``). ``now`` is the η of each racer by stream: as it moves, a line
    moves before anything is known of the new rate."""

    def __init__(self, result: Robustness, now: dict[int, float], look: RateLook, width: float, height: float):
        self.result, self.now, self.look = result, now, look
        self.shown = [e for e, entrant in enumerate(result.race.entrants) if entrant.stream not in look.hidden]
        flags = np.zeros(len(result.race.entrants), dtype=np.bool_)
        flags[self.shown] = True
        self.values = result.values(look.measure)
        self.widths = result.widths(look.measure)
        self.frame = RateFrame(
            width=width,
            height=height,
            theme=look.theme,
            x_end=1,
            x_title="learning rate η",
            y=value_axis(result, look.measure, flags),
            labels=tuple(f"{result.race.entrants[e].label}  {width_text(0.0)}" for e in self.shown),
        )

    # Where things are, in pixels.

    def line_px(self, entrant: int) -> float:
        """Of the line at the η that an entrant has now, at an end of the axis where that lies beyond it."""
        stream = self.result.race.entrants[entrant].stream
        plot = self.frame.plot
        at = self.frame.x_px(math.log10(self.now.get(stream, float(self.result.rates[entrant, 0]))))
        return min(max(at, plot.left()), plot.right())

    def point(self, entrant: int, column: int) -> QPointF:
        """Of what is known at a rate, at the chart's edge where it has left it."""
        plot = self.frame.plot
        x = self.frame.x_px(math.log10(self.result.rates[entrant, column]))
        y = self.frame.y_px(float(self.frame.y.place(self.values[entrant, column : column + 1])[0]))
        inset = HEAD_PX * self.look.theme.scale
        return QPointF(min(max(x, plot.left()), plot.right()), min(max(y, plot.top() + inset), plot.bottom() - inset))

    def head(self, entrant: int) -> QPointF | None:
        """Where an entrant stands on its curve; None while that is not known."""
        stream, known = self.result.race.entrants[entrant].stream, self.result.known[entrant, 0]
        there = known and self.now.get(stream) == self.result.rates[entrant, 0]
        return self.point(entrant, 0) if there else None

    def grip_at(self, at: QPointF, reach: float) -> int | None:
        """The entrant whose line one takes hold of at ``at``: the nearest marker, then the nearest line; of lines in
        one place the chosen racer's."""
        if not self.frame.plot.adjusted(-reach, 0, reach, reach).contains(at):
            return None
        heads = {e: head for e in self.shown if (head := self.head(e)) is not None}
        near = {e: math.hypot(head.x() - at.x(), head.y() - at.y()) for e, head in heads.items()}
        if near and min(near.values()) <= reach:
            return min(near, key=near.__getitem__)
        far = {e: (abs(self.line_px(e) - at.x()), not self._is_chosen(e)) for e in self.shown}
        nearest = min(far, key=far.__getitem__, default=None)
        return nearest if nearest is not None and far[nearest][0] <= reach else None

    def row_at(self, at: QPointF) -> int | None:
        """The entrant whose name stands at ``at``."""
        return next((e for e, row in self._rows() if row.contains(at)), None)

    def pointed_at(self, at: QPointF) -> tuple[int, int] | None:
        """The entrant and the column of its rates whose point is nearest to ``at``, first along the axis."""
        if not self.frame.plot.contains(at):
            return None
        found: list[tuple[float, int, int]] = []
        for e in self.shown:
            columns = np.flatnonzero(self.result.known[e])
            if len(columns):
                px = self.frame.plot.left() + (np.log10(self.result.rates[e, columns]) - self.frame.viewport.x0) * (
                    self.frame.plot.width() / (self.frame.viewport.x1 - self.frame.viewport.x0)
                )
                column = int(columns[np.abs(px - at.x()).argmin()])
                found.append((abs(self.point(e, column).y() - at.y()), e, column))
        return min(found)[1:] if found else None

    # Painting.

    def paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.frame.paint(painter)
        if self.frame.viewport.empty:
            return
        goal = self._paint_goal(painter)
        order = sorted(self.shown, key=self._is_chosen)  # the chosen one above the others
        for e in order:
            self._paint_curve(painter, e)
        self._paint_goal_words(painter, goal)
        for e in order:
            self._paint_line(painter, e)
        if self.look.pointed is not None and self.look.pointed[0] in self.shown:
            self._paint_pointed(painter, *self.look.pointed)
        self._paint_names(painter)

    def _is_chosen(self, entrant: int) -> bool:
        return self.result.race.entrants[entrant].stream == self.look.chosen

    def _style(self, entrant: int) -> Style:
        return self.look.theme.style(self.result.race.entrants[entrant].stream)

    def _paint_goal(self, painter: QPainter) -> float | None:
        """The line a race must end below for its rate to work, and how high it is; None where it is not shown."""
        theme, plot, frame = self.look.theme, self.frame.plot, self.frame
        y = round(frame.y_px(float(frame.y.place(np.array([self.result.line]))[0]))) + 0.5
        if self.look.measure != "loss" or not plot.top() < y < plot.bottom():
            return None
        painter.fillRect(QRectF(plot.left(), y, plot.width(), plot.bottom() - y), faded(theme.good, 0.07))
        painter.setPen(QPen(QColor(theme.good), theme.scale, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
        return y

    def _paint_goal_words(self, painter: QPainter, y: float | None) -> None:
        """What the line at ``y`` is, over the curves: they would make it unreadable where they go through it."""
        if y is None:
            return
        theme, plot, metrics = self.look.theme, self.frame.plot, self.frame.metrics
        within = ", inside the box; dotted: outside" if self.result.left.any() else ""
        text, pad = f"works below: {share_text(self.result.share)} left{within}", PAD * theme.scale
        place = QRectF(plot.left() + pad, y + 1, metrics.horizontalAdvance(text) + pad, metrics.height())
        painter.fillRect(place.adjusted(-pad / 2, 0, 0, 0), faded(theme.plot, 0.8))
        painter.setFont(chart_font(theme))
        painter.setPen(QColor(theme.good))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_curve(self, painter: QPainter, entrant: int) -> None:
        theme, style, frame = self.look.theme, self._style(entrant), self.frame
        columns = self.result.order(entrant)
        if not len(columns):
            return
        at = np.log10(self.result.rates[entrant, columns])
        y = frame.y.place(self.values[entrant, columns])
        tracks = [(Track(style.color, theme.trail_px * (1.4 if self._is_chosen(entrant) else 1.0), style.dash), y)]
        if self.look.measure == "loss" and (left := self.result.left[entrant, columns]).any():
            tracks = [(tracks[0][0], np.where(left, np.nan, y)), (Track(style.color, theme.scale, DOTS), y)]
        painter.save()
        painter.setClipRect(frame.plot)
        painter.translate(frame.plot.topLeft())
        for track, place in tracks:
            paint_paths(painter, frame.viewport, [track], iter((np.stack((at, place), axis=1)[:, None],)))
        painter.restore()
        for x, mark in self._exits(at, y):
            edge = frame.plot.top() if mark == "above" else frame.plot.bottom()
            inset = (5.0 if mark == "above" else -5.0) * theme.scale
            paint_head(painter, End(x, edge + inset, "", style, mark), theme.scale)  # type: ignore[arg-type]

    def _exits(self, at: NDArray[np.float64], y: NDArray[np.float64]) -> list[tuple[float, str]]:
        """Where a curve leaves the chart: the pixel, and above or below; of several close together one."""
        view = self.frame.viewport
        side = np.where(y > view.y1, 1, np.where(y < view.y0, -1, 0))
        found: list[tuple[float, str]] = []
        if side.all():  # never on the chart
            return [(self.frame.plot.center().x(), "above" if side[0] > 0 else "below")]
        for i in np.flatnonzero(side):
            inner = [j for j in (i - 1, i + 1) if 0 <= j < len(side) and side[j] == 0]
            for j in inner[:1]:
                px = self.frame.x_px(float(at[j]))
                if not found or px - found[-1][0] > APART * self.look.theme.scale:
                    found.append((px, "above" if side[i] > 0 else "below"))
        return found

    def _paint_line(self, painter: QPainter, entrant: int) -> None:
        theme, style, plot = self.look.theme, self._style(entrant), self.frame.plot
        x, chosen = self.line_px(entrant), self._is_chosen(entrant)
        painter.setPen(QPen(faded(style.color, 1.0 if chosen else 0.6), (2.0 if chosen else 1.0) * theme.scale))
        painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        r = GRIP_PX * theme.scale
        painter.setBrush(QColor(style.color))
        painter.drawPolygon(
            [QPointF(x, plot.bottom() - r), QPointF(x + r, plot.bottom() + r), QPointF(x - r, plot.bottom() + r)]
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        head = self.head(entrant)
        if head is not None:
            halo = (HEAD_PX + (4.5 if chosen else 3.0)) * theme.scale
            painter.setBrush(QColor(theme.plot))
            painter.setPen(QPen(QColor(style.color), theme.scale))
            painter.drawEllipse(head, halo, halo)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            paint_marker(painter, style, head, HEAD_PX * theme.scale)

    def _paint_pointed(self, painter: QPainter, entrant: int, column: int) -> None:
        theme, plot, at = self.look.theme, self.frame.plot, self.point(entrant, column)
        painter.setPen(QPen(QColor(theme.faint), theme.scale, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(at.x(), plot.top(), at.x(), plot.bottom()))
        painter.setPen(QPen(QColor(theme.text), 2.0 * theme.scale))
        painter.drawEllipse(at, 5.0 * theme.scale, 5.0 * theme.scale)

    # The names, and how wide a range works for each.

    def _rows(self) -> list[tuple[int, QRectF]]:
        metrics, plot, pad = self.frame.metrics, self.frame.plot, PAD * self.look.theme.scale
        high = metrics.height() + 1
        room = max(1, int((self.frame.height - plot.top()) / high))
        listed = self.shown if len(self.shown) <= room else self.shown[: room - 1]
        left = plot.right() + 2 * pad
        return [
            (e, QRectF(left, plot.top() + i * high, self.frame.width - left - pad, high)) for i, e in enumerate(listed)
        ]

    def _paint_names(self, painter: QPainter) -> None:
        theme, rows = self.look.theme, self._rows()
        font = chart_font(theme)
        begin = MARKER_PX * theme.scale
        painter.setFont(font)
        for e, row in rows:
            font.setBold(self._is_chosen(e))
            painter.setFont(font)
            paint_marker(
                painter, self._style(e), QPointF(row.left() + begin / 2, row.center().y()), HEAD_PX * theme.scale
            )
            colors = (self._style(e).color, theme.text)
            right = width_text(float(self.widths[e])) if self.result.known[e].all() else "…"
            paint_line(painter, row.adjusted(begin, 0, 0, 0), self.result.race.entrants[e].label, right, colors)
        font.setBold(False)
        painter.setFont(font)
        if len(rows) < len(self.shown) and rows:
            row = rows[-1][1].translated(0, rows[-1][1].height())
            painter.setPen(QColor(theme.faint))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, f"and {len(self.shown) - len(rows)} more")
