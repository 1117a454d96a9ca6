"""The referee: reads loss, gradient norm and status off the path, span by span. It never touches the dynamics.

- ``arrived``: f − f* has fallen to 10⁻⁶ of what it was at the start (the convergence test of Moré & Wild 2009,
  Benchmarking Derivative-Free Optimization Algorithms). Stays, unless the racer diverges. Nobody arrives on a
  landscape that moves, nor outside the box where the minimum is only the box's.
- ``diverged``: not finite, or farther than 1000 box diagonals from the box's centre. Stays.
- ``out of view``: outside the landscape's box. In more than two dimensions nobody is: the view follows the race.
- ``stalled``: moved less than 10⁻⁵ of the box's diagonal in the last 50 steps.
"""

from __future__ import annotations

from enum import Enum
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.landscape import Landscape

if TYPE_CHECKING:
    from simulator.recording import Recording

ARRIVED_SHARE = 1e-6
DIVERGED_DIAGONALS = 1e3
STALL_STEPS = 50
STALL_SHARE = 1e-5


class Status(Enum):
    """How a racer is doing. None of them alters the dynamics.

    Arrays hold the ``value`` and are compared with it: NumPy would ask a member what it is, in Python code, and forget
    what is raised there, a Ctrl-C too.
    """

    RACING = 0
    STALLED = 1
    OUT_OF_VIEW = 2
    ARRIVED = 3
    DIVERGED = 4

    @property
    def words(self) -> str:
        return self.name.lower().replace("_", " ")


def judge(record: Recording, first: int, last: int) -> None:
    """Fill ``loss``, ``grad_norm``, ``status`` and ``since`` of rows ``first … last``, whose theta is written; rows
    before are judged already."""
    landscape, rows = record.race.landscape, slice(first, last + 1)
    theta = record.theta[rows]
    record.loss[rows] = landscape.loss_along(theta, first)
    slope = landscape.grad_along(theta, first)
    record.grad_norm[rows] = np.sqrt(reduce(np.add, _columns(slope * slope)))
    _status(record, first, last)


def _status(record: Recording, first: int, last: int) -> None:
    landscape, rows = record.race.landscape, slice(first, last + 1)
    theta, loss = record.theta[rows], record.loss[rows]
    status = np.zeros(loss.shape, dtype=np.int8)
    status[_stalled(record, first, last)] = Status.STALLED.value
    outside = out_of_box(landscape, theta)
    if theta.shape[2] <= 2:
        status[outside] = Status.OUT_OF_VIEW.value
    arrived = within(landscape, loss, record.loss[0], outside, ARRIVED_SHARE)
    if arrived is not None:
        status[_sticky(record, arrived, first, Status.ARRIVED)] = Status.ARRIVED.value
    lost = gone(landscape, theta, loss)
    status[_sticky(record, lost, first, Status.DIVERGED)] = Status.DIVERGED.value
    record.status[rows] = status
    _since(record, first, last)


def _sticky(record: Recording, now: NDArray[np.bool_], first: int, status: Status) -> NDArray[np.bool_]:
    """Once true, true from there on."""
    if first:
        now[0] |= record.status[first - 1] == status.value
    return np.logical_or.accumulate(now, axis=0)


def _stalled(record: Recording, first: int, last: int) -> NDArray[np.bool_]:
    theta, near = record.theta, STALL_SHARE * record.race.landscape.diagonal
    stalled = np.zeros((last + 1 - first, theta.shape[1]), dtype=np.bool_)
    begin = max(first, STALL_STEPS)
    if begin <= last:
        then = theta[begin - STALL_STEPS : last + 1 - STALL_STEPS]
        moved = reduce(np.maximum, _columns(np.abs(theta[begin : last + 1] - then)))
        stalled[begin - first :] = moved < near
    return stalled


def _since(record: Recording, first: int, last: int) -> None:
    """The step at which each row's status began."""
    steps = np.arange(first, last + 1, dtype=np.int32)[:, None]
    if first == 0:
        record.since[0] = 0
        return
    changed = record.status[first : last + 1] != record.status[first - 1 : last]
    began = np.where(changed, steps, record.since[first - 1])
    record.since[first : last + 1] = np.maximum.accumulate(began, axis=0)


def out_of_box(landscape: Landscape, theta: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the points ``theta`` (..., dim) are outside the landscape's box, (...)."""
    low, high = np.asarray(landscape.box).T
    return reduce(np.logical_or, _columns((theta < low) | (theta > high)))


class Confines(NamedTuple):
    """Where a racer counts as diverged: below ``low`` or above ``high``, (dim,) each. Between ``floor`` and ``ceiling``
    it does along no coordinate."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    floor: float
    ceiling: float

    def left(self, least: NDArray[np.float64], most: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which lanes, whose coordinates ran from ``least`` to ``most`` (..., dim), have been outside, (...)."""
        sides = zip(self.low, _columns(least), _columns(most), self.high, strict=True)
        return ~reduce(np.logical_and, [(low <= a) & (b <= high) for low, a, b, high in sides])


def confines(landscape: Landscape) -> Confines:
    """`DIVERGED_DIAGONALS` around the box's centre."""
    centre, far = np.asarray(landscape.box).mean(axis=1), DIVERGED_DIAGONALS * landscape.diagonal
    low, high = centre - far, centre + far
    return Confines(low, high, float(low.max()), float(high.min()))


def gone(landscape: Landscape, theta: NDArray[np.float64], loss: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the points ``theta`` (..., dim), whose loss is given, are where a racer counts as diverged, (...)."""
    return confines(landscape).left(theta, theta) | ~np.isfinite(loss)


def ever_gone(
    limits: Confines, path: NDArray[np.float64], loss: NDArray[np.float64] | None
) -> NDArray[np.bool_] | np.bool_:
    """Which lanes of ``path`` (steps, lanes, dim) are `gone` at any of its steps, (lanes,), or no for all of them.

    ``loss`` (steps, lanes) may be None where the landscape is `finite`.
    """
    lost: NDArray[np.bool_] | np.bool_ = np.False_
    # Two numbers for all lanes come first: who runs away is rare. What is no number is not inside either.
    if not (path.min() >= limits.floor and path.max() <= limits.ceiling):
        lost = limits.left(path.min(axis=0), path.max(axis=0))
    if loss is not None and not np.isfinite(loss).all():
        lost = lost | ~np.isfinite(loss).all(axis=0)
    return lost


def within(
    landscape: Landscape, loss: NDArray[np.float64], first: Any, outside: NDArray[np.bool_], share: float
) -> NDArray[np.bool_] | None:
    """Where the gap f − f* is at most ``share`` of what it was at the loss ``first``; None where nobody can arrive."""
    floor = landscape.lowest
    if floor is None or landscape.moving:
        return None
    there = loss - floor <= share * (first - floor)
    return there & ~outside if landscape.known.lower_outside else there


def _columns(a: NDArray[Any]) -> list[NDArray[Any]]:
    """One array a coordinate: a reduction along an axis of two costs NumPy ten times as much as one over columns."""
    return [a[..., i] for i in range(a.shape[-1])]
