"""``optim-race repeats``: the race with many seeds: how far the runs spread, and who wins how often."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator.commands import output, studying
from simulator.commands.export import given
from simulator.commands.progress import Progress
from simulator.commands.run import changed_race
from simulator.commands.text import columns
from simulator.export.formats import Shot
from simulator.export.options import Options
from simulator.param import RaceError
from simulator.studies.repeats import SAME, Repeating, Repeats

MOST_SEEDS = 10_000
LOOKS = ("axis", "scale", "weights")  # options of the picture
HEAD = ["entrant", "step", "evals", "low", "median", "high", "wins", "shared", "heats"]
ROWS = 4096


def repeats(args: argparse.Namespace) -> int:
    """Everything is checked before anything is raced. Raises RaceError for what was given, FileError for a write."""
    faults: list[str] = []
    looks = chart_options(args, faults)
    outputs = output.wanted(args, "csv", "png", "html", looks=looks)
    faults += output.faults(outputs, args.race)
    count = 1
    try:
        count = studying.whole(args.seeds, "--seeds", 1, MOST_SEEDS, 1)
    except RaceError as error:
        faults += error.faults
    repeating = Repeating(changed_race(args, faults), count)
    with Progress(args.quiet) as progress:
        for share in repeating.work():
            progress.at(share, repeating.told or f"{count:,} seeds")
    found = repeating.result
    assert found is not None
    if not args.quiet:
        print(summary(found), file=output.told_on(outputs))
    for it in outputs:
        with output.opened(it.path) as stream:
            if it.ending == "csv":
                for text in chunks(found):
                    stream.write(text.encode())
            elif it.ending == "png":
                stream.write(_picture(found, it.options))
            else:
                for _ in it.format.write(_shot(found, it.options), stream):
                    pass
    return 0


def summary(found: Repeats) -> str:
    """How it ended, as a table for people."""
    race, rows = found.race, found.table(found.race.steps)
    first, last = found.seeds[0], found.seeds[-1]
    seeds = f"seeds {first} … {last}" if len(found.seeds) > 1 else f"seed {first}"
    title = f"{race.title}: {race.landscape.title}, {race.steps:,} steps, {seeds}"
    return f"{title}\n{columns(rows, right=range(1, 7))}\n{found.note}.\n{SAME}"


def chunks(found: Repeats) -> Iterator[str]:
    """The bands as CSV: a row an entrant and step; losses, not gaps; ``inf`` where a quartile of the runs diverged."""
    yield ",".join(HEAD) + "\r\n"
    for i, entrant in enumerate(found.race.entrants):
        for first in range(0, found.race.steps + 1, ROWS):
            part = slice(first, first + ROWS)
            kept = [kept[part, i].tolist() for kept in (found.evals, found.low, found.median, found.high)]
            counts = [kept[part, i].tolist() for kept in (found.wins, found.shared)]
            text = io.StringIO()
            steps = np.arange(first, first + len(kept[0])).tolist()
            csv.writer(text).writerows(
                (entrant.label, *row, found.heats) for row in zip(steps, *kept, *counts, strict=True)
            )
            yield text.getvalue()


def chart_options(args: argparse.Namespace, faults: list[str]) -> dict[str, Any]:
    """What the chart counts, and on which scale."""
    found = given(args, LOOKS, faults)
    if args.png is None and args.html is None:
        faults += [f"--{name}: is for --png and --html" for name in found]
    return {key: it for values in found.values() for key, it in values.items()}


def _shot(found: Repeats, options: Options) -> Shot:
    """The race's own run, with the repeats in its chart."""
    from simulator import interrupts

    with interrupts.held():
        from simulator.ui.repeatspicture import picture

        return Shot((it := picture(found)).recording, options, it)


def _picture(found: Repeats, options: Options) -> bytes:
    from simulator import interrupts

    with interrupts.held():
        from simulator.ui.repeatspicture import png_bytes
        from simulator.ui.writers import look_of

        return png_bytes(found, look=look_of(options))
