"""How far to go along a direction: searches in which every lane goes its own way and asks only while it must.

A point of a line is a row of numbers, ``[length, loss, slope, *gradient]``, so that whole points can be chosen between
lane by lane. A trial where the loss is undefined counts as infinitely high. Numbers and masks are (lanes, 1).
"""

from __future__ import annotations

from collections.abc import Generator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.lanewise import EPS, dot, lane
from simulator.optimizer import Array, Value

Mask = NDArray[np.bool_]
Search = Generator[Value, Any, Array]
C1 = 1e-4  # the share of the promised fall that must come
LENGTH, LOSS, SLOPE, GRAD = slice(0, 1), slice(1, 2), slice(2, 3), slice(3, None)


class Line:
    """The loss along θ + length·direction, from ``loss`` and ``grad`` at θ. Trials are counted in ``asked``."""

    def __init__(
        self, theta: Array, direction: Array, loss: Array, grad: Array, asked: NDArray[np.int64] | None = None
    ):
        self.theta, self.direction = theta, direction
        self.start: Array = self.point(np.zeros_like(loss), loss, grad)
        self.asked = np.zeros(loss.shape, dtype=np.int64) if asked is None else asked

    @cached_property
    def slope(self) -> Array:
        return self.start[:, SLOPE]

    @np.errstate(all="ignore")
    def point(self, length: Array, loss: Array, grad: Array) -> Array:
        """What was found at ``length``, as one row a lane."""
        return np.concatenate([length, np.where(np.isnan(loss), np.inf, loss), dot(grad, self.direction), grad], axis=1)


@np.errstate(all="ignore")
def moved(line: Line, length: Array) -> Array:
    """θ + length·direction; θ where the length is 0, whatever the direction."""
    return np.where(length != 0.0, line.theta + length * line.direction, line.theta)


def tried(line: Line, length: Array, asking: Mask) -> Search:
    """The points at ``length`` of the lanes that are ``asking``."""
    line.asked += asking
    loss, grad = yield Value(moved(line, np.where(asking, length, 0.0)), asking[:, 0])
    return line.point(length, loss, grad)


def first_length(lr: Array, grad: Array) -> Array:
    """η, or as much of it as moves θ by η in all coordinates together: where nothing is known of the curvature."""
    return lane(lr) / np.maximum(1.0, np.abs(grad).sum(axis=1, keepdims=True))


def armijo(
    line: Line, length: Array, going: Mask, c1: Array | float = C1, shrink: Array | float = 0.5, most: int = 30
) -> Search:
    """The first of length, length·shrink, … with f ≤ f₀ + c₁·length·slope.

    The start where ``most`` tries all fail, or where they have become so short that θ does not feel them.
    Armijo 1966, Minimization of functions having Lipschitz continuous first partial derivatives.
    """
    found = line.start
    for _ in range(most):
        going = going & (moved(line, length) != line.theta).any(axis=1, keepdims=True)
        if not going.any():
            break
        new = yield from tried(line, length, going)
        low = going & (new[:, LOSS] <= _armijo_bound(line, length, c1))
        found = np.where(low, new, found)
        going = going & ~low
        length = length * shrink
    return found


def strong_wolfe(
    line: Line,
    length: Array,
    going: Mask,
    c2: Array | float = 0.9,
    most: Array | int = 25,
    narrowest: Array | None = None,
) -> Search:
    """A point with f ≤ f₀ + c₁·length·slope₀ and |slope| ≤ c₂·|slope₀|, beginning at ``length``.

    Nocedal & Wright 2006, Numerical Optimization, algorithms 3.5 and 3.6, in the form of torch's L-BFGS: cubic
    interpolation, at most ``most`` trials after the first, and an end where the bracket has shrunk below ``narrowest``,
    left out: what θ would feel. Where it ends early, the lowest point seen, which may be the start.
    """
    search = _Wolfe(line, length, going, c2, most, narrowest)
    for k in range(int(np.max(most, initial=0)) + 1):
        if not search.going.any():
            break
        search.judge((yield from tried(line, search.length, search.going)), k)
    return search.low


class _Wolfe:
    """Where each lane stands: first it looks for a bracket, ``before`` being its last trial, then it narrows that."""

    def __init__(
        self,
        line: Line,
        length: Array,
        going: Mask,
        c2: Array | float,
        most: Array | int,
        narrowest: Array | None,
    ):
        self.line, self.length, self.going = line, length, going
        self.c2, self.most = c2, most
        self.before = self.low = self.high = line.start
        self.narrowing: Mask = np.zeros_like(going)
        self.turned = np.zeros_like(going)  # the bracket's high end is its older one: the newer wins a draw
        self.crept = np.zeros_like(going)  # the last trial was close to an end of the bracket
        self.longest = np.abs(line.direction).max(axis=1, keepdims=True)
        felt: Array = EPS * np.abs(line.theta).max(axis=1, keepdims=True)
        self.narrowest: Array = felt if narrowest is None else narrowest

    @np.errstate(all="ignore")
    def judge(self, new: Array, k: int) -> None:
        """Take in the trials of round ``k``, and say who goes on and where."""
        loss, slope = new[:, LOSS], new[:, SLOPE]
        above = loss > _armijo_bound(self.line, self.length, C1)
        flat = np.abs(slope) <= -self.c2 * self.line.slope
        last: Mask = np.asarray(k >= self.most)
        narrowed = self._narrow(new, above, flat)
        ends = self.going & ~self.narrowing & last
        looking = self.going & ~self.narrowing & ~last
        above |= (k > 1) & (loss >= self.before[:, LOSS])
        good = looking & ~above & flat
        bracketed = looking & (above | (~flat & (slope >= 0.0)))
        farther = looking & ~good & ~bracketed
        self.low = np.where(good | ends, new, self.low)
        self.low = np.where(ends & (self.line.start[:, LOSS] <= loss), self.line.start, self.low)
        if bracketed.any():
            self.low = np.where(bracketed, self.before, self.low)
            self.high = np.where(bracketed, new, self.high)
            self.narrowing |= bracketed
            self._order(bracketed)
        wide = np.abs(self.high[:, LENGTH] - self.low[:, LENGTH]) * self.longest >= self.narrowest
        again = (bracketed | narrowed) & ~last & wide
        self.going = farther | again
        if again.any():
            self.length = np.where(again, self._between(again), self.length)
        if farther.any():
            self.length = np.where(farther, self._farther(new), self.length)
            self.before = np.where(farther, new, self.before)

    def _narrow(self, new: Array, above: Mask, flat: Mask) -> Mask:
        """The lanes that have a bracket put ``new`` into it. Those that have not found their point yet."""
        inside = self.going & self.narrowing
        if not inside.any():
            return inside
        worse = inside & (above | (new[:, LOSS] >= self.low[:, LOSS]))
        better = inside & ~worse
        uphill = new[:, SLOPE] * (self.high[:, LENGTH] - self.low[:, LENGTH]) >= 0.0
        self.high = np.where(worse, new, self.high)
        self.high = np.where(better & ~flat & uphill, self.low, self.high)
        self.low = np.where(better, new, self.low)
        self._order(worse)
        return inside & ~(better & flat)

    def _order(self, changed: Mask) -> None:
        """The lower end first."""
        a, b = self.low[:, LOSS], self.high[:, LOSS]
        swap = changed & ~np.where(self.turned, b > a, a <= b)
        self.low, self.high = np.where(swap, self.high, self.low), np.where(swap, self.low, self.high)
        self.turned = self.turned ^ swap

    def _farther(self, new: Array) -> Array:
        """Beyond ``new``, where the last two trials say the bottom is."""
        length = new[:, LENGTH]
        ahead = length + 0.01 * (length - self.before[:, LENGTH])
        return _bottom(self.before, new, ahead, length * 10.0)

    def _between(self, asked: Mask) -> Array:
        """Inside the bracket; if it would again be near an end, a tenth of the way from there."""
        a, b = self.low[:, LENGTH], self.high[:, LENGTH]
        left, right = np.minimum(a, b), np.maximum(a, b)
        length, tenth = _bottom(self.low, self.high, left, right), 0.1 * (right - left)
        close = np.minimum(right - length, length - left) < tenth
        pushed = close & (self.crept | (length >= right) | (length <= left))
        self.crept = np.where(asked, close & ~pushed, self.crept)
        inward = np.where(np.abs(length - right) < np.abs(length - left), right - tenth, left + tenth)
        return np.where(pushed, inward, length)


@np.errstate(all="ignore")
def _armijo_bound(line: Line, length: Array, c1: Array | float) -> Array:
    return line.start[:, LOSS] + c1 * length * line.slope


def _bottom(p: Array, q: Array, least: Array, most: Array) -> Array:
    """The length at the bottom of the cubic through two points, kept between ``least`` and ``most``; else their middle.

    Nocedal & Wright 2006, equation 3.59.
    """
    after = p[:, LENGTH] <= q[:, LENGTH]
    p, q = np.where(after, p, q), np.where(after, q, p)
    gap = q[:, LENGTH] - p[:, LENGTH]
    bend = p[:, SLOPE] + q[:, SLOPE] - 3.0 * (p[:, LOSS] - q[:, LOSS]) / (p[:, LENGTH] - q[:, LENGTH])
    square = bend * bend - p[:, SLOPE] * q[:, SLOPE]
    root = np.sqrt(square)
    length = q[:, LENGTH] - gap * ((q[:, SLOPE] + root - bend) / (q[:, SLOPE] - p[:, SLOPE] + 2.0 * root))
    return np.where(np.isfinite(length), np.minimum(np.maximum(length, least), most), (least + most) / 2.0)
