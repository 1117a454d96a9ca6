"""What a picture shows of the stage and of the curves, painted into its place; what stays the same is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from simulator.recording import Recording
from simulator.ui.chart import Chart
from simulator.ui.ground import Outlook
from simulator.ui.mappaint import MapPaint, paint_arena
from simulator.ui.panes import Page, PanesPaint
from simulator.ui.picturetype import type_of
from simulator.ui.reliefpicture import ReliefPicture
from simulator.ui.scene import Scene
from simulator.ui.stamp import device_ratio

if TYPE_CHECKING:
    from simulator.sketcher import Sketcher
    from simulator.ui.picture import Picture


class Painting:
    """The layers of pictures of one race: the next one, at another step, costs only what is new in it."""

    def __init__(self) -> None:
        self._map, self._panes = MapPaint(), PanesPaint()
        self._relief: ReliefPicture | None = None
        self._chart: Chart | None = None
        self._outlook: tuple[Recording | None, Outlook] = None, Outlook()  # where a picture has none of its own
        self._sketcher: tuple[Scene, Sketcher] | None = None

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
            "contour": self._paint_map, "side by side": self._paint_panes, "relief": self._paint_relief
        }  # fmt: skip
        painter.save()
        paint[picture.scene.view](painter, QRectF(rect.toRect()), picture, self.outlook(picture), scale)
        painter.restore()

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
