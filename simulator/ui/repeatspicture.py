"""The picture of ``optim-race repeats``: the loss panel of the race's own run with the bands of all seeds."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QBuffer, QIODevice, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from simulator.engine import Engine
from simulator.studies.repeats import Repeats
from simulator.ui.chart import Chart, Look
from simulator.ui.chartframe import chart_font
from simulator.ui.picture import Picture
from simulator.ui.qt import application
from simulator.ui.theme import LIGHT, Theme

WIDTH, HEIGHT, SCALE = 900, 560, 2.0
_RIGHT = Qt.TextElideMode.ElideRight


def picture(found: Repeats) -> Picture:
    """The race's own run at its end, with the bands in its chart."""
    application()
    return Picture(Engine(found.race).run(), found.race.steps, curves=Look(LIGHT, repeats=found))


def png_bytes(found: Repeats, theme: Theme = LIGHT, look: Look | None = None) -> bytes:
    """``look``: of the curves; left out, the loss against steps."""
    application()
    race = found.race
    wins = " · ".join(found.standings(race.steps))
    lines = [f"{race.title}: {race.landscape.title}", found.note, wins]
    image = QImage(round(WIDTH * SCALE), round(HEIGHT * SCALE), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    painter = QPainter(image)
    try:
        painter.fillRect(0, 0, WIDTH, HEIGHT, QColor(theme.plot))
        painter.setFont(chart_font(theme))
        painter.setPen(QColor(theme.text))
        for n, line in enumerate(lines):
            elided = painter.fontMetrics().elidedText(line, _RIGHT, WIDTH - 16)
            painter.drawText(QPointF(8, 18 + 18 * n), elided)
        painter.translate(0, 66)
        look = replace(look or Look(theme), theme=theme, repeats=found)
        Chart(Engine(race).run()).paint(painter, WIDTH, HEIGHT - 66, race.steps, look, SCALE)
    finally:
        painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]  # the stubs want bytes, Qt a str
    return bytes(buffer.data().data())
