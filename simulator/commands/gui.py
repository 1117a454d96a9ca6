"""``optim-race`` and ``optim-race gui``: the window."""

from __future__ import annotations

import argparse
from pathlib import Path

from simulator import interrupts, lessonfile, racefile
from simulator.commands import window


def gui(args: argparse.Namespace) -> int:
    """The window, on a race or a lesson file, or on what it had last. Raises RaceError for what cannot be read."""
    name: str | None = args.race
    if name is None:
        return window.opened(reset=args.reset)
    if lessonfile.is_lesson(name):
        with interrupts.held():
            from simulator.commands import lesson
        return lesson.opened(name, args.reset)
    race, own = racefile.find(name), Path(name)
    # A sample or a picture is opened as a new race: saving it asks where.
    path = own if own.is_file() and own.suffix.lower() not in (".png", ".svg") else None
    return window.opened(name, race=race, path=path, reset=args.reset)
