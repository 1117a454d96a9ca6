"""The relief with its racers, painted anywhere: what has not changed since it was painted last is kept."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from simulator.landscape import Landscape
from simulator.recording import Recording
from simulator.relief import Camera, View
from simulator.ui.arena_heads import Heads, around, trails
from simulator.ui.arena_paint import fork_marks, paint_star, paint_starts, places, tracks
from simulator.ui.contour import Relief
from simulator.ui.forkmarks import paint_forks
from simulator.ui.ground import Outlook
from simulator.ui.mappaint import MapPaint, axis_names, paint_arena
from simulator.ui.reliefground import Ground, ReliefPort
from simulator.ui.reliefpaint import Draped, caption, land, paint_axes, relief_tracks
from simulator.ui.stamp import put
from simulator.ui.theme import Theme

CURVE = "One parameter: the curve is the relief."


class ReliefPicture:
    """`look` at a step before it is painted. ``ratio`` is device pixels a unit, ``draft`` the share of them the land is
    made of."""

    def __init__(self, outlook: Outlook):
        self.outlook = outlook
        self._of: tuple[object, ...] = ()  # what the ground was made from
        self._levels: Relief | None = None  # of the landscape as it stands at step 0
        self.ground: Ground | None = None
        self.port: ReliefPort | None = None
        self.land: QImage | None = None
        self._land_of: tuple[object, ...] = ()
        self.trails = Draped()
        self._trails_of: tuple[object, ...] = ()
        self._heads = Heads()
        self._curve = MapPaint()

    def look(self, recording: Recording, step: int) -> tuple[bool, bool]:
        """Make the ground anew if the landscape, its plane or the moment is another; whether it did, and whether that
        is because it moves."""
        landscape = recording.race.landscape
        self.outlook.look(recording)
        of = landscape, self.outlook.plane, self.outlook.box
        if of != self._of:
            self._of = of
            self._levels = Relief.of(self.outlook.ground(landscape))
            self.ground = None
        moves = self.ground is not None
        if moves and not (landscape.moving and self._moved(self._moment(landscape, step))):
            return False, False
        assert self._levels is not None
        self.ground = Ground(self._moment(landscape, step), self._levels)
        self.void()
        return True, moves

    def void(self) -> None:
        """Make all anew when it is painted next."""
        self.port = self.land = None
        self.trails.void()

    def _moment(self, landscape: Landscape, step: int) -> Landscape:
        return self.outlook.ground(landscape.at(step))

    def _moved(self, landscape: Landscape) -> bool:
        """Whether it stands a pixel from where it is drawn; one without minima, whether it is another."""
        assert self.ground is not None
        drawn = self.ground.landscape
        then, now = (np.array([m.theta for m in it.minima]) for it in (drawn, landscape))
        if self.port is None or not len(now) or then.shape != now.shape:
            return landscape != drawn
        return bool((np.abs(self.port.to_px(now) - self.port.to_px(then)) >= 1.0).any())

    def paint(
        self,
        painter: QPainter,
        size: QRectF,
        recording: Recording,
        step: int,
        camera: Camera,
        theme: Theme,
        hidden: frozenset[int],
        ratio: float,
        draft: float = 1.0,
        seconds: float = math.inf,
    ) -> None:
        """Into ``size``, which begins at (0, 0). Trails that are not ``complete`` after ``seconds`` are as they are."""
        painter.fillRect(size, QColor(theme.plot))
        if recording.race.landscape.dim == 1:
            self._paint_curve(painter, size, recording, step, theme, hidden, ratio)
            return
        port = self._prepared(View(camera, size.width(), size.height(), theme.scale), theme, ratio * draft)
        if port is None:
            return
        assert self.land is not None
        plane, landscape = self.outlook.plane, recording.race.landscape
        fine = port.horizon.ratio  # the image's last row and column may end outside of the picture
        painter.drawImage(size, self.land, QRectF(0, 0, port.width * fine, port.height * fine))
        written = paint_axes(painter, port, axis_names(recording, self.outlook), theme)
        looks = relief_tracks(tracks(recording, theme, hidden), theme)
        rows = port.draped(trails(recording, hidden, plane))
        if (of := (recording, plane, tuple(looks), ratio)) != self._trails_of:
            self._trails_of = of
            self.trails.void()
        self.trails.paint(painter, port, looks, rows, step, ratio, seconds)
        self._paint_stars(painter, port, theme)
        starts = port.to_px(places(landscape.at(step), np.array(recording.race.starts), plane))
        paint_starts(painter, starts, theme)
        paint_forks(painter, fork_marks(port, recording, step, theme, hidden, plane), theme)
        keep_out = [*written, *(around(x, y, 8.0 * theme.scale) for x, y in starts.tolist())]
        self._heads.paint(painter, port, recording, step, theme, hidden, keep_out, self.trails.ink, plane)
        if plane is not None:
            put(painter, QPointF(8.0, 6.0), caption(self.outlook.words, theme))

    def _paint_stars(self, painter: QPainter, port: ReliefPort, theme: Theme) -> None:
        for x, y, filled, seen in self._stars(port):
            painter.setOpacity(1.0 if seen else 0.4)
            paint_star(painter, QPointF(x, y), filled, theme)
        painter.setOpacity(1.0)

    def _paint_curve(
        self,
        painter: QPainter,
        size: QRectF,
        recording: Recording,
        step: int,
        theme: Theme,
        hidden: frozenset[int],
        ratio: float,
    ) -> None:
        words = caption(CURVE, theme)
        area = size.adjusted(0, 0, 0, -words.size.height())
        paint_arena(painter, area, recording, step, theme, hidden=hidden, scale=ratio, paint=self._curve)
        put(painter, QPointF(8.0, area.bottom()), words)

    def _prepared(self, view: View, theme: Theme, ratio: float) -> ReliefPort | None:
        """The port of the view as it is now, with the picture of the land made."""
        if view.empty or self.ground is None:
            return None
        if self.port is None or (view, ratio, theme) != self._land_of:
            self._land_of = view, ratio, theme
            self.port = ReliefPort.of(self.ground, view, ratio)
            self.land = land(self.port, theme)
            self.trails.void()
        return self.port

    def _stars(self, port: ReliefPort) -> list[tuple[float, float, bool, bool]]:
        """Of every minimum in the box: where it stands, whether it is the lowest, and whether it is seen."""
        minima = port.ground.landscape.minima
        if not minima:
            return []
        placed = port.place(np.array([m.theta for m in minima]))
        px, seen = port.view.to_px(placed).tolist(), port.horizon.seen(placed).tolist()
        return [
            (x, y, m.kind == "global", there)
            for (x, y), m, there in zip(px, minima, seen, strict=True)
            if np.isfinite((x, y)).all()
        ]
