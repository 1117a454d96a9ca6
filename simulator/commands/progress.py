"""How far long work has come, on a terminal that a person looks at."""

from __future__ import annotations

import shutil
import sys
import time

QUIET_SECONDS = 1.0  # work shorter than this shows no progress bar
REDRAW_SECONDS = 0.1


class Progress:
    """A line that is drawn again and again; a context that leaves nothing of it."""

    def __init__(self, quiet: bool):
        self._on = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._begun = self._shown = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown > self._begun:
            _show("")

    def at(self, share: float, what: str) -> None:
        """``share`` of the work is done; ``what`` says so in the words of that work."""
        now = time.monotonic()
        if self._on and share > 0.0 and now - self._begun > QUIET_SECONDS and now - self._shown > REDRAW_SECONDS:
            self._shown = now
            left = (now - self._begun) * (1.0 / share - 1.0)
            _show(f"{_bar(share)} {what}, {left:.0f} s left")


def _bar(share: float) -> str:
    full = round(24 * share)
    return f"[{'#' * full}{'.' * (24 - full)}] {share:4.0%}"


def _show(text: str) -> None:
    width = shutil.get_terminal_size().columns - 1
    ending = "" if text else "\r"
    print("\r" + text[:width].ljust(width), end=ending, file=sys.stderr, flush=True)
