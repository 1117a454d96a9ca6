"""The relief's picture: the block of land itself, its outline, and the axes along its foot."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from simulator.relief import HALF, RISE, Camera
from simulator.ui.arena_axes import marks
from simulator.ui.arena_heads import Ink, font
from simulator.ui.contour import BANDS, Relief, bands, division
from simulator.ui.layer import PATIENCE
from simulator.ui.lineimage import LineImage, Rows, Track
from simulator.ui.linepath import paint_paths
from simulator.ui.polyline import Viewport
from simulator.ui.reliefground import ReliefPort
from simulator.ui.stamp import Stamp, is_vector
from simulator.ui.style import mix
from simulator.ui.theme import Theme
from simulator.words import short_text

Array = NDArray[np.float64]
Names = tuple[str, str]
SHADE = 0.4  # how much of the light's changes are shown
DIMMEST, BRIGHTEST = 0.62, 1.08
TICK, SPREAD = 5.0, 46.0  # pixels: a tick's length, and the least between two numbers
SHORT = 60.0  # pixels; an axis seen nearly end on has no room for numbers
FAINT = 0.5  # of a hidden line's colour that is the ground's


def land(port: ReliefPort, theme: Theme) -> QImage:
    """The surface in the contour's colours and lines, lit, above the front sides of its block."""
    ground, horizon = port.ground, port.horizon
    height, light, wall = horizon.look()
    colors = theme.contour_low, theme.contour_mid, theme.contour_high, theme.contour_line, theme.plot
    picture = bands(height * (BANDS / RISE), division(ground.landscape, ground.levels, port), horizon.ratio, colors)
    inner = slice(None, -1)  # without the row and column that were for slopes
    lit = np.clip(1.0 + SHADE * (light[inner, inner] - 1.0), DIMMEST, BRIGHTEST)
    picture = np.where(np.isfinite(height[inner, inner]), _lit(picture, lit), picture)
    sides = np.array([_pixel(color) for color in _walls(theme)], dtype=np.uint32)
    picture = np.where(wall[inner, inner], sides[horizon.on_side[None, inner].astype(np.intp)], picture)
    picture = np.ascontiguousarray(picture)
    rows, columns = picture.shape
    image = QImage(picture.data, columns, rows, picture.strides[0], QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(horizon.ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _outline(painter, port, theme)
    painter.end()
    return image


def _lit(picture: NDArray[np.uint32], light: Array) -> NDArray[np.uint32]:
    share, byte = np.rint(light * 256.0).astype(np.uint32), np.uint32(8)
    out = np.full_like(picture, 0xFF)
    for shift in (16, 8, 0):
        channel = picture >> np.uint32(shift) & np.uint32(0xFF)
        out = out << byte | np.minimum(channel * share >> byte, np.uint32(0xFF))
    return out


def _walls(theme: Theme) -> tuple[str, str]:
    """Of the block's two front sides."""
    side = mix(theme.contour_mid, theme.plot, 0.35)
    return side, mix(side, theme.contour_line if not theme.dark else theme.plot, 0.18)


def _pixel(color: str) -> int:
    return 0xFF000000 | int(color[1:], 16)


def _outline(painter: QPainter, port: ReliefPort, theme: Theme) -> None:
    """The skyline, the front rim and the block's foot: smooth lines over the stairs of pixels."""
    horizon, columns = port.horizon, port.horizon.within
    right = horizon.right[columns]
    if not len(right):
        return
    foot = horizon.front[columns] * math.sin(horizon.tilt)
    painter.setPen(QPen(QColor(mix(theme.contour_line, theme.plot, 0.3)), 1.0 * theme.scale))
    for up in (horizon.highest[columns, -1], horizon.up[columns, 0], foot):
        placed = np.stack((right, up, up), axis=1)
        px = port.view.to_px(placed[np.isfinite(up)])
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in px.tolist()]))
    for end in (0, -1):
        if horizon.within[end]:  # the block goes on beyond the picture
            continue
        ups = np.array([foot[end], horizon.highest[columns][end, -1]])
        ends = port.view.to_px(np.stack((np.full(2, right[end]), ups, ups), axis=1)).tolist()
        painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))


def relief_tracks(tracks: list[Track], theme: Theme) -> list[Track]:
    """How paths are painted that `ReliefPort.draped` gives: the whole faint, and over it what is seen."""
    faint = [Track(mix(t.color, theme.contour_mid, FAINT), 0.6 * t.width, t.dash, visible=t.visible) for t in tracks]
    return faint + tracks


class Draped:
    """Growing paths on the surface: a frame adds the rows that are new. After a turn all are painted afresh, the newest
    first, over as many frames as it takes."""

    def __init__(self) -> None:
        self.picture: LineImage | None = None
        self._work: Iterator[None] | None = None
        self._painted = -1  # the last row, once the work is done

    def void(self) -> None:
        self.picture = self._work = None

    @property
    def complete(self) -> bool:
        return self._work is None

    @property
    def ink(self) -> Ink | None:
        return self.picture.ink if self.picture is not None and self.complete else None

    def paint(
        self,
        painter: QPainter,
        port: ReliefPort,
        looks: list[Track],
        rows: Rows,
        step: int,
        ratio: float,
        seconds: float = PATIENCE,
    ) -> None:
        """Rows 0 … ``step`` of what `ReliefPort.draped` gives, or as many as ``seconds`` suffice for."""
        flat = Viewport(0.0, port.width, 0.0, port.height, port.width, port.height)
        if self.picture is None or (self.complete and step < self._painted):
            self.picture = LineImage(flat, ratio, looks)
            self._work, self._painted = self.picture.repaint(rows, step, steady=seconds == math.inf), step
        end = time.perf_counter() + seconds
        while self._work is not None and time.perf_counter() < end:
            if next(self._work, self) is self:
                self._work = None
        if self.complete and step > self._painted:
            self.picture.add(rows(self._painted + 1, step))
            self._painted = step
        if is_vector(painter):  # the image is for names to find room
            paint_paths(painter, flat, looks, iter((rows(0, step),)))
        else:
            painter.drawImage(0, 0, self.picture.image)


def paint_axes(painter: QPainter, port: ReliefPort, names: Names, theme: Theme) -> list[QRectF]:
    """Ticks, numbers and names along the two edges of the foot that are nearest, and the losses up the left corner.
    Returns where the names stand."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(theme))
    metrics = QFontMetricsF(painter.font())
    floor = [_floor_axis(painter, port, axis, name, theme, metrics) for axis, name in enumerate(names)]
    return [*floor, _loss_axis(painter, port, theme, metrics)]


def _floor_axis(
    painter: QPainter, port: ReliefPort, axis: int, name: str, theme: Theme, metrics: QFontMetricsF
) -> QRectF:
    begin, end = edge(port.view.camera, axis)
    (x0, y0), (x1, y1) = _px(port, begin), _px(port, end)
    length = math.hypot(x1 - x0, y1 - y0)
    out = _outward(port, (begin + end) / 2)
    low, high = port.ground.box[axis].tolist()
    tick, numbers = TICK * theme.scale, 0.0
    if length >= SHORT * theme.scale:
        painter.setPen(QPen(QColor(theme.faint), 1.0 * theme.scale))
        for value, text in marks(low, high, max(2, int(length / (SPREAD * theme.scale)))):
            share = (value - low) / (high - low)
            at = QPointF(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
            painter.drawLine(at, at + out * tick)
            rect = _write(painter, metrics, at + out * (1.6 * tick), out, text)
            numbers = max(numbers, abs(out.x()) * rect.width() + abs(out.y()) * rect.height())
    painter.setPen(QColor(theme.text))
    middle = QPointF((x0 + x1) / 2, (y0 + y1) / 2)
    return _write(painter, metrics, middle + out * (2.4 * tick + numbers), out, name)


def _loss_axis(painter: QPainter, port: ReliefPort, theme: Theme, metrics: QFontMetricsF) -> QRectF:
    corner = min(_corners(), key=lambda at: float(port.view.camera.place(at)[0]))
    tick = TICK * theme.scale
    painter.setPen(QPen(QColor(theme.faint), 1.0 * theme.scale))
    top = QPointF()
    for height, text in loss_marks(port.ground.levels):
        at = QPointF(*_px(port, corner + np.array((0.0, 0.0, height))))
        painter.drawLine(at, at - QPointF(tick, 0.0))
        _write(painter, metrics, at - QPointF(1.6 * tick, 0.0), QPointF(-1.0, 0.0), text)
        top = at
    foot = QPointF(*_px(port, corner))
    painter.drawLine(foot, top)
    painter.setPen(QColor(theme.text))
    return _write(painter, metrics, top - QPointF(0.0, metrics.height()), QPointF(-0.4, -1.0), "loss")


def loss_marks(levels: Relief) -> Iterator[tuple[float, str]]:
    """Heights up the loss axis and the losses there, the lowest first."""
    shares = np.linspace(0.0, 1.0, 4)
    losses = levels.loss(shares * BANDS).tolist()
    for share, loss in zip(shares.tolist(), losses, strict=True):
        # 9e−35 is 0 beside what else is there.
        yield RISE * share, short_text(0.0 if abs(loss) < 1e-12 * abs(losses[-1]) else loss)


def edge(camera: Camera, axis: int) -> tuple[Array, Array]:
    """Both ends (u, v, 0), low and high, of the nearest edge of the foot along which coordinate ``axis`` changes."""
    ends = np.zeros((2, 3))
    ends[:, axis] = -HALF, HALF
    other = 1 - axis

    def depth(side: float) -> float:
        ends[:, other] = side
        return float(camera.place(ends).mean(axis=0)[1])

    ends[:, other] = min((-HALF, HALF), key=depth)
    return ends[0], ends[1]


def _corners() -> list[Array]:
    return [np.array((u, v, 0.0)) for u in (-HALF, HALF) for v in (-HALF, HALF)]


def _px(port: ReliefPort, point: Array) -> tuple[float, float]:
    x, y = port.view.to_px(port.view.camera.place(point)).tolist()
    return x, y


def _outward(port: ReliefPort, at: Array) -> QPointF:
    """The direction in the picture, of length 1, from the middle of the foot to ``at``."""
    (x0, y0), (x1, y1) = _px(port, np.zeros(3)), _px(port, at)
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    return QPointF((x1 - x0) / length, (y1 - y0) / length)


def _write(painter: QPainter, metrics: QFontMetricsF, at: QPointF, away: QPointF, text: str) -> QRectF:
    """``text`` beside ``at``, on the side ``away`` points to; where it stands."""
    width, height = metrics.horizontalAdvance(text), metrics.height()
    middle = at + away * (abs(away.x()) * width / 2 + abs(away.y()) * height / 2)
    rect = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height).adjusted(-2, 0, 2, 0)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    return rect


def caption(words: str, theme: Theme) -> Stamp:
    """A line of small type for a corner of the picture."""
    metrics = QFontMetricsF(font(theme))

    def paint(painter: QPainter) -> None:
        painter.setFont(font(theme))
        painter.setPen(QColor(theme.faint))
        painter.drawText(QPointF(1.0, metrics.ascent()), words)

    return Stamp(metrics.horizontalAdvance(words) + 2.0, metrics.height(), paint)
