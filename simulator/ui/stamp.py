"""Small pictures, painted once and put down often: text and smooth edges are dear, a picture of them cheap."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter


def device_ratio(painter: QPainter) -> float:
    """Device pixels to one of the painter's units."""
    return painter.deviceTransform().m11()


def blank(width: float, height: float, ratio: float) -> QImage:
    """A transparent picture of ``width`` × ``height`` units with room to the next whole pixel."""
    image = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


def put(painter: QPainter, corner: QPointF, image: QImage) -> None:
    """``image`` at ``corner``, moved to whole device pixels: between them it would be blurred or a pixel off."""
    to_device = painter.deviceTransform()
    ratio, at = to_device.m11(), to_device.map(corner)
    left, top = (round(at.x()) - to_device.dx()) / ratio, (round(at.y()) - to_device.dy()) / ratio
    painter.drawImage(QPointF(left, top), image)
