"""The window as a command opens it, or what to do where there can be none."""

from __future__ import annotations

import sys
from typing import Any

from simulator import display, interrupts

NO_WINDOW = 1


def opened(asked: str | None = None, /, **shown: Any) -> int:
    """Open the window, see `simulator.ui.app.main`. Without a display one line says what to run instead, on the race
    that was ``asked`` for."""
    if trouble := display.window_trouble(asked):
        print(trouble, file=sys.stderr)
        return NO_WINDOW
    return app().main(**shown)


def app() -> Any:
    """What opens the window. PySide runs Python of its own while it is first imported, and aborts the process if an
    interrupt falls into it."""
    with interrupts.held():
        from simulator.ui import app
    return app
