"""Which one thing it is. The order of the questions and the numbers they are decided by stand here alone.

The numbers were set on one half of a labelled set of runs and checked on the other half: tests/diagnosed.py.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from simulator.diagnose.memory import memory
from simulator.diagnose.rest import Rest
from simulator.diagnose.window import Window
from simulator.recording import Status
from simulator.referee import ARRIVED_SHARE

FEW = 10  # steps are too few to tell anything
PATIENCE = 2.0  # times the race's length within which it must arrive at its pace
HELD = 0.7  # of the loss at most that may be left once a swing or noise is averaged away
SHORT = 4.5  # steps of a swing up to which it is an oscillation
CARRIED = 0.2  # of the steps that go uphill: on a smooth slope only a velocity does that
NEAR = 0.05  # of the box's diagonal that a saddle or a minimum may be away
FLAT = 0.6  # of the depth that the slope promises: less than this breaks convexity for good
EASED = 0.2  # of its first value that the slope has left
DYING = 0.35  # of its early value that an effective rate has left
OWN = 0.02  # of the gap that is about the minimum it rests in, and not about a lower one
UPHILL = 0.5  # of the steps after an event
LOUD = 1.0  # noise over slope
FAR = 1e3  # times the first height: so far up it is lost, whatever it does there
CHANCE = 3.0  # standard errors of the mean slope that may be chance
FALLING = 0.35  # of the loss of the half window before: less is no chance
LEVEL = 0.75  # of the loss of the half window before that a floor still has


def verdict(w: Window) -> str:
    """The kind: a key of `simulator.diagnose.KINDS`."""
    if w.status is Status.DIVERGED:
        return "healthy" if bottomless(w) else "divergence"
    if w.status is Status.ARRIVED:
        return "arrived"
    if stale(w):
        return "stale momentum"
    if w.step - w.begin < FEW:
        return "healthy"
    if w.growing or min(w.level) > FAR * w.first_gap > 0.0:
        return "divergence"
    if w.floor is not None and max(w.gap, w.level[1]) <= ARRIVED_SHARE * w.first_gap:
        return "arrived" if w.race.landscape.moving else "healthy"  # below the lowest that is known
    if floored(w):
        return "healthy" if cooled(w) else "noise floor"
    if under_way(w):
        return "healthy"
    if w.race.landscape.moving and w.shift is None:
        return "oscillation" if rattles(w) else "dying rate" if dying(w) and lags(w) else "healthy"
    rest = w.rest
    if rest is not None and rest.distance <= NEAR * w.race.landscape.diagonal:
        if rest.saddle and held_at(w, rest):
            return "saddle"
        if rest.minimum and _another(w, rest.loss):
            return "settled"
    if rattles(w) or hops(w):
        return "oscillation"
    if w.uphill > CARRIED and memory(w.entrant.optimizer):
        return "overshoot"
    if dying(w):
        return "dying rate"
    if flat(w):
        return "plateau"
    return "crawl" if w.downhill and w.pace > 0.0 else "unclear"


def bottomless(w: Window) -> bool:
    """Whether it has gone down for ever, which is right where there is no bottom."""
    if w.floor is not None:
        return False
    finite = w.loss[np.isfinite(w.loss)]
    return bool(len(finite) > 1 and finite[-1] < finite[0])


def under_way(w: Window) -> bool:
    """Whether it will be there in time at its pace, or, where nobody knows the lowest loss, still falls."""
    if w.race.landscape.moving and w.shift is None:
        return False
    if w.floor is not None:
        return w.arrival <= PATIENCE * w.race.steps
    fallen, late = float(w.loss[0] - np.fmin.reduce(w.loss)), float(w.loss[w.first] - w.loss[-1])
    return late > 0.05 * fallen * w.width / max(w.step, 1)


def floored(w: Window) -> bool:
    """Whether noise holds it: louder than the slope, no lower than before, and gone once averaged; or whether it has
    come to rest in noise with its rate."""
    before, after = w.level
    slope = float(np.sqrt(np.square(w.slopes).sum(axis=1).mean()))
    falling = LEVEL if w.floor is None else FALLING  # above the lowest seen even a small fall is a large share
    if not w.noisy or w.scatter <= LOUD * slope or after < falling * before:
        return False
    if w.drift < CHANCE and cooled(w):
        return True
    return w.smoothed(w.width) < HELD and (w.drift < CHANCE or after > LEVEL * before)


def cooled(w: Window) -> bool:
    """Whether the schedule has brought the rate down to a tenth: what noise can do to it has been done about."""
    lr = w.recording.lr[: w.step, w.index]
    return bool(lr[-1] <= 0.1 * lr.max())


def rattles(w: Window) -> bool:
    return w.period <= SHORT and w.smoothed(2) < HELD


def hops(w: Window) -> bool:
    """Whether steps that do not shrink keep it about a crease: no lower than before, and lower once averaged."""
    before, after = w.level
    return w.creased and not cooled(w) and after > LEVEL * before and w.smoothed(w.width) < HELD


def lags(w: Window) -> bool:
    """Whether it follows a moving minimum worse than it did on the whole."""
    return w.level[1] > float(w.loss[: w.step + 1].mean()) - (w.floor or 0.0)


def held_at(w: Window, rest: Rest) -> bool:
    """Whether its loss is that of the point nearby, and stays so."""
    late = w.loss[w.step - w.width // 2 :]
    scale = max(abs(float(w.loss[w.begin]) - rest.loss), rest.loss - w.floor if w.floor is not None else 0.0)
    return float(np.median(np.abs(late - rest.loss))) <= 0.05 * scale + 1e-12


def stale(w: Window) -> bool:
    """Whether the steps after a drop of η or a shift of the landscape went uphill, carried by an old velocity."""
    event, kept = stale_event(w), memory(w.entrant.optimizer)
    if event is None or kept is None:
        return False
    last = min(w.step, event + max(4, math.ceil(kept.steps)))
    if last - event < 2 or w.step > event + 3 * max(4, math.ceil(kept.steps)):
        return False
    rows = w.path[event : last + 1]
    slopes = w.race.landscape.grad_along(rows[:, None], event)[:, 0]
    climbs = (slopes[:-1] * np.diff(rows, axis=0)).sum(axis=1) > 0.0
    return float(climbs.mean()) >= UPHILL and float(w.loss[event : last + 1].max()) > float(w.loss[event])


def stale_event(w: Window) -> int | None:
    """The latest drop or shift."""
    return max((event for event in (w.drop, w.shift) if event), default=None)


def dying(w: Window) -> bool:
    """Whether the effective rate only ever fell, though the slope did too: far, or while the slope fell far."""
    if any(not math.isfinite(rate) for rate in w.rates) or len(w.rates) < 4:
        return False
    if w.entrant.optimizer.family == "sign and curvature":  # the size of a slope is nothing to a sign
        return False
    falls = all(b <= 1.001 * a for a, b in pairwise(w.rates)) and w.rates[-1] < 0.95 * w.rates[0]
    slopes = w.recording.grad_norm[w.begin : w.step + 1, w.lane]
    eased = w.slope / max(float(slopes[0]), 1e-300)
    return falls and eased < 1.0 and (w.rates[-1] < DYING * w.rates[0] or eased < EASED)


def flat(w: Window) -> bool:
    """Whether the slope says next to nothing of how deep it goes."""
    if math.isfinite(w.promise):
        return w.promise < FLAT
    if w.race.landscape.model and w.loss[-1] < 0.5 * w.loss[w.begin]:  # a loss of data is 0 at the least
        return False
    steepest = float(np.fmax.reduce(w.recording.grad_norm[: w.step + 1, w.lane]))
    return w.slope < 0.02 * steepest


def _another(w: Window, loss: float) -> bool:
    """Whether the minimum at hand, of this loss, is another than the lowest, and it is down in it."""
    if w.floor is None:
        return False
    above = loss - w.floor
    return above > 1e-5 * max(w.first_gap, 1e-300) and abs(w.gap - above) < OWN * max(w.gap, 1e-300)
