"""The level line of a quadratic model in two dimensions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FLAT = 1e-9  # of the largest curvature: a smaller one counts as none
TURNS = 361  # points of a line, or of a branch


def shape_of(values: Array) -> str:
    """What a quadratic model with these eigenvalues is: a bowl, or one of `KINDS`."""
    edge = FLAT * np.abs(values).max()
    up, down = (values > edge).sum(), (values < -edge).sum()
    if not up and not down:
        return "plane"
    if up and down:
        return "saddle"
    if up + down < len(values):
        return "trough"
    return "bowl" if up else "dome"


def level_line(grad: Array, hess: Array) -> Array:
    """The points p with g·p + ½·p·H·p = 0, (n, 2): the level line through 0 of the quadratic model there.

    From 0 it is met once in every direction u, at −2·g·u / u·H·u. An ellipse where the model is a bowl or a dome, its
    middle the bottom or the summit; else open, and broken where it goes off to infinity.
    """
    values, vectors = np.linalg.eigh(hess)
    sizes = np.abs(values)
    if not sizes.max():
        return np.empty((0, 2))
    signs = np.where(sizes > FLAT * sizes.max(), np.sign(values), 0.0)
    stretch = 1.0 / np.sqrt(np.where(signs, sizes, sizes.max()))  # directions in which the model is round
    closed, walk = signs[0] * signs[1] > 0.0, np.linspace(-1.0, 1.0, TURNS)
    if closed:  # from 0 once round, the points closest near 0: of a very long ellipse little more will be seen
        slope = (grad @ vectors) * stretch
        arcs, walk = [(math.atan2(slope[1], slope[0]) + 0.5 * math.pi, 0.5 * math.pi)], walk**3
    else:  # from one asymptote to the next
        whole = 0.25 if signs.all() else 0.5
        arcs = [
            (middle * math.pi, whole * math.pi) for middle in ((0.0, 0.5) if signs.all() else (0.5 * (not signs[0]),))
        ]
        walk = np.tanh(9.0 * walk)
    parts: list[Array] = []
    for middle, half in arcs:
        turns = middle + half * walk
        ways = np.stack((np.cos(turns), np.sin(turns)), axis=1)
        directions = (ways * stretch) @ vectors.T
        with np.errstate(all="ignore"):
            parts += [
                directions * (-2.0 * (directions @ grad) / (ways * ways @ signs))[:, None],
                np.full((1, 2), np.nan),
            ]
    return np.concatenate(parts[:-1])
