"""The picture of a race: arena, curves, legend and protocol in one painting, for files and the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter

from simulator import __version__, png_text, racefile
from simulator.files import FileError, check_writable, write
from simulator.param import Param, params
from simulator.race import Entrant, Race
from simulator.recording import Recording
from simulator.ui.arena_paint import paint_arena
from simulator.ui.card import gap_text, status_text
from simulator.ui.curves_paint import paint_curves
from simulator.ui.fields import point_words
from simulator.ui.ground import Outlook
from simulator.ui.labels import paint_swatch
from simulator.ui.qt import application
from simulator.ui.theme import LIGHT, Theme
from simulator.words import short_text as short

MARGIN = 24.0
NARROW = 400.0  # a column of the legend that has room for a name and a result alone
LEGEND = 0.3  # of the page that it may take
NOISES = {
    "gaussian": "noise", "multiplicative": "multiplicative noise", "student": "heavy-tailed noise",
    "sparse": "sparse gradients",
}  # fmt: skip


def save_png(
    recording: Recording,
    path: Path,
    width: int = 1600,
    height: int = 900,
    scale: float = 1.0,
    step: int | None = None,
    theme: Theme = LIGHT,
    hidden: frozenset[int] = frozenset(),
    outlook: Outlook | None = None,
) -> None:
    """Write the picture of ``recording`` at ``step`` (its last by default), with its race file inside.

    ``width`` × ``height`` are layout units; the file has ``scale`` times as many pixels, lines and type growing along.
    ``outlook`` is the plane in more than two dimensions, that of the race's main directions by default.
    Raises FileError with the reason in one line; the file is then as it was.
    """
    check_writable(path)
    image = QImage(round(width * scale), round(height * scale), QImage.Format.Format_RGB32)
    if image.isNull():
        raise FileError("write", path, f"no memory for {width * scale:.0f} × {height * scale:.0f} pixels")
    # 96 dots an inch are 3780 a metre: at scale 2 the picture is as large on paper, and twice as fine.
    image.setDotsPerMeterX(round(3780 * scale))
    image.setDotsPerMeterY(round(3780 * scale))
    application()
    painter = QPainter(image)
    painter.scale(scale, scale)
    step = recording.done if step is None else step
    try:
        draw(painter, QRectF(0, 0, width, height), recording, step, theme, hidden, scale, outlook)
    finally:  # an image that is still being painted on takes the process with it
        painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]  # the stubs want bytes, Qt a str
    write(path, png_text.insert(bytes(buffer.data().data()), racefile.dumps(recording.race)))


def draw(
    painter: QPainter,
    rect: QRectF,
    recording: Recording,
    step: int,
    theme: Theme,
    hidden: frozenset[int] = frozenset(),
    scale: float = 1.0,
    outlook: Outlook | None = None,
) -> None:
    """Paint the whole picture into ``rect``, in the painter's units, at ``scale`` device pixels a unit."""
    race = recording.race
    painter.fillRect(rect, QColor(theme.window))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    page = rect.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    page.setTop(_title(painter, page, race, theme))
    page.setBottom(_protocol(painter, page, race, step, theme))
    page.setBottom(_legend(painter, page, recording, step, theme, hidden))
    wide = page.width() > 1.25 * page.height()
    arena, curves = QRectF(page), QRectF(page)
    if wide:
        arena.setWidth(0.56 * page.width() - MARGIN / 2)
        curves.setLeft(arena.right() + MARGIN)
    else:
        arena.setHeight(0.6 * page.height() - MARGIN / 2)
        curves.setTop(arena.bottom() + MARGIN)
    paint_arena(painter, arena, recording, step, theme, hidden=hidden, scale=scale, outlook=outlook)
    paint_curves(painter, curves, recording, step, theme, hidden, 1.0)


def protocol(race: Race, step: int) -> str:
    """What was the same for everyone, in one line."""
    noise = race.noise
    size = f"p = {short(noise.probability)}" if noise.kind == "sparse" else f"σ = {short(noise.sigma)}"
    feels = f"{NOISES[noise.kind]} {size}, {'the same draws for all' if noise.shared else 'own draws each'}"
    if noise.kind != "sparse" and not noise.sigma:
        feels = "no noise"
    starts = ", ".join(point_words(start) for start in race.starts[:3])
    more = f" and {len(race.starts) - 3} more" if len(race.starts) > 3 else ""
    return (
        f"Step {step} of {race.steps} · start {starts}{more} · {feels} · seed {race.seed} · "
        f"{settings(race.landscape)} · optim-race {__version__}"
    )


def settings(thing: object) -> str:
    """A landscape's or schedule's name with its parameters."""
    values = {p.symbol: value for (_, p), value in zip(params(type(thing)).items(), thing.hyper.values(), strict=True)}  # type: ignore[attr-defined]
    told = ", ".join(f"{k} = {short(v) if isinstance(v, (int, float)) else v}" for k, v in values.items())
    return f"{thing.title} ({told})" if told else thing.title  # type: ignore[attr-defined]


def recipe(entrant: Entrant) -> str:
    """A racer's settings in one line: η, and all else that differs from its default."""
    optimizer = entrant.optimizer
    told = [f"η = {short(entrant.lr)}"]
    for name, p in params(type(optimizer)).items():
        value = optimizer.hyper[name]
        if name != "lr" and (value != p.default or name in ("beta", "beta1", "rho")) and value != p.off:
            told.append(_setting(p, value))
    if entrant.clip_value:
        told.append(f"coordinates clipped at {short(entrant.clip_value)}")
    if entrant.clip_norm:
        told.append(f"clipped at {short(entrant.clip_norm)}")
    if entrant.schedule.name != "constant" or entrant.schedule.warmup:
        warmup = f", warm-up {entrant.schedule.warmup}" if entrant.schedule.warmup else ""
        told.append(f"{entrant.schedule.title.lower()} schedule{warmup}")
    if entrant.restart:
        told.append("memory restarted")
    return ", ".join(told)


def _setting(param: Param, value: Any) -> str:
    if param.numeric:
        return f"{param.symbol} = {short(value)}"
    return f"{param.symbol} {'on' if value else 'off'}" if param.scale == "switch" else f"{param.symbol} = {value}"


def result(recording: Recording, entrant: int, step: int) -> str:
    """How a racer stands in words, over all its starts, as its card says it."""
    first = recording.lane(entrant)
    lanes = slice(first, first + len(recording.race.starts))
    status = status_text(recording, lanes, step)[0]
    gaps = recording.loss[step, lanes] - (recording.floor or 0.0)
    if not np.isfinite(gaps).all():
        return status
    gap = gap_text(gaps)
    return f"{f'loss {gap}' if recording.floor is None else f'{gap} above the minimum'}, {status}"


def _title(painter: QPainter, page: QRectF, race: Race, theme: Theme) -> float:
    big, small = _font(24, theme, bold=True), _font(14, theme)
    metrics = QFontMetricsF(big), QFontMetricsF(small)
    painter.setFont(big)
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(page.x(), page.y() + metrics[0].ascent()), _fit(metrics[0], race.title, page.width()))
    painter.setFont(small)
    painter.setPen(QColor(theme.faint))
    y = page.y() + metrics[0].height() + metrics[1].ascent()
    told = f"{race.landscape.title}: {race.landscape.formula_text}"
    painter.drawText(QPointF(page.x(), y), _fit(metrics[1], told, page.width()))
    return y + metrics[1].descent() + 12.0


def _protocol(painter: QPainter, page: QRectF, race: Race, step: int, theme: Theme) -> float:
    font = _font(12, theme)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(theme.faint))
    told = _fit(metrics, protocol(race, step), page.width())
    painter.drawText(QPointF(page.x(), page.bottom() - metrics.descent()), told)
    return page.bottom() - metrics.height() - 8.0


def _legend(
    painter: QPainter, page: QRectF, recording: Recording, step: int, theme: Theme, hidden: frozenset[int]
) -> float:
    """A line a racer, in as many columns as there is room for, narrower ones where there are many racers; the rest are
    counted. Returns where it begins."""
    race = recording.race
    shown = [i for i, entrant in enumerate(race.entrants) if entrant.stream not in hidden]
    name, rest = _font(14, theme, bold=True), _font(14, theme)
    metrics = QFontMetricsF(name), QFontMetricsF(rest)
    row = metrics[0].height() + 6.0
    most = max(1, int(LEGEND * page.height() / row))
    columns = max(1, int(page.width() // 620.0))
    if len(shown) > most * columns:
        columns = max(1, int(page.width() // 310.0))
    rows = min(-(-len(shown) // columns), most)
    top, column = page.bottom() - rows * row, page.width() / columns
    listed = shown if len(shown) <= rows * columns else shown[: rows * columns - 1]
    for n, i in enumerate(listed):
        entrant = race.entrants[i]
        x, y = page.x() + column * (n // rows), top + row * (n % rows)
        paint_swatch(painter, QRectF(x, y, 40.0, row), theme.style(entrant.stream), theme)
        label = _fit(metrics[0], entrant.label, (0.5 if column < NARROW else 0.3) * column)
        painter.setFont(name)
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(x + 50.0, y + metrics[0].ascent() + 3.0), label)
        left = x + 50.0 + metrics[0].horizontalAdvance(label) + 10.0
        painter.setFont(rest)
        told = _told(metrics[1], recording, i, step, x + column - left - 16.0, column < NARROW)
        painter.drawText(QPointF(left, y + metrics[0].ascent() + 3.0), told)
    if len(listed) < len(shown):
        x, y = page.x() + column * (columns - 1), top + row * (rows - 1)
        painter.drawText(QPointF(x, y + metrics[0].ascent() + 3.0), f"and {len(shown) - len(listed)} more")
    return top - 12.0


def _told(metrics: QFontMetricsF, recording: Recording, entrant: int, step: int, room: float, narrow: bool) -> str:
    """A racer's settings and how it stands; where not all has room the settings are cut, never the result."""
    how = result(recording, entrant, step)
    if narrow:
        return _fit(metrics, how.removesuffix(", racing"), room)
    settings = recipe(recording.race.entrants[entrant])
    return _fit(metrics, f"{_fit(metrics, settings, room - metrics.horizontalAdvance(f': {how}'))}: {how}", room)


def _font(pixels: float, theme: Theme, bold: bool = False) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(round(pixels * theme.scale))
    font.setBold(bold)
    return font


def _fit(metrics: QFontMetricsF, text: str, width: float) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
