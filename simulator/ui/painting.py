"""What a picture shows of the stage and of the curves, painted into its place; what stays the same is kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from simulator.recording import Recording
from simulator.ui.chart import Chart
from simulator.ui.ground import Outlook
from simulator.ui.legend import wrapped, write
from simulator.ui.mappaint import MapPaint, paint_arena
from simulator.ui.panes import Page, PanesPaint
from simulator.ui.picturetype import type_of
from simulator.ui.reliefpicture import ReliefPicture
from simulator.ui.scene import Scene
from simulator.ui.stamp import device_ratio
from simulator.ui.theme import Theme

if TYPE_CHECKING:
    from simulator.sketcher import Sketch, Sketcher
    from simulator.ui.picture import Picture

KEY, NOTES = 12.0, 2  # pixels of type, and lines for what else is to be said


class Painting:
    """The layers of pictures of one race: the next one, at another step, costs only what is new in it."""

    def __init__(self) -> None:
        self._map, self._panes = MapPaint(), PanesPaint()
        self._relief: ReliefPicture | None = None
        self._chart: Chart | None = None
        self._outlook: tuple[Recording | None, Outlook] = None, Outlook()  # where a picture has none of its own
        self._sketcher: tuple[Scene, Sketcher] | None = None
        self._sketch: Sketch | None = None  # what was drawn over the stage last

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
            self._sketcher[1].told = self._note
        return self._sketcher[1]

    def _note(self, sketch: Sketch) -> None:
        self._sketch = sketch

    def paint_stage(self, painter: QPainter, rect: QRectF, picture: Picture, scale: float) -> None:
        paint: dict[str, Callable[..., None]] = {
            "contour": self._paint_map, "side by side": self._paint_panes, "relief": self._paint_relief
        }  # fmt: skip
        names = picture.scene.drawn_over
        rect = QRectF(rect.toRect())
        if names:
            below = self._key_height(names, rect.width(), picture.theme)
            rect.setBottom(rect.bottom() - below)
        painter.save()
        paint[picture.scene.view](painter, QRectF(rect), picture, self.outlook(picture), scale)
        painter.restore()
        if names:
            self._paint_key(painter, QRectF(rect.x(), rect.bottom(), rect.width(), below), names, picture.theme)

    def _key_height(self, names: Sequence[str], width: float, theme: Theme) -> float:
        """Of the key beneath the stage, with room for two lines of notes."""
        from simulator.ui.overlaykey import key_line, key_lines, key_places

        metrics = QFontMetricsF(type_of(theme, KEY))
        lines = key_lines(key_places(names, metrics, width, theme)) + NOTES
        return math.ceil(lines * key_line(metrics) + 4.0)

    def _paint_key(self, painter: QPainter, rect: QRectF, names: Sequence[str], theme: Theme) -> None:
        from simulator.ui.overlaykey import key_line, key_words, paint_keys

        font = type_of(theme, KEY)
        metrics = QFontMetricsF(font)
        painter.save()
        painter.setFont(font)
        painter.translate(rect.x(), rect.y() + 4.0)
        paint_keys(painter, names, rect.width(), theme)
        painter.restore()
        if self._sketch is not None and (words := key_words(names, self._sketch)):
            top = rect.bottom() - NOTES * key_line(metrics)
            lines = wrapped(metrics, [words], rect.width() - 8.0, NOTES)
            write(painter, font, theme.faint, rect.x() + 4.0, top, lines)

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
