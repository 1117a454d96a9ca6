"""The picture of a race: stage, curves, legend and protocol in one painting, for files, printers and the clipboard."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from simulator.recording import Recording
from simulator.studies.repeats import Repeats
from simulator.ui.chart import Look
from simulator.ui.ground import Outlook
from simulator.ui.legend import LOOKS, Legend, wrapped, write
from simulator.ui.painting import Painting
from simulator.ui.picturetype import type_of
from simulator.ui.picturewords import protocol, result
from simulator.ui.scene import Scene
from simulator.ui.theme import LIGHT, Theme

MARGIN = 24.0
SMALL, NARROW, SMALLEST = (900.0, 560.0), (600.0, 800.0), 0.65  # units: on a smaller page type and lines shrink along


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
        return "\n".join([f"{race.landscape.title}. {race.landscape.story}", *lines, " · ".join(self.below)])

    @property
    def repeats(self) -> Repeats | None:
        """Those of this race, if there are any."""
        found = self.curves.repeats
        return found if found is not None and found.race == self.recording.race else None

    @property
    def protocol(self) -> list[str]:
        """What was the same for everyone, part by part; and how many are hidden."""
        away = sum(entrant.stream in self.hidden for entrant in self.recording.race.entrants)
        parts = protocol(self.recording.race, self.step).split(" · ")
        return parts if not away else [*parts, f"{away} racer{'s' * (away > 1)} hidden"]

    @property
    def below(self) -> list[str]:
        """The protocol, and of repeats what is drawn, and who wins how often."""
        if (found := self.repeats) is None:
            return self.protocol
        note = found.note if self.curves.kind == "loss" or found.alike else f"Repeats: {found.runs}"
        return [*self.protocol, note, *(() if found.alike else found.standings(self.step, self.hidden))]

    def draw(self, painter: QPainter, rect: QRectF, scale: float) -> None:
        """Paint the whole into ``rect``, in the painter's units, at ``scale`` device pixels a unit."""
        less = shrunk(rect)
        small = replace(self, theme=replace(self.theme, scale=self.theme.scale * less))
        small._draw(painter, rect, scale, less)

    def _draw(self, painter: QPainter, rect: QRectF, scale: float, less: float) -> None:
        theme, gap = self.theme, MARGIN * less
        painter.fillRect(rect, QColor(theme.window))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        page = rect.adjusted(gap, gap, -gap, -gap)
        page.setTop(self._paint_title(painter, page) + gap / 2)
        page.setBottom(self._paint_protocol(painter, page) - gap / 3)
        legend = Legend(self.recording, self.step, theme, self.hidden, page, self.layers.said(self.recording))
        page.setBottom(page.bottom() - legend.height)
        legend.paint(painter, page.x(), page.bottom(), page.width())
        page.setBottom(page.bottom() - gap / 2)
        stage, curves = _halves(page, gap)
        self.layers.paint_stage(painter, stage, self, scale)
        self.layers.paint_curves(painter, curves, self)

    def _paint_title(self, painter: QPainter, page: QRectF) -> float:
        race, theme = self.recording.race, self.theme
        big, small = type_of(theme, 24.0, bold=True), type_of(theme, 14.0)
        lines = wrapped(QFontMetricsF(big), [race.title], page.width(), most=2)
        below = write(painter, big, theme.text, page.x(), page.y(), lines)
        formula = f"{race.landscape.title}: {race.landscape.formula_text}"
        lines = wrapped(QFontMetricsF(small), [formula], page.width(), most=2)
        return write(painter, small, theme.faint, page.x(), below, lines)

    def _paint_protocol(self, painter: QPainter, page: QRectF) -> float:
        font = type_of(self.theme, 12.0)
        metrics = QFontMetricsF(font)
        lines = wrapped(metrics, self.below, page.width())
        if self.repeats is not None:  # in a movie nothing else moves when more wins take another line
            done = self.recording.done
            others = [replace(self, step=done * n // LOOKS).below for n in range(LOOKS + 1)]
            lines += [""] * (max(len(wrapped(metrics, it, page.width())) for it in others) - len(lines))
        top = page.bottom() - len(lines) * metrics.height()
        write(painter, font, self.theme.faint, page.x(), top, lines)
        return top


def shrunk(rect: QRectF) -> float:
    """What type and lines are multiplied with on a page as small as ``rect``."""
    wide, high = NARROW if rect.width() < rect.height() else SMALL
    return max(min(rect.width() / wide, rect.height() / high, 1.0), SMALLEST)


def _halves(page: QRectF, gap: float) -> tuple[QRectF, QRectF]:
    """Where the stage and the curves stand: side by side, or one above the other on a narrow page."""
    stage, curves = QRectF(page), QRectF(page)
    if page.width() > 1.25 * page.height():
        stage.setWidth(0.56 * page.width() - gap / 2)
        curves.setLeft(stage.right() + gap)
    else:
        stage.setHeight(0.6 * page.height() - gap / 2)
        curves.setTop(stage.bottom() + gap)
    return stage, QRectF(curves.toRect())
