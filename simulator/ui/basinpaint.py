"""Basin maps as pixels, and the key to them: hue and hatch say which minimum, the shade how many steps it took."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from simulator.landscape import Landscape
from simulator.studies.basins import DIVERGED, OUT_OF_VIEW, UNDER_WAY, UNKNOWN, Basins, letter
from simulator.ui.arena_heads import plaque
from simulator.ui.arena_paint import ABOVE, BELOW, backdrop
from simulator.ui.contour import Relief
from simulator.ui.polyline import Viewport
from simulator.ui.stamp import put
from simulator.ui.theme import Theme

HUES = ("#56a5d8", "#e0a030", "#3aa983", "#cf7fb0", "#d9744a", "#8f8fd8", "#b3ab3c", "#8aa2a8")
TILE, SHADES = 8, 64  # pixels of a hatch before it repeats; shades from the fewest steps to the most
STRIP = BELOW / (1.0 + ABOVE + BELOW)  # of the height: a map of one dimension, in the room below its curve
LISTED = 8  # goals in the key, those that most starts reach
GAP, SAMPLE = 10.0, (26.0, 13.0)  # of the key
Ground = Callable[[Landscape, Relief | None, Viewport, float, Theme], QImage]


def _hatches() -> NDArray[np.bool_]:
    """None, two slants, lines across and upwards, dots, a grid: (hatches, TILE, TILE)."""
    y, x = np.mgrid[:TILE, :TILE]
    rising, falling, flat, steep = (x + y) % TILE < 1, (x - y) % TILE < 1, y % TILE < 1, x % TILE < 1
    dots = ((x % 4) < 2) & ((y % 4) < 2)
    return np.stack((np.zeros_like(flat), rising, falling, flat, steep, dots, flat | steep))


HATCHES = _hatches()
CROSSED, DOTTED, PLAIN = 6, 5, 0


def look(code: int, theme: Theme) -> tuple[str, int]:
    """Hue and hatch of what a start leads to; of goals 56 pairs differ."""
    others = {
        UNDER_WAY: (theme.line, DOTTED), OUT_OF_VIEW: (theme.window, 1), DIVERGED: (theme.bad, CROSSED),
        UNKNOWN: (theme.plot, PLAIN),
    }  # fmt: skip
    return others[code] if code < 0 else (HUES[code % len(HUES)], code % len(HATCHES))


def channels(color: str) -> tuple[int, int, int]:
    made = QColor(color)
    return made.red(), made.green(), made.blue()


def _table(codes: range, theme: Theme) -> NDArray[np.uint32]:
    """Colours by (hatched, code, shade); codes count from `UNKNOWN` on."""
    dark, light = np.array((10.0, 14.0, 20.0)), np.array((255.0, 255.0, 255.0))
    t = np.linspace(0.0, 1.0, SHADES)[:, None]
    rows: list[list[NDArray[np.float64]]] = [[], []]
    for code in codes:
        color = np.array(channels(look(code, theme)[0]), dtype=float)
        if code < 0:
            shades = np.repeat(color[None], SHADES, axis=0)
        elif theme.dark:
            shades = color + (dark - color) * (0.15 + 0.6 * t)
        else:
            shades = color + (light - color) * 0.6 * (1.0 - t) + (dark - color) * 0.3 * t
        rows[0].append(shades)
        rows[1].append(shades + ((light if theme.dark else dark) - shades) * 0.25)
    red, green, blue = np.moveaxis(np.rint(np.array(rows)).astype(np.uint32), -1, 0)
    return np.uint32(0xFF000000) | red << 16 | green << 8 | blue


def pixels(
    codes: NDArray[np.int16], steps: NDArray[np.int32], slowest: int, scale: float, theme: Theme
) -> NDArray[np.uint32]:
    """What each pixel leads to, and in how many steps, as colours; a pixel of a hatch is ``scale`` pixels wide."""
    known = range(UNKNOWN, max(int(codes.max(initial=0)), 0) + 1)
    hatches = np.array([look(code, theme)[1] for code in known])
    shade = np.clip(steps * ((SHADES - 1) / max(slowest, 1)), 0, SHADES - 1).astype(np.intp)
    scale = max(scale, 1.0)  # smaller, in a preview, it would be made of chance pixels, and look like another
    rows, columns = ((np.arange(n) / scale).astype(np.intp) % TILE for n in codes.shape)
    index = codes.astype(np.intp) - UNKNOWN
    hatched = HATCHES[hatches[index], rows[:, None], columns[None]]
    return _table(known, theme)[hatched.astype(np.intp), index, shade]


def knows(made: Basins, stream: int) -> bool:
    """Whether there is something to be seen of the racer with this stream."""
    rows = (made.reached[i] for i, it in enumerate(made.entrants) if it.stream == stream)
    return any(made.under is not None or bool((row != UNKNOWN).any()) for row in rows)


def ground_of(made: Basins, stream: int) -> Ground:
    """What paints the map of the racer with this stream in the place of its landscape."""
    entrant = next(i for i, it in enumerate(made.entrants) if it.stream == stream)
    return partial(_ground, made, entrant)


def _ground(
    made: Basins, entrant: int, landscape: Landscape, relief: Relief | None, port: Viewport, ratio: float, theme: Theme
) -> QImage:
    wide, high = math.ceil(port.width * ratio), math.ceil(port.height * ratio)
    first = round((1.0 - STRIP) * high) if landscape.dim == 1 else 0
    x = port.x0 + (np.arange(wide) + 0.5) * ((port.x1 - port.x0) / (port.width * ratio))
    y = port.y1 - (np.arange(first, high) + 0.5) * ((port.y1 - port.y0) / (port.height * ratio))
    seen, steps = _found(made, entrant, x, y)
    if made.under is not None:
        unknown = seen == UNKNOWN
        below, slower = _found(made.under, entrant, x, y)
        seen, steps = np.where(unknown, below, seen), np.where(unknown, slower, steps)
    picture = np.ascontiguousarray(pixels(seen, steps, made.slowest, ratio * theme.scale, theme))
    image = QImage(picture.data, wide, len(picture), picture.strides[0], QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    if landscape.dim == 1:
        strip, image = image, backdrop(landscape, relief, port, ratio, theme)
        painter = QPainter(image)
        painter.drawImage(QPointF(0, first / ratio), strip)
        painter.end()
    elif not landscape.moving:
        painter = QPainter(image)
        for number, goal in enumerate(made.goals[:LISTED]):
            (at,) = port.to_px(np.array([goal.minimum.theta])).tolist()
            put(painter, QPointF(at[0] + 9.0 * theme.scale, at[1]), plaque(((letter(number), theme.text),), theme))
        painter.end()
    return image


def _found(made: Basins, entrant: int, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[np.int16], NDArray[np.int32]]:
    """What starts at (x, y) lead to, `UNKNOWN` beyond the map, and in how many steps: (len(y), len(x)) each."""
    codes, steps = made.filled(entrant)
    column, across = _cells(x, made.box[0], codes.shape[1])
    row, up = _cells(y, made.box[1], codes.shape[0]) if len(made.box) == 2 else (np.zeros(len(y), int), y == y)
    cells = np.ix_(row, column)
    return np.where(up[:, None] & across, codes[cells], UNKNOWN).astype(np.int16), steps[cells]


def _cells(along: NDArray[Any], ends: tuple[float, float], size: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The cell at each coordinate, and whether it is one of the grid's."""
    place = np.floor((along - ends[0]) / (ends[1] - ends[0]) * size)
    return np.clip(place, 0, size - 1).astype(np.intp), (place >= 0) & (place < size)


# The key.


def entries(made: Basins) -> list[tuple[int, str]]:
    """What starts lead to, and its name: goals with the most starts first, then the rest that occurs."""
    made = made.under if made.under is not None and (made.reached == UNKNOWN).all() else made
    share = {code: sum(made.share(i, code) for i in range(len(made.entrants))) for code in range(len(made.goals))}
    listed = sorted(sorted(share, key=lambda code: -share[code])[:LISTED])
    named = [(code, made.name(code) + ("" if made.goals[code].known else ", found")) for code in listed]
    rest = (UNDER_WAY, OUT_OF_VIEW, DIVERGED)
    return [*named, *((code, made.name(code)) for code in rest if (made.reached == code).any())]


def shades(made: Basins, theme: Theme) -> str:
    few, many = ("Bright", "dark") if theme.dark else ("Pale", "deep")
    more = len(made.goals) - LISTED
    rest = f"; {more} more minima are not listed" if more > 0 else ""
    return f"{few}: at once, {many}: after {made.slowest:,} steps{rest}"


def key_places(made: Basins, metrics: QFontMetricsF, width: float, theme: Theme) -> list[tuple[int, str, float, int]]:
    """Code, name, from where on and on which line; the last has no sample: the code `UNKNOWN`."""
    placed: list[tuple[int, str, float, int]] = []
    x, line = 2.0, 0
    for code, name in [*entries(made), (UNKNOWN, shades(made, theme))]:
        wide = metrics.horizontalAdvance(name) + (SAMPLE[0] * theme.scale + 4.0) * (code != UNKNOWN)
        if x > 2.0 and x + wide > width:
            x, line = 2.0, line + 1
        placed.append((code, name, x, line))
        x += wide + GAP * theme.scale
    return placed


def key_height(made: Basins, metrics: QFontMetricsF, width: float, theme: Theme) -> float:
    return (key_places(made, metrics, width, theme)[-1][3] + 1) * (metrics.height() + 3.0)


def paint_key(painter: QPainter, made: Basins, width: float, theme: Theme) -> None:
    """From (0, 0) on, in the painter's font."""
    metrics = QFontMetricsF(painter.font())
    wide, high = SAMPLE[0] * theme.scale, SAMPLE[1] * theme.scale
    for code, name, left, line in key_places(made, metrics, width, theme):
        top = line * (metrics.height() + 3.0)
        if code != UNKNOWN:
            shape = round(high), round(wide)
            steps = np.broadcast_to(np.linspace(0, SHADES - 1, shape[1]).astype(np.int32), shape)
            colors = np.ascontiguousarray(pixels(np.full(shape, code, np.int16), steps, SHADES - 1, theme.scale, theme))
            image = QImage(colors.data, shape[1], shape[0], colors.strides[0], QImage.Format.Format_RGB32).copy()
            sample = QRectF(left, top + (metrics.height() - high) / 2, shape[1], shape[0])
            painter.drawImage(sample.topLeft(), image)
            painter.setPen(QPen(QColor(theme.faint), 1.0))
            painter.drawRect(sample)
            left += wide + 4.0
        painter.setPen(QColor(theme.text if code != UNKNOWN else theme.faint))
        painter.drawText(QPointF(left, top + metrics.ascent()), name)
