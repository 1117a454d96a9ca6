"""Overlays as they are painted: each kind has a line and a head of its own, in the colour of its racer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from simulator.overlays import CIRCLE, Arrow, Cloud, Outline, Point, Shape
from simulator.sketcher import Sketch
from simulator.ui.lineimage import lines
from simulator.ui.polyline import Segmenter, Viewport
from simulator.ui.theme import Theme

Array = NDArray[np.float64]
FAR = 1e5  # pixels: an arrow is cut there
GRAIN = 0.5  # pixels between two points of an outline
HALO = 2.4  # pixels that a line's ground shows beside it


@dataclass(frozen=True)
class Look:
    """``head`` of an arrow: "filled", "open" or none; ``mark`` of a point: "diamond" or "cross"."""

    width: float
    dash: tuple[float, ...] = ()
    head: str = ""
    mark: str = ""


LOOKS = {
    "gradient": Look(2.0, head="open"),
    "step": Look(3.4, head="filled"),
    "velocity": Look(2.2, (2.5, 2.0), "filled"),
    "asked": Look(1.6, (1.0, 2.0), mark="diamond"),
    "samples": Look(3.0, head="open"),
    "curvature": Look(1.8, (6.0, 2.0, 1.5, 2.0), mark="cross"),
    "unit_ball": Look(1.8),
}
SAMPLES: dict[str, tuple[Shape, ...]] = {
    "asked": (Arrow(np.array((0.0, 0.5)), np.array((0.8, 0.0))), Point(np.array((0.8, 0.5)))),
    "samples": (Cloud(np.array((0.0, 0.5)), np.array([(0.9, -0.4), (1.0, -0.1), (0.95, 0.2), (0.75, 0.45)])),),
    **dict.fromkeys(("curvature", "unit_ball"), (Outline(0.5 + CIRCLE * (0.48, 0.4)),)),
}  # in a key, on a unit square


def paint_sketch(painter: QPainter, port: Viewport, sketch: Sketch, hidden: frozenset[int], theme: Theme) -> None:
    """Those shapes whose racers, by stream, are not ``hidden``."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    with np.errstate(all="ignore"):  # of a racer that has diverged nothing finite is left to paint
        for name, stream, shape in sketch.shapes:
            if stream not in hidden:
                _paint(painter, port, shape, sketch.scale, LOOKS[name], theme.style(stream).color, theme)


def paint_key(painter: QPainter, port: Viewport, name: str, theme: Theme) -> None:
    """What the overlay ``name`` looks like, on a viewport of the unit square."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for shape in SAMPLES.get(name, (Arrow(np.array((0.0, 0.5)), np.array((1.0, 0.0))),)):
        _paint(painter, port, shape, 1.0, LOOKS[name], theme.text, theme)


def _paint(painter: QPainter, port: Viewport, shape: Shape, scale: float, look: Look, color: str, theme: Theme) -> None:
    if isinstance(shape, Arrow):
        head = shape.tail + shape.reach * (scale if shape.slope else 1.0)
        _arrow(painter, port.to_px(np.stack((shape.tail, head))), look, color, theme)
    elif isinstance(shape, Point):
        _mark(painter, port.to_px(shape.at), look, color, theme)
    elif isinstance(shape, Outline):
        _outline(painter, port, shape.points, look, color, theme)
    else:
        _cloud(painter, port.to_px(shape.tail), port.to_px(shape.tail + shape.reaches * scale), color, theme)


def _pens(look: Look, color: str, theme: Theme) -> tuple[QPen, QPen]:
    """Of what lies beneath, so that a line reads on every band, and of the line."""
    width = look.width * theme.scale
    under, line = QPen(QColor(theme.plot), width + HALO * theme.scale), QPen(QColor(color), width)
    if look.dash:
        for pen in (under, line):
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        line.setDashPattern(list(look.dash))
    for pen in (under, line):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return under, line


def _arrow(painter: QPainter, px: Array, look: Look, color: str, theme: Theme) -> None:
    (x, y), (dx, dy) = px[0].tolist(), (px[1] - px[0]).tolist()
    length = math.hypot(dx, dy)
    if not (math.isfinite(x) and math.isfinite(y) and 1.0 <= length < math.inf):
        return
    along, reach = (dx / length, dy / length), min(length, FAR)
    size = min((4.0 + 2.2 * look.width) * theme.scale, 0.7 * reach) if look.head else 0.0
    # A thick line ends within its head, or it would blunt the tip.
    end = reach - (0.8 * size if look.head == "filled" else 0.0)
    tail, tip = QPointF(x, y), QPointF(x + along[0] * reach, y + along[1] * reach)
    shaft = QPointF(x + along[0] * end, y + along[1] * end)
    wings = [
        QPointF(
            tip.x() - size * (along[0] + side * 0.45 * along[1]), tip.y() - size * (along[1] - side * 0.45 * along[0])
        )
        for side in (-1.0, 1.0)
    ]
    under, line = _pens(look, color, theme)
    solid = QPen(line)
    solid.setStyle(Qt.PenStyle.SolidLine)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen, edge in ((under, under), (line, solid)):
        painter.setPen(pen)
        painter.drawLine(tail, shaft)
        if look.head == "open":
            painter.setPen(edge)
            painter.drawPolyline(QPolygonF([wings[0], tip, wings[1]]))
        elif look.head == "filled":
            painter.setPen(QPen(edge.color(), HALO * theme.scale) if pen is under else Qt.PenStyle.NoPen)
            painter.setBrush(edge.color())
            painter.drawPolygon(QPolygonF([wings[0], tip, wings[1]]))
            painter.setBrush(Qt.BrushStyle.NoBrush)


def _mark(painter: QPainter, px: Array, look: Look, color: str, theme: Theme) -> None:
    x, y = px.tolist()
    if not (abs(x) < FAR and abs(y) < FAR):
        return
    r, at = 5.0 * theme.scale, QPointF(x, y)
    ends = [QPointF(0.0, -r), QPointF(r, 0.0), QPointF(0.0, r), QPointF(-r, 0.0)]
    painter.setBrush(QColor(theme.plot) if look.mark == "diamond" else Qt.BrushStyle.NoBrush)
    for pen in _pens(Look(2.0), color, theme):
        painter.setPen(pen)
        if look.mark == "diamond":
            painter.drawPolygon(QPolygonF([at + end for end in ends]))
        else:
            painter.drawLine(at + ends[0], at + ends[2])
            painter.drawLine(at + ends[1], at + ends[3])


def _outline(painter: QPainter, port: Viewport, points: Array, look: Look, color: str, theme: Theme) -> None:
    width = look.width * theme.scale
    dashes = [(), tuple(part * width for part in look.dash)]
    segments = Segmenter(dashes, port.width, port.height, GRAIN).extend(
        np.repeat(port.to_px(points)[:, None], 2, axis=1)
    )
    for pen, part in zip(_pens(Look(look.width), color, theme), segments, strict=True):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if look.dash else Qt.PenCapStyle.SquareCap)
        lines(painter, pen, part)


def _cloud(painter: QPainter, tail: Array, heads: Array, color: str, theme: Theme) -> None:
    """Hair lines, each with a dot at its end: thirty heads would hide one another."""
    heads = heads[(np.abs(heads) < FAR).all(axis=1)]
    if not np.isfinite(tail).all():
        return
    faint, begin = QColor(color), QPointF(*tail.tolist())
    faint.setAlpha(110)
    painter.setPen(QPen(faint, 1.0 * theme.scale))
    ends = [QPointF(*head) for head in heads.tolist()]
    for end in ends:
        painter.drawLine(begin, end)
    painter.setPen(QPen(QColor(theme.plot), 0.8 * theme.scale))
    painter.setBrush(QColor(color))
    for end in ends:
        painter.drawEllipse(end, 2.4 * theme.scale, 2.4 * theme.scale)
    painter.setBrush(Qt.BrushStyle.NoBrush)
