"""The curves of a recording painted anywhere: for pictures, by the same chart as the window's."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from simulator.recording import Recording
from simulator.ui.chart import Against, Chart, Look
from simulator.ui.quantity import Kind
from simulator.ui.stamp import device_ratio
from simulator.ui.theme import Theme


def paint_curves(
    painter: QPainter,
    rect: QRectF,
    recording: Recording,
    step: int,
    theme: Theme,
    hidden: frozenset[int],
    scale: float,
    kind: Kind = "loss",
    against: Against = "steps",
) -> None:
    """Paint the curves of rows 0 … ``step`` into ``rect``, lines and type ``scale`` times as large as on screen.

    The lines are drawn at the resolution of what is painted on.
    """
    look = Look(replace(theme, scale=theme.scale * scale), kind, against, hidden)
    ratio = device_ratio(painter)
    painter.save()
    painter.translate(rect.topLeft())
    Chart(recording).paint(painter, rect.width(), rect.height(), step, look, ratio)
    painter.restore()
