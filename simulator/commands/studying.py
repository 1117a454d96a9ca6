"""What the commands of studies share: an axis as it was typed, seeds, and a scan run with a progress bar."""

from __future__ import annotations

import argparse
import re
import time
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any

from simulator import changes
from simulator.commands.progress import Progress
from simulator.param import RaceError, number
from simulator.race import Race
from simulator.studies import axis, workers
from simulator.studies.axis import Axis
from simulator.studies.scan import Scanning
from simulator.variants import GOAL

SLICE = 0.2  # seconds between two looks at the progress
TRIED = 1.0  # seconds of work before it is judged whether worker processes pay
LEAST_GOAL = 1e-12
POINTS = {1: 121, 2: 31}  # of an axis, where one or two are swept
RANGE = re.compile(r"(?P<low>[^:]+?)\.\.(?P<high>[^:]+)(?::(?P<points>.+))?")


def axes(race: Race, args: argparse.Namespace) -> list[Axis]:
    """The axes of ``--param``, with what --from, --to and --points say. Raises RaceError with every fault."""
    faults: list[str] = []
    given: list[Axis] = []
    if len(args.param) > 2:
        raise RaceError([f"--param: one or two can be swept, got {len(args.param)}"])
    if len(args.param) == 2 and any(text is not None for text in (args.low, args.high, args.points)):
        raise RaceError(["--from, --to and --points are for one --param: write two as KEY=LOW..HIGH:POINTS"])
    for text in args.param:
        key, equals, values = text.partition("=")
        try:
            found = axis.of(race, key.strip())
            taken = _typed(found, values.strip(), args) if equals else _flags(found, args)
            given.append(axis.with_values(race, found, taken))
        except RaceError as error:
            faults += error.faults
    if not faults and len(given) == 2 and (given[0].place, given[0].name) == (given[1].place, given[1].name):
        faults.append(f"--param: {given[0].key} is given twice")
    if faults:
        raise RaceError(faults)
    return given


def _typed(found: Axis, text: str, args: argparse.Namespace) -> tuple[Any, ...]:
    """Values as ``LOW..HIGH``, ``LOW..HIGH:POINTS`` or ``VALUE,VALUE``."""
    if any(flag is not None for flag in (args.low, args.high, args.points)):
        raise RaceError([f"--param: {found.key} has its values twice, from --from, --to or --points as well"])
    if span := RANGE.fullmatch(text):
        return _grid(found, span["low"], span["high"], span["points"], len(args.param))
    return tuple(changes.value(part.strip()) for part in text.split(","))


def _flags(found: Axis, args: argparse.Namespace) -> tuple[Any, ...]:
    return _grid(found, args.low, args.high, args.points, len(args.param))


def _grid(found: Axis, low: str | None, high: str | None, points: str | None, many: int) -> tuple[Any, ...]:
    if not found.numeric:
        if low is not None or high is not None or points is not None:
            raise RaceError([f"--param: {found.key} has no range, its values are {found.param.range_text()}"])
        if not (values := axis.everything(found)):
            raise RaceError([f"--param: {found.key} is {found.param.range_text()}: give values as KEY=VALUE,VALUE"])
        return values
    param, (least, most) = found.param, axis.span(found.param)
    begin = least if low is None else _number(low, "--from", param.low, param.high)
    end = most if high is None else _number(high, "--to", param.low, param.high)
    count = POINTS[many] if points is None else int(_number(points, "--points", 1, axis.MOST, whole=True))
    if begin > end:
        raise RaceError([f"--from: must not be above --to, {end:g}, got {begin:g}"])
    try:
        return axis.grid(param, begin, end, count)
    except ValueError as error:
        raise RaceError([f"--param: {found.key} {error}"]) from None


def whole(text: str | None, option: str, low: int, high: int, otherwise: int) -> int:
    """The number that was typed. Raises RaceError."""
    return otherwise if text is None else int(_number(text, option, low, high, whole=True))


def goal(text: str | None) -> float:
    """The share of the way down that may be left. Raises RaceError."""
    return GOAL if text is None else _number(text, "--goal", LEAST_GOAL, 1.0)


def _number(text: str, option: str, low: float, high: float, *, whole: bool = False) -> float:
    try:
        return number(changes.value(text), low, high, integer=whole)
    except ValueError as error:
        raise RaceError([f"{option}: {error}"]) from None


def run(scanning: Scanning, progress: Progress, processes: int | None = None) -> None:
    """Run ``scanning`` to its end: in this process, and where that pays on all cores; or in so many ``processes``."""
    wanted, begin = workers.cores() if processes is None else processes, time.monotonic()

    def told() -> None:
        progress.at(scanning.share, f"{scanning.share * scanning.runs:,.0f} of {scanning.runs:,} runs")

    while not scanning.done:
        took = time.monotonic() - begin
        judged = processes is not None or took > TRIED
        left = took * (1.0 / scanning.share - 1.0) if scanning.share > 0.0 else float("inf")
        if judged and wanted > 1 and scanning.sendable and (processes is not None or workers.pays(left, wanted)):
            try:
                for _ in scanning.finish(partial(workers.spread, workers=wanted)):
                    told()
            except BrokenProcessPool:  # somebody ended one: what is left is raced here
                wanted = 1
        scanning.advance(SLICE)
        told()
