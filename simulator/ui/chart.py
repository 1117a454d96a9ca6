"""A chart of one recording: curves that grow with the step, the frame around them, heads and names at their ends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from simulator.branching import begins, own
from simulator.costs import EVEN, Against, Weights, spent, title
from simulator.recording import Recording, Status
from simulator.ui import quantity, ticks
from simulator.ui.chartbands import paint_bands
from simulator.ui.chartframe import PAD, Frame
from simulator.ui.chartlines import ChartLines
from simulator.ui.endlabels import End, paint_ends
from simulator.ui.forkmarks import dash_of, forks_until, paint_forks
from simulator.ui.lineimage import Track
from simulator.ui.linepath import paint_paths
from simulator.ui.pyramid import Pyramid
from simulator.ui.quantity import PER_ENTRANT, Kind, Scale
from simulator.ui.stamp import device_ratio, is_vector, on_pixels
from simulator.ui.theme import Theme
from simulator.words import short_text

if TYPE_CHECKING:
    from simulator.rates import Rates
    from simulator.studies.repeats import Repeats

CURSOR_PX = 1.5
MANY_STARTS_WIDTH = 0.6  # of a line's width where every entrant has several


@dataclass(frozen=True)
class Look:
    """What a chart shows of a recording, and how."""

    theme: Theme
    kind: Kind = "loss"
    against: Against = "steps"
    scale: Scale = "log"
    hidden: frozenset[int] = frozenset()  # streams of racers left out
    coordinate: int = 0  # whose effective rate is shown
    start: int = 0  # from which it is
    weights: Weights = EVEN  # of what is counted as cost
    repeats: Repeats | None = None  # whose bands stand behind the loss


class Chart:
    """The curves of ``recording``. A frame paints only the rows that are new; all are painted afresh, decimated, when
    the frame or the look changes. Going back in time hides what lies ahead."""

    def __init__(self, recording: Recording):
        self.recording = recording
        self.frame: Frame | None = None
        self._look: Look | None = None
        self._pyramids: dict[Kind, Pyramid] = {}
        self._rates: Rates | None = None
        self._ground = QImage()
        self._lines: ChartLines | None = None
        self._ratio = 0.0

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is painted; if not, paint again."""
        return self._lines is None or self._lines.complete

    def paint(
        self,
        painter: QPainter,
        width: float,
        height: float,
        step: int,
        look: Look,
        ratio: float,
        seconds: float = math.inf,
    ) -> None:
        """Paint rows 0 … ``step`` into (0, 0, ``width``, ``height``), ``ratio`` device pixels to one, or as many as
        ``seconds`` suffice for."""
        noted = self._noted(look)
        frame = self._frame(width, height, look, noted)
        if self.frame is None or (frame, look, ratio) != (self.frame, self._look, self._ratio):
            before = self._lines if (look, ratio) == (self._look, self._ratio) else None
            self.frame, self._look, self._ratio = frame, look, ratio
            self._ground = self._paint_ground(frame, ratio)
            self._lines = ChartLines(frame.viewport, ratio, self._tracks(look), before)
        frame = self.frame  # equal to the new one, and what it depends on is worked out already
        vector = is_vector(painter)
        if vector:
            frame.paint(painter)
        else:
            painter.drawImage(QPointF(0, 0), self._ground)
        if self._lines is None or frame.viewport.empty:
            return
        last = quantity.last_row(self.recording, look.kind, min(step, self.recording.done))
        if last < self._lines.painted and look.against != "steps":
            self._lines = ChartLines(frame.viewport, ratio, self._tracks(look))
        points = partial(self._points, frame, look)
        if not vector:
            self._lines.grow(last, points, self._bucket(frame, look), seconds)
        behind = frame.plot
        if last < self._lines.painted:  # what has been painted of later steps stays hidden
            behind = frame.plot.adjusted(-PAD, -PAD, frame.x_px(last) - frame.plot.right(), PAD)
        painter.save()
        painter.setClipRect(behind)
        if (found := look.repeats) is not None and look.kind == "loss" and found.race == self.recording.race:
            at = partial(spent, found, look.against, lanes=slice(None), weights=look.weights)
            paint_bands(painter, frame, look.theme, found, look.hidden, last, at)
        if vector:
            painter.translate(frame.plot.topLeft())
            if last >= 0:
                paint_paths(painter, frame.viewport, self._tracks(look), iter((points(0, last),)))
        else:
            self._lines.paint(painter, frame.plot)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_cursor(painter, frame, look, step)
        paint_forks(painter, self._forks(frame, look, last), look.theme)
        paint_ends(painter, frame, self._ends(frame, look, last))

    def _forks(self, frame: Frame, look: Look, last: int) -> Iterator[tuple[float, float, str]]:
        """Where forks branch off, each from its first start, in pixels, with its colour."""
        race, source = self.recording.race, self._pyramids[look.kind].source
        for e, k in forks_until(self.recording, last, look.hidden):
            track = e if look.kind in PER_ENTRANT else self.recording.lane(e)
            x, y = self._x(look, np.array([k]))[0, track], float(frame.y.place(source[k : k + 1, track])[0])
            if frame.viewport.y0 <= y <= frame.viewport.y1:
                yield frame.x_px(float(x)), frame.y_px(y), look.theme.style(race.entrants[e].stream).color

    def _paint_cursor(self, painter: QPainter, frame: Frame, look: Look, step: int) -> None:
        """A line at ``step``, on whole pixels: crisp, and in a movie it stands while it moves less than one."""
        x, width = frame.x_px(self.cursor(look, step)), CURSOR_PX * look.theme.scale
        corner = QPointF(x - width / 2, frame.plot.top())
        if not is_vector(painter):
            ratio = device_ratio(painter)
            width = max(1, round(width * ratio)) / ratio
            corner = on_pixels(painter, QPointF(x - width / 2, frame.plot.top()))
        painter.fillRect(QRectF(corner, QSizeF(width, frame.plot.height())), QColor(look.theme.accent))

    def cursor(self, look: Look, step: int) -> float:
        """Where ``step`` is on the axis; among evaluations, those of the racer that asked for fewest."""
        return float(spent(self.recording, look.against, step, slice(None), look.weights).min())

    def step_at(self, x: float) -> int:
        """The step at ``x`` pixels from the left edge; where nothing has been raced yet, the one to expect there."""
        frame, record = self.frame, self.recording
        if frame is None or frame.plot.width() < 1:
            return 0
        value = (x - frame.plot.left()) / frame.plot.width() * frame.x_end
        if (look := self._look) is not None and look.against != "steps":
            least = int(spent(record, look.against, record.done, slice(None), look.weights).argmin())
            fewest = spent(record, look.against, slice(record.done + 1), slice(least, least + 1), look.weights)[:, 0]
            if value <= fewest[-1]:
                value = int(np.searchsorted(fewest, value))
            else:
                value *= max(record.done, 1) / max(float(fewest[-1]), 1.0)
        return min(max(round(value), 0), record.race.steps)

    # What there is.

    def _noted(self, look: Look) -> Pyramid:
        if look.kind == "rate":
            return self._rates_noted(look)
        if look.kind not in self._pyramids:
            self._pyramids[look.kind] = quantity.pyramid(self.recording, look.kind)
        noted = self._pyramids[look.kind]
        noted.extend(quantity.rows_known(self.recording, look.kind))
        return noted

    def _rates_noted(self, look: Look) -> Pyramid:
        rates = self._rates
        if rates is None or (rates.coordinate, rates.start) != (look.coordinate, look.start):
            from simulator.rates import Rates  # reads formulas: nothing the first picture needs

            rates = self._rates = Rates(self.recording, look.coordinate, look.start)
            self._pyramids["rate"] = Pyramid(rates.values)
        rates.extend()
        self._pyramids["rate"].extend(rates.known)
        return self._pyramids["rate"]

    def _streams(self, kind: Kind) -> NDArray[np.intp]:
        """The stream behind every track."""
        race = self.recording.race
        return np.repeat([entrant.stream for entrant in race.entrants], 1 if kind in PER_ENTRANT else len(race.starts))

    def _lanes(self, kind: Kind) -> NDArray[np.intp]:
        """The lane behind every track; behind an entrant's rate, its first."""
        return np.arange(0, self.recording.race.lanes, len(self.recording.race.starts) if kind in PER_ENTRANT else 1)

    def _frame(self, width: float, height: float, look: Look, noted: Pyramid) -> Frame:
        record = self.recording
        shown = ~np.isin(self._streams(look.kind), list(look.hidden))
        reached = float(spent(record, look.against, record.done, slice(None), look.weights).max())
        return Frame(
            width=width,
            height=height,
            theme=look.theme,
            x_end=ticks.axis_end(reached, record.race.steps),
            x_title=title(look.against, look.weights),
            y=quantity.y_axis(record, look.kind, noted, shown, look.scale),
            labels=tuple(
                f"{entrant.label} 0.000e−0" if look.kind in PER_ENTRANT else self._name(e, record.done)
                for e, entrant in enumerate(record.race.entrants)
                if entrant.stream not in look.hidden
            ),
        )

    # The lines.

    def _points(self, frame: Frame, look: Look, first: int, last: int) -> NDArray[np.float64]:
        rows, values = self._pyramids[look.kind].decimated(first, last, self._bucket(frame, look))
        points = np.stack((self._x(look, rows), frame.y.place(values)), axis=2)
        return own(points, rows, begins(self.recording.race, look.hidden))

    def _bucket(self, frame: Frame, look: Look) -> int:
        """Rows to a column of pixels, rounded to a power of two."""
        record = self.recording
        rows = frame.x_end / frame.plot.width()
        if look.against != "steps":
            most = float(spent(record, look.against, record.done, slice(None), look.weights).max())
            rows *= max(record.done, 1) / max(most, 1.0)
        return 1 << max(0, round(math.log2(rows)))

    def _x(self, look: Look, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return spent(self.recording, look.against, rows, self._lanes(look.kind), look.weights)

    def _tracks(self, look: Look) -> list[Track]:
        theme, many = look.theme, len(self.recording.race.starts) > 1 and look.kind not in PER_ENTRANT
        width = theme.trail_px * (MANY_STARTS_WIDTH if many else 1.0)
        lines: list[Track] = []
        for e, entrant in enumerate(self.recording.race.entrants):
            style = theme.style(entrant.stream)
            dash = dash_of(self.recording, e, style)
            track = Track(style.color, width, dash, visible=entrant.stream not in look.hidden)
            lines += [track] * (1 if look.kind in PER_ENTRANT else len(self.recording.race.starts))
        return lines

    @staticmethod
    def _paint_ground(frame: Frame, ratio: float) -> QImage:
        ground = QImage(
            max(1, round(frame.width * ratio)), max(1, round(frame.height * ratio)), QImage.Format.Format_RGB32
        )
        ground.setDevicePixelRatio(ratio)
        painter = QPainter(ground)
        frame.paint(painter)
        painter.end()
        return ground

    # The ends.

    def _ends(self, frame: Frame, look: Look, last: int) -> list[End]:
        """The end of each entrant's curve, from its first start."""
        race = self.recording.race
        if last < 0:
            return []
        source = self._pyramids[look.kind].source[:, :: 1 if look.kind in PER_ENTRANT else len(race.starts)]
        finite = np.isfinite(source[last])
        rows = [last if there else quantity.last_number(source[:, e], last) for e, there in enumerate(finite)]
        values = source[rows, np.arange(len(rows))]
        places = frame.y.place(values).tolist()
        return [
            self._end(frame, look, e, last, rows[e], float(values[e]), places[e])
            for e, entrant in enumerate(race.entrants)
            if entrant.stream not in look.hidden and not (look.kind == "rate" and math.isnan(values[e]))
        ]

    def _end(self, frame: Frame, look: Look, e: int, last: int, row: int, value: float, y: float) -> End:
        """The end of an entrant's curve: ``value`` in ``row``, at ``y`` on the axis."""
        mark = "above" if y > frame.viewport.y1 else "below" if y < frame.viewport.y0 else "on"
        if row < last or not math.isfinite(y):
            mark = "nan"
        lane = self.recording.lane(e)
        x = float(spent(self.recording, look.against, row, slice(lane, lane + 1), look.weights)[0])
        entrant = self.recording.race.entrants[e]
        text = f"{short_text(value)} {entrant.label}" if look.kind in PER_ENTRANT else self._name(e, last)
        inset = 4.0 * look.theme.scale
        low, high = frame.plot.bottom() - (inset if mark == "below" else 0.0), frame.plot.top() + inset
        at = min(max(frame.y_px(y), high), low) if math.isfinite(y) else high
        return End(frame.x_px(x), at, text, look.theme.style(entrant.stream), mark)

    def _name(self, e: int, row: int) -> str:
        record = self.recording
        diverged = record.status[row, record.lane(e)] == Status.DIVERGED.value
        return record.race.entrants[e].label + (f" {Status.DIVERGED.words}" if diverged else "")
