"""A map with its racers, painted anywhere: the landscape, the trails, what is drawn over them, heads and names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from simulator.landscape import Landscape
from simulator.recording import Recording
from simulator.ui.arena_axes import paint_axes
from simulator.ui.arena_heads import plaque, trails
from simulator.ui.arena_paint import Foreground, backdrop, home, paint_minima, paint_outlines, tracks
from simulator.ui.contour import Relief
from simulator.ui.ground import Outlook
from simulator.ui.linepath import Trails
from simulator.ui.polyline import Viewport
from simulator.ui.stamp import is_vector, put
from simulator.ui.theme import Theme

if TYPE_CHECKING:  # a window opens before these
    from simulator.sketcher import Sketcher
    from simulator.ui.scene import View

Backdrop = Callable[[Landscape, Relief | None, Viewport, float, Theme], QImage]
AXES = (5.7, 0.6, -0.8, -3.3)  # room around a map for its axes, in sizes of the type
relief_of = lru_cache(maxsize=4)(Relief.of)


class MapPaint:
    """Paints one map again and again: what has not changed since is kept. A map without ``names`` is one of several."""

    def __init__(self, names: bool = True, ground: Backdrop | None = None, lines: bool = True):
        """Without ``lines`` the ground is an image in an SVG or a PDF too."""
        self._lines = lines
        self._ground: Backdrop = ground or lru_cache(maxsize=2)(backdrop)
        self._trails, self._front = Trails(), Foreground(names)

    def paint(
        self,
        painter: QPainter,
        port: Viewport,
        recording: Recording,
        step: int,
        theme: Theme,
        hidden: frozenset[int],
        outlook: Outlook,
        scale: float,
        sketcher: Sketcher | None = None,
        streams: Sequence[int] = (),
    ) -> None:
        """Into (0, 0, port.width, port.height). ``sketcher`` draws over the racers with these ``streams``."""
        race, plane = recording.race, outlook.plane
        whole = outlook.ground(race.landscape)  # as it stands at first: its levels hold throughout
        landscape = outlook.ground(race.landscape.at(step))
        relief = relief_of(whole) if whole.dim == 2 else None
        painter.save()
        area = QRectF(0, 0, port.width, port.height)
        painter.setClipRect(area)
        if not (self._lines and is_vector(painter) and paint_outlines(painter, landscape, relief, port, theme)):
            painter.drawImage(QPointF(0, 0), self._ground(landscape, relief, port, scale, theme))
        paint_minima(painter, port, landscape, theme)
        rows = trails(recording, hidden, plane)
        looks = tracks(recording, theme, hidden)
        ink = self._trails.paint(painter, port, scale, looks, rows, step, (recording, plane))
        if sketcher is not None and sketcher.names:
            from simulator.ui.overlay_paint import paint_sketch  # not before there is something to draw

            span = port.x1 - port.x0, port.y1 - port.y0
            paint_sketch(
                painter, port, sketcher.sketch(recording, step, sketcher.chosen(streams), plane, span), hidden, theme
            )
        self._front.paint(painter, port, recording, step, theme, hidden, relief, ink, plane)
        painter.restore()


def inner(rect: QRectF, theme: Theme) -> QRectF:
    """Where a map stands in ``rect``, which its axes and their words fill.

    In whole units: a backdrop put between pixels would lose a row of them somewhere.
    """
    return QRectF(rect.adjusted(*(theme.font_px * room for room in AXES)).toRect())


def paint_arena(
    painter: QPainter,
    rect: QRectF,
    recording: Recording,
    step: int,
    theme: Theme,
    view: View | None = None,
    hidden: frozenset[int] = frozenset(),
    scale: float = 1.0,
    outlook: Outlook | None = None,
    sketcher: Sketcher | None = None,
    streams: Sequence[int] = (),
    paint: MapPaint | None = None,
) -> None:
    """The whole arena in ``rect``, in the painter's units, at ``scale`` device pixels a unit.

    ``view`` is the part of the plane shown, the landscape's own where it is None; ``outlook`` the plane in more than
    two dimensions, that of the race's main directions where it is None. ``paint`` remembers what it painted.
    """
    outlook = outlook or Outlook()
    outlook.look(recording)
    whole = outlook.ground(recording.race.landscape)
    (x0, x1), (y0, y1) = view or home(whole)
    place = inner(rect, theme)
    port = Viewport(x0, x1, y0, y1, place.width(), place.height())
    if port.empty:
        return
    painter.save()
    painter.fillRect(rect, QColor(theme.plot))
    painter.translate(place.topLeft())
    paint = paint or MapPaint()
    paint.paint(painter, port, recording, step, theme, hidden, outlook, scale, sketcher, streams)
    if outlook.plane is not None:
        edge = 0.6 * theme.font_px
        put(painter, QPointF(edge, edge), plaque(((outlook.words, theme.text),), theme))
    painter.restore()
    painter.save()
    paint_axes(painter, place, port, axis_names(recording, outlook), theme)
    painter.restore()


def axis_names(recording: Recording, outlook: Outlook) -> tuple[str, str]:
    """Across and upwards."""
    if outlook.plane is not None:
        return "direction 1", "direction 2"
    return ("x", "f(x)") if recording.race.landscape.dim == 1 else ("x", "y")
