"""``optim-race run``: race without a window, print how it ended, write the numbers and the picture."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from simulator import changes, display, files, racefile
from simulator.commands.text import columns
from simulator.engine import BLOCK, Engine
from simulator.export.csv import write_csv
from simulator.export.table import rows, to_json
from simulator.param import RaceError
from simulator.race import Race
from simulator.recording import Recording

QUIET_SECONDS = 1.0  # work shorter than this shows no progress bar
REDRAW_SECONDS = 0.1


def run(args: argparse.Namespace) -> int:
    """Everything is checked before the race is run. Raises RaceError for what was given, FileError for a write."""
    race = _race(args)
    recording = _raced(race, bar=not args.quiet and sys.stderr is not None and sys.stderr.isatty())
    on_stdout = "-" in (args.csv, args.json)
    if not args.quiet:
        print(summary(recording), file=sys.stderr if on_stdout else sys.stdout)
    if args.csv:
        with _writing(args.csv) as stream:
            write_csv(recording, stream)
    if args.json:
        with _writing(args.json) as stream:
            stream.write(to_json(recording).encode())
    if args.png:
        from simulator.ui.export import save_png
        from simulator.ui.picture import Picture

        save_png(Picture(recording, recording.done), Path(args.png))
    return 0


def _race(args: argparse.Namespace) -> Race:
    faults = list(_output_faults(args))
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


def _output_faults(args: argparse.Namespace) -> Iterator[str]:
    """What is certain to go wrong with the files asked for."""
    given = {"--csv": args.csv, "--json": args.json, "--png": args.png}
    taken: dict[str, str] = {}
    own = Path(args.race)
    if own.suffix.lower() != ".png" and os.path.isfile(own):  # a picture may take its own picture's place
        taken[str(own.absolute())] = "RACE"
    for option, path in given.items():
        if path is None:
            continue
        if (same := str(Path(path).absolute())) in taken:
            yield f"{option}: {path} is given to {taken[same]} as well"
        taken[same] = option
        if path == "-":
            if option == "--png":
                yield "--png: a picture needs a file, '-' is for --csv and --json"
            continue
        try:
            files.check_writable(path)
        except files.FileError as error:
            yield f"{option}: {error}"
    if args.png is not None and (trouble := display.picture_trouble()):
        yield trouble


def _raced(race: Race, bar: bool) -> Recording:
    engine = Engine(race)
    begun = shown = time.monotonic()
    while engine.step < race.steps:
        engine.advance(BLOCK)
        now = time.monotonic()
        if bar and now - begun > QUIET_SECONDS and now - shown > REDRAW_SECONDS:
            shown = now
            left = (now - begun) * (race.steps / engine.step - 1.0)
            _show(f"{_bar(engine.step / race.steps)} {engine.step:,} of {race.steps:,} steps, {left:.0f} s left")
    if shown > begun:
        _show("")
    return engine.recording


def _bar(share: float) -> str:
    full = round(24 * share)
    return f"[{'#' * full}{'.' * (24 - full)}] {share:4.0%}"


def _show(text: str) -> None:
    width = shutil.get_terminal_size().columns - 1
    ending = "" if text else "\r"
    print("\r" + text[:width].ljust(width), end=ending, file=sys.stderr, flush=True)


def summary(recording: Recording) -> str:
    """How the race ended, as a table for people."""
    race, many = recording.race, len(recording.race.starts) > 1
    head = ["entrant", "status", "since step", "loss − minimum", "‖gradient‖", "gradients"]
    if recording.floor is None:
        head[3] = "loss"
    if race.landscape.moving:
        head[3] = f"mean {head[3]}"
    table = [head]
    for row in rows(recording):
        label = f"{row.entrant}, start {row.start}" if many else row.entrant
        gap = row.gap if row.mean_gap is None else row.mean_gap
        numbers = [f"{gap:.4g}", f"{row.grad_norm:.4g}", f"{row.grad_evals:,}"]
        table.append([label, row.status, f"{row.status_step:,}", *numbers])
    first = columns([[f"{race.title}: {race.landscape.title}, {recording.done:,} steps"]])
    return f"{first}\n{columns(table, right=range(2, 6))}"


@contextmanager
def _writing(path: str) -> Generator[BinaryIO]:
    if path != "-":
        with files.writing(path) as stream:
            yield stream
        return
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
