"""What is read off a recording for a diagnosis: one lane, up to a step, the last quarter of the way above all.

Everything is measured when it is asked for. Nothing here knows a rule: what a rule remembers and multiplies with is in
`simulator.diagnose.memory`.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.diagnose.rest import Rest, curvatures, nearest_rest
from simulator.inspector import inspect
from simulator.landscape import Landscape
from simulator.race import Entrant, Race
from simulator.recording import Recording, Status
from simulator.referee import ARRIVED_SHARE

Array = NDArray[np.float64]
LEAST = 24  # steps of a window
SHARE = 0.25  # of the way that the window is
JUMP = 3.0  # a loss that leaps by so many times what it moves otherwise: the landscape has shifted
TINY = 1e-300


class Window:
    """One racer from one start, up to ``step``."""

    def __init__(self, recording: Recording, entrant: int, step: int, start: int = 0):
        self.recording, self.index, self.start, self.step = recording, entrant, start, step
        self.lane = recording.lane(entrant, start)
        self.race: Race = recording.race
        racer = self.race.entrants[entrant]
        self.entrant: Entrant = racer.at(max(step - 1, 0))  # whose settings brought it here
        self.landscape: Landscape = self.race.landscape.at(step)
        self.path: Array = recording.theta[: step + 1, self.lane]
        self.loss: Array = recording.loss[: step + 1, self.lane]
        self.status = Status(int(recording.status[step, self.lane]))
        # What lies before a shift belongs to another landscape, and what lies before a fork to another racer.
        self.begin = max(self.shift or 0, *(leg for leg, _ in racer.legs if leg < step or leg == 0))
        length = step - self.begin
        self.width = min(length, max(LEAST, round(SHARE * length)))
        self.first = step - self.width

    @property
    def lanes(self) -> slice:
        """Of the racer from all its starts."""
        first = self.recording.lane(self.index, 0)
        return slice(first, first + len(self.race.starts))

    # Where it stands.

    @cached_property
    def shift(self) -> int | None:
        """The last step up to here at which the landscape under the racer jumped."""
        if not self.race.landscape.moving or self.step < 2:
            return None
        leaps = np.abs(np.diff(self.loss))
        usual = float(np.median(leaps))
        for k in reversed(np.flatnonzero(leaps > JUMP * usual).tolist()):
            row = k + 1
            here = [float(self.race.landscape.at(n).loss(self.path[row][None])[0]) for n in (k - 1, k, row)]
            moved = abs(here[2] - here[1])  # under a racer that stands still
            if moved > 0.5 * leaps[k] and abs(here[1] - here[0]) < 0.1 * moved:  # it drifts where it always moves
                return row
        return None

    @cached_property
    def drop(self) -> int | None:
        """The last step up to here at which the schedule cut η to half or less at once."""
        lr = self.recording.lr[: self.step + 1, self.index]
        cuts = np.flatnonzero((lr[1:] <= 0.5 * lr[:-1]) & (lr[1:] > 0.0))
        return int(cuts[-1]) + 1 if len(cuts) else None

    @cached_property
    def floor(self) -> float | None:
        """The lowest loss there is to reach; None where nothing is known of it."""
        known = self.recording.floor
        return known if known is not None else min((m.loss for m in self.landscape.minima), default=None)

    @cached_property
    def gaps(self) -> Array:
        """f − f* over the window, (width + 1,); above the lowest loss seen where f* is not known."""
        low = self.floor if self.floor is not None else float(np.fmin.reduce(self.loss)) - TINY
        return np.maximum(self.loss[self.first :] - low, 0.0)

    @property
    def gap(self) -> float:
        return float(self.gaps[-1])

    @cached_property
    def first_gap(self) -> float:
        """f − f* where it began."""
        return float(self.loss[self.begin] - (self.floor if self.floor is not None else np.fmin.reduce(self.loss)))

    @cached_property
    def level(self) -> tuple[float, float]:
        """Mean gap over the first and the second half of the window."""
        half = len(self.gaps) // 2
        return float(self.gaps[:half].mean()), float(self.gaps[-half:].mean())

    @cached_property
    def pace(self) -> float:
        """By how much log(f − f*) falls in a step, over the window: 0.01 is a per cent. Negative where it rises."""
        before, after = self.level
        apart = max(len(self.gaps) - len(self.gaps) // 2, 1)
        return (math.log(max(before, TINY)) - math.log(max(after, TINY))) / apart

    @cached_property
    def arrival(self) -> float:
        """The step at which it would arrive at this pace; infinite where it does not come nearer."""
        left = math.log(max(self.gap, TINY) / max(ARRIVED_SHARE * self.first_gap, TINY))
        return math.inf if self.pace <= 0.0 else self.step + max(left, 0.0) / self.pace

    @cached_property
    def growing(self) -> bool:
        """Whether it is higher than where it began, and climbs from third to third of the window."""
        third = max(len(self.gaps) // 3, 1)
        low, middle, high = (float(self.gaps[i : i + third].max()) for i in (0, third, 2 * third))
        return self.gap > 2.0 * self.first_gap and high > 2.0 * middle > 4.0 * low

    # How it moves.

    @cached_property
    def moves(self) -> Array:
        return np.diff(self.path[self.first :], axis=0)

    @cached_property
    def period(self) -> float:
        """Steps of a swing to and fro, along the direction in which it swings most; infinite where it does not."""
        part = self.path[max(self.begin, self.step - max(2 * self.width, 48)) :]
        part = part[np.isfinite(part).all(axis=1)]
        part = part - part.mean(axis=0)
        _, _, axes = np.linalg.svd(part, full_matrices=False)
        moved = np.diff(part @ axes[0])
        signs = np.sign(moved[moved != 0.0])
        turns = int((np.diff(signs) != 0.0).sum())
        return 2.0 * len(signs) / turns if turns else math.inf

    @cached_property
    def uphill(self) -> float:
        """Which share of the later steps went up the slope they began on."""
        first = max(self.begin, self.step - max(2 * self.width, (self.step - self.begin) * 2 // 3))
        rows = self.path[first:]
        slopes = self.race.landscape.grad_along(rows[:, None], first)[:, 0]
        return float(((slopes[:-1] * np.diff(rows, axis=0)).sum(axis=1) > 0.0).mean())

    def smoothed(self, steps: int) -> float:
        """What share of the loss stays when ``steps`` points on end are averaged: near 0 where a swing, or noise, is
        all that holds it up, near 1 where it is not."""
        steps = min(max(steps, 2), self.step - self.begin)
        first = max(self.begin, min(self.first, self.step - 2 * steps))
        path = self.path[first:]
        sums = np.cumsum(np.concatenate([np.zeros((1, path.shape[1])), path]), axis=0)
        means = (sums[steps:] - sums[:-steps]) / steps
        low = self.floor if self.floor is not None else float(np.fmin.reduce(self.loss[first:]))
        there = self.landscape.loss(means)
        held = float((self.loss[first:] - low).mean())
        if self.floor is None:
            low = min(low, float(there.min()))
            held = float((self.loss[first:] - low).mean())
        return float((there - low).mean()) / max(held, TINY)

    # The slope and the curvature.

    @cached_property
    def slopes(self) -> Array:
        """The true gradient over the window, (width + 1, dim)."""
        rows = self.path[self.first :, None]
        return self.race.landscape.grad_along(rows, self.first)[:, 0]

    @cached_property
    def slope(self) -> float:
        return float(np.linalg.norm(self.slopes[-1]))

    @cached_property
    def bends(self) -> Array:
        """The curvatures here, ascending."""
        return curvatures(self.landscape, self.path[-1])

    @cached_property
    def sharpest(self) -> float:
        """The largest curvature here, at some points of the window, and at the minimum it heads for."""
        rows = np.unique(np.linspace(self.first, self.step, 5).astype(int))
        points = [self.path[row] for row in rows]
        nearest = min(self.minima, key=lambda m: math.dist(m, self.path[-1]), default=None)
        if nearest is not None and self.landscape.dim <= 8:
            points.append(np.asarray(nearest))
        return max(float(curvatures(self.landscape, point)[-1]) for point in points)

    @cached_property
    def minima(self) -> list[tuple[float, ...]]:
        """Where the lowest minima are."""
        known = self.landscape.minima
        return [m.theta for m in known if m.kind == "global"] or [m.theta for m in known]

    @cached_property
    def distance(self) -> float:
        """To the nearest of them; NaN where none is known."""
        return min((math.dist(m, self.path[-1]) for m in self.minima), default=math.nan)

    @cached_property
    def rest(self) -> Rest | None:
        """The point without a slope that Newton's method finds from here, if it closes in on one."""
        return nearest_rest(self.landscape, self.path[-1])

    @cached_property
    def promise(self) -> float:
        """How deep the slope here says the minimum is, as a share of how deep it is. At least 1 on any convex loss."""
        return self.slope * self.distance / max(self.gap, TINY) if self.floor is not None else math.nan

    @cached_property
    def creased(self) -> bool:
        """Whether the slope does not fade towards a minimum."""
        return any(minimum.shape == "kink" for minimum in self.landscape.minima)

    # Noise.

    @cached_property
    def noisy(self) -> bool:
        """Whether the gradients shown are others than the true ones."""
        noise = self.race.noise
        batch = self.race.landscape.shown(self.race.seed, self.step) is not self.landscape
        return noise.sigma > 0.0 or noise.kind == "sparse" or (batch and not self.race.landscape.moving)

    @cached_property
    def scatter(self) -> float:
        """Root mean square of what noise made of the gradients over the window."""
        shown = self.recording.grad[self.first : self.step, self.lane]
        off = shown - self.slopes[: len(shown)]
        return float(np.sqrt(np.square(off).sum(axis=1).mean())) if len(off) else 0.0

    @cached_property
    def drift(self) -> float:
        """The mean true slope over the window, in standard errors of the mean of what noise added: below 2 or 3 its
        drift cannot be told from chance."""
        if self.scatter == 0.0:
            return math.inf
        return float(np.linalg.norm(self.slopes.mean(axis=0))) * math.sqrt(len(self.slopes)) / self.scatter

    @cached_property
    def downhill(self) -> bool:
        """Whether its moves over the window go down the slope on the whole, to below where it began."""
        along = float((self.slopes[:-1] * self.moves).sum())
        return along < 0.0 and self.gap < self.first_gap

    # What the gradient was multiplied with.

    def rate(self, row: int) -> float:
        """The effective rate of the step that leaves ``row``, the mean of the coordinates' on a log scale, without
        what the schedule does to it; NaN where it is not known."""
        found = inspect(self.recording, self.index, row, self.start).rate
        lr = self.recording.lr[:, self.index]
        if found is None or lr[row] <= 0.0:
            return math.nan
        good = found[np.isfinite(found) & (found > 0.0)]
        return float(np.exp(np.log(good).mean())) * self.entrant.lr / float(lr[row]) if len(good) else math.nan

    @cached_property
    def rates(self) -> list[float]:
        """The same at some steps from the first to here."""
        last = self.step - 1
        rows = sorted({self.begin, *(self.begin + round((last - self.begin) * s) for s in (0.1, 0.25, 0.5, 0.75, 1.0))})
        return [self.rate(row) for row in rows]
