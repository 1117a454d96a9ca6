"""Ctrl-C at a bad moment: it waits until the moment is over."""

from __future__ import annotations

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
