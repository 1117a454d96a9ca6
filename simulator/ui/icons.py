"""The program's icons, drawn as paths: crisp at any size and pixel ratio, in the theme's colours, without a font.

Each icon is a line of path commands on a 24 × 24 grid:

- ``M x y`` move, ``L x y …`` lines, ``C x1 y1 x2 y2 x y`` cubic curve, ``Z`` close
- ``O x y r`` circle, ``R x y w h r`` rectangle with rounded corners
- ``A x y r from sweep`` arc about (x, y), in degrees, counter-clockwise from three o'clock
- ``F`` what follows is filled, ``S`` what follows is stroked (as it begins)
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPainterPath, QPen, QPixmap

from simulator.ui.theme import Theme

GRID = 24.0
STROKE = 2.0

PATHS = {
    "play": "F M 7 4.5 L 19.5 12 7 19.5 Z",
    "pause": "F R 5.5 4.5 4.6 15 1 R 13.9 4.5 4.6 15 1",
    "step_forward": "F R 5 5 3.2 14 0.8 M 10.5 5 L 20.5 12 10.5 19 Z",
    "step_back": "F R 15.8 5 3.2 14 0.8 M 13.5 5 L 3.5 12 13.5 19 Z",
    "to_start": "F R 2.5 5 2.6 14 0.8 M 13.3 5.5 L 6.3 12 13.3 18.5 Z M 21.5 5.5 L 14.5 12 21.5 18.5 Z",
    "to_end": "F R 18.9 5 2.6 14 0.8 M 10.7 5.5 L 17.7 12 10.7 18.5 Z M 2.5 5.5 L 9.5 12 2.5 18.5 Z",
    "add": "M 12 4.5 L 12 19.5 M 4.5 12 L 19.5 12",
    "duplicate": (
        "R 8.5 8.5 11.5 11.5 2 "
        "M 15.5 5.6 C 15.4 4.6 14.9 4 14 4 L 6 4 C 4.7 4 4 4.7 4 6 L 4 14 C 4 14.9 4.6 15.4 5.6 15.5"
    ),
    "remove": (
        "M 4 6.5 L 20 6.5 M 9 6.5 L 9.6 3.8 14.4 3.8 15 6.5 M 6 6.5 L 7 20.2 17 20.2 18 6.5 "
        "M 10.2 10.5 L 10.5 16.5 M 13.8 10.5 L 13.5 16.5"
    ),
    "rename": "M 4 20 L 5.2 15.2 16.2 4.2 19.8 7.8 8.8 18.8 Z M 13.4 7 L 17 10.6",
    "eye": "M 2 12 C 6 3.8 18 3.8 22 12 C 18 20.2 6 20.2 2 12 Z F O 12 12 3.2",
    "eye_off": "M 2 12 C 6 3.8 18 3.8 22 12 C 18 20.2 6 20.2 2 12 Z M 4 20.5 L 20 3.5",
    "undo": "M 8.5 4 L 3.5 9 8.5 14 M 3.5 9 L 14.5 9 A 14.5 14.2 5.2 90 -180 M 14.5 19.4 L 9 19.4",
    "redo": "M 15.5 4 L 20.5 9 15.5 14 M 20.5 9 L 9.5 9 A 9.5 14.2 5.2 90 180 M 9.5 19.4 L 15 19.4",
    "open": "M 3 19 L 3 5 9 5 11.2 7.8 19 7.8 19 10.8 M 3 19 L 6 10.8 22 10.8 18.8 19 Z",
    "save": "M 4 4 L 16.5 4 20 7.5 20 20 4 20 Z M 8 4 L 8 9 15 9 15 4 M 7.5 20 L 7.5 13.5 16.5 13.5 16.5 20",
    "export": "M 12 15.5 L 12 3.5 M 7.2 8.3 L 12 3.5 16.8 8.3 M 4 14 L 4 20.2 20 20.2 20 14",
    "image": "R 3 4 18 16 2 M 3.5 17.5 L 9 11.5 13 15.5 15.5 13 20.5 17.5 F O 15.8 8.6 1.7",
    "projector": (
        "M 2.5 4 L 21.5 4 M 4.5 4 L 4.5 15 19.5 15 19.5 4 M 12 15 L 12 17.5 M 7.8 21 L 12 17.2 16.2 21 "
        "M 8 11.5 L 11 8.5 13 10.5 16 7.5"
    ),
    "rates": (
        "M 3.5 3.5 L 3.5 20.5 20.5 20.5 "
        "M 6.5 8 C 10 9 11 16.5 13.5 16.5 C 16 16.5 16.5 10 17 4.5 M 13.5 16.5 L 13.5 20.5"
    ),
    "sun": (
        "O 12 12 4.2 M 12 1.8 L 12 4 M 12 20 L 12 22.2 M 1.8 12 L 4 12 M 20 12 L 22.2 12 M 4.8 4.8 L 6.3 6.3 "
        "M 17.7 17.7 L 19.2 19.2 M 4.8 19.2 L 6.3 17.7 M 17.7 6.3 L 19.2 4.8"
    ),
    "moon": "M 20.2 14.4 A 12 12 8.6 -16 -245 C 8 10.5 13 16.5 20.2 14.4 Z",
    "guide": "O 12 12 9.2 F M 16.8 7.2 L 13.8 13.8 7.2 16.8 10.2 10.2 Z",
    "loop": (
        "M 4 11 C 4 8 6 6.5 8.5 6.5 L 19.5 6.5 M 16.5 3.5 L 19.5 6.5 16.5 9.5 "
        "M 20 13 C 20 16 18 17.5 15.5 17.5 L 4.5 17.5 M 7.5 14.5 L 4.5 17.5 7.5 20.5"
    ),
}  # fmt: skip
"""The icons there are, by name."""

SIZES = (16, 20, 24, 30)
"""Icon sizes, drawn at the pixel ratios of the screens there are; any other is scaled from the next larger one. (A
QIconEngine would draw every size, but PySide crashes when Qt clones one written in Python.)"""

TAKES = {"M": 2, "L": 2, "C": 6, "Z": 0, "O": 3, "R": 5, "A": 5, "F": 0, "S": 0}
"""How many numbers each command takes."""


@cache
def icon(name: str, theme: Theme, color: str | None = None) -> QIcon:
    """The icon called ``name`` (a key of `PATHS`) in the theme's text colour, or in ``color``. Needs an application."""
    paths = _parse(PATHS[name])
    faint = QColor(theme.faint)
    faint.setAlphaF(0.55)
    made = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, QColor(color or theme.text)), (QIcon.Mode.Disabled, faint)):
        for size in _device_sizes():
            made.addPixmap(_pixmap(paths, size, ink), mode)
    return made


@cache
def _device_sizes() -> tuple[int, ...]:
    ratios = {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    return tuple(sorted({round(size * ratio) for size in SIZES for ratio in ratios}))


def _pixmap(paths: tuple[QPainterPath, QPainterPath], size: int, ink: QColor) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / GRID, size / GRID)
    stroked, filled = paths
    pen = QPen(ink, STROKE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(stroked, pen)
    painter.fillPath(filled, ink)
    painter.end()
    return pixmap


@cache
def _parse(commands: str) -> tuple[QPainterPath, QPainterPath]:
    """What to stroke and what to fill."""
    stroked, filled = QPainterPath(), QPainterPath()
    path, command = stroked, ""
    words = commands.split()
    while words:
        if words[0] in TAKES:
            command = words.pop(0)
        count = TAKES[command]
        v = [float(words.pop(0)) for _ in range(count)]
        match command:
            case "M":
                path.moveTo(*v)
            case "L":
                path.lineTo(*v)
            case "C":
                path.cubicTo(*v)
            case "Z":
                path.closeSubpath()
            case "O":
                path.addEllipse(QPointF(v[0], v[1]), v[2], v[2])
            case "R":
                path.addRoundedRect(v[0], v[1], v[2], v[3], v[4], v[4])
            case "A":
                path.arcTo(v[0] - v[2], v[1] - v[2], 2 * v[2], 2 * v[2], v[3], v[4])
            case _:
                path = filled if command == "F" else stroked
    return stroked, filled
