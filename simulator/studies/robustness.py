"""How far each racer gets at every rate, and how wide the range of rates is that work."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.costs import EVEN, Weights
from simulator.race import Race
from simulator.studies import axis
from simulator.studies.scan import Scan, discounted, medians
from simulator.studies.tune import rates
from simulator.variants import GOAL

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

Measure = Literal["loss", "steps", "evaluations", "cost"]
MEASURES: dict[Measure, str] = {"loss": "loss", "steps": "reached", "evaluations": "spent", "cost": "cost"}
"""What can be measured, and what a sweep calls it."""
NAMES: dict[Measure, str] = {"steps": "steps", "evaluations": "gradients", "cost": "cost"}
"""What is counted to the goal, in a word."""

GOALS = (0.1, GOAL, 1e-4, 1e-6)
"""Shares of the start's gap that can be asked for; the last is what the referee calls arrived."""
RATES = rates()


@dataclass(frozen=True, eq=False)
class Robustness:
    """What ``race`` comes to at other rates. A column is a rate; column 0 is what each entrant has, the others a grid.

    rates: (entrants, 1 + points)
    seeds: of the noise, that of the race alone unless more are asked for; runs are starts × seeds
    loss: (entrants, 1 + points, runs), where the race ends, on a landscape that moves its mean on the way; the
        race's own bits. NaN while it is not known
    lost, outside: likewise; whether the referee has called it diverged; whether it ends outside a box beyond which lie
        lower values
    reached: likewise; the first step at which the gap f − f* is at most ``share`` of the start's; ∞ never, and where no
        minimum is known
    spent: (3, entrants, 1 + points, runs), gradients, losses and matrices asked for until then; ∞ likewise
    known: (entrants, 1 + points)
    weights: of what is counted as cost
    """

    race: Race
    share: float
    seeds: tuple[int, ...]
    rates: Array
    loss: Array
    lost: Flags
    outside: Flags
    reached: Array
    spent: Array
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
        return self._median(self.loss)

    @cached_property
    def left(self) -> Flags:
        """Where `final` does not count, (entrants, 1 + points): so many runs end outside a box beyond which lie lower
        values, and are infinitely bad."""
        return self.known & discounted(self.loss, self.lost, self.outside)

    def values(self, measure: Measure) -> Array:
        """What is measured, (entrants, 1 + points): the median over the runs; ∞ where it is not reached."""
        return self.final if measure == "loss" else self._median(self._runs(measure))

    @cached_property
    def scans(self) -> dict[Measure, Scan]:
        """The sweep of η over the grid that this is: what works, and what is best, is told by it."""
        found = axis.with_values(self.race, axis.of(self.race, "lr"), self.rates[0, 1:].tolist())
        first = self.race.landscape.at(0).loss(np.asarray(self.race.starts, dtype=np.float64))
        first = np.broadcast_to(np.repeat(first, len(self.seeds)), self.loss.shape[1:])[1:]
        who = tuple(range(len(self.race.entrants)))
        return {
            measure: Scan(
                self.race, (found,), who, self.seeds, metric,
                self._runs(measure)[:, 1:], self.lost[:, 1:], self.outside[:, 1:], first, self.share,
            ) for measure, metric in MEASURES.items()
        }  # fmt: skip

    @property
    def line(self) -> float:
        """The loss a race must end at for its rate to work: all but ``share`` of the way down is done."""
        return float(self.scans["loss"].line.flat[0])

    def workable(self, measure: Measure) -> Flags:
        """At which rates of the grid a racer works, (entrants, points).

        Of the loss: it ends at or below `line`, so that of the way from the start down to f* (where no minimum is
        known: to the lowest loss anyone here ends at) at most ``share`` is left. Of steps and evaluations: it has been
        that near at some time, even if it went away again, short of diverging. Of several runs the median counts.
        """
        works = self.scans[measure].works
        assert works is not None
        return works

    def widths(self, measure: Measure) -> Array:
        """How many decades of rates work, (entrants,): of every rate that does, the part of the axis nearer to it than
        to any other; gaps between them do not count."""
        scan = self.scans[measure]
        return np.array([scan.width(e) for e in scan.who])

    def span(self, entrant: int, measure: Measure) -> tuple[float, float] | None:
        """The lowest and the highest rate of the grid that works, if one does."""
        rates = self.rates[entrant, 1:][self.workable(measure)[entrant]]
        return (float(rates[0]), float(rates[-1])) if len(rates) else None

    def where(self, stream: int) -> int | None:
        """The entrant with this stream."""
        return next((e for e, entrant in enumerate(self.race.entrants) if entrant.stream == stream), None)

    def order(self, entrant: int) -> NDArray[np.intp]:
        """The known columns of an entrant, its rates rising."""
        columns = np.flatnonzero(self.known[entrant])
        return columns[np.argsort(self.rates[entrant, columns], kind="stable")]

    def _runs(self, measure: Measure) -> Array:
        """What is measured, of every run: (entrants, 1 + points, runs)."""
        if measure == "cost":
            there = np.isfinite(self.reached)  # a weight may be 0, and 0 · ∞ is no number
            return np.where(there, self.weights.cost(*np.where(there, self.spent, 0.0)), np.inf)
        return {"loss": self.loss, "steps": self.reached, "evaluations": self.spent[0]}[measure]

    def _median(self, values: Array) -> Array:
        """Over the runs; NaN where it is not known."""
        return np.where(self.known, medians(values, self.lost), np.nan)


def table(result: Robustness) -> str:
    """As CSV, a row per entrant and rate: the first is the one it has. Empty where nothing is reached, or not known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    counted = (f"{name}_to_goal" for name in NAMES.values())
    writer.writerow(("entrant", "lr", "own", "loss", "diverged", "outside", *counted))
    asked = [result.values(measure) for measure in NAMES]
    for e, entrant in enumerate(result.race.entrants):
        for column in np.flatnonzero(result.known[e]).tolist():
            end = float(result.final[e, column])
            counts = (f"{v[e, column]:.12g}" if np.isfinite(v[e, column]) else "" for v in asked)
            own, lost = column == 0, bool(np.isinf(end))
            rate = repr(float(result.rates[e, column]))
            left = int(result.left[e, column])
            writer.writerow((entrant.label, rate, int(own), "" if lost else repr(end), int(lost), left, *counts))
    return out.getvalue()
