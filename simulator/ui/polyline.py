"""Polylines as pixels: which part of the plane a picture shows, and the segments worth painting. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FAR = 1e12  # pixels; beyond, only the direction counts, and differences stay finite
MARGIN = 16.0  # pixels around the picture inside which a line is still painted, so that no cap shows
MANY = 512  # segments from which looking for repeated ones pays
BLOCK = 4  # device pixels a side of the blocks in which cover is looked up
MOST_DASHES = 100_000  # a batch with more is so dense that whole segments stand for dashes


@dataclass(frozen=True)
class Viewport:
    """Data ``x0 … x1`` by ``y0 … y1`` shown on ``width`` × ``height`` device-independent pixels, y upwards."""

    x0: float
    x1: float
    y0: float
    y1: float
    width: float
    height: float

    @property
    def empty(self) -> bool:
        return self.width < 1 or self.height < 1 or self.x1 <= self.x0 or self.y1 <= self.y0

    def to_px(self, points: Array) -> Array:
        """Pixels of data ``points``, shape ``(..., 2)``; non-finite points stay so."""
        with np.errstate(over="ignore", invalid="ignore"):
            return (points - (self.x0, self.y1)) * (
                self.width / (self.x1 - self.x0),
                -self.height / (self.y1 - self.y0),
            )

    def to_data(self, px: Array) -> Array:
        """Data at pixels ``px``, shape ``(..., 2)``."""
        return px * ((self.x1 - self.x0) / self.width, (self.y0 - self.y1) / self.height) + (self.x0, self.y1)


class Segmenter:
    """Turns points that arrive bit by bit, several polylines in step, into segments.

    Left out are points that stay in the same cell of ``grain`` pixels, segments outside the picture, and in a large
    batch the repetitions of a segment. Cutting the rows up differently changes nothing else.
    """

    def __init__(self, dashes: list[tuple[float, ...]], width: float, height: float, grain: float):
        self.dashes, self.size, self.grain = dashes, (width, height), grain
        self.low, self.high = np.full(2, -MARGIN), np.array((width, height)) + MARGIN
        self.last = np.full((len(dashes), 2), np.nan)  # where each polyline goes on
        self.travel = [0.0] * len(dashes)  # pixels painted so far: where the dash pattern goes on

    def backward(self) -> Segmenter:
        """A segmenter for the same polylines told from their end: dashes lie as if they went on into this one's."""
        twin = Segmenter([mirrored(dash) for dash in self.dashes], *self.size, self.grain)
        twin.travel = [sum(dash) - dash[-1] if dash else 0.0 for dash in twin.dashes]
        return twin

    def extend(self, px: Array) -> list[Array]:
        """The segments ``(m, 4)`` ``px`` ``(n, polylines, 2)`` adds to each; non-finite points break a line."""
        if not self.dashes:  # all racers are hidden
            return []
        points = np.concatenate((self.last[None], px)).transpose(1, 0, 2)
        points = np.where(np.isfinite(points).all(axis=2, keepdims=True), np.clip(points, -FAR, FAR), np.nan)
        cells = np.floor(points / self.grain)
        kept = np.ones(points.shape[:2], dtype=np.bool_)
        kept[:, 1:] = (cells[:, 1:] != cells[:, :-1]).any(axis=2)
        ends = np.cumsum(kept.sum(axis=1))
        points = points[kept]
        self.last = points[ends - 1]
        segments = np.concatenate((points[:-1], points[1:]), axis=1)
        owner = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
        inside = np.isfinite(segments).all(axis=1) & (owner[:-1] == owner[1:])
        segments, owner = segments[inside], owner[:-1][inside]
        if len(segments) and not self._all_inside(segments):
            segments, inside = clip(segments, self.low, self.high)
            owner = owner[inside]
        cuts = np.searchsorted(owner, np.arange(1, len(ends)))
        return [self._finish(i, part) for i, part in enumerate(np.split(segments, cuts))]

    def _all_inside(self, segments: Array) -> bool:
        ends = segments.reshape(-1, 2)
        return bool((ends >= self.low).all() and (ends <= self.high).all())

    def _finish(self, i: int, segments: Array) -> Array:
        if self.dashes[i]:
            segments, self.travel[i] = dashed(segments, self.dashes[i], self.travel[i])
        elif len(segments) > MANY:
            segments = distinct(segments, self.grain)
        return np.ascontiguousarray(segments)


def clip(segments: Array, low: Array, high: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Segments cut to a rectangle, and which of them are left (Liang & Barsky 1984, A new concept for clipping)."""
    start, way = segments[:, :2], segments[:, 2:] - segments[:, :2]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        a, b = (low - start) / way, (high - start) / way
    enter = np.maximum(np.fmin(a, b).max(axis=1), 0.0)
    leave = np.minimum(np.fmax(a, b).min(axis=1), 1.0)
    left = enter < leave
    start, way = start[left], way[left]
    cut = np.concatenate((start + way * enter[left, None], start + way * leave[left, None]), axis=1)
    return cut, left


def distinct(segments: Array, grain: float) -> Array:
    """One of every set of segments that join the same two cells: a racer that hops to and fro paints once."""
    cells = (np.floor(segments / grain) + 2**20).astype(np.int64)
    ends = cells[:, 0::2] << 21 | cells[:, 1::2]
    order = np.lexsort((ends.max(axis=1), ends.min(axis=1)))
    ends = np.sort(ends[order], axis=1)
    first = np.ones(len(ends), dtype=np.bool_)
    first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    return segments[np.sort(order[first])]


def mirrored(pattern: tuple[float, ...]) -> tuple[float, ...]:
    """``pattern`` run backwards, begun anew with a dash: its last gap, where a way back begins, stays last."""
    return (*pattern[-2::-1], pattern[-1]) if pattern else ()


class Cover:
    """Where a picture is opaque, to leave out what would be painted beneath it unseen.

    ``opaque`` ``(rows, columns)`` says so of every device pixel, of which there are ``ratio`` a pixel.
    """

    def __init__(self, opaque: NDArray[np.bool_], ratio: float):
        self.ratio = ratio
        rows, columns = (n // BLOCK for n in opaque.shape)
        # Four pixels side by side are compared as one number.
        blocks = np.ascontiguousarray(opaque[: rows * BLOCK, : columns * BLOCK]).view(np.uint32) == 0x01010101
        blocks = blocks.reshape(rows, BLOCK, columns).all(axis=1)
        self.size = np.array((columns, rows))
        self.gaps = np.zeros((rows + 1, columns + 1), dtype=np.int32)  # blocks not opaque, summed from the top left
        self.gaps[1:, 1:] = (~blocks).cumsum(axis=0).cumsum(axis=1)

    def showing(self, segments: Array, reach: float) -> Array:
        """The ``segments`` of which something would show; ``reach`` is how far one paints around its ends.

        One is left out only if every block its bounding box touches is opaque.
        """
        ends = segments.reshape(-1, 2, 2)
        scale = self.ratio / BLOCK
        low, high = (ends.min(axis=1) - reach) * scale, (ends.max(axis=1) + reach) * scale
        beyond = (high > self.size).any(axis=1)  # what is left over of the last row and column has no block
        left, top = np.clip(low, 0, self.size).astype(np.intp).T
        right, bottom = np.clip(np.ceil(high), 0, self.size).astype(np.intp).T
        gaps = self.gaps
        seen = gaps[bottom, right] - gaps[top, right] - gaps[bottom, left] + gaps[top, left]
        return segments[beyond | (seen > 0)]


def dashed(segments: Array, pattern: tuple[float, ...], travel: float) -> tuple[Array, float]:
    """The painted pieces of ``segments`` under a dash ``pattern`` in pixels, and how far along it they end.

    ``travel`` is the length painted before, so that the pattern runs on over joints and batches.
    """
    if not len(segments):
        return segments, travel
    stops = np.cumsum(pattern)
    period = float(stops[-1])
    reach = travel + np.concatenate(([0.0], np.cumsum(np.hypot(*(segments[:, 2:] - segments[:, :2]).T))))
    joints = reach
    if (reach[-1] - travel) / period * len(stops) < MOST_DASHES:
        cycles = np.arange(travel // period, reach[-1] // period + 1)
        marks = (cycles[:, None] * period + stops).ravel()
        marks = marks[(marks > travel) & (marks < reach[-1])]
        joints = np.sort(np.concatenate((reach, marks)))
    a, b = joints[:-1], joints[1:]
    middle = (a + b) / 2
    on = (np.searchsorted(stops, middle % period, side="right") % 2 == 0) & (b > a)
    a, b = a[on], b[on]
    of = np.searchsorted(reach, a, side="right") - 1  # not by the middle: between neighbours it may be the end
    base, start, length = reach[of], segments[of, :2], reach[of + 1] - reach[of]
    way = (segments[of, 2:] - start) / length[:, None]
    pieces = np.concatenate((start + way * (a - base)[:, None], start + way * (b - base)[:, None]), axis=1)
    return pieces, float(reach[-1]) % period
