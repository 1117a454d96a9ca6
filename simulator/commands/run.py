"""``optim-race run``: race without a window, print how it ended, write the numbers and the pictures."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from simulator import changes, racefile
from simulator.commands import output
from simulator.commands.progress import Progress
from simulator.commands.text import columns
from simulator.engine import BLOCK, Engine
from simulator.export.formats import FORMATS
from simulator.export.table import cells, heads
from simulator.fairness import Sheet, sheet
from simulator.param import RaceError
from simulator.race import Race
from simulator.recording import Recording


def run(args: argparse.Namespace) -> int:
    """Everything is checked before the race is run. Raises RaceError for what was given, FileError for a write."""
    outputs = output.wanted(args, *FORMATS)
    race = changed_race(args, output.faults(outputs, args.race))
    with Progress(args.quiet) as progress:
        recording = raced(race, progress)
    if not args.quiet:
        print(summary(recording), file=output.told_on(outputs))
    if args.fairness:
        print(listed(sheet(recording, recording.done)), file=output.told_on(outputs))
    with Progress(args.quiet) as progress:
        output.write(outputs, recording, progress)
    return 0


def changed_race(args: argparse.Namespace, found: Iterable[str]) -> Race:
    """The race that the arguments name, with their changes. Raises RaceError for all faults, those ``found`` first."""
    faults = list(found)
    try:
        data = racefile.load_data(args.race)
    except RaceError as error:
        raise RaceError([*faults, *error.faults]) from None
    short = [f"{key}={value}" for key, value in (("steps", args.steps), ("seed", args.seed)) if value is not None]
    changes.apply(data, [*args.set, *short], faults)
    try:
        race = racefile.from_data(data)
    except RaceError as error:
        raise RaceError([*faults, *error.faults]) from None
    if faults:
        raise RaceError(faults)
    return race


def raced(race: Race, progress: Progress) -> Recording:
    """``race`` run to its end."""
    engine = Engine(race)
    while engine.step < race.steps:
        engine.advance(BLOCK)
        progress.at(engine.step / race.steps, f"{engine.step:,} of {race.steps:,} steps")
    return engine.recording


def listed(told: Sheet) -> str:
    """The fairness sheet for people; what is not the same for all is marked."""
    rows = [["", *told.labels]]
    rows += [[item.head if item.same else f"≠ {item.head}", *item.words] for item in told.items]
    return f"{told.basis}. Marked ≠: not the same for all.\n{columns(rows)}"


def summary(recording: Recording) -> str:
    """How the race ended, as a table for people."""
    race = recording.race
    table = [heads(recording), *cells(recording)]
    first = columns([[f"{race.title}: {race.landscape.title}, {recording.done:,} steps"]])
    return f"{first}\n{columns(table, right=range(2, 6))}"
