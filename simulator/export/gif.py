"""An animated GIF, written frame by frame: one palette for all, and of each frame only what has changed.

The file's layout: https://www.w3.org/Graphics/GIF/spec-gif89a.txt. Pillow compresses the pixels; its own writer of
many frames keeps them all in memory, takes ten times as long, and makes twenty times as much of it.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.integer[Any]]  # (rows, columns), 0xRRGGBB
Indices = NDArray[np.uint8]

CLEAR = 255  # the index of "as it was"
BITS = 6  # of a channel that tell colours apart when the nearest is looked up
FLAT = 160  # colours kept as they are, the most frequent ones; the others stand for many
NEAR = 8  # levels of 255 by which every channel of a pixel may differ from what it should be, if it was so before
SHIFTS = np.array([16, 8, 0], dtype=np.uint32)
MOST_CENTISECONDS = 65_535


def trouble() -> str | None:
    """One line saying why no GIF can be made here and what to do, or None."""
    return None if importlib.util.find_spec("PIL") else "a GIF movie needs Pillow: pip install Pillow"


class Palette:
    """At most 255 colours, and the nearest of them to any."""

    def __init__(self, colors: Sequence[int]):
        self.colors = np.array(colors[:CLEAR], dtype=np.uint32)
        cells = np.arange(1 << (3 * BITS), dtype=np.uint32)
        axis = np.arange(1 << BITS, dtype=np.float32) * 255 / ((1 << BITS) - 1)
        mine = _channels(self.colors).astype(np.float32)
        self._nearest = np.empty(len(cells), dtype=np.uint8)
        for part in np.array_split(cells, 64):
            there = np.stack([axis[(part >> shift) & ((1 << BITS) - 1)] for shift in (2 * BITS, BITS, 0)], axis=1)
            # |a − b|² without |a|², which is the same for all b
            self._nearest[part] = ((mine * mine).sum(axis=1) - 2.0 * there @ mine.T).argmin(axis=1)
        for i in reversed(range(len(self.colors))):  # of two in one cell the first, the more frequent one
            self._nearest[_cell(self.colors[i : i + 1])] = i
        shades = _channels(self.colors).astype(np.int16)
        self._apart = np.abs(shades[:, None] - shades).max(axis=2) > NEAR

    @classmethod
    def of(cls, samples: Iterable[Pixels], wanted: Sequence[int]) -> Palette:
        """The colours ``wanted``, the most frequent ones of ``samples``, and means of the rest."""
        from PIL import Image  # only when used: it costs start-up time

        found = np.concatenate([part.ravel() & 0xFFFFFF for part in samples])
        colors, counts = np.unique(found, return_counts=True)
        frequent = colors[np.argsort(-counts, kind="stable")[:FLAT]].tolist()
        exact = list(dict.fromkeys([*wanted, *frequent]))
        rest = colors[~np.isin(colors, np.array(exact, dtype=np.uint32))]
        room = CLEAR - len(exact)
        if len(rest) > room:
            picture = Image.frombytes("RGB", (len(rest), 1), _channels(rest).astype(np.uint8).tobytes())
            means = picture.quantize(room, Image.Quantize.MEDIANCUT).getpalette() or []
            rest = np.array(means[: 3 * room], dtype=np.uint32).reshape(-1, 3) @ (1 << SHIFTS)
        return cls([*exact, *rest.tolist()])

    def indices(self, pixels: Pixels) -> Indices:
        return self._nearest[_cell(pixels)]

    def apart(self, one: Indices, other: Indices) -> NDArray[np.bool_]:
        """Where the two are colours that can be told apart."""
        return self._apart[one, other]

    @property
    def table(self) -> bytes:
        """256 colours as a GIF has them."""
        return _channels(self.colors).astype(np.uint8).tobytes().ljust(768, b"\0")


class Gif:
    """A GIF of ``width`` × ``height`` pixels that plays again and again, written to ``stream`` as frames are added."""

    def __init__(self, stream: BinaryIO, width: int, height: int, palette: Palette):
        self._stream, self._palette = stream, palette
        self._given: Pixels | None = None  # the frame before …
        self._shown = np.empty((0, 0), dtype=np.uint8)  # … and what is seen of it
        self._waiting: tuple[Any, tuple[int, int], float] | None = None
        self._written = 0  # centiseconds that the frames in the file take
        stream.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0) + palette.table)
        stream.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")  # for ever

    def add(self, pixels: Pixels, at: float) -> None:
        """Show ``pixels`` from second ``at`` on. A frame like the one before only makes that one last longer."""
        from PIL import Image

        if self._given is None:
            corner, new = (0, 0), self._palette.indices(pixels)
            self._shown = new
        else:
            corner, new = self._changed(pixels)
        self._given = pixels
        if not new.size:
            return
        self._flush(at)
        self._waiting = Image.frombytes("P", new.shape[::-1], new.tobytes()), corner, at

    def _changed(self, pixels: Pixels) -> tuple[tuple[int, int], Indices]:
        """The smallest part that shows all that is new in ``pixels``, with its left upper corner; none is empty."""
        places = np.flatnonzero(pixels != self._given)  # a few of many: only they are looked up
        shown, wanted = self._shown.reshape(-1), self._palette.indices(pixels.reshape(-1)[places])
        apart = self._palette.apart(wanted, shown[places])  # others remain neighbours of what they should be
        places, wanted = places[apart], wanted[apart]
        if not len(places):
            return (0, 0), np.empty((0, 0), dtype=np.uint8)
        shown[places] = wanted
        rows, columns = np.divmod(places, pixels.shape[1])
        top, left = int(rows[0]), int(columns.min())
        new = np.full((int(rows[-1]) + 1 - top, int(columns.max()) + 1 - left), CLEAR, dtype=np.uint8)
        new[rows - top, columns - left] = wanted
        return (left, top), new

    def end(self, at: float) -> None:
        """The last frame stays until second ``at``."""
        self._flush(at)
        self._waiting = None
        self._stream.write(b";")

    def _flush(self, until: float) -> None:
        if self._waiting is None:
            return
        from PIL.GifImagePlugin import getdata

        image, corner, _ = self._waiting
        # Rounded ends, not rounded lengths: the movie as a whole keeps its pace.
        delay = min(max(1, round(100 * until) - self._written), MOST_CENTISECONDS)
        self._written += delay
        for part in getdata(image, corner, duration=10 * delay, disposal=1, transparency=CLEAR):
            self._stream.write(part)


def _channels(colors: Pixels) -> Pixels:
    return (colors[..., None] >> SHIFTS) & 0xFF


def _cell(pixels: Pixels) -> Pixels:
    keep = (1 << BITS) - 1
    return (
        ((pixels >> (24 - BITS)) & keep) << (2 * BITS)
        | ((pixels >> (16 - BITS)) & keep) << BITS
        | ((pixels >> (8 - BITS)) & keep)
    )
