"""The picture of a league: both charts, what was raced, and with what budget."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, cast

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from simulator.studies.standings import Standings
from simulator.svg_text import attribute
from simulator.ui.legend import wrapped, write
from simulator.ui.picturetype import type_of
from simulator.ui.profilechart import Kind, ProfileChart, words_of
from simulator.ui.qt import application
from simulator.ui.svgpainter import SvgPainter
from simulator.ui.theme import LIGHT, Theme
from simulator.words import count_text

KINDS: tuple[Kind, ...] = ("profile", "budget")
MARGIN = 24.0
WIDTH, HEIGHT = 1600, 900
FIGURE = 1000, 400  # of the charts in a page


@dataclass(frozen=True)
class LeaguePicture:
    """``standings`` as a page; it draws itself on any painter."""

    standings: Standings
    theme: Theme = LIGHT

    @property
    def words(self) -> list[str]:
        """What stands below the title."""
        league = self.standings.league
        starts = sum(len(place.starts) for place in league.places)
        seeds = f" × {len(league.seeds)} seeds" * (len(league.seeds) > 1)
        problems = f"{count_text(league.problems)} problems: {starts} starts on {len(league.places)} landscapes{seeds}"
        return [
            problems,
            f"{count_text(league.steps)} steps each",
            f"solved: {self.standings.target_text}",
            f"cost: {self.standings.measure}",
        ]

    def draw(self, painter: QPainter, rect: QRectF, scale: float) -> None:
        """Paint the whole into ``rect``, in the painter's units."""
        small = min(rect.width() / WIDTH, rect.height() / HEIGHT)
        theme = replace(self.theme, scale=self.theme.scale * max(small, 0.6) * 1.25)
        gap = MARGIN * small
        painter.fillRect(rect, QColor(theme.window))
        page = rect.adjusted(gap, gap, -gap, -gap)
        big, plain = type_of(theme, 20.0, bold=True), type_of(theme, 13.0)
        title = wrapped(QFontMetricsF(big), [self.standings.league.title], page.width(), most=2)
        below = write(painter, big, theme.text, page.x(), page.y(), title) + gap / 4
        metrics = QFontMetricsF(plain)
        below = write(painter, plain, theme.faint, page.x(), below, wrapped(metrics, self.words, page.width(), most=3))
        budget = wrapped(metrics, [self.standings.budget_text], page.width(), most=3)
        below = write(painter, plain, theme.faint, page.x(), below, budget)
        page.setTop(below + gap / 2)
        paint_charts(painter, page, self.standings, theme)


def paint_charts(painter: QPainter, rect: QRectF, standings: Standings, theme: Theme) -> None:
    """Both charts, side by side."""
    gap = 12.0 * theme.scale
    width = (rect.width() - gap) / len(KINDS)
    for i, kind in enumerate(KINDS):
        ProfileChart(standings, kind, theme).paint(
            painter, QRectF(rect.x() + i * (width + gap), rect.y(), width, rect.height())
        )


def png_bytes(standings: Standings, theme: Theme = LIGHT, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """The picture as a PNG."""
    from simulator.ui.export import painted

    image = painted(cast("Any", LeaguePicture(standings, theme)), width, height, 1.0)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]  # the stubs want bytes, Qt a str
    return bytes(buffer.data().data())


def figure(standings: Standings) -> str:
    """Both charts as an SVG to stand within a page; its names are its own, so that there may be several."""
    application()
    painter = SvgPainter()
    try:
        paint_charts(painter, QRectF(0, 0, *FIGURE), standings, LIGHT)
    finally:
        painter.end()
    mark = f"p{standings.target}-"
    parts = [
        re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{mark}", "\n".join(part)) for part in (painter.defs, painter.body)
    ]
    said = attribute(f"Profiles. {'; '.join(words_of(standings))}.")
    width, height = FIGURE
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    head = f'<svg {names} viewBox="0 0 {width} {height}" role="img" aria-label="{said}">'
    return f"{head}\n<defs>{parts[0]}</defs>\n{parts[1]}\n</svg>"
