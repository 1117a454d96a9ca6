"""A league: many landscapes, starts and seeds, and who races on all of them. A frozen value, made of cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simulator.costs import EVEN
from simulator.landscape import Landscape
from simulator.param import params
from simulator.race import Entrant, Noise, Race

Kind = Literal["given", "shared", "tuned", "defaults"]
Measure = Literal["steps", "gradients", "cost"]
KINDS: dict[str, str] = {
    "given": "each entrant has the rate that the file gives it",
    "shared": "all entrants have one rate",
    "tuned": "each entrant has the best of the same rates, found with the same budget",
    "defaults": "each entrant has the rate its rule has by default",
}
MEASURES: dict[str, str] = {
    "steps": "steps",
    "gradients": "gradients",
    "cost": EVEN.words,
}
TARGETS = (1e-3, 1e-6)
STEPS = 300
MOST_LANDSCAPES, MOST_STARTS, MOST_SEEDS, MOST_RATES = 200, 1000, 1000, 500
MOST_STEPS = 100_000
MOST_RUNS = 20_000_000  # tuning included
MOST_LANE_STEPS = 10**11  # some hours of a few cores
DIGITS = 4  # of a random start: a person can type it


@dataclass(frozen=True)
class Budget:
    """How the entrants come by their rates.

    rate: of all, where it is shared; None is each landscape's own
    rates, seeds: of a tuned league the rates that each entrant is tried at, and with how many seeds a rate
    """

    kind: Kind = "given"
    rate: float | None = None
    rates: tuple[float, ...] = ()
    seeds: int = 1

    @property
    def runs(self) -> int:
        """How often an entrant is raced on a landscape from a start before it counts."""
        return len(self.rates) * self.seeds if self.kind == "tuned" else 0


@dataclass(frozen=True)
class Place:
    """A landscape and where they start on it."""

    landscape: Landscape
    starts: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Cell:
    """One landscape and one start: all entrants with all seeds, in lockstep. It depends on nothing else."""

    landscape: Landscape
    start: tuple[float, ...]
    entrants: tuple[Entrant, ...]
    noise: Noise
    steps: int
    seeds: tuple[int, ...]
    budget: Budget
    targets: tuple[float, ...]

    @property
    def runs(self) -> int:
        return len(self.entrants) * (len(self.seeds) + self.budget.runs)


@dataclass(frozen=True)
class League:
    """All that determines a league. Equal leagues give equal bits on one machine, however they are computed."""

    title: str
    places: tuple[Place, ...]
    entrants: tuple[Entrant, ...]
    noise: Noise
    steps: int
    seeds: tuple[int, ...]
    budget: Budget
    targets: tuple[float, ...]
    measure: Measure

    def cells(self) -> Iterator[Cell]:
        """In the order of the file: landscape by landscape, start by start."""
        for place in self.places:
            for start in place.starts:
                yield Cell(
                    place.landscape, start, self.entrants, self.noise, self.steps, self.seeds, self.budget, self.targets
                )

    @property
    def problems(self) -> int:
        """What an entrant may solve: a landscape, a start and a seed."""
        return len(self.seeds) * sum(len(place.starts) for place in self.places)

    @property
    def runs(self) -> int:
        """All that is raced, tuning included."""
        starts = sum(len(place.starts) for place in self.places)
        return starts * len(self.entrants) * (len(self.seeds) + self.budget.runs)

    def race(self, place: int, start: int, seed: int, rates: tuple[float, ...]) -> Race:
        """One problem as a race, with the rates that the entrants have there. Its runs have the league's bits.

        Raises RaceError where a race cannot hold as many steps.
        """
        at = self.places[place]
        entrants = tuple(
            at_rate(entrant, at.landscape, rate) for entrant, rate in zip(self.entrants, rates, strict=True)
        )
        title = f"{self.title}: {at.landscape.title}"[:200]
        return Race(at.landscape, entrants, (at.starts[start],), self.noise, title, self.steps, self.seeds[seed])


def at_rate(entrant: Entrant, landscape: Landscape, rate: float) -> Entrant:
    """``entrant`` at ``rate``, told the lowest loss there if its rule must know it, as in a race.

    What a fork was before has the same rate, unless it had another one than the fork.
    """
    rule, fork = entrant.optimizer, entrant.forked
    told = {} if landscape.lowest is None or not rule.floor else {rule.floor: landscape.lowest}
    if fork is not None:
        before = fork.racer.lr if fork.racer.lr != entrant.lr else rate
        fork = replace(fork, racer=at_rate(fork.racer, landscape, before))
    return replace(entrant, optimizer=replace(rule, lr=rate, **told), forked=fork)


def first_rate(entrant: Entrant, landscape: Landscape, budget: Budget) -> float:
    """The rate of ``entrant`` there where nothing has to be tried for it."""
    if budget.kind == "shared":
        return landscape.lr if budget.rate is None else budget.rate
    if budget.kind == "defaults":
        return params(type(entrant.optimizer))["lr"].default
    return entrant.lr


def random_starts(landscape: Landscape, count: int, seed: int) -> tuple[tuple[float, ...], ...]:
    """``count`` points, evenly distributed in the landscape's box; more of them begin with the same."""
    low, high = np.asarray(landscape.box, dtype=np.float64).T
    draws = np.random.Generator(np.random.Philox(key=[seed, 0])).random((count, landscape.dim))
    points = low + draws * (high - low)
    return tuple(tuple(float(f"{x:.{DIGITS}g}") for x in point) for point in points.tolist())
