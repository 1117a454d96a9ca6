"""How far each racer gets at every rate, and how wide the range of rates is that work."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.costs import EVEN, Weights
from simulator.race import Race

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

Measure = Literal["loss", "steps", "evaluations", "cost"]
MEASURES: tuple[Measure, ...] = ("loss", "steps", "evaluations", "cost")

LOWEST, HIGHEST, POINTS = 1e-5, 10.0, 121
GOALS = (0.1, 1e-2, 1e-4, 1e-6)
"""Shares of the start's gap that can be asked for; the last is what the referee calls arrived."""
GOAL = GOALS[1]


def grid(low: float = LOWEST, high: float = HIGHEST, points: int = POINTS) -> tuple[float, ...]:
    """``points`` rates evenly apart in their logarithm, to twelve digits: 0.01 is 0.01."""
    a, b = math.log10(low), math.log10(high)
    inner = [float(f"{10.0 ** (a + (b - a) * i / (points - 1)):.12g}") for i in range(1, points - 1)]
    return (low, *inner, high)


RATES = grid()


@dataclass(frozen=True, eq=False)
class Robustness:
    """What ``race`` comes to at other rates. A column is a rate; column 0 is what each entrant has, the others a grid.

    rates: (entrants, 1 + points)
    seeds: of the noise, that of the race alone unless more are asked for; runs are starts × seeds
    loss: (entrants, 1 + points, runs), where the race ends, on a landscape that moves its mean on the way; the
        race's own bits. NaN while it is not known
    lost: likewise; whether the referee calls it diverged
    reached: likewise; the first step at which the gap f − f* is at most ``share`` of the start's; −1 never, and where
        no minimum is known
    spent: (3, entrants, 1 + points, runs), gradients, losses and matrices asked for until then; −1 likewise
    known: (entrants, 1 + points)
    weights: of what is counted as cost
    """

    race: Race
    share: float
    seeds: tuple[int, ...]
    rates: Array
    loss: Array
    lost: Flags
    reached: Numbers
    spent: Numbers
    known: Flags
    weights: Weights = EVEN

    @property
    def complete(self) -> bool:
        return bool(self.known.all())

    @cached_property
    def floor(self) -> float | None:
        """f*, where one is known."""
        return self.race.landscape.lowest

    @property
    def has_goal(self) -> bool:
        """Whether anybody can reach one: a minimum is known, and stays where it is."""
        return self.floor is not None and not self.race.landscape.moving

    @cached_property
    def start(self) -> float:
        """The loss at the start, the median of several."""
        return float(np.median(self.race.landscape.at(0).loss(np.asarray(self.race.starts, dtype=np.float64))))

    @cached_property
    def final(self) -> Array:
        """The loss at the end, the median over the runs, (entrants, 1 + points): ∞ where most have diverged."""
        return self._median(np.where(self.lost, np.inf, self.loss))

    def values(self, measure: Measure) -> Array:
        """What is measured, (entrants, 1 + points): the median over the runs; ∞ where it is not reached."""
        if measure == "loss":
            return self.final
        counted = self.weights.cost(*self.spent) if measure == "cost" else self.spent[0]
        return self._median(np.where(self.reached < 0, np.inf, self.reached if measure == "steps" else counted))

    @cached_property
    def deepest(self) -> float:
        """f*, or where no minimum is known the lowest loss that anyone ends at, and never more than the start's."""
        ends = self.final[np.isfinite(self.final)]
        return self.floor if self.floor is not None else float(min(ends.min(initial=np.inf), self.start))

    @cached_property
    def line(self) -> float:
        """The loss a race must end at for its rate to work: all but ``share`` of the way down is done."""
        return self.deepest + self.share * (self.start - self.deepest)

    def workable(self, measure: Measure) -> Flags:
        """At which rates of the grid a racer works, (entrants, points).

        Of the loss: it ends at or below `line`, so that of the way from the start down to f* (where no minimum is
        known: to the lowest loss anyone here ends at) at most ``share`` is left. Of steps and evaluations: it has been
        that near at some time, even if it went away again. Of several runs the median counts.
        """
        values = self.values(measure)[:, 1:]
        return values <= self.line if measure == "loss" else np.isfinite(values)

    def widths(self, measure: Measure) -> Array:
        """How many decades of rates work, (entrants,): of every rate that does, the part of the axis nearer to it than
        to any other; gaps between them do not count."""
        at = np.log10(self.rates[:, 1:])
        between = (at[:, 1:] + at[:, :-1]) / 2
        edges = np.concatenate((at[:, :1], between, at[:, -1:]), axis=1)
        return np.where(self.workable(measure), np.diff(edges, axis=1), 0.0).sum(axis=1)

    def span(self, entrant: int, measure: Measure) -> tuple[float, float] | None:
        """The lowest and the highest rate of the grid that works, if one does."""
        rates = self.rates[entrant, 1:][self.workable(measure)[entrant]]
        return (float(rates[0]), float(rates[-1])) if len(rates) else None

    def best(self, entrant: int) -> float | None:
        """The rate of the grid at which it ends lowest; of equal ones the middle of the longest run of them. None where
        it diverges at all."""
        ends = self.final[entrant, 1:]
        ties = np.flatnonzero(ends == np.fmin.reduce(ends))
        if not len(ties) or not np.isfinite(ends[ties[0]]):
            return None
        run = max(np.split(ties, np.flatnonzero(np.diff(ties) > 1) + 1), key=len)
        return float(self.rates[entrant, 1 + run[(len(run) - 1) // 2]])

    def tuned(self) -> Race:
        """The race with every racer at its `best` rate, found by as many runs for each; at its own where none is."""
        race = self.race
        for e in range(len(race.entrants)):
            rate = self.best(e)
            race = race if rate is None else race.with_hyper(e, lr=rate)
        return race

    @property
    def budget(self) -> str:
        """What all of it took, in words."""
        entrants, points, _ = self.loss.shape
        starts, seeds = len(self.race.starts), len(self.seeds)
        each = [f"{seeds} seed{'s' * (seeds > 1)}", *([f"{starts} starts"] if starts > 1 else [])]
        return f"{entrants} racer{'s' * (entrants > 1)} × {points - 1} rates, {' × '.join(each)} each"

    def where(self, stream: int) -> int | None:
        """The entrant with this stream."""
        return next((e for e, entrant in enumerate(self.race.entrants) if entrant.stream == stream), None)

    def order(self, entrant: int) -> NDArray[np.intp]:
        """The known columns of an entrant, its rates rising."""
        columns = np.flatnonzero(self.known[entrant])
        return columns[np.argsort(self.rates[entrant, columns], kind="stable")]

    def _median(self, values: Array) -> Array:
        """Over the runs; NaN where it is not known."""
        values = np.where(self.known[:, :, None] & np.isnan(values), np.inf, values)
        if values.shape[2] == 1:
            return values[:, :, 0]
        low, high = (np.sort(values, axis=2)[:, :, i] for i in ((values.shape[2] - 1) // 2, values.shape[2] // 2))
        with np.errstate(over="ignore"):
            return np.where(low == high, low, (low + high) / 2)


def table(result: Robustness) -> str:
    """As CSV, a row per entrant and rate: the first is the one it has. Empty where nothing is reached, or not known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("entrant", "lr", "own", "loss", "diverged", "steps_to_goal", "gradients_to_goal", "cost_to_goal"))
    asked = [result.values(measure) for measure in MEASURES if measure != "loss"]
    for e, entrant in enumerate(result.race.entrants):
        for column in np.flatnonzero(result.known[e]).tolist():
            end = float(result.final[e, column])
            counts = (f"{v[e, column]:.12g}" if np.isfinite(v[e, column]) else "" for v in asked)
            own, lost = column == 0, bool(np.isinf(end))
            rate = repr(float(result.rates[e, column]))
            writer.writerow((entrant.label, rate, int(own), "" if lost else repr(end), int(lost), *counts))
    return out.getvalue()
