"""The layer of an arena that shows overlays. It is there only while there are any."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QPainter

from simulator.plane import Plane
from simulator.recording import Recording
from simulator.sketcher import Sketcher
from simulator.ui.layer import BoxLayer, viewport_of
from simulator.ui.overlay_paint import paint_sketch
from simulator.ui.theme import Theme


class OverlayLayer(BoxLayer):
    """Above the trails, below heads and names.

    ``company`` are the racers, by stream, whose arrows have one common length unit, those in other arenas included; the
    first few that are shown where it is None.
    """

    def __init__(self, box: pg.ViewBox, sketcher: Sketcher, company: tuple[int, ...] | None):
        super().__init__(box, z=15.0)
        self.sketcher, self.company = sketcher, company
        self._theme: Theme | None = None
        self._hidden: frozenset[int] = frozenset()
        self._shown: tuple[Recording, int, Plane | None] | None = None

    def set_look(self, theme: Theme, hidden: frozenset[int]) -> None:
        self._theme, self._hidden = theme, hidden
        self.update()

    def show_step(self, recording: Recording, step: int, plane: Plane | None) -> None:
        self._shown = recording, step, plane
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        port = viewport_of(self.box)
        if port.empty or self._shown is None or self._theme is None:
            return
        recording, step, plane = self._shown
        streams = self.company
        if streams is None:
            streams = self.sketcher.company(recording.race, self._hidden)
        else:
            streams = self.sketcher.chosen(streams)
        sketch = self.sketcher.sketch(recording, step, streams, plane, (port.x1 - port.x0, port.y1 - port.y0))
        paint_sketch(painter, port, sketch, self._hidden, self._theme)
