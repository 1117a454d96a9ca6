"""Small pictures, painted once and put down often: text and smooth edges are dear, a picture of them cheap.

Where lines and type stay what they are, in a PDF or an SVG, they are painted each time instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPaintEngine, QPainter

VECTOR = frozenset((QPaintEngine.Type.Pdf, QPaintEngine.Type.Picture, QPaintEngine.Type.SVG))


def is_vector(painter: QPainter) -> bool:
    """Whether lines and type stay lines and type on what is painted on, however large it is shown later."""
    return painter.paintEngine().type() in VECTOR


def device_ratio(painter: QPainter) -> float:
    """Device pixels to one of the painter's units."""
    return painter.deviceTransform().m11()


def blank(width: float, height: float, ratio: float) -> QImage:
    """A transparent picture of ``width`` × ``height`` units with room to the next whole pixel."""
    image = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


class Stamp:
    """What ``paint`` paints from (0, 0) on into ``width`` × ``height`` units, rounded up to whole ones."""

    def __init__(self, width: float, height: float, paint: Callable[[QPainter], None]):
        self.size = QSizeF(math.ceil(width), math.ceil(height))
        self.paint = paint
        self._images: dict[float, QImage] = {}

    @property
    def middle(self) -> QPointF:
        return QRectF(QPointF(), self.size).center()

    def image(self, ratio: float) -> QImage:
        """It at ``ratio`` device pixels a unit."""
        image = self._images.get(ratio)
        if image is None:
            image = self._images[ratio] = blank(self.size.width(), self.size.height(), ratio)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint(painter)
            painter.end()
        return image


def put(painter: QPainter, corner: QPointF, stamp: Stamp) -> None:
    """``stamp`` at ``corner``, moved to whole device pixels: between them it would be blurred or a pixel off."""
    if is_vector(painter):
        painter.save()
        painter.translate(corner)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        stamp.paint(painter)
        painter.restore()
        return
    painter.drawImage(on_pixels(painter, corner), stamp.image(device_ratio(painter)))


def on_pixels(painter: QPainter, point: QPointF) -> QPointF:
    """The corner of whole device pixels that is nearest to ``point``."""
    to_device = painter.deviceTransform()
    ratio, at = to_device.m11(), to_device.map(point)
    return QPointF((round(at.x()) - to_device.dx()) / ratio, (round(at.y()) - to_device.dy()) / ratio)
