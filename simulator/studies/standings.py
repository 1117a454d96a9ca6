"""Who wins where: performance profiles, area scores and the table of a league, all read off its outcomes.

A problem is a landscape, a start and a seed. It is solved by a run when f − f* has fallen to a target's share of what
it was at the start (Moré & Wild 2009, Benchmarking Derivative-Free Optimization Algorithms); what that took is its
cost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.costs import EVEN
from simulator.studies.league import MEASURES, League
from simulator.studies.leaguecell import Outcome
from simulator.words import count_text, short_text

Array = NDArray[np.float64]
NARROWEST = 2.0  # the least that a profile's axis reaches to


@dataclass(frozen=True)
class Curve:
    """A rising staircase: at ``x[i]`` it steps up to ``share[i]``, and before the first it is 0."""

    x: tuple[float, ...]
    share: tuple[float, ...]

    @property
    def last(self) -> float:
        return self.share[-1] if self.share else 0.0

    def at(self, x: float) -> float:
        """Its height at ``x``."""
        return max((share for at, share in zip(self.x, self.share, strict=True) if at <= x), default=0.0)


@dataclass(frozen=True)
class Entry:
    """How one entrant does on one landscape, or on all: of so many ``problems`` it has ``solved`` some, and was
    ``first`` in some, ``tied`` of them together with others. ``median`` is its cost, infinite where no more than half
    are solved; ``rates`` from the lowest raced to the highest."""

    problems: int
    solved: int
    first: int
    tied: int
    median: float
    rates: tuple[float, float]

    @property
    def median_text(self) -> str:
        return short_text(self.median) if math.isfinite(self.median) else "–"


@dataclass(frozen=True)
class Row:
    """A landscape of the table; ``winners`` are those first in most of its problems, none where nobody solves one."""

    title: str
    entries: tuple[Entry, ...]
    winners: tuple[int, ...]

    @property
    def counts(self) -> list[str]:
        """For each entrant in how many of the problems it was first, the winners' with a star; what is shared counts
        for each."""
        return [
            f"{'★ ' * (i in self.winners)}{entry.first} of {entry.problems}" for i, entry in enumerate(self.entries)
        ]


@dataclass(frozen=True, eq=False)
class Standings:
    """``league`` and its ``outcomes``, of each cell one an entrant, as seen at the target numbered ``target``."""

    league: League
    outcomes: Sequence[Sequence[Outcome]]
    target: int = 0

    @cached_property
    def where(self) -> list[tuple[int, int]]:
        """Landscape and start of each cell, by number."""
        return [(i, j) for i, place in enumerate(self.league.places) for j in range(len(place.starts))]

    @cached_property
    def cost(self) -> Array:
        """What each problem cost each entrant, (entrants, problems), at least 1; infinite where it is not solved."""
        rows: list[list[float]] = [[] for _ in self.league.entrants]
        for cell in self.outcomes:
            for row, outcome in zip(rows, cell, strict=True):
                steps = outcome.reached[self.target]
                row += [self._cost(outcome, i, steps[i]) for i in range(len(steps))]
        return np.array(rows, dtype=np.float64)

    def _cost(self, outcome: Outcome, seed: int, steps: int) -> float:
        if steps < 0:
            return math.inf
        grads, losses, hessians = (spent[self.target][seed] for spent in outcome.spent)
        if self.league.measure == "cost":
            return max(1.0, float(EVEN.cost(grads, losses, hessians)))
        return float(max(1, steps if self.league.measure == "steps" else grads))

    @cached_property
    def best(self) -> Array:
        """The least cost of each problem, (problems,)."""
        return self.cost.min(axis=0)

    @cached_property
    def ratio(self) -> Array:
        """Cost over the least cost of the problem, (entrants, problems); infinite where it is not solved."""
        with np.errstate(invalid="ignore"):
            return np.where(np.isfinite(self.cost), self.cost / self.best, np.inf)

    @cached_property
    def widest(self) -> float:
        """Where the profiles end: the largest ratio of a problem that was solved, at least `NARROWEST`."""
        return max(NARROWEST, float(np.max(self.ratio, initial=0.0, where=np.isfinite(self.ratio))))

    @cached_property
    def dearest(self) -> float:
        """The largest cost of a problem that was solved, at least `NARROWEST`."""
        return max(NARROWEST, float(np.max(self.cost, initial=0.0, where=np.isfinite(self.cost))))

    @cached_property
    def profiles(self) -> tuple[Curve, ...]:
        """For each entrant the share of all problems solved at no more than τ times the least cost (Dolan & Moré 2002,
        Benchmarking optimization software with performance profiles)."""
        return tuple(_staircase(row) for row in self.ratio)

    @cached_property
    def solved_within(self) -> tuple[Curve, ...]:
        """For each entrant the share of all problems solved at a cost of no more than that."""
        return tuple(_staircase(row) for row in self.cost)

    @cached_property
    def areas(self) -> tuple[float, ...]:
        """The area below each profile over log τ from 1 to `widest`, of 1: 1 for who is first everywhere."""
        width = math.log2(self.widest)
        return tuple(
            math.fsum(1.0 - math.log2(r) / width for r in row.tolist() if math.isfinite(r)) / len(row)
            for row in self.ratio
        )

    @cached_property
    def order(self) -> list[int]:
        """Entrants by area, the largest first; of equal ones in the league's order."""
        return sorted(range(len(self.areas)), key=lambda i: -self.areas[i])

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """A row a landscape, in the league's order."""
        seeds = len(self.league.seeds)
        places = [place for place, _ in self.where for _ in range(seeds)]
        titles = [place.landscape.title for place in self.league.places]
        return tuple(
            self._row(title, [n for n, at in enumerate(places) if at == i], i) for i, title in enumerate(titles)
        )

    @cached_property
    def whole(self) -> Row:
        """All landscapes together."""
        return self._row("All", list(range(self.cost.shape[1])), None)

    def _row(self, title: str, problems: list[int], place: int | None) -> Row:
        cost, best = self.cost[:, problems], self.best[problems]
        first = np.isfinite(cost) & (cost == best)
        tied = first & (first.sum(axis=0) > 1)
        entries: list[Entry] = []
        for i, row in enumerate(cost):
            rates = [
                cell[i].rate for cell, (at, _) in zip(self.outcomes, self.where, strict=True) if place in (None, at)
            ]
            median = float(np.sort(row)[len(row) // 2])  # the upper one: half are solved at that cost
            counts = (int(np.isfinite(row).sum()), int(first[i].sum()), int(tied[i].sum()))
            entries.append(Entry(len(row), *counts, median, (min(rates), max(rates))))
        most = max(entry.first for entry in entries)
        return Row(title, tuple(entries), tuple(i for i, e in enumerate(entries) if most and e.first == most))

    def example(self, place: int, entrant: int) -> tuple[int, int]:
        """Start and seed, by number, of a problem of that landscape to look at: the first in which the entrant was
        first, otherwise that it solved, otherwise the first of all."""
        seeds = len(self.league.seeds)
        cells = [n for n, (at, _) in enumerate(self.where) if at == place]
        own = self.cost[entrant].reshape(-1, seeds)[cells]
        best = self.best.reshape(-1, seeds)[cells]
        for wanted in (np.isfinite(own) & (own == best), np.isfinite(own)):
            if wanted.any():
                start, seed = divmod(int(wanted.argmax()), seeds)
                return start, seed
        return 0, 0

    def rates(self, place: int, start: int) -> tuple[float, ...]:
        """Everyone's rate there."""
        return tuple(outcome.rate for outcome in self.outcomes[self.where.index((place, start))])

    @property
    def measure(self) -> str:
        return MEASURES[self.league.measure]

    @property
    def target_text(self) -> str:
        return f"f − f* at {self.league.targets[self.target]:g} of what it was at the start".replace("e-0", "e−")

    @cached_property
    def budget_text(self) -> str:
        """What everyone was given, in a sentence."""
        budget, league = self.league.budget, self.league
        if budget.kind == "shared":
            rate = "the landscape's own" if budget.rate is None else f"{budget.rate:g}"
            return f"One rate for all: {rate}."
        if budget.kind == "tuned":
            rates, seeds = len(budget.rates), f" with {budget.seeds} other seeds" * (budget.seeds > 1)
            runs = f"{count_text(budget.runs)} run{'s' * (budget.runs > 1)} of {count_text(league.steps)} steps"
            return (
                f"Tuned: from every start each entrant was raced at the same {count_text(rates)} rates from "
                f"{short_text(min(budget.rates))} to {short_text(max(budget.rates))}{seeds}, {runs}; "
                "the best of them counts."
            )
        if budget.kind == "defaults":
            return "Each entrant has the rate that its rule has by default; nobody was tuned."
        return "Each entrant has the rate that the league file gives it."


def _staircase(values: Array) -> Curve:
    finite = np.sort(values[np.isfinite(values)])
    x, counts = np.unique(finite, return_counts=True)
    return Curve(tuple(x.tolist()), tuple((np.cumsum(counts) / len(values)).tolist()))
