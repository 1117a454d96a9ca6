"""Honest decimation of curves that grow: the first, lowest, highest and last value of every bucket of rows. No Qt.

Where a screen column holds many rows, these four draw what all of them would: no peak is lost (Jugel et al. 2014,
M4: A Visualization-Oriented Time Series Data Aggregation).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BASE = 4  # levels below 2 ** BASE rows a bucket are not kept: they are read off the rows when wanted
CHUNK = 8192  # rows surveyed at once


class Pyramid:
    """Lowest and highest of the rows of ``source`` ``(rows, tracks)``, in buckets of 16, 32, 64 … rows.

    The rows are written by others as time goes on; `extend` takes note of them, each once.
    Also surveyed, a track each, of its finite values above ``offset``: their extremes ``least`` and ``most``, the
    ``least_positive``, and ``touches``, whether one was zero or negative.
    """

    def __init__(self, source: Array, offset: float = 0.0):
        self.source, self.offset = source, offset
        rows, tracks = source.shape
        self.rows = 0
        depth = max(1, (max(rows, 1) >> BASE).bit_length())
        self.levels = [np.empty((2, rows >> (BASE + k), tracks)) for k in range(depth)]
        self.least, self.least_positive = np.full(tracks, np.inf), np.full(tracks, np.inf)
        self.most = np.full(tracks, -np.inf)
        self.touches = np.zeros(tracks, dtype=np.bool_)

    def extend(self, rows: int) -> None:
        """Take note of rows up to, not including, ``rows``."""
        for begin in range(self.rows, rows, CHUNK):
            self._survey(self.source[begin : min(begin + CHUNK, rows)] - self.offset)
        with np.errstate(invalid="ignore"):
            for k, level in enumerate(self.levels):
                first, last = self.rows >> (BASE + k), rows >> (BASE + k)
                if first < last and k == 0:
                    level[:, first:last] = _extremes(self.source, first, last, 1 << BASE)
                elif first < last:
                    level[:, first:last] = _pairs(self.levels[k - 1], first, last)
        self.rows = rows

    def _survey(self, values: Array) -> None:
        finite = np.isfinite(values)
        self.least = np.minimum(self.least, np.where(finite, values, np.inf).min(axis=0))
        self.most = np.maximum(self.most, np.where(finite, values, -np.inf).max(axis=0))
        positive = finite & (values > 0.0)
        self.least_positive = np.minimum(self.least_positive, np.where(positive, values, np.inf).min(axis=0))
        self.touches |= (finite & ~positive).any(axis=0)

    def decimated(self, first: int, last: int, bucket: int) -> tuple[NDArray[np.intp], Array]:
        """Rows ``first … last`` (both noted) for drawing with ``bucket`` rows, a power of two, to a column.

        Returns row numbers ``(n,)`` and values ``(n, tracks)``: all rows outside whole buckets, four for a whole one.
        """
        begin, end = -(-first // bucket), (last + 1) // bucket
        if bucket < 8 or begin >= end:  # four values for four rows would save nothing
            return np.arange(first, last + 1), self.source[first : last + 1]
        level = bucket.bit_length() - 1 - BASE
        low, high = self.levels[level][:, begin:end] if level >= 0 else _extremes(self.source, begin, end, bucket)
        starts = np.arange(begin, end) * bucket
        ends = starts + bucket - 1
        middle = starts + bucket // 2
        rows = np.stack((starts, middle, middle, ends), axis=1).ravel()
        values = np.stack((self.source[starts], low, high, self.source[ends]), axis=1).reshape(len(rows), -1)
        head, tail = np.arange(first, begin * bucket), np.arange(end * bucket, last + 1)
        return np.concatenate((head, rows, tail)), np.concatenate((self.source[head], values, self.source[tail]))


def _extremes(source: Array, first: int, last: int, bucket: int) -> Array:
    """Lowest and highest of buckets ``first … last - 1`` of the rows of ``source``, shape ``(2, buckets, tracks)``.

    NaN counts only where there is nothing else.
    """
    part = source[first * bucket : last * bucket].reshape(last - first, bucket, -1)
    return np.stack((np.fmin.reduce(part, axis=1), np.fmax.reduce(part, axis=1)))


def _pairs(level: Array, first: int, last: int) -> Array:
    """The same for buckets twice as long as those of ``level``."""
    part = level[:, 2 * first : 2 * last]
    return np.stack((np.fmin(part[0, ::2], part[0, 1::2]), np.fmax(part[1, ::2], part[1, 1::2])))
