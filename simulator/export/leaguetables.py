"""A league as tables for a spreadsheet: a row a run, and a summary."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator

from simulator.studies.standings import Row, Standings

COUNTS = ("gradients", "losses", "hessians")


def runs(standings: Standings) -> str:
    """A row a run, in the order of the file: landscape, start, seed, entrant. Floats read back the same."""
    targets = standings.league.targets
    head = ["landscape", "settings", "start", "theta", "seed", "entrant", "optimizer", "lr", "start_gap"]
    for target in targets:
        head += [f"{name}_to_{target:g}" for name in ("steps", *COUNTS)]
    head += ["loss", "gap", "best_gap", "diverged", *COUNTS]
    return _written([head, *_runs(standings)])


def _runs(standings: Standings) -> Iterator[list[object]]:
    league = standings.league
    for cell, (i, j) in zip(standings.outcomes, standings.where, strict=True):
        landscape, start = league.places[i].landscape, league.places[i].starts[j]
        floor = landscape.lowest or 0.0
        settings = " ".join(f"{name}={value}" for name, value in landscape.hyper.items())
        theta = " ".join(repr(x) for x in start)
        for k, seed in enumerate(league.seeds):
            for entrant, one in zip(league.entrants, cell, strict=True):
                row: list[object] = [landscape.name, settings, j, theta, seed, entrant.label, entrant.optimizer.name]
                row += [one.rate, one.first - floor]
                for t in range(len(league.targets)):
                    met = one.reached[t][k] >= 0
                    row += [one.reached[t][k], *(spent[t][k] for spent in one.spent)] if met else [""] * 4
                row += [one.loss[k], one.loss[k] - floor, one.best[k] - floor, int(one.lost[k])]
                yield row + [asked[k] for asked in one.asked]


def summary(standings: Standings) -> str:
    """A row for each target, landscape and entrant, and for all landscapes together."""
    head = ["target", "landscape", "entrant", "problems", "solved", "first", "tied", "median_cost", "measure"]
    head += ["lowest_lr", "highest_lr", "area"]
    rows: list[list[object]] = []
    for t, target in enumerate(standings.league.targets):
        at = Standings(standings.league, standings.outcomes, t)
        for row in (*at.rows, at.whole):
            rows += _summary(at, row, target)
    return _written([head, *rows])


def _summary(at: Standings, row: Row, target: float) -> Iterator[list[object]]:
    for i, (entrant, entry) in enumerate(zip(at.league.entrants, row.entries, strict=True)):
        median = entry.median if math.isfinite(entry.median) else ""
        area = at.areas[i] if row is at.whole else ""
        counts = [entry.problems, entry.solved, entry.first, entry.tied]
        yield [target, row.title, entrant.label, *counts, median, at.league.measure, *entry.rates, area]


def _written(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
