"""The bands of repeats in a chart: quartiles as an area with an outline in the racer's dashes, the median as a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from simulator.ui.chartframe import Frame, faded
from simulator.ui.theme import Theme

if TYPE_CHECKING:
    from simulator.studies.repeats import Repeats

POINTS = 600  # of an edge, at most
FILL, EDGE, MEDIAN = 0.16, 0.55, 0.9  # how opaque


def paint_bands(
    painter: QPainter,
    frame: Frame,
    theme: Theme,
    found: Repeats,
    hidden: frozenset[int],
    last: int,
    spent: Callable[[NDArray[np.intp]], NDArray[np.float64]],
) -> None:
    """Steps 0 … ``last`` of everyone who is not ``hidden``; infinity leaves through the top of the plot.

    ``spent`` says where rows stand on the horizontal axis, (rows, entrants).
    """
    if found.alike or last < 1:
        return
    rows = np.unique(np.linspace(0, last, min(last + 1, POINTS)).astype(np.intp))
    places = spent(rows)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge_high, edge_low = frame.plot.top() - frame.plot.height(), frame.plot.bottom() + frame.plot.height()
    for i, entrant in enumerate(found.race.entrants):
        if entrant.stream in hidden:
            continue
        xs = [frame.x_px(x) for x in places[:, i].tolist()]
        low, middle, high = (
            [
                QPointF(x, min(max(frame.y_px(y), edge_high), edge_low))
                for x, y in zip(xs, frame.y.place(kept[rows, i]).tolist(), strict=True)
            ]
            for kept in (found.low, found.median, found.high)
        )
        style = theme.style(entrant.stream)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(style.color, FILL))
        painter.drawPolygon([*low, *reversed(high)])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for points, width, alpha in ((low, 0.4, EDGE), (high, 0.4, EDGE), (middle, 0.7, MEDIAN)):
            pen = QPen(faded(style.color, alpha), width * theme.trail_px)
            if style.dash:
                pen.setDashPattern(list(style.dash))
            painter.setPen(pen)
            painter.drawPolyline(points)
