"""The picture of a race: arena, curves, legend and protocol in one painting, for files, printers and the clipboard."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter

from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.chart import Look
from simulator.ui.ground import Outlook
from simulator.ui.labels import paint_swatch
from simulator.ui.painting import Painting
from simulator.ui.picturewords import protocol, recipe, result
from simulator.ui.scene import Scene
from simulator.ui.theme import LIGHT, Theme

MARGIN = 24.0
NARROW = 400.0  # a column of the legend that has room for a name and a result alone
LEGEND = 0.3  # of the page that it may take


@dataclass(frozen=True)
class Picture:
    """What is seen of ``recording`` at ``step`` on the ground of ``theme``, without the streams ``hidden``.

    ``outlook`` is the plane in more than two dimensions, that of the race's main directions where there is none;
    ``scene`` what the stage shows, ``curves`` what the chart does. A picture made from this one by
    `dataclasses.replace` shares its ``layers``: one at a later step costs only what is new in it.
    """

    recording: Recording
    step: int
    theme: Theme = LIGHT
    hidden: frozenset[int] = frozenset()
    outlook: Outlook | None = None
    scene: Scene = field(default_factory=Scene)
    curves: Look = field(default_factory=lambda: Look(LIGHT))
    layers: Painting = field(default_factory=Painting, repr=False, compare=False)

    @property
    def title(self) -> str:
        return self.recording.race.title

    @property
    def words(self) -> str:
        """All it says of the race, for who cannot see it."""
        race = self.recording.race
        shown = [i for i, entrant in enumerate(race.entrants) if entrant.stream not in self.hidden]
        lines = [f"{race.entrants[i].label}: {result(self.recording, i, self.step)}." for i in shown]
        return "\n".join([f"{race.landscape.title}. {race.landscape.story}", *lines, protocol(race, self.step)])

    def draw(self, painter: QPainter, rect: QRectF, scale: float) -> None:
        """Paint the whole into ``rect``, in the painter's units, at ``scale`` device pixels a unit."""
        race, theme = self.recording.race, self.theme
        painter.fillRect(rect, QColor(theme.window))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        page = rect.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        page.setTop(_title(painter, page, race, theme))
        page.setBottom(_protocol(painter, page, race, self.step, theme))
        page.setBottom(_legend(painter, page, self.recording, self.step, theme, self.hidden))
        arena, curves = _halves(page)
        self.layers.paint_stage(painter, arena, self, scale)
        self.layers.paint_curves(painter, curves, self)


def _halves(page: QRectF) -> tuple[QRectF, QRectF]:
    """Where the arena and the curves stand: side by side, or one above the other on a narrow page."""
    arena, curves = QRectF(page), QRectF(page)
    if page.width() > 1.25 * page.height():
        arena.setWidth(0.56 * page.width() - MARGIN / 2)
        curves.setLeft(arena.right() + MARGIN)
    else:
        arena.setHeight(0.6 * page.height() - MARGIN / 2)
        curves.setTop(arena.bottom() + MARGIN)
    return arena, curves


def _title(painter: QPainter, page: QRectF, race: Race, theme: Theme) -> float:
    big, small = _font(24, theme, bold=True), _font(14, theme)
    metrics = QFontMetricsF(big), QFontMetricsF(small)
    painter.setFont(big)
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(page.x(), page.y() + metrics[0].ascent()), _fit(metrics[0], race.title, page.width()))
    painter.setFont(small)
    painter.setPen(QColor(theme.faint))
    y = page.y() + metrics[0].height() + metrics[1].ascent()
    told = f"{race.landscape.title}: {race.landscape.formula_text}"
    painter.drawText(QPointF(page.x(), y), _fit(metrics[1], told, page.width()))
    return y + metrics[1].descent() + 12.0


def _protocol(painter: QPainter, page: QRectF, race: Race, step: int, theme: Theme) -> float:
    font = _font(12, theme)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(theme.faint))
    told = _fit(metrics, protocol(race, step), page.width())
    painter.drawText(QPointF(page.x(), page.bottom() - metrics.descent()), told)
    return page.bottom() - metrics.height() - 8.0


def _legend(
    painter: QPainter, page: QRectF, recording: Recording, step: int, theme: Theme, hidden: frozenset[int]
) -> float:
    """A line a racer, in as many columns as there is room for, narrower ones where there are many racers; the rest are
    counted. Returns where it begins."""
    race = recording.race
    shown = [i for i, entrant in enumerate(race.entrants) if entrant.stream not in hidden]
    name, rest = _font(14, theme, bold=True), _font(14, theme)
    metrics = QFontMetricsF(name), QFontMetricsF(rest)
    row = metrics[0].height() + 6.0
    most = max(1, int(LEGEND * page.height() / row))
    columns = max(1, int(page.width() // 620.0))
    if len(shown) > most * columns:
        columns = max(1, int(page.width() // 310.0))
    rows = min(-(-len(shown) // columns), most)
    top, column = page.bottom() - rows * row, page.width() / columns
    listed = shown if len(shown) <= rows * columns else shown[: rows * columns - 1]
    for n, i in enumerate(listed):
        entrant = race.entrants[i]
        x, y = page.x() + column * (n // rows), top + row * (n % rows)
        paint_swatch(painter, QRectF(x, y, 40.0, row), theme.style(entrant.stream), theme)
        label = _fit(metrics[0], entrant.label, (0.5 if column < NARROW else 0.3) * column)
        painter.setFont(name)
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(x + 50.0, y + metrics[0].ascent() + 3.0), label)
        left = x + 50.0 + metrics[0].horizontalAdvance(label) + 10.0
        painter.setFont(rest)
        told = _told(metrics[1], recording, i, step, x + column - left - 16.0, column < NARROW)
        painter.drawText(QPointF(left, y + metrics[0].ascent() + 3.0), told)
    if len(listed) < len(shown):
        x, y = page.x() + column * (columns - 1), top + row * (rows - 1)
        painter.drawText(QPointF(x, y + metrics[0].ascent() + 3.0), f"and {len(shown) - len(listed)} more")
    return top - 12.0


def _told(metrics: QFontMetricsF, recording: Recording, entrant: int, step: int, room: float, narrow: bool) -> str:
    """A racer's settings and how it stands; where not all has room the settings are cut, never the result."""
    how = result(recording, entrant, step)
    if narrow:
        return _fit(metrics, how.removesuffix(", racing"), room)
    settings = recipe(recording.race.entrants[entrant])
    return _fit(metrics, f"{_fit(metrics, settings, room - metrics.horizontalAdvance(f': {how}'))}: {how}", room)


def _font(pixels: float, theme: Theme, bold: bool = False) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(round(pixels * theme.scale))
    font.setBold(bold)
    return font


def _fit(metrics: QFontMetricsF, text: str, width: float) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
