"""The race as a movie: the same picture as on screen, step after step."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import BinaryIO

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from simulator.export.formats import Shot
from simulator.export.gif import Gif, Palette, Pixels, trouble
from simulator.export.mp4 import Mp4
from simulator.export.reel import HOLD, Reel, reel
from simulator.ui.picture import Picture
from simulator.ui.theme import Theme
from simulator.ui.writers import picture_of

SAMPLES = 6  # frames that a palette is made from
PALETTE_SHARE = 0.1  # of the work, as far as a progress bar goes
PATIENCE = 0.02  # seconds to wait for ffmpeg before someone else has a turn


class Frames:
    """Frames of ``width`` × ``height`` pixels of one picture at any step, painted into one piece of memory."""

    def __init__(self, picture: Picture, width: int, height: int, scale: float):
        self._picture, self._scale = picture, scale
        self._image = QImage(width, height, QImage.Format.Format_RGB32)
        if self._image.isNull():
            raise OSError(f"no memory for {width} × {height} pixels")
        self._page = QRectF(0, 0, width / scale, height / scale)

    def at(self, step: int) -> bytes | bytearray | memoryview:
        """The frame of ``step``, four bytes a pixel: blue, green, red, and one without meaning.

        The next one overwrites it.
        """
        painter = QPainter(self._image)
        painter.scale(self._scale, self._scale)
        try:
            replace(self._picture, step=step).draw(painter, self._page, self._scale)
        finally:  # an image that is still being painted on takes the process with it
            painter.end()
        return self._image.constBits()

    def pixels(self, step: int) -> Pixels:
        found = np.frombuffer(self.at(step), dtype="<u4") & 0xFFFFFF
        return found.reshape(self._image.height(), self._image.width())


def gif(shot: Shot, stream: BinaryIO) -> Generator[float]:
    """See `simulator.export.formats.Format.writer`."""
    if fault := trouble():
        raise OSError(fault)
    picture, shown, (width, height) = picture_of(shot), _reel(shot), shot.options.pixels
    frames = Frames(picture, width, height, shot.options.scale)
    samples: list[Pixels] = []
    for i in range(SAMPLES):
        samples.append(frames.pixels(shown.ticks[(len(shown.ticks) - 1) * i // (SAMPLES - 1)]))
        yield PALETTE_SHARE * i / SAMPLES
    made = Gif(stream, width, height, Palette.of(samples, _flat(picture.theme)))
    del samples
    for n, (step, second) in enumerate(shown.runs):
        made.add(frames.pixels(step), second)
        yield PALETTE_SHARE + (1.0 - PALETTE_SHARE) * n / len(shown.runs)
    made.end(shown.seconds)
    yield 1.0


def mp4(shot: Shot, stream: BinaryIO) -> Generator[float]:
    """See `simulator.export.formats.Format.writer`.

    An odd side loses a pixel: the way colours are stored asks for it.
    """
    shown, fps = _reel(shot), shot.options.fps
    width, height = (side - side % 2 for side in shot.options.pixels)
    frames = Frames(picture_of(shot), width, height, shot.options.scale)
    with Mp4(width, height, fps) as made:
        ticks = (*shown.ticks, *[shown.ticks[-1]] * round(HOLD * fps))
        before = -1
        frame: bytes | bytearray | memoryview = b""
        for n, step in enumerate(ticks):
            frame = frame if step == before else frames.at(step)
            before = step
            made.add(frame)
            yield n / len(ticks)
        while not made.ended(PATIENCE):
            yield 1.0
        made.copy_to(stream)
    yield 1.0


def _reel(shot: Shot) -> Reel:
    options = shot.options
    return reel(min(options.first, shot.step), shot.step, options.fps, options.frames)


def _flat(theme: Theme) -> list[int]:
    """What must look in a movie as it does on screen."""
    names = (
        theme.window, theme.panel, theme.plot, theme.text, theme.faint, theme.line, theme.accent, theme.good, theme.bad,
        *theme.racers,
    )  # fmt: skip
    return [QColor(name).rgb() & 0xFFFFFF for name in names]
