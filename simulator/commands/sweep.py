"""``optim-race sweep``: one Param of a race, or two, over a range of values; and ``optim-race tune``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator import files, racefile
from simulator.commands import output, studying
from simulator.commands.output import STDOUT
from simulator.commands.progress import Progress
from simulator.commands.run import changed_race
from simulator.commands.text import columns
from simulator.crowd import seeds_of
from simulator.export import scans
from simulator.export.formats import FORMATS, ending
from simulator.export.options import OPTIONS
from simulator.param import did_you_mean
from simulator.studies.scan import Scan, Scanning
from simulator.studies.tune import tuned, tuning
from simulator.variants import METRICS
from simulator.words import short_text, value_text

MOST_SEEDS = 10_000
LOOKS = ("size", "dpi", "theme")  # options of a picture
HEADS = {
    "loss": "loss", "gap": "above minimum", "best": "lowest loss", "reached": "steps", "spent": "gradients",
    "cost": "cost", "evals": "gradients",
}  # fmt: skip


def sweep(args: argparse.Namespace) -> int:
    """Everything is checked before anything is raced. Raises RaceError for what was given, FileError for a write."""
    faults: list[str] = []
    looks = _looks(args, faults)
    outputs = output.wanted(args, "csv", "png")
    if args.metric not in METRICS:
        hint = did_you_mean(args.metric, METRICS) or f"; there are {', '.join(METRICS)}"
        faults.append(f"--metric: no metric is called '{args.metric}'{hint}")
    race = changed_race(args, [*faults, *output.faults(outputs, args.race)])
    seeds = seeds_of(race, studying.whole(args.seeds, "--seeds", 1, MOST_SEEDS, 1))
    scanning = Scanning(race, studying.axes(race, args), seeds, args.metric, studying.goal(args.goal))
    found = _run(scanning, args)
    if not args.quiet:
        print(summary(found), file=output.told_on(outputs))
    for it in outputs:
        with Progress(args.quiet) as progress, output.opened(it.path) as stream:
            if it.ending == "csv":
                for share, text in scans.chunks(found):
                    stream.write(text.encode())
                    progress.at(share, it.path)
            else:
                stream.write(_picture(found, looks))
    return 0


def tune(args: argparse.Namespace) -> int:
    """Raises RaceError for what was given, FileError for a write."""
    faults: list[str] = []
    if args.out not in (None, STDOUT):
        if known := FORMATS.get(ending(args.out)):
            faults.append(f"--out: {args.out} would be a race file, and is called like {known.a}")
        try:
            files.check_writable(args.out)
        except files.FileError as error:
            faults.append(f"--out: {error}")
    race = changed_race(args, faults)
    seeds = studying.whole(args.seeds, "--seeds", 1, MOST_SEEDS, 1)
    points = studying.whole(args.points, "--points", 1, 10_000, 121)
    found = tuned(_run(tuning(race, seeds, points, args.param), args))
    if not args.quiet:
        stay = [race.entrants[i].label for i in found.left]
        kept = f"\nAs before: {', '.join(stay)}." if stay else ""
        told = f"{summary(found.scan)}\n{found.sentence}{kept}"
        print(told, file=sys.stderr if args.out == STDOUT else sys.stdout)
    if args.out == STDOUT:
        print(racefile.dumps(found.race), end="")
    elif args.out is not None:
        files.write(args.out, racefile.dumps(found.race))
    return 0


def _run(scanning: Scanning, args: argparse.Namespace) -> Scan:
    processes = None if args.workers is None else studying.whole(args.workers, "--workers", 1, 256, 1)
    with Progress(args.quiet) as progress:
        studying.run(scanning, progress, processes)
    return scanning.result()


def _looks(args: argparse.Namespace, faults: list[str]) -> dict[str, Any]:
    """What a picture shall look like."""
    found: dict[str, Any] = {}
    for name in LOOKS:
        text = getattr(args, name)
        if text is None:
            continue
        if args.png is None:
            faults.append(f"--{name}: is for --png")
        try:
            found |= OPTIONS[name].read(text)
        except ValueError:
            faults.append(f"--{name}: must be {OPTIONS[name].must}, got {text!r}")
    return found


def _picture(found: Scan, looks: dict[str, Any]) -> bytes:
    from simulator import interrupts

    with interrupts.held():
        from simulator.ui.scanpicture import png_bytes

        return png_bytes(found, **looks)


def summary(found: Scan) -> str:
    """The best values of everyone, as a table for people."""
    race, one = found.race, len(found.axes) == 1
    keys = [axis.key for axis in found.axes]
    heads = ["entrant", *(f"best {key}" for key in keys), HEADS[found.metric]]
    rows = [_row(found, i) for i in range(len(found.who))]
    table = [[*heads, *(_width_heads(found) if one else ()), "diverged", *_outside_head(found)], *rows]
    values = " × ".join(f"{len(axis.values):,}" for axis in found.axes)
    each = found.value.shape[-1]
    many = f"{values} values of {' and '.join(keys)}, {each:,} run{'s' * (each > 1)} each"
    title = f"{race.title}: {race.landscape.title}, {race.steps:,} steps; {many}"
    lines = [title, columns(table, right=range(1, len(table[0])))]
    if absent := [entrant.label for i, entrant in enumerate(race.entrants) if i not in found.who]:
        lines.append(f"Without {' and '.join(keys)}: {', '.join(absent)}.")
    return "\n".join(lines)


def _width_heads(found: Scan) -> Iterator[str]:
    if found.works is not None and found.axes[0].numeric:
        yield "works from"
        yield "to"
        yield "decades" if found.axes[0].param.scale != "linear" else "wide"


def _outside_head(found: Scan) -> list[str]:
    """Where ends outside the box do not count, their number is told."""
    return ["outside"] if found.race.landscape.known.lower_outside else []


def _row(found: Scan, row: int) -> list[str]:
    axis = found.axes[0]
    best = found.best(row)
    cells = [found.entrants[row].label]
    cells += ["–"] * len(found.axes) if best is None else [
        value_text(axis.values[i]) for axis, i in zip(found.axes, best, strict=True)
    ]  # fmt: skip
    cells.append("–" if best is None else short_text(float(found.score[(row, *best)])))
    if len(found.axes) == 1 and found.works is not None and axis.numeric:
        works = np.flatnonzero(found.works[row])
        cells += [value_text(axis.values[i]) for i in (works[0], works[-1])] if len(works) else ["–", "–"]
        cells.append(short_text(float(f"{found.width(row):.3g}")))
    counted = [found.diverged, *([found.left] if _outside_head(found) else [])]
    return [*cells, *(f"{int(flags[row].sum()):,} of {flags[row].size:,}" for flags in counted)]
