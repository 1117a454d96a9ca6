"""The picture of a race as a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QImage, QPainter

from simulator import png_text, racefile
from simulator.files import FileError, check_writable, write
from simulator.ui.picture import Picture
from simulator.ui.qt import application

DOTS_PER_METER = 3780  # 96 an inch: a layout unit is one of them


def save_png(picture: Picture, path: Path, width: int = 1600, height: int = 900, scale: float = 1.0) -> None:
    """Write ``picture`` with its race file inside.

    ``width`` × ``height`` are layout units; the file has ``scale`` times as many pixels, lines and type growing along:
    at scale 2 it is as large on paper, and twice as fine.
    Raises FileError with the reason in one line; the file is then as it was.
    """
    check_writable(path)
    try:
        write(path, png_bytes(picture, width, height, scale))
    except MemoryError as error:
        raise FileError("write", path, str(error)) from None


def png_bytes(picture: Picture, width: int, height: int, scale: float) -> bytes:
    """What `save_png` writes. Raises MemoryError."""
    image = QImage(round(width * scale), round(height * scale), QImage.Format.Format_RGB32)
    if image.isNull():
        raise MemoryError(f"no memory for {width * scale:.0f} × {height * scale:.0f} pixels")
    image.setDotsPerMeterX(round(DOTS_PER_METER * scale))
    image.setDotsPerMeterY(round(DOTS_PER_METER * scale))
    application()
    painter = QPainter(image)
    painter.scale(scale, scale)
    try:
        picture.draw(painter, QRectF(0, 0, width, height), scale)
    finally:  # an image that is still being painted on takes the process with it
        painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]  # the stubs want bytes, Qt a str
    return png_text.insert(bytes(buffer.data().data()), racefile.dumps(picture.recording.race))
