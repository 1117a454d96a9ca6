"""``optim-race basins``: where each start of a grid leads, as a table, numbers and a picture."""

from __future__ import annotations

import argparse
import csv
import io
import math

from simulator.commands import output, studying
from simulator.commands.progress import Progress
from simulator.commands.run import changed_race
from simulator.commands.text import columns
from simulator.landscape import Box
from simulator.param import RaceError, did_you_mean, shown
from simulator.race import Entrant, Race, coordinate
from simulator.studies.basins import SIZE, SIZES, WORDS, Basins, Mapping, trouble

HEADS = ("racer", "reaches", "share of starts", "median steps")


def basins(args: argparse.Namespace) -> int:
    """Everything is checked before anything is computed. Raises RaceError for what was given, FileError for a write."""
    faults: list[str] = []
    size = _size(args.size, faults)
    outputs = output.wanted(args, "csv", "png")
    faults += output.faults(outputs, args.race)
    race = changed_race(args, faults)
    if why := trouble(race.landscape):
        raise RaceError([why])
    mapping = Mapping(race, size, chosen(race, args.entrant), args.part and _part(args.part, race))
    with Progress(args.quiet) as progress:
        for share in mapping.work():
            progress.at(share, f"{size:,} starts a side")
    made = mapping.result()
    for it in outputs:
        content = _picture(made) if it.ending == "png" else table(made).encode()
        with output.opened(it.path) as stream:
            stream.write(content)
    if not args.quiet:
        print(summary(made), file=output.told_on(outputs))
    return 0


def chosen(race: Race, labels: list[str] | None) -> tuple[Entrant, ...]:
    """The entrants with these labels, all where there are none. Raises RaceError for a label that nobody has."""
    known = [entrant.label for entrant in race.entrants]
    faults = [
        f"--entrant: no racer is called {shown(label)}{did_you_mean(label, known)}; there are {', '.join(known)}"
        for label in labels or ()
        if label not in known
    ]
    if faults:
        raise RaceError(faults)
    return tuple(entrant for entrant in race.entrants if not labels or entrant.label in labels)


def summary(made: Basins) -> str:
    """For people: of each racer the share of the starts that lead to each minimum, and the median of the steps."""
    rows: list[tuple[str, ...]] = [HEADS]
    for i, entrant in enumerate(made.entrants):
        codes = [*range(len(made.goals)), *WORDS]
        seen = [code for code in codes if made.share(i, code) > 0.0]
        for n, code in enumerate(seen):
            found = "" if code < 0 or made.goals[code].known else ", found on a grid"
            median = made.median(i, code)
            took = "" if math.isnan(median) else f"{median:g}"
            rows.append((entrant.label if n == 0 else "", made.name(code) + found, f"{made.share(i, code):.1%}", took))
    rows_of, columns_of = made.reached.shape[1:]
    title = (
        f"{made.race.title}: {made.race.landscape.title}, {columns_of} × {rows_of} starts, {made.race.steps:,} steps"
    )
    reached = (
        f"A minimum is reached by who is within {made.tolerance:.3g} of it in the end; steps count to the first time"
    )
    return f"{columns([[title]])}\n{columns(rows, right=(2, 3))}\n{reached}."


def table(made: Basins) -> str:
    """Every start of every racer as CSV. ``steps`` is empty where no minimum is reached."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    axes = ("x", "y")[: made.race.landscape.dim]
    write.writerow(("racer", *axes, "reaches", *(f"minimum_{axis}" for axis in axes), "steps"))
    for i, entrant in enumerate(made.entrants):
        for row in range(made.reached.shape[1]):
            for column in range(made.reached.shape[2]):
                code = int(made.reached[i, row, column])
                goal = made.goals[code].minimum.theta if code >= 0 else ("",) * len(axes)
                took = int(made.steps[i, row, column]) if code >= 0 else ""
                what = "minimum" if code >= 0 else WORDS[code]
                write.writerow((entrant.label, *map(repr, made.start(row, column)), what, *goal, took))
    return out.getvalue()


def _size(text: str, faults: list[str]) -> int:
    try:
        return studying.whole(text, "--size", *SIZES, SIZE)
    except RaceError as error:
        faults += error.faults
        return SIZE


def _part(text: str, race: Race) -> Box:
    """X0,X1,Y0,Y1, in one dimension X0,X1. Raises RaceError."""
    wanted = "X0,X1,Y0,Y1" if race.landscape.dim == 2 else "X0,X1"
    try:
        ends = [coordinate(float(part)) for part in text.split(",")]
    except ValueError:
        ends = []
    sides = tuple(zip(ends[::2], ends[1::2], strict=False))
    if len(ends) != 2 * race.landscape.dim or not all(low < high for low, high in sides):
        raise RaceError([f"--part: must be {wanted}, numbers from low to high, got {shown(text)}"])
    return sides


def _picture(made: Basins) -> bytes:
    from simulator import interrupts

    with interrupts.held():
        from simulator.ui.basinpicture import png

        return png(made)
