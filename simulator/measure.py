"""What can be read off a race: a closed vocabulary of measures, each a function of the recording.

A `Reading` names one measure of one racer at one step. Goals, predictions, questions and findings of lessons are all
made of readings, so whatever a lesson claims is a number that can be computed again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.param import RaceError, did_you_mean
from simulator.race import Race
from simulator.recording import Recording, Status

Array = NDArray[np.float64]
Function = Callable[[Recording, int, int, float], float]  # recording, lane, step, level

MEASURES: dict[str, Function] = {}
LATE_SHARE = 0.2  # of the steps so far: what `hover` and `spread` look at
AXES = {"x": 0, "y": 1}
VECTORS = {
    "theta": "the position",
    "grad": "the gradient that the step to here was given",
    "move": "the step to here",
    "rate": "the effective rate of the step to here: how far it went for its gradient, −move / grad",
}
"""Of these, and of a rule's states by their letters, a coordinate is read: theta.x, v.y, m.0. x and y are theta's."""


@dataclass(frozen=True)
class Reading:
    """One number of a race: ``measure`` of the racer labelled ``racer`` at step ``at``.

    ``racer`` may be left out where the race has one. ``at`` None is the end of the race. ``level`` is what `below`
    compares with. With several starts, the first is read.
    """

    measure: str
    racer: str = ""
    at: int | None = None
    level: float = 0.0

    def step(self, race: Race) -> int:
        """The step up to which the race must have been run for this to be read."""
        return race.steps if self.at is None else min(self.at, race.steps)

    def read(self, recording: Recording) -> float:
        """The number; NaN where this race has no such racer, state or coordinate."""
        racers = [i for i, e in enumerate(recording.race.entrants) if self.racer in ("", e.label)]
        return self.of(recording, racers[0]) if racers else math.nan

    def of(self, recording: Recording, entrant: int) -> float:
        """The same measure of another racer, whose number is ``entrant``."""
        step, lane = min(self.step(recording.race), recording.done), recording.lane(entrant)
        with np.errstate(all="ignore"):
            if function := MEASURES.get(self.measure):
                return float(function(recording, lane, step, self.level))
            return _coordinate(recording, entrant, step, self.measure)

    def faults(self, race: Race) -> list[str]:
        """What is wrong with this reading on ``race``, a line each."""
        found: list[str] = []
        labels = [entrant.label for entrant in race.entrants]
        if self.racer and self.racer not in labels:
            hint = did_you_mean(self.racer, labels) or f"; there are {', '.join(labels)}"
            found.append(f"no racer is called {self.racer!r}{hint}")
        if self.at is not None and not 0 <= self.at <= race.steps:
            found.append(f"step {self.at} is not one of the race, which has {race.steps}")
        return found


def check_name(name: str) -> None:
    """RaceError with the nearest name unless ``name`` is a measure. A state's letter is only known in a race."""
    if name in MEASURES or name in AXES or re.fullmatch(r"[^\s.]{1,20}\.(x|y|\d{1,4})", name):
        return
    known = list(described())
    hint = did_you_mean(name, known) or f"; there are {', '.join(known)}, and a state by its letter such as v.x"
    raise RaceError([f"no measure is called {name!r}{hint}"])


def described() -> dict[str, str]:
    """Every measure by name, with a sentence on what it is."""
    own = {name: " ".join((function.__doc__ or "").split()) for name, function in MEASURES.items()}
    own |= {axis: f"The coordinate {axis} of the position." for axis in AXES}
    return own | {f"{vector}.x": f"{text[0].upper()}{text[1:]}, along x." for vector, text in VECTORS.items()}


def _measure(function: Function) -> Function:
    MEASURES[function.__name__.strip("_")] = function
    return function


@_measure
def _loss(r: Recording, lane: int, step: int, level: float) -> float:
    """The loss at the step, without noise."""
    return r.loss[step, lane]


@_measure
def _gap(r: Recording, lane: int, step: int, level: float) -> float:
    """How far the loss is above the minimum; the loss itself where no minimum is known, the mean where it moves."""
    return r.standing(step)[lane] - (r.floor or 0.0)


@_measure
def _best(r: Recording, lane: int, step: int, level: float) -> float:
    """The lowest loss up to the step."""
    return np.fmin.reduce(r.loss[: step + 1, lane])


@_measure
def _peak(r: Recording, lane: int, step: int, level: float) -> float:
    """The highest loss up to the step."""
    return np.fmax.reduce(r.loss[: step + 1, lane])


@_measure
def _rises(r: Recording, lane: int, step: int, level: float) -> float:
    """At how many steps the loss rose."""
    return (np.diff(r.loss[: step + 1, lane]) > 0.0).sum()


@_measure
def _below(r: Recording, lane: int, step: int, level: float) -> float:
    """The first step at which the loss was at most the level; infinite if it never was."""
    return _first(r.loss[: step + 1, lane] <= level)


@_measure
def _arrival(r: Recording, lane: int, step: int, level: float) -> float:
    """The step at which the racer arrived, down to a millionth of its first height; infinite if it has not."""
    return _first(r.status[: step + 1, lane] == Status.ARRIVED.value)


@_measure
def _diverged(r: Recording, lane: int, step: int, level: float) -> float:
    """The step at which the racer diverged; infinite if it has not."""
    return _first(r.status[: step + 1, lane] == Status.DIVERGED.value)


@_measure
def _left(r: Recording, lane: int, step: int, level: float) -> float:
    """The step at which the racer first was out of view; infinite if it never was."""
    return _first(r.status[: step + 1, lane] == Status.OUT_OF_VIEW.value)


@_measure
def _distance(r: Recording, lane: int, step: int, level: float) -> float:
    """How far the racer is from the nearest of the lowest minima."""
    return min((math.dist(m, r.theta[step, lane]) for m in _minima(r)), default=math.nan)


@_measure
def _overshoot(r: Recording, lane: int, step: int, level: float) -> float:
    """How far it went past the minimum nearest to its start, along the line from the start; 0 if it never did."""
    path = r.theta[: step + 1, lane]
    goal = min((np.asarray(m) for m in _minima(r)), key=lambda m: math.dist(m, path[0]), default=None)
    if goal is None or not (way := math.dist(goal, path[0])):
        return math.nan
    return max(0.0, np.fmax.reduce((path - goal) @ (goal - path[0])) / way)


@_measure
def _turns(r: Recording, lane: int, step: int, level: float) -> float:
    """How often the movement changed its sign along the coordinate where it did so most: its oscillations."""
    moves = np.sign(np.diff(r.theta[: step + 1, lane], axis=0))
    return max((int((np.diff(column[column != 0.0]) != 0.0).sum()) for column in moves.T), default=0)


@_measure
def _travelled(r: Recording, lane: int, step: int, level: float) -> float:
    """The length of the path so far."""
    return np.sqrt(np.square(np.diff(r.theta[: step + 1, lane], axis=0)).sum(axis=1)).sum()


@_measure
def _norm(r: Recording, lane: int, step: int, level: float) -> float:
    """The length of θ."""
    return math.hypot(*r.theta[step, lane])


@_measure
def _grad_norm(r: Recording, lane: int, step: int, level: float) -> float:
    """The length of the true gradient here."""
    return r.grad_norm[step, lane]


@_measure
def _curvature(r: Recording, lane: int, step: int, level: float) -> float:
    """The largest curvature here: the largest eigenvalue of the Hessian."""
    hessian = r.race.landscape.at(step).hess(r.theta[step, lane : lane + 1])[0]
    return np.linalg.eigvalsh(hessian)[-1] if np.isfinite(hessian).all() else math.nan


@_measure
def _limit(r: Recording, lane: int, step: int, level: float) -> float:
    """The largest stable η of plain gradient descent here: 2 / curvature."""
    return 2.0 / curved if (curved := _curvature(r, lane, step, level)) > 0.0 else math.inf


@_measure
def _hover(r: Recording, lane: int, step: int, level: float) -> float:
    """The mean height above the minimum over the last fifth of the steps: where noise keeps it."""
    return r.loss[_late(step), lane].mean() - (r.floor or 0.0)


@_measure
def _spread(r: Recording, lane: int, step: int, level: float) -> float:
    """How widely it wanders over the last fifth of the steps: its root mean square distance from their mean."""
    path = r.theta[_late(step), lane]
    return math.sqrt(np.square(path - path.mean(axis=0)).sum(axis=1).mean())


@_measure
def _scatter(r: Recording, lane: int, step: int, level: float) -> float:
    """How far the gradients it was shown over the last fifth of the steps were from the true ones: root mean square."""
    rows = slice(step - int(LATE_SHARE * step), step)
    true = r.race.landscape.grad_along(r.theta[rows, lane : lane + 1], rows.start)[:, 0]
    return math.sqrt(np.square(r.grad[rows, lane] - true).sum(axis=1).mean()) if len(true) else math.nan


@_measure
def _lr(r: Recording, lane: int, step: int, level: float) -> float:
    """η of the step that leaves here, as the schedule has it."""
    return r.lr[step, lane // len(r.race.starts)]


@_measure
def _evals(r: Recording, lane: int, step: int, level: float) -> float:
    """How many gradients it has asked for."""
    return r.evals[step, lane]


def _first(there: NDArray[np.bool_]) -> float:
    return float(there.argmax()) if there.any() else math.inf


def _late(step: int) -> slice:
    return slice(step - int(LATE_SHARE * step), step + 1)


def _minima(r: Recording) -> list[tuple[float, ...]]:
    return [m.theta for m in r.race.landscape.minima if m.kind == "global"]


def _coordinate(r: Recording, entrant: int, step: int, name: str) -> float:
    """A coordinate of position, gradient, movement, effective rate or a state: x, theta.x, grad.y, v.x, m.0."""
    what, _, axis = (f"theta.{name}" if name in AXES else name).rpartition(".")
    i, lane = AXES[axis] if axis in AXES else int(axis), r.lane(entrant)
    if i >= r.theta.shape[2]:
        return math.nan
    if what == "theta":
        return r.theta[step, lane, i]
    if what not in VECTORS:
        values = r.states[entrant].get(what)
        return math.nan if values is None or i >= values.shape[2] else values[step, 0, i]
    if step == 0:  # nothing has moved yet
        return math.nan
    grad, move = r.grad[step - 1, lane, i], r.theta[step, lane, i] - r.theta[step - 1, lane, i]
    return {"grad": grad, "move": move, "rate": -move / grad}[what]
