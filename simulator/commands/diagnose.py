"""``optim-race diagnose``: what is wrong with each racer of a race, and what to try."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from simulator.commands.progress import Progress
from simulator.commands.run import changed_race, raced
from simulator.commands.text import indented
from simulator.diagnose import Diagnosis, forkable
from simulator.diagnose import diagnose as diagnosed
from simulator.param import RaceError
from simulator.race import Race
from simulator.recording import Recording


def diagnose(args: argparse.Namespace) -> int:
    """Print the diagnosis of every racer from every start. Raises RaceError for what was given."""
    race = changed_race(args, _faults(args.at))
    at = race.steps if args.at is None else int(args.at)
    if at > race.steps:
        raise RaceError([f"--at: must be a step of the race, from 0 to {race.steps:,}, got {args.at}"])
    with Progress(args.json) as progress:
        recording = raced(race, progress)
    if args.json:
        print(json.dumps([_data(*found) for found in _all(recording, at)], ensure_ascii=False, indent=1))
    else:
        print(text(recording, at))
    return 0


def text(recording: Recording, step: int) -> str:
    """Every diagnosis for people."""
    race, lines = recording.race, [f"{recording.race.title}: {recording.race.landscape.title}, at step {step:,}"]
    for _, start, found in _all(recording, step):
        lines += indented(f"{_who(race, found, start)}: {found.headline}", _lines(found))
    return "\n".join(lines)


def _lines(found: Diagnosis) -> Iterator[str]:
    yield from found.evidence
    yield found.cause
    if found.suggestion:
        where = f", or from step {found.since:,} on" if forkable(found) else ""
        yield f"Try: {found.suggestion.removesuffix('.')}, {found.whence}{where}."


def _all(recording: Recording, step: int) -> Iterator[tuple[int, int, Diagnosis]]:
    race = recording.race
    for entrant in range(len(race.entrants)):
        for start in range(len(race.starts)):
            yield entrant, start, diagnosed(recording, entrant, step, start)


def _who(race: Race, found: Diagnosis, start: int) -> str:
    return found.racer if len(race.starts) == 1 else f"{found.racer}, start {start + 1}"


def _data(entrant: int, start: int, found: Diagnosis) -> dict[str, Any]:
    return {
        "racer": found.racer, "entrant": entrant, "start": start, "step": found.step, "kind": found.kind,
        "evidence": list(found.evidence), "cause": found.cause, "suggestion": found.suggestion, "since": found.since,
    }  # fmt: skip


def _faults(at: str | None) -> list[str]:
    if at is None or (at.isdecimal() and len(at) < 10):
        return []
    return [f"--at: must be a whole number from 0 on, got {at!r}"]
