"""The words of a picture: title, legend and protocol, in lines that fit."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from simulator.recording import Recording
from simulator.ui.card import tone
from simulator.ui.labels import paint_line, paint_swatch
from simulator.ui.panes import Standing
from simulator.ui.picturetype import type_of
from simulator.ui.picturewords import recipe, result
from simulator.ui.theme import Theme

ROOMY, PLAIN = (14.0, 620.0), (14.0, 330.0)
CLOSE = ((12.0, 230.0), (11.0, 180.0), (10.0, 140.0), (9.0, 110.0))  # how large type, and how wide columns, may be
SHARE = 0.3, 0.45  # of the page that the legend may take: while there is a looser one, and at most
NUMBER = re.compile(r"(?:≤ )?[\d.,]+(?:e−?\d+)?(?= above the minimum)|(?<=loss )−?[\d.,]+(?:e−?\d+)?(?=,)")
LOOKS = 12  # steps at which it is seen how wide a number becomes
MORE = "and {} more"


def wrapped(metrics: QFontMetricsF, parts: Iterable[str], width: float, most: int = 99) -> list[str]:
    """``parts`` in a row, " · " between them, on as many lines as there is need of; a part is broken between words only
    where it has no room on a line of its own. Of more than ``most`` lines the last is cut."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]} · {part}" if lines else part
        if lines and metrics.horizontalAdvance(joined) <= width:
            lines[-1] = joined
            continue
        lines.append("")
        for word in part.split(" "):
            longer = f"{lines[-1]} {word}" if lines[-1] else word
            if lines[-1] and metrics.horizontalAdvance(longer) > width:
                lines.append(word)
            else:
                lines[-1] = longer
    if len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    return [fit(metrics, line, width) for line in lines]


def fit(metrics: QFontMetricsF, text: str, width: float) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def write(painter: QPainter, font: QFont, color: str, x: float, top: float, lines: list[str]) -> float:
    """Lines from ``top`` on; returns where they end."""
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(color))
    for line in lines:
        painter.drawText(QPointF(x, top + metrics.ascent()), line)
        top += metrics.height()
    return top


class Said:
    """What is said of each racer at some steps of ``recording`` as far as it was run, worked out once."""

    def __init__(self, recording: Recording):
        self.recording, self.done = recording, recording.done
        self._of: dict[int, set[str]] = {}

    def __call__(self, entrant: int) -> set[str]:
        if entrant not in self._of:
            steps = (self.done * n // LOOKS for n in range(LOOKS + 1))
            self._of[entrant] = {result(self.recording, entrant, step) for step in steps}
        return self._of[entrant]


class Legend:
    """A line a racer, in as many columns as there is room for; the more racers, the closer. Where not even the closest
    has room for all, it says how many are left out."""

    def __init__(
        self,
        recording: Recording,
        step: int,
        theme: Theme,
        hidden: frozenset[int],
        page: QRectF,
        said: Said | None = None,
    ):
        race = recording.race
        self._said = said or Said(recording)
        self._recording, self._step, self._theme = recording, step, theme
        self._shown = [i for i, entrant in enumerate(race.entrants) if entrant.stream not in hidden]
        for pixels, wide in (ROOMY, PLAIN, *CLOSE):
            self.pixels, self.wide = pixels, wide
            self.row = QFontMetricsF(type_of(theme, pixels, bold=True)).height() + (6.0 if pixels > 12.0 else 3.0)
            self.columns = max(1, int(page.width() // (wide * theme.scale)))
            room = page.height() * SHARE[pixels < CLOSE[0][0]]
            most = max(1, int(room / self.row))
            self.rows = min(-(-len(self._shown) // self.columns), most)
            if len(self._shown) <= self.rows * self.columns:
                break
        self.height = self.rows * self.row
        self.listed = self._shown
        if len(self._shown) > self.rows * self.columns:
            self.listed = self._shown[: self.rows * self.columns - 1]

    def paint(self, painter: QPainter, x: float, top: float, width: float) -> None:
        column, theme = width / self.columns, self._theme
        for n in range(len(self._shown)):
            cell = QRectF(
                x + column * (n // self.rows), top + self.row * (n % self.rows), column - 16.0 * theme.scale, self.row
            )
            if n == len(self.listed):
                painter.setFont(type_of(theme, self.pixels))
                painter.setPen(QColor(theme.text))
                painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter, MORE.format(len(self._shown) - n))
                break
            self._paint_racer(painter, cell, self.listed[n])

    def _paint_racer(self, painter: QPainter, cell: QRectF, i: int) -> None:
        theme, entrant = self._theme, self._recording.race.entrants[i]
        wide = (40.0 if self.pixels > 12.0 else 22.0) * theme.scale
        paint_swatch(painter, QRectF(cell.x(), cell.y(), wide, cell.height()), theme.style(entrant.stream), theme)
        cell = cell.adjusted(1.25 * wide, 0, 0, 0)
        name, rest = type_of(theme, self.pixels, bold=True), type_of(theme, self.pixels)
        if self.wide < PLAIN[1]:
            standing = Standing.of(self._recording, self._step, entrant.stream)
            painter.setFont(rest)
            how = standing.fitting(QFontMetricsF(rest), cell.width())
            paint_line(painter, cell, entrant.label, how, (theme.text, tone(standing.status, theme)))
            return
        bold, plain = QFontMetricsF(name), QFontMetricsF(rest)
        how = result(self._recording, i, self._step)
        most = max(0.3 * cell.width(), cell.width() - plain.horizontalAdvance(how) - 10.0 * theme.scale)
        label = fit(bold, entrant.label, most)
        middle, left = Qt.AlignmentFlag.AlignVCenter, bold.horizontalAdvance(label) + 10.0 * theme.scale
        painter.setFont(name)
        painter.setPen(QColor(theme.text))
        painter.drawText(cell, middle, label)
        painter.setFont(rest)
        cell.setLeft(cell.x() + left)
        others = self._said(i)
        widest = max(plain.horizontalAdvance(f": {other}") for other in others)
        words = told(plain, self._recording, i, self._step, cell.width(), widest)
        _write_steadily(painter, cell, words, others)


def _write_steadily(painter: QPainter, cell: QRectF, words: str, others: Iterable[str]) -> None:
    """Write ``words`` with a place of its own for their number, as wide as those of ``others``, what stands there at
    other steps, if there is room for it: in a movie nothing else moves."""
    metrics, number = QFontMetricsF(painter.font()), NUMBER.search(words)
    if number is not None:
        before, after = words[: number.start()], words[number.end() :]
        wide = [metrics.horizontalAdvance(found[0]) for other in (words, *others) if (found := NUMBER.search(other))]
        begin = cell.x() + metrics.horizontalAdvance(before)
        end = round(begin + max(wide))
        if end + metrics.horizontalAdvance(after) <= cell.right():
            for text, x in ((before, cell.x()), (number[0], end - wide[0]), (after, end)):
                part = QRectF(x, cell.y(), cell.right() - x, cell.height())
                painter.drawText(part, Qt.AlignmentFlag.AlignVCenter, text)
            return
    painter.drawText(cell, Qt.AlignmentFlag.AlignVCenter, words)


def told(metrics: QFontMetricsF, recording: Recording, entrant: int, step: int, room: float, kept: float = 0.0) -> str:
    """A racer's settings and how it stands; where not all has room the settings are cut or left out, never the
    result, for which ``kept`` of the room is kept at least."""
    how, settings = result(recording, entrant, step), recipe(recording.race.entrants[entrant])
    spare = room - max(kept, metrics.horizontalAdvance(f": {how}"))
    if metrics.horizontalAdvance("η = 0.00…") > spare:
        return fit(metrics, how.removesuffix(", racing"), room)
    return f"{fit(metrics, settings, spare)}: {how}"
