"""How large η may be where a racer stands: by formula from the curvature there, or measured by racing on.

On a quadratic every direction is a race of its own, and the steepest gives way first: the limits of a rule with a
formula (`Optimizer.stable_lr`) follow from L, the Hessian's largest eigenvalue. Polyak 1964, Some methods of speeding
up the convergence of iteration methods; O'Donoghue & Candès 2015, Adaptive Restart for Accelerated Gradient Schemes;
Cohen et al. 2021, Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability.

A rule without a formula, one that scales its step or searches, is raced on from where it stands on the landscape
itself: what limits it is how far its steps reach, of which the curvature at one point knows nothing.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Crowd
from simulator.entrant import Entrant
from simulator.matrices import eigh
from simulator.param import params
from simulator.recording import Recording
from simulator.referee import ARRIVED_SHARE, out_of_box
from simulator.schedules.constant import Constant
from simulator.words import short_text

MOST = 128  # parameters of which the whole Hessian is asked for
STEPS, RATES, FEW_RATES = 300, 97, 25  # of a measurement: 18 % from rate to rate, the few on a network 96 %
SLICE_SECONDS = 0.004  # of racing between two looks of who measures


@dataclass(frozen=True)
class Limits:
    """What is marked under a slider of η.

    stable, swings: η on the slider, the schedule's factor at the step counted in; None where there is none. why: the
    number and where it comes from, or why there is none. measured: found by racing on. safe: the largest η that was
    raced, where none was too large.
    """

    stable: float | None = None
    swings: float | None = None
    why: str = ""
    measured: bool = False
    safe: float | None = None


def curvature(recording: Recording, entrant: int, step: int) -> float | None:
    """The Hessian's largest eigenvalue where ``entrant`` stands at ``step``, the largest over its starts.

    On data it is that of all of it, not of a mini-batch. None: there are too many parameters, or nobody stands
    anywhere finite.
    """
    race = recording.race
    theta = recording.theta[step, _lanes(recording, entrant)]
    theta = theta[np.isfinite(theta).all(axis=1)]
    if race.landscape.dim > MOST or not len(theta):
        return None
    with np.errstate(all="ignore"):
        hess = race.landscape.at(step).hess(theta)
    hess = hess[np.isfinite(hess).all(axis=(1, 2))]
    return float(eigh(hess)[0].max()) if len(hess) else None


def limits(recording: Recording, entrant: int, step: int) -> Limits | None:
    """The limits by formula at ``step``; None where they are to be measured."""
    racer = recording.race.entrants[entrant]
    if racer.optimizer.stable_lr(1.0) is None:
        return None
    steepest = curvature(recording, entrant, step)
    if steepest is None:
        return Limits(why=f"No limit told: no finite Hessian of at most {MOST} parameters here.")
    told = short_text(steepest)
    limit = racer.optimizer.stable_lr(steepest) if steepest > 0.0 else None
    if limit is None:
        return Limits(why=f"No limit: nothing curves up here, L = {told}.")
    factor = _factor(recording, entrant, step)
    if factor == 0.0:
        return Limits(why="No limit: the schedule's factor is 0 at this step.")
    here = f"L = {told} here" if limit.curvature == steepest else f"L = {told} + λ = {short_text(limit.curvature)} here"
    if factor != 1.0:
        here += f" and the schedule at {short_text(factor)} of η"
    stable, swings = limit.stable / factor, limit.swings / factor
    part = "" if factor == 1.0 else f" / {short_text(factor)}"
    return Limits(
        stable,
        swings,
        f"Diverges above {limit.formula}{part} = {short_text(stable)} with {here}. "
        f"Goes from side to side above {limit.swing_formula}{part} = {short_text(swings)}.",
    )


class Measurement:
    """The largest η with which ``entrant`` does not end higher than it stands at ``step``, found by racing on.

    Its memory begins anew and the schedule stands still; each rate below the limit does as well. Whoever is within
    the share of the start's height that counts as arrived does not end higher. Whoever has diverged on the way, or has
    left the box for lower values outside, does.
    """

    def __init__(self, recording: Recording, entrant: int, step: int):
        race = recording.race
        self._factor = _factor(recording, entrant, step)
        self._racer, starts = race.entrants[entrant], recording.theta[step, _lanes(recording, entrant)]
        self._starts = starts[np.isfinite(starts).all(axis=1)]
        known = params(type(self._racer.optimizer))["lr"]
        self.rates: NDArray[np.float64] = np.geomspace(
            max(known.low, 1e-6), known.high, RATES if race.landscape.dim <= 2 else FEW_RATES
        )
        self._landscape = race.landscape.at(step)
        places = tuple(tuple(map(float, place)) for place in self._starts)
        self._field = replace(Crowd.of(race, (), places, steps=STEPS), landscape=self._landscape) if places else None
        floor = recording.floor
        first = recording.loss[0, _lanes(recording, entrant)].max()
        self._near = -math.inf if floor is None else floor + ARRIVED_SHARE * float(first - floor)

    def _variant(self, number: int) -> Entrant:
        racer = self._racer
        rule = replace(racer.optimizer, lr=float(self.rates[number]))
        # What a fork was before is behind it; the draws of its original it still feels.
        return replace(racer, optimizer=rule, schedule=Constant(), stream=racer.noise_stream, forked=None)

    def run(self) -> Generator[float, None, Limits]:
        """Yields the share that is done; returns the limits."""
        if self._field is None or self._factor == 0.0:
            return Limits(why="No limit measured: nothing moves from here.", measured=True)
        with np.errstate(all="ignore"):
            before = self._landscape.loss(self._starts)
        from simulator.variants import Racing  # not before something is measured: it costs start-up time

        many, runs = len(self.rates), len(self._starts)
        racing = Racing([(self._field, np.arange(many))], self._variant, many, runs=runs)
        while not racing.done:
            racing.advance(SLICE_SECONDS)
            yield racing.share
        ends = racing.ends
        bad = ends.lost | (ends.outside & ~out_of_box(self._landscape, self._starts))
        fine = ~bad & (ends.value[0] <= np.maximum(before, self._near))
        return self._found(np.asarray(fine.all(axis=1)))

    def _found(self, fine: NDArray[np.bool_]) -> Limits:
        said = f"measured: {STEPS} steps from here"
        if fine.all():
            highest = float(self.rates[-1]) / self._factor
            return Limits(why=f"No limit up to η = {short_text(highest)}; {said}.", measured=True, safe=highest)
        first = int(np.argmin(fine))
        if first == 0:
            return Limits(why=f"No η was found that does not end higher; {said}.", measured=True)
        stable = float(np.sqrt(self.rates[first - 1] * self.rates[first])) / self._factor
        return Limits(stable, None, f"Ends higher above about {short_text(stable)}; {said}.", True)


def measured_by(recording: Recording, entrant: int, step: int) -> tuple[object, ...]:
    """All that a `Measurement` depends on, η itself not being among it: equal values, equal limits."""
    race, racer = recording.race, recording.race.entrants[entrant]
    some = params(type(racer.optimizer))["lr"].default
    place = recording.theta[step, _lanes(recording, entrant)].tobytes()
    height = float(recording.loss[0, _lanes(recording, entrant)].max())
    rule = replace(racer, optimizer=replace(racer.optimizer, lr=some))
    when = step if race.landscape.moving else 0
    return race.landscape, race.noise, race.seed, rule, place, height, when, _factor(recording, entrant, step)


def _lanes(recording: Recording, entrant: int) -> slice:
    starts = len(recording.race.starts)
    return slice(entrant * starts, (entrant + 1) * starts)


def _factor(recording: Recording, entrant: int, step: int) -> float:
    """The schedule's share of η in the step that leaves row ``step``."""
    race = recording.race
    return float(race.entrants[entrant].schedule.factors(race.steps)[step])
