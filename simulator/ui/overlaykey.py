"""The key to what is drawn over a map: a sample of each overlay with its title, and what else is to be said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from simulator.overlays import OVERLAYS
from simulator.sketcher import Sketch
from simulator.ui.overlay_paint import paint_key
from simulator.ui.polyline import Viewport
from simulator.ui.theme import Theme
from simulator.words import short_text

GLYPH = 26.0  # pixels of a sample
GAP = 14.0
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def key_places(
    names: Sequence[str], metrics: QFontMetricsF, width: float, theme: Theme
) -> list[tuple[str, float, int]]:
    """Name, left edge and line of each entry."""
    places: list[tuple[str, float, int]] = []
    x, line = 4.0, 0
    for name in names:
        wide = GLYPH * theme.scale + 5.0 + metrics.horizontalAdvance(OVERLAYS[name].title)
        if places and x + wide > width:
            x, line = 4.0, line + 1
        places.append((name, x, line))
        x += wide + GAP
    return places


def key_lines(places: list[tuple[str, float, int]]) -> int:
    return 1 + (places[-1][2] if places else 0)


def key_line(metrics: QFontMetricsF) -> float:
    """The height of a line."""
    return metrics.height() + 2


def paint_keys(painter: QPainter, names: Sequence[str], width: float, theme: Theme) -> None:
    """From (0, 0) on, in the painter's type."""
    metrics = QFontMetricsF(painter.font())
    wide, high = GLYPH * theme.scale, key_line(metrics)
    for name, x, line in key_places(names, metrics, width, theme):
        painter.save()
        painter.translate(x, line * high + 0.15 * high)
        paint_key(painter, Viewport(0.0, 1.0, 0.0, 1.0, wide, 0.7 * high), name, theme)
        painter.restore()
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(x + wide + 5.0, line * high, width, high), LEFT, OVERLAYS[name].title)


def key_words(names: Sequence[str], sketch: Sketch) -> str:
    """How large the arrows are, and what cannot be drawn."""
    scale = [f"Gradients × {short_text(sketch.scale)}"] if any(OVERLAYS[name].slope for name in names) else []
    return ". ".join((*scale, *sketch.notes))
