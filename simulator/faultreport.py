"""An unexpected error as a text that a person can read, copy and pass on. Nothing sends it anywhere."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator import __version__
from simulator.machine import versions

LONGEST_TRACE = 12_000  # characters; the end says what happened, the beginning how it came to it
LONGEST_RACE = 40_000


@dataclass
class Fault:
    """One unexpected error, kept as text: the error itself would keep alive what its frames hold, a painter at work
    among it."""

    what: str  # in a line
    trace: str
    place: tuple[str, ...]  # errors of one place are the same error
    times: int = 1


def fault(error: BaseException) -> Fault:
    """``error`` as text. Never raises."""
    try:
        frames = traceback.extract_tb(error.__traceback__)
        place = (type(error).__name__, *(f"{frame.filename}:{frame.lineno}" for frame in frames[-3:]))
        trace = "".join(traceback.format_exception(error)).rstrip()
        what = " ".join(traceback.format_exception_only(error)[-1].split())
    except Exception as worse:  # an error whose own text fails
        place, what = (type(error).__name__,), type(error).__name__
        trace = f"{what}, and its text cannot be had: {type(worse).__name__}"
    return Fault(what[:300], _shortened(trace), place)


def compose(faults: Sequence[Fault], race: str = "", said: Sequence[str] = ()) -> str:
    """The report: what happened, on what, with which ``race`` (the text of its file), and what Qt had ``said``."""
    parts = [f"optim-race {__version__}: report of an unexpected error"]
    for each in faults:
        times = f"\n({each.times:,} times)" if each.times > 1 else ""
        parts.append(f"{each.trace}{times}")
    parts.append("\n".join(versions()))
    if said:
        parts.append("\n".join(["Messages of Qt:", *said]))
    if race:
        parts.append(f"The race on screen:\n{race[:LONGEST_RACE]}")
    return without_home("\n\n".join(parts).rstrip()) + "\n"


def without_home(text: str) -> str:
    """``text`` in which the person's own folder is ~: its name is often the person's."""
    try:
        home = str(Path.home())
    except RuntimeError:  # there is none
        return text
    return text.replace(home, "~") if len(home) > 1 else text


def _shortened(trace: str) -> str:
    if len(trace) <= LONGEST_TRACE:
        return trace
    half = LONGEST_TRACE // 2
    return f"{trace[:half]}\n…\n{trace[-half:]}"
