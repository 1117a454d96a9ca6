"""The chart of rates as a picture or a table."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QMessageBox, QWidget

from simulator.files import FileError, write
from simulator.studies.robustness import table
from simulator.ui.ratechart import RateChart
from simulator.ui.where import ask_where, save_text

SCALE = 2.0  # pixels of a picture to one on screen


def save_csv(parent: QWidget, chart: RateChart) -> str:
    """Ask where, and write all numbers there. Returns what to tell when that is done."""
    name = f"{chart.result.race.title} rates.csv"
    return save_text(parent, "table", name, "CSV (*.csv)", table(chart.result))


def save_png(parent: QWidget, chart: RateChart) -> str:
    """Ask where, and write the chart as it is on screen. Returns what to tell when that is done."""
    path = ask_where(parent, "Save the chart of rates", f"{chart.result.race.title} rates.png", ".png", "PNG (*.png)")
    if path is None:
        return ""
    try:
        write(path, png_bytes(chart))
    except FileError as error:
        QMessageBox.warning(parent, "The picture was not written", str(error))
        return ""
    return f"Saved as {path.name}."


def png_bytes(chart: RateChart) -> bytes:
    """The chart, `SCALE` times as fine as on screen."""
    width, height = chart.frame.width, chart.frame.height
    image = QImage(round(width * SCALE), round(height * SCALE), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    try:
        painter.scale(SCALE, SCALE)
        painter.setClipRect(QRectF(0, 0, width, height))
        chart.paint(painter)
    finally:
        painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]  # the stubs want bytes, Qt a str
    return bytes(buffer.data().data())
