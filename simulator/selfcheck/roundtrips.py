"""What is written and read again: race files, and the numbers of a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from simulator import racefile, resources
from simulator.engine import Engine
from simulator.export.csv import write_csv
from simulator.race import Noise, Race
from simulator.selfcheck.finding import Array, Check, Finding, fact, same_bits
from simulator.selfcheck.laws import PLACE, STARTS, field

EVERY_RULE = "every rule in one race"
ROWS = 12


def _race_file(name: str) -> Iterator[Finding]:
    race = racefile.find(resources.sample_races()[name]) if name != EVERY_RULE else _everybody()
    again = racefile.parse(racefile.dumps(race))
    yield fact(name, "written and read again", again == race, "the same race", "another race")
    yield same_bits(name, "raced again", _short(race), _short(again))


def _everybody() -> Race:
    """Every rule that needs no model, on the ravine, with digits that a rounded number would lose."""
    ravine = racefile.find(resources.sample_races()["ravine"]).landscape
    some = tuple(entrant for entrant in field(1.0 / 3.0) if not entrant.optimizer.needs)
    return Race(ravine, some, ((0.1 + 0.2, -1.0 / 3.0),), Noise(1.0 / 7.0), steps=ROWS)


def _short(race: Race) -> Array:
    return Engine(race).advance(ROWS).theta[: min(ROWS, race.steps) + 1]


def _table(who: str) -> Iterator[Finding]:
    run = Engine(Race(PLACE, field(), STARTS, steps=ROWS)).run()
    stream = io.BytesIO()
    write_csv(run, stream)
    rows = list(csv.DictReader(io.StringIO(stream.getvalue().decode())))
    yield fact(who, "rows", len(rows) == run.race.lanes * (ROWS + 1), run.race.lanes * (ROWS + 1), len(rows))
    for key, wanted in (("theta_0", run.theta[:, :, 0]), ("theta_1", run.theta[:, :, 1]), ("loss", run.loss),
                        ("grad_norm", run.grad_norm)):  # fmt: skip
        got = np.array([float(row[key]) for row in rows]).reshape(run.race.lanes, ROWS + 1).T
        yield same_bits(who, f"{key} written and read again", wanted, got)


def _samples() -> list[str]:
    return [*resources.sample_races(), EVERY_RULE]


RACE_FILES = Check("race files", "A race is read as it was written", "not a bit", _samples, _race_file)
TABLES = Check("tables", "Numbers of a table are read as they were", "not a bit", lambda: ["CSV"], _table)
