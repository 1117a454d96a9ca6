"""``optim-race help``: the help for teachers in a terminal."""

from __future__ import annotations

import argparse

from simulator import manual


def show(args: argparse.Namespace) -> int:
    """Print a page as Markdown. Raises RaceError for a topic there is not."""
    print(manual.text(manual.find(args.topic)).rstrip())
    return 0
