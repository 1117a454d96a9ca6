"""What rules that average and divide have in common: memories β₁ and β₂, their bias, and an ε that is never 0."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from simulator.layout import common
from simulator.optimizer import Array, LaterStep

TINY = np.array(np.finfo(np.float64).tiny)  # an array: quicker than a scalar


class Bias:
    """1 − βᵗ for every lane: what a moving average that began at 0 must be divided by.

    A power costs as much as the rest of a step, so they are computed some steps at a time, and once for all lanes
    where they share their β.
    """

    AHEAD = 32

    def __init__(self, beta: Array | float):
        self._beta = common(beta)
        self._first = 0  # the step of the first of the rows that are at hand
        self._table = np.empty(0)
        self._rows: list[Array] = []

    def at(self, t: int) -> Array:
        """1 − βᵗ, the shape of β or (), for t = 1, 2, …"""
        if isinstance(t, LaterStep):
            return t.look_up(self)
        row = self._row(t)  # which may make other rows
        return self._rows[row]

    def between(self, first: int, stop: int) -> Array:
        """The same for t = ``first`` … ``stop - 1``, (steps, …)."""
        found: list[Array] = []
        while first < stop:
            row = self._row(first)
            found.append(self._table[row : row + stop - first])
            first += len(found[-1])
        return np.concatenate(found) if len(found) > 1 else found[0]

    def _row(self, t: int) -> int:
        row = t - self._first
        if 0 <= row < len(self._rows):
            return row
        row = (t - 1) % self.AHEAD
        self._first = t - row
        turned = self._beta.ndim == 2 and self._beta.flags.f_contiguous  # each row of the table lies as β does
        lying = self._beta.T if turned else self._beta
        powers = np.empty((self.AHEAD, *lying.shape))
        powers[...] = lying
        powers[0] *= lying ** (self._first - 1)
        table = 1.0 - np.multiply.accumulate(powers, axis=0)
        self._table = table.swapaxes(1, 2) if turned else table
        self._rows = [self._table[i, ...] for i in range(self.AHEAD)]  # arrays, even where one is a number
        return row


class Moments:
    """1 − β and 1 − βᵗ for the moving averages of Adam and its kin, computed once instead of at every step."""

    beta1: float
    beta2: float

    @cached_property
    def rest1(self) -> float:
        return 1.0 - self.beta1

    @cached_property
    def rest2(self) -> float:
        return 1.0 - self.beta2

    @cached_property
    def bias1(self) -> Bias:
        return Bias(self.beta1)

    @cached_property
    def bias2(self) -> Bias:
        return Bias(self.beta2)


class Guarded:
    """For rules that divide by what may be 0 when ε is."""

    eps: float

    @cached_property
    def guard(self) -> Array:
        """ε, or the smallest number where it is 0: 0/0 then counts as 0."""
        return np.maximum(self.eps, TINY)
