"""The picture of a race as a file or on the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QRectF, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter

from simulator import __version__, png_text, racefile, svg_text
from simulator.export.options import LONGEST, MOST_PIXELS
from simulator.files import FileError, check_writable, write
from simulator.race import Race
from simulator.ui.picture import Picture
from simulator.ui.qt import application

DPI = 96.0  # at scale 1: a layout unit is one dot
METER = 1.0 / 0.0254  # inches
POINT = 72.0 / DPI
FINE = 2.0  # times as fine as on screen is what stays an image in an SVG or a PDF: the landscape
PDF_DPI = 1200
TOML = "application/toml"


class TooLarge(ValueError):
    """A picture with too many pixels; its text says how many there may be."""


def save_png(picture: Picture, path: Path, width: int = 1600, height: int = 900, scale: float = 1.0) -> None:
    """Write ``picture`` with its race file inside.

    ``width`` × ``height`` are layout units, 96 an inch; the file has ``scale`` times as many pixels, lines and type
    growing along: at scale 300/96 it is as large on paper, at 300 dots an inch.
    Raises FileError with the reason in one line; the file is then as it was.
    """
    check_writable(path)
    try:
        image = painted(picture, width, height, scale)
    except TooLarge as error:
        raise FileError("write", path, str(error)) from None
    write(path, png_of(image, picture.recording.race))


def png_bytes(picture: Picture, width: int, height: int, scale: float) -> bytes:
    """What `save_png` writes. Raises TooLarge."""
    return png_of(painted(picture, width, height, scale), picture.recording.race)


def save_svg(picture: Picture, path: Path, width: int = 1600, height: int = 900, scale: float = 1.0) -> None:
    """The same as lines and areas, type as outlines, the race file inside.

    An image, `FINE` times ``scale`` as fine as on screen, is what cannot be anything else: the lit relief, and a
    landscape whose contour lines are so close that they fade.
    """
    check_writable(path)
    write(path, svg_text_of(picture, width, height, scale))


def svg_text_of(picture: Picture, width: int, height: int, scale: float) -> str:
    """What `save_svg` writes."""
    from simulator.ui.svgpainter import SvgPainter

    application()
    painter = SvgPainter()
    try:
        picture.draw(painter, QRectF(0, 0, width, height), FINE * scale)
    finally:
        painter.end()
    race = picture.recording.race
    said = picture.title, picture.words, racefile.dumps(race)
    return svg_text.document(width, height, *said, "\n".join(painter.defs), "\n".join(painter.body))


def save_pdf(picture: Picture, path: Path, width: int = 1600, height: int = 900, scale: float = 1.0) -> None:
    """The same as a page of that size, with type that can be selected, and the race file attached."""
    check_writable(path)
    write(path, pdf_bytes(picture, width, height, scale))


def pdf_bytes(picture: Picture, width: int, height: int, scale: float) -> bytes:
    """What `save_pdf` writes."""
    application()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(picture.title)
    writer.setCreator(f"optim-race {__version__}")
    writer.setResolution(PDF_DPI)
    writer.setPageSize(QPageSize(QSizeF(width * POINT, height * POINT), QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF())
    race = racefile.dumps(picture.recording.race)
    writer.addFileAttachment("race.toml", QByteArray(race.encode()), TOML)
    painter = QPainter(writer)
    try:
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
        painter.scale(PDF_DPI / DPI, PDF_DPI / DPI)
        picture.draw(painter, QRectF(0, 0, width, height), FINE * scale)
    finally:
        painter.end()
    return bytes(buffer.data().data())


def copy(picture: Picture, width: int = 1600, height: int = 900, scale: float = 1.0) -> None:
    """Put it on the clipboard: an image, in a PNG with its race inside. No text, which a program might paste instead.

    Raises TooLarge.
    """
    image = painted(picture, width, height, scale)
    data = QMimeData()
    data.setImageData(image)
    data.setData("image/png", QByteArray(png_of(image, picture.recording.race)))
    QGuiApplication.clipboard().setMimeData(data)


class Drawn(Protocol):
    """What draws itself on any painter."""

    def draw(self, painter: QPainter, rect: QRectF, scale: float) -> None: ...


def painted(picture: Drawn, width: int, height: int, scale: float) -> QImage:
    """``picture`` as an image of that many layout units and ``scale`` times as many pixels. Raises TooLarge."""
    wide, high = round(width * scale), round(height * scale)
    if wide * high > MOST_PIXELS or max(wide, high) > LONGEST:
        most = f"{MOST_PIXELS / 1e6:.0f} million pixels, and {LONGEST:,} a side"
        raise TooLarge(f"{wide:,} × {high:,} pixels are too many; a picture may have {most}")
    image = QImage(wide, high, QImage.Format.Format_RGB32)
    if image.isNull():
        raise TooLarge(f"no memory for {wide:,} × {high:,} pixels")
    image.setDotsPerMeterX(round(DPI * scale * METER))
    image.setDotsPerMeterY(round(DPI * scale * METER))
    application()
    painter = QPainter(image)
    painter.scale(scale, scale)
    try:
        picture.draw(painter, QRectF(0, 0, width, height), scale)
    finally:  # an image that is still being painted on takes the process with it
        painter.end()
    return image


def png_of(image: QImage, race: Race) -> bytes:
    """``image`` as a PNG with ``race`` inside."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]  # the stubs want bytes, Qt a str
    return png_text.insert(bytes(buffer.data().data()), racefile.dumps(race))
