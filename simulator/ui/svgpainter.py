"""A painter whose picture is an SVG: lines, areas and type as paths, which every program shows alike.

Qt's own generator does not clip. Here Qt keeps the painter's state, and each thing painted is written down with it.
Type is written as outlines, each letter once: no program needs our font for it.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPicture,
    QPolygonF,
    QTextLayout,
    QTransform,
)

from simulator.svg_text import attribute

CAPS = {Qt.PenCapStyle.FlatCap: "butt", Qt.PenCapStyle.SquareCap: "square", Qt.PenCapStyle.RoundCap: "round"}
JOINS = {
    Qt.PenJoinStyle.MiterJoin: "miter", Qt.PenJoinStyle.SvgMiterJoin: "miter",
    Qt.PenJoinStyle.BevelJoin: "bevel", Qt.PenJoinStyle.RoundJoin: "round",
}  # fmt: skip
LEFT, TOP = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignTop
Ends = QPolygonF | Sequence[QPointF]


class SvgPainter(QPainter):
    """Paint, `end`, and take `body` and `defs`. What it cannot write down it refuses to paint."""

    def __init__(self) -> None:
        self._device = QPicture()  # lines and type stay what they are on it, too
        super().__init__(self._device)
        self.body: list[str] = []
        self.defs: list[str] = []
        self._clips: dict[str, str] = {}
        self._images: dict[tuple[int, float, float], str] = {}
        self._letters: dict[tuple[Any, ...], str] = {}

    # What is painted.

    def drawPath(self, path: QPainterPath) -> None:
        self._write(path, self.brush(), self.pen())

    def fillPath(self, path: QPainterPath, brush: Any) -> None:
        self._write(path, QBrush(brush), None)

    def fillRect(self, rect: Any, color: Any) -> None:
        path = QPainterPath()
        path.addRect(QRectF(rect))
        self._write(path, QBrush(color), None)

    def drawRect(self, rect: Any) -> None:
        path = QPainterPath()
        path.addRect(QRectF(rect))
        self.drawPath(path)

    def drawRoundedRect(self, rect: QRectF, rx: float, ry: float, *_: Any) -> None:
        path = QPainterPath()
        path.addRoundedRect(rect, rx, ry)
        self.drawPath(path)

    def drawEllipse(self, centre: QPointF, rx: float, ry: float) -> None:  # type: ignore[override]
        path = QPainterPath()
        path.addEllipse(centre, rx, ry)
        self.drawPath(path)

    def drawLine(self, *ends: Any) -> None:
        line = ends[0] if len(ends) == 1 else QLineF(*ends)
        path = QPainterPath(line.p1())
        path.lineTo(line.p2())
        self._write(path, None, self.pen())

    def drawPolyline(self, points: Ends) -> None:  # type: ignore[override]
        path = QPainterPath()
        path.addPolygon(QPolygonF(points))
        self._write(path, None, self.pen())

    def drawPolygon(self, points: Ends, *_: Any) -> None:  # type: ignore[override]
        path = QPainterPath()
        path.addPolygon(QPolygonF(points))
        path.closeSubpath()
        self.drawPath(path)

    def drawImage(self, *given: Any) -> None:
        """At a point, or into a rectangle a part of it."""
        image: QImage = next(it for it in given if isinstance(it, QImage))
        at = given[0]
        if isinstance(at, QRectF):
            rect = at
            if len(given) == 3:
                image = image.copy(given[2].toRect())
        else:
            corner = at if isinstance(at, QPointF) else QPointF(given[0], given[1])
            rect = QRectF(corner, image.deviceIndependentSize())
        name = self._image(image, rect.width(), rect.height())
        where = f'x="{_n(rect.x())}" y="{_n(rect.y())}"'
        self.body.append(f'<g{self._place()}><use xlink:href="#{name}" {where}/></g>')

    def drawText(self, *given: Any) -> None:
        """``(point, text)``, the point on the line the letters stand on, or ``(rectangle, flags, text)``."""
        if len(given) == 2:
            self._letter(given[0], given[1])
            return
        rect, flags, text = QRectF(given[0]), Qt.AlignmentFlag(given[1]), given[2]
        metrics = QFontMetricsF(self.font())
        spare, below = rect.width() - metrics.horizontalAdvance(text), rect.height() - metrics.height()
        x = spare if flags & Qt.AlignmentFlag.AlignRight else spare / 2 if flags & Qt.AlignmentFlag.AlignHCenter else 0
        y = below if flags & Qt.AlignmentFlag.AlignBottom else below / 2 if flags & Qt.AlignmentFlag.AlignVCenter else 0
        self._letter(rect.topLeft() + QPointF(x, y + metrics.ascent()), text)

    # How it is written.

    def _write(self, path: QPainterPath, brush: QBrush | None, pen: QPen | None) -> None:
        if pen is not None and pen.style() is Qt.PenStyle.NoPen:
            pen = None
        if brush is not None and brush.style() is Qt.BrushStyle.NoBrush:
            brush = None
        if path.isEmpty() or (pen is None and brush is None):
            return
        fill = _paint("fill", brush.color()) + ' fill-rule="evenodd"' if brush is not None else ' fill="none"'
        self.body.append(f'<path d="{_path(path)}"{fill}{_stroke(pen)}{self._place()}/>')

    def _place(self) -> str:
        """Where the things written now stand, and what is seen of them."""
        to_page = self.combinedTransform()
        numbers = " ".join(f"{v:.6g}" for v in (to_page.m11(), to_page.m12(), to_page.m21(), to_page.m22()))
        place = ""
        if not to_page.isIdentity():
            place = f' transform="matrix({numbers} {_n(to_page.dx())} {_n(to_page.dy())})"'
        if self.opacity() < 1.0:
            place += f' opacity="{self.opacity():.3g}"'
        if self.hasClipping():
            back, _ = to_page.inverted()
            place += f' clip-path="url(#{self._clip(to_page.map(self.clipPath()), back)})"'
        return place

    def _clip(self, path: QPainterPath, back: QTransform) -> str:
        written = _path(back.map(path))  # a clip is read in the units of what it clips
        if written not in self._clips:
            self._clips[written] = name = f"c{len(self._clips)}"
            self.defs.append(f'<clipPath id="{name}"><path d="{written}"/></clipPath>')
        return self._clips[written]

    def _image(self, image: QImage, width: float, height: float) -> str:
        """The name of ``image`` in that size; racers side by side share one of the landscape."""
        key = image.cacheKey(), width, height
        if key not in self._images:
            self._images[key] = name = f"i{len(self._images)}"
            buffer = QBuffer()
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]  # the stubs want bytes
            data = base64.b64encode(bytes(buffer.data().data())).decode()
            size = f'width="{_n(width)}" height="{_n(height)}" preserveAspectRatio="none"'
            self.defs.append(f'<image id="{name}" {size} xlink:href="data:image/png;base64,{data}"/>')
        return self._images[key]

    def _letter(self, at: QPointF, text: str) -> None:
        if not text.strip():
            return
        layout = QTextLayout(text, self.font())
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        letters: list[str] = []
        for run in layout.glyphRuns():
            font = run.rawFont()
            face = font.familyName(), font.styleName(), font.weight(), font.pixelSize()
            for glyph, place in zip(run.glyphIndexes(), run.positions(), strict=True):
                key = (*face, glyph)
                if key not in self._letters:
                    outline = font.pathForGlyph(glyph)
                    self._letters[key] = name = "" if outline.isEmpty() else f"t{len(self._letters)}"
                    if name:
                        self.defs.append(f'<path id="{name}" d="{_path(outline)}"/>')
                if name := self._letters[key]:
                    x, y = at.x() + place.x(), at.y() + place.y() - line.ascent()
                    letters.append(f'<use xlink:href="#{name}" x="{_n(x)}" y="{_n(y)}"/>')
        said = f' aria-label="{attribute(text)}"'
        color = _paint("fill", self.pen().color())
        self.body.append(f'<g{said}{color} fill-rule="nonzero"{self._place()}>{"".join(letters)}</g>')


def _refused(name: str) -> Any:
    def refuse(self: SvgPainter, *_: Any) -> None:
        raise NotImplementedError(f"SvgPainter.{name}")

    return refuse


for _name in dir(QPainter):  # else it would be painted, and be missing from the file
    if _name.startswith(("draw", "fill", "stroke", "erase")) and _name not in vars(SvgPainter):
        setattr(SvgPainter, _name, _refused(_name))


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _paint(what: str, color: QColor) -> str:
    opacity = f' {what}-opacity="{color.alphaF():.3g}"' if color.alpha() < 255 else ""
    return f' {what}="{color.name()}"{opacity}'


def _stroke(pen: QPen | None) -> str:
    if pen is None:
        return ""
    width = pen.widthF() or 1.0
    dashes = ""
    if pen.style() is not Qt.PenStyle.SolidLine:
        dashes = f' stroke-dasharray="{" ".join(_n(part * width) for part in pen.dashPattern())}"'
    shape = f'stroke-linecap="{CAPS[pen.capStyle()]}" stroke-linejoin="{JOINS[pen.joinStyle()]}"'
    return f'{_paint("stroke", pen.color())} stroke-width="{_n(width)}" {shape}{dashes}'


def _path(path: QPainterPath) -> str:
    words: list[str] = []
    for i in range(path.elementCount()):
        it: Any = path.elementAt(i)  # asked one by one: its kind as a member of an Enum takes most of the time
        sign = "L" if it.isLineTo() else "M" if it.isMoveTo() else "C" if it.isCurveTo() else ""
        words.append(f"{sign}{_n(it.x)} {_n(it.y)}")
    return " ".join(words)
