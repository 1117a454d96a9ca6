"""Ctrl-C at a bad moment: it waits until the moment is over, or ends the process there."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def held() -> Generator[None]:
    """An interrupt that comes within takes effect at the end. Signals are the main thread's: elsewhere nothing is held.

    Raises:
        KeyboardInterrupt: at the end, if one came and nobody else had set what an interrupt does.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        signal.raise_signal(signal.SIGINT)


@contextmanager
def ending(code: int) -> Generator[None]:
    """An interrupt that comes within ends the process at once with ``code``: as an exception it would fall into half a
    module, which NumPy takes for a broken installation. Not where somebody else has set what an interrupt does."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, lambda number, _: os._exit(code))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
