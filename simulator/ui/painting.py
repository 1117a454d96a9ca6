"""What a picture shows of the stage and of the curves, painted into its place; what stays the same is kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from simulator.recording import Recording
from simulator.ui.arena_paint import backdrop, home
from simulator.ui.chart import Chart
from simulator.ui.ground import Outlook
from simulator.ui.legend import Said, wrapped, write
from simulator.ui.mappaint import MapPaint, paint_arena
from simulator.ui.panes import Page, PanesPaint
from simulator.ui.picturetype import type_of
from simulator.ui.reliefpicture import ReliefPicture
from simulator.ui.scene import Scene
from simulator.ui.stamp import device_ratio

if TYPE_CHECKING:
    from simulator.sketcher import Sketch, Sketcher
    from simulator.studies.basins import Basins
    from simulator.ui.picture import Picture

KEY = 12.0  # pixels of its type


class Painting:
    """The layers of pictures of one race: the next one, at another step, costs only what is new in it."""

    def __init__(self) -> None:
        self._map, self._panes, self._mapped = MapPaint(), PanesPaint(), PanesPaint()
        self._basins: Basins | None = None  # made here
        self._basins_of: Basins | None = None  # what the maps were painted from
        self._relief: ReliefPicture | None = None
        self._chart: Chart | None = None
        self._outlook: tuple[Recording | None, Outlook] = None, Outlook()  # where a picture has none of its own
        self._sketcher: tuple[Scene, Sketcher] | None = None
        self._said: Said | None = None

    def said(self, recording: Recording) -> Said:
        """What the legend keeps room for."""
        if self._said is None or self._said.recording is not recording or self._said.done != recording.done:
            self._said = Said(recording)
        return self._said

    def outlook(self, picture: Picture) -> Outlook:
        """The plane of ``picture``."""
        if picture.outlook is not None:
            return picture.outlook
        if self._outlook[0] is not picture.recording:
            self._outlook = picture.recording, Outlook()
        self._outlook[1].look(picture.recording)
        return self._outlook[1]

    def sketcher(self, scene: Scene) -> Sketcher:
        """What draws over the stage."""
        if self._sketcher is None or self._sketcher[0] != scene:
            self._sketcher = scene, scene.sketcher()
        return self._sketcher[1]

    def paint_stage(self, painter: QPainter, rect: QRectF, picture: Picture, scale: float) -> None:
        paint: dict[str, Callable[..., None]] = {
            "contour": self._paint_map, "side by side": self._paint_panes, "relief": self._paint_relief,
            "basins": self._paint_basins,
        }  # fmt: skip
        rect = QRectF(rect.toRect())
        if picture.scene.drawn_over:
            rect.setBottom(self._paint_key(painter, rect, picture))
        painter.save()
        paint[picture.scene.view](painter, QRectF(rect.toRect()), picture, self.outlook(picture), scale)
        painter.restore()

    def _paint_key(self, painter: QPainter, rect: QRectF, picture: Picture) -> float:
        """Below ``rect``'s bottom edge as high as need be: samples of what is drawn over the stage, and what else is to
        be said of it. Returns where it begins."""
        from simulator.ui.overlaykey import key_line, key_lines, key_places, key_words, paint_keys

        names, theme, font = picture.scene.drawn_over, picture.theme, type_of(picture.theme, KEY)
        metrics = QFontMetricsF(font)
        notes = key_words(names, self._sketch(picture))
        lines = wrapped(metrics, [notes] if notes else [], rect.width() - 8.0)
        samples = key_lines(key_places(names, metrics, rect.width(), theme)) * key_line(metrics)
        top = rect.bottom() - math.ceil(samples + len(lines) * metrics.height())
        painter.save()
        painter.setFont(font)
        painter.translate(rect.x(), top)
        paint_keys(painter, names, rect.width(), theme)
        painter.restore()
        write(painter, font, theme.faint, rect.x() + 4.0, top + samples, lines)
        return top - 4.0

    def _sketch(self, picture: Picture) -> Sketch:
        """What is drawn over the stage; the maps then ask for the same."""
        p, sketcher, outlook = picture, self.sketcher(picture.scene), self.outlook(picture)
        (x0, x1), (y0, y1) = p.scene.part or home(outlook.ground(p.recording.race.landscape))
        race = p.recording.race
        if p.scene.view == "contour":
            streams = sketcher.company(race, p.hidden)
        else:
            streams = sketcher.chosen(Page.of(race, p.hidden, p.scene.page).streams)
        return sketcher.sketch(p.recording, p.step, streams, outlook.plane, (x1 - x0, y1 - y0))

    def paint_curves(self, painter: QPainter, rect: QRectF, picture: Picture) -> None:
        if self._chart is None or self._chart.recording is not picture.recording:
            self._chart = Chart(picture.recording)
        look = replace(picture.curves, theme=picture.theme, hidden=picture.hidden)
        painter.save()
        painter.translate(rect.topLeft())
        self._chart.paint(painter, rect.width(), rect.height(), picture.step, look, device_ratio(painter))
        painter.restore()

    def _paint_map(self, painter: QPainter, rect: QRectF, picture: Picture, outlook: Outlook, scale: float) -> None:
        p, s = picture, self.sketcher(picture.scene)
        over = s, s.company(p.recording.race, p.hidden)
        part = p.scene.part
        paint_arena(painter, rect, p.recording, p.step, p.theme, part, p.hidden, scale, outlook, *over, self._map)

    def _paint_panes(self, painter: QPainter, rect: QRectF, picture: Picture, outlook: Outlook, scale: float) -> None:
        p, page = picture, Page.of(picture.recording.race, picture.hidden, picture.scene.page)
        painter.fillRect(rect, QColor(p.theme.window))
        if told := " · ".join(words for words in (page.words, outlook.words) if words):
            metrics = QFontMetricsF(type_of(p.theme))
            painter.setFont(type_of(p.theme))
            painter.setPen(QColor(p.theme.faint))
            painter.drawText(rect.topLeft() + QPointF(2, metrics.ascent()), told)
            rect.setTop(rect.top() + round(metrics.height() + 4))
        self._panes.paint(
            painter, rect, p.recording, p.step, p.theme, page, outlook, p.scene.part, scale, self.sketcher(p.scene)
        )

    def _paint_basins(self, painter: QPainter, rect: QRectF, picture: Picture, outlook: Outlook, scale: float) -> None:
        from simulator.studies.basins import basins, trouble
        from simulator.ui.basinpaint import ground_of, key_height, knows, paint_key

        p, race, page = (
            picture,
            picture.recording.race,
            Page.of(picture.recording.race, picture.hidden, picture.scene.page),
        )
        if trouble(race.landscape) or not page.streams:
            self._paint_panes(painter, rect, picture, outlook, scale)
            return
        part = (p.scene.part or home(race.landscape))[: race.landscape.dim]
        made = p.scene.basins or self._basins
        if made is None or (p.scene.basins is None and (made.race is not race or made.box != part)):
            made = self._basins = basins(race, part=part)
        if not any(knows(made, stream) for stream in page.streams):  # nor a key to what is not seen
            self._paint_panes(painter, rect, picture, outlook, scale)
            return
        font = type_of(p.theme, KEY)
        high = math.ceil(key_height(made, QFontMetricsF(font), rect.width(), p.theme))
        painter.fillRect(rect, QColor(p.theme.window))
        painter.save()
        painter.setFont(font)
        painter.translate(rect.x(), rect.bottom() - high)
        paint_key(painter, made, rect.width(), p.theme)
        painter.restore()
        rect.setBottom(rect.bottom() - high - 4)
        if self._basins_of is not made:
            self._basins_of, self._mapped = made, PanesPaint()
        sketcher = self.sketcher(p.scene)
        seen = p.recording, p.step, p.theme, page, outlook, p.scene.part, scale, sketcher
        grounds = {it: ground_of(made, it) if knows(made, it) else backdrop for it in page.streams}
        self._mapped.paint(painter, QRectF(rect.toRect()), *seen, grounds.__getitem__)

    def _paint_relief(self, painter: QPainter, rect: QRectF, picture: Picture, outlook: Outlook, scale: float) -> None:
        if self._relief is None or self._relief.outlook is not outlook:
            self._relief = ReliefPicture(outlook)
        p = picture
        if p.recording.race.landscape.dim > 1:
            self._relief.look(p.recording, p.step)
        painter.translate(rect.topLeft())
        size = QRectF(0, 0, rect.width(), rect.height())
        painter.setClipRect(size)
        self._relief.paint(painter, size, p.recording, p.step, p.scene.camera, p.theme, p.hidden, scale)
