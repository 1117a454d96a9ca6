"""``optim-race export``: a race as pictures, movies, tables or a report, each file as its ending says."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from simulator.commands import output
from simulator.commands.output import STDOUT, Output
from simulator.commands.progress import Progress
from simulator.commands.run import changed_race, raced
from simulator.export.formats import FORMATS, ending, takers, texts, unknown
from simulator.export.options import MOST_PIXELS, OPTIONS
from simulator.param import RaceError, did_you_mean
from simulator.race import Race


def export(args: argparse.Namespace) -> int:
    """Everything is checked before the race is run. Raises RaceError for what was given, FileError for a write."""
    faults: list[str] = []
    options = given(args, OPTIONS, faults)
    outputs = list(_outputs(args, options, faults))
    faults += output.faults(outputs, args.race)
    race = changed_race(args, [*faults, *_unused(options, outputs)])
    if late := list(_late(race, outputs)):
        raise RaceError(late)
    with Progress(args.quiet) as progress:
        recording = raced(race, progress)
    with Progress(args.quiet) as progress:
        output.write(outputs, recording, progress)
    if not args.quiet and STDOUT not in args.files:
        print("\n".join(f"{it.path}: {it.format.title}" for it in outputs))
    return 0


def given(args: argparse.Namespace, names: Iterable[str], faults: list[str]) -> dict[str, dict[str, Any]]:
    """The values of each of these options that was given."""
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        option = OPTIONS[name]
        if (text := getattr(args, name)) is None:
            continue
        try:
            found[name] = option.read(text)
        except ValueError:
            found[name] = {}
            faults.append(f"--{name}: must be {option.must}, got {text!r}")
    if "frames" in found and "seconds" in found:
        faults.append("--seconds: the length is given by --frames as well")
    if "weights" in found and found.get("axis", {"axis": "steps"}).get("axis", "cost") != "cost":
        faults.append("--weights: are those of --axis cost")
    return found


def _outputs(args: argparse.Namespace, given: dict[str, dict[str, Any]], faults: list[str]) -> Iterator[Output]:
    for path in args.files:
        kind = _stdout(args, faults) if path == STDOUT else ending(path)
        if kind in FORMATS:
            known = FORMATS[kind]
            values = {key: value for name in known.options for key, value in given.get(name, {}).items()}
            seconds = values.pop("seconds", None)
            options = replace(known.plain, **values)
            if seconds is not None:
                options = replace(options, frames=round(seconds * options.fps))
            yield Output("FILE", path, kind, options)
        elif path != STDOUT:
            faults.append(unknown(path))
    if args.stdout is not None and STDOUT not in args.files:
        faults.append("--as: says what - shall be, and no FILE is -")


def _stdout(args: argparse.Namespace, faults: list[str]) -> str:
    if args.stdout in texts():
        return args.stdout
    allowed = f"must be {', '.join(texts())}"
    if args.stdout is None:
        faults.append(f"FILE: - needs --as, which {allowed}")
    else:
        faults.append(f"--as: {allowed}, got {args.stdout!r}{did_you_mean(args.stdout, texts())}")
    return ""


def _unused(given: dict[str, dict[str, Any]], outputs: list[Output]) -> Iterator[str]:
    """An option that no file heeds was meant for another file."""
    for name in given:
        if outputs and not any(name in it.format.options for it in outputs):
            yield f"--{name}: is for {takers(name)}, and no FILE is one of these"


def _late(race: Race, outputs: list[Output]) -> Iterator[str]:
    """What can only be judged once the race is known."""
    step = next((it.options.step for it in outputs if it.options.step is not None), race.steps)
    first = max((it.options.first for it in outputs), default=0)
    if step > race.steps:
        yield f"--step: this race has steps 0 to {race.steps}, got {step}"
    elif first > step:
        yield f"--from: must not be after the last step shown, {step}, got {first}"
    for it in outputs:
        width, height = it.options.pixels
        if width * height > MOST_PIXELS:
            yield f"{it.path}: {width} × {height} are more than {MOST_PIXELS:,} pixels; take a smaller --dpi or --size"
