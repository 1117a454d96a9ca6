"""Human in the fog: a person walks with nothing but the slope underfoot, on the budget that the machines have.

The walk is an entrant like the others (`simulator.optimizers.by_hand`), its moves a hyperparameter: a step is a new
Race, and undo, race files, tables and the lockstep of the engine hold for it as they are. What the person may know is
a `Look`, and nothing else of the race.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.engine import Engine
from simulator.landscape import Landscape
from simulator.optimizers.by_hand import ByHand, read_moves
from simulator.param import RaceError
from simulator.race import Entrant, Race, suited
from simulator.recording import Recording
from simulator.words import short_text

Array = NDArray[np.float64]
BUDGET = 30  # steps of a walk, at most: more clicks teach no more
LABEL = "Walker"
DIGITS = 6  # of a move
ALIKE = 1e-3  # relative difference below which nobody is lower


@dataclass(frozen=True)
class Look:
    """What a walker in the fog knows. Places count from the start, so that they say nothing of the landscape.

    trail: (step + 1) places of ``dim`` coordinates; heights: the loss there less that at the start; promised: what the
    slope felt before each step said the height would change by, had it gone on like that; slope: the gradient felt
    here, empty when the budget is used up; unit: the length of which steps are shares.
    """

    budget: int
    trail: tuple[tuple[float, ...], ...]
    heights: tuple[float, ...]
    promised: tuple[float, ...]
    slope: tuple[float, ...]
    unit: float
    notes: tuple[str, ...] = ()

    @property
    def step(self) -> int:
        return len(self.trail) - 1

    @property
    def steepness(self) -> float:
        return math.hypot(*self.slope)

    @property
    def downhill(self) -> float | None:
        """The direction in which it goes down most, in degrees from the right, anticlockwise; None where it is level
        or the slope is no number."""
        if not self.slope or not 0.0 < self.steepness < math.inf:
            return None
        x, y = (*self.slope, 0.0)[:2]
        return math.degrees(math.atan2(-y, -x)) % 360.0

    def promise(self, move: tuple[float, ...]) -> float:
        """What the slope felt here says a ``move`` changes the height by."""
        return sum(g * d for g, d in zip(self.slope, move, strict=True))


def obstacle(race: Race) -> str:
    """Why nobody can walk there, or ""."""
    if race.landscape.dim > 2:
        return f"A walk needs one or two parameters; {race.landscape.title} has {race.landscape.dim}."
    return ""


def walker(race: Race) -> int | None:
    """Which entrant goes by hand, the first if there are several."""
    return next((i for i, entrant in enumerate(race.entrants) if isinstance(entrant.optimizer, ByHand)), None)


def taken(race: Race) -> int:
    """How many steps the walker has taken."""
    return min(len(read_moves(_hand(race).moves)), race.steps)


def begin(race: Race) -> Race:
    """``race`` with a walker at its first start, cut to a budget that can be clicked; a walk that is not over goes on.

    Where one is over, the next has the whole budget: the race has been cut to the steps that were walked.

    Raises RaceError where nobody can walk.
    """
    if why := obstacle(race):
        raise RaceError([f"landscape: {why}"])
    race = replace(race, starts=race.starts[:1], steps=min(race.steps, BUDGET))
    place = walker(race)
    if place is None:
        return race.with_new(suited(ByHand(), race.landscape), LABEL)
    return race if taken(race) < race.steps else replace(race.with_hyper(place, moves=""), steps=BUDGET)


def stepped(race: Race, move: tuple[float, ...]) -> Race:
    """``race`` with one more step of the walker, by ``move``."""
    place, hand, step = _place(race), _hand(race), taken(race)
    lr = hand.lr * float(race.entrants[place].schedule.factors(race.steps)[step])
    if not lr:
        raise RaceError([f"{race.entrants[place].label}: its schedule has η = 0 in step {step + 1}: nobody can move"])
    h = " ".join(f"{-d / lr:.{DIGITS}g}" for d in move)
    moves = hand.moves.split(";")[:step] if hand.moves.strip() else []
    return race.with_hyper(place, moves="; ".join(part.strip() for part in (*moves, h)))


def lifted(race: Race) -> Race:
    """``race`` cut to the steps that were walked, so that the machines have as many."""
    return replace(race, steps=max(1, taken(race)))


def look(race: Race) -> Look:
    """What the walker knows now."""
    place, step = _place(race), taken(race)
    # Others do not change what one racer meets.
    alone = replace(race, entrants=(race.entrants[place],))
    record = Engine(alone).advance(step + 1)
    theta, loss, felt = record.theta[: step + 1, 0], record.loss[: step + 1, 0], record.grad[: step + 1, 0]
    with np.errstate(all="ignore"):
        promised = (felt[:step] * np.diff(theta, axis=0)).sum(axis=1)
        heights = loss - loss[0]
    return Look(
        race.steps,
        tuple(tuple(row) for row in (theta - theta[0]).tolist()),
        tuple(heights.tolist()),
        tuple(promised.tolist()),
        tuple(felt[step].tolist()) if step < race.steps else (),
        race.landscape.diagonal,
        tuple(_notes(race)),
    )


def compared(recording: Recording, row: int) -> str:
    """Who is lower at ``row``, the walker or the best of the machines, and by how much; "" where there is no pair."""
    race, place = recording.race, walker(recording.race)
    if place is None or len(race.entrants) < 2 or len(race.starts) > 1:
        return ""
    standing = np.where(np.isfinite(recording.standing(row)), recording.standing(row), np.inf)
    machines = [i for i, entrant in enumerate(race.entrants) if not isinstance(entrant.optimizer, ByHand)]
    if not machines:
        return ""
    best = min(machines, key=lambda i: standing[i])
    mine, theirs = float(standing[place]), float(standing[best])
    names = race.entrants[place].label, race.entrants[best].label
    if mine == theirs or abs(mine - theirs) <= ALIKE * min(abs(mine), abs(theirs)):
        return f"{names[0]} and {names[1]} are level"
    low, high = sorted((mine, theirs))
    by, rest = _margin(recording, low, high)
    if mine < theirs and len(machines) > 1:
        return f"{names[0]} is lower than every machine, {by} below {names[1]}{rest}"
    lower, other = names if mine < theirs else names[::-1]
    return f"{lower} is {by} lower than {other}{rest}"


def _margin(recording: Recording, low: float, high: float) -> tuple[str, str]:
    """By how much ``low`` is lower, and how much less it has left to the minimum, if one is known."""
    if not math.isfinite(high):
        return "far", ""
    floor = recording.floor
    if floor is None or not 1e-12 * (high - floor) < low - floor:
        return short_text(high - low), ""
    times = float(f"{(high - floor) / (low - floor):.2g}")
    return short_text(high - low), f", with {short_text(times)} times less left to fall" if times > 1.0 else ""


def _notes(race: Race) -> list[str]:
    """What makes the ground treacherous."""
    notes: list[str] = []
    noise, landscape = race.noise, race.landscape
    if noise.kind == "sparse":
        notes.append("A part of the slope is felt now and then only.")
    elif noise.sigma:
        notes.append("The slope you feel is noisy. The height is exact.")
    if type(landscape).shown is not Landscape.shown and landscape.shown(race.seed, 0) is not landscape.at(0):
        notes.append("You feel the slope of a mini-batch: it is noisy. The height is that of all data.")
    if landscape.moving:
        notes.append("The ground moves while you walk.")
    return notes


def _place(race: Race) -> int:
    place = walker(race)
    if place is None:
        raise RaceError([f"entrant: nobody in “{race.title}” goes by hand"])
    return place


def _hand(race: Race) -> ByHand:
    entrant: Entrant = race.entrants[_place(race)]
    assert isinstance(entrant.optimizer, ByHand)
    return entrant.optimizer
