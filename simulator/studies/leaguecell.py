"""A cell of a league raced: what worker processes do. Nothing here depends on who works, or beside whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from simulator import __version__
from simulator.crowd import Crowd
from simulator.engine import Engine
from simulator.param import RaceError
from simulator.race import Entrant, Race
from simulator.racedata import to_data
from simulator.studies.league import Cell, at_rate, first_rate
from simulator.studies.milestones import Milestones

LANES = 8192  # that are raced together
FORMAT = 2  # of an outcome: another one makes all keys others
PENALTY = 2  # a run that does not arrive counts as one of so many times the steps: PAR-2


@dataclass(frozen=True)
class Outcome:
    """What became of one entrant in one cell. Lists are in order of seeds; those of a target, in order of targets.

    rate: that was raced
    tried: of a tuned league by rate the penalised steps of its runs, added up
    first: the loss at the start
    loss, best: at the end, and the lowest on the way; NaN or infinite where a run diverged
    lost: whether a run was at any step not finite, or a thousand boxes away, as the referee has it
    reached: the first step at which the target was met, −1 for never; a list a target
    spent: gradients, losses and matrices asked for until then; three lists, each with a list a target
    asked: those asked for in all; three lists
    """

    rate: float
    tried: list[int]
    first: float
    loss: list[float]
    best: list[float]
    lost: list[bool]
    reached: list[list[int]]
    spent: list[list[list[int]]]
    asked: list[list[int]]

    def data(self) -> dict[str, Any]:
        return asdict(self)


def play(cell: Cell) -> list[Outcome]:
    """Race ``cell``: one outcome an entrant, in their order. Bit by bit the same wherever it is done."""
    rates = [[first_rate(entrant, cell.landscape, cell.budget)] for entrant in cell.entrants]
    tried: list[list[int]] = [[] for _ in cell.entrants]
    if cell.budget.kind == "tuned":
        rates = [list(cell.budget.rates) for _ in cell.entrants]
        seeds = tuple(
            (cell.seeds[-1] + 1 + i) % 2**63 for i in range(cell.budget.seeds)
        )  # others than those that count
        variants = [_at(cell, e, rate) for e, own in zip(cell.entrants, rates, strict=True) for rate in own]
        found = [one for part, tally in _raced(cell, variants, seeds) for one in _scores(part, tally, cell)]
        for i, own in enumerate(rates):
            scores = found[i * len(own) : (i + 1) * len(own)]
            tried[i] = [steps for steps, _ in scores]
            rates[i] = [own[min(range(len(own)), key=lambda k: (*scores[k], own[k]))]]
    racers = [_at(cell, entrant, own[0]) for entrant, own in zip(cell.entrants, rates, strict=True)]
    outcomes: list[Outcome] = []
    for part, tally in _raced(cell, racers, cell.seeds):
        for row in range(len(part)):
            i = len(outcomes)
            outcomes.append(_outcome(rates[i][0], tried[i], cell, tally, row, len(part)))
    return outcomes


def _at(cell: Cell, entrant: Entrant, rate: float) -> Entrant:
    return at_rate(entrant, cell.landscape, rate)


def _raced(
    cell: Cell, entrants: Sequence[Entrant], seeds: tuple[int, ...]
) -> Iterator[tuple[Sequence[Entrant], Milestones]]:
    """``entrants`` with ``seeds``, as many at a time as step well together."""
    size = max(1, LANES // len(seeds))
    for first in range(0, len(entrants), size):
        part = tuple(entrants[first : first + size])
        crowd = Crowd(cell.landscape, part, (cell.start,), cell.noise, cell.steps, seeds)
        yield part, Engine(crowd, partial(Milestones, shares=cell.targets)).run()


def _scores(part: Sequence[Entrant], tally: Milestones, cell: Cell) -> list[tuple[int, float]]:
    """How good each variant is, less is better: the steps to all targets, and the median loss at the end."""
    reached = tally.reached.reshape(len(cell.targets), len(part), -1)
    steps = np.where(reached < 0, PENALTY * cell.steps, reached).sum(axis=(0, 2))
    loss = np.where(np.isnan(tally.loss), np.inf, tally.loss).reshape(len(part), -1)
    ordered = np.sort(loss, axis=1)
    median = ordered[:, (loss.shape[1] - 1) // 2]  # the lower one of two: no sum of infinities
    return [(int(a), float(b)) for a, b in zip(steps, median, strict=True)]


def _outcome(rate: float, tried: list[int], cell: Cell, tally: Milestones, row: int, rows: int) -> Outcome:
    seeds = len(cell.seeds)
    own = slice(row * seeds, (row + 1) * seeds)
    assert len(tally.loss) == rows * seeds
    return Outcome(
        rate=rate,
        tried=tried,
        first=float(tally.first[row * seeds]),
        loss=tally.loss[own].tolist(),
        best=tally.best[own].tolist(),
        lost=tally.lost[own].tolist(),
        reached=tally.reached[:, own].tolist(),
        spent=tally.spent[:, :, own].tolist(),
        asked=tally.asked[:, own].tolist(),
    )


def keys(cell: Cell) -> list[str]:
    """For each entrant of ``cell`` a name of all that its outcome depends on, the program's version included.

    What it is called does not count, nor where it stands among the others, unless its noise is its own.
    """
    return [_key(cell, entrant) for entrant in cell.entrants]


def _key(cell: Cell, entrant: Entrant) -> str:
    alone = replace(entrant, label="", stream=0 if cell.noise.shared else entrant.stream)
    race = to_data(Race(cell.landscape, (alone,), (cell.start,), cell.noise, "", 1))
    content = {
        "format": FORMAT,
        "program": __version__,
        "numpy": np.__version__,
        "race": race,
        "steps": cell.steps,
        "seeds": cell.seeds,
        "budget": asdict(cell.budget),
        "targets": cell.targets,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def version() -> tuple[str, str]:
    """What must be the same wherever cells are raced."""
    return __version__, np.__version__


def failed(error: BaseException) -> str:
    """Why a cell could not be raced, on one line."""
    if isinstance(error, MemoryError):
        return "not enough memory"
    said = error.plain if isinstance(error, RaceError) else str(error)
    return " ".join(f"{type(error).__name__}: {said}".split())
