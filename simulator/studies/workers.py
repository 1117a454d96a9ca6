"""Worker processes for what takes long: the same results in the same order, however many there are."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

START = 1.0  # seconds, about, until a new process has read the program
_all_here: Barrier | None = None  # in a worker: where it meets the others of its pool


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def pays(seconds: float, workers: int) -> bool:
    """Whether work that takes one process ``seconds`` is done sooner by ``workers`` new ones."""
    return workers > 1 and seconds / workers + START < seconds


def spread(function: Callable[[T], R], tasks: Sequence[T], workers: int) -> Iterator[R]:
    """``function`` of every task, in order, by ``workers`` new processes; a few tasks wait at each.

    Closing the iterator ends them after their task. Raises what ``function`` raises, and BrokenProcessPool where a
    worker has died.
    """
    with begun(workers) as pool:
        ahead: list[Future[R]] = []
        waiting = iter(tasks)
        try:
            for task in waiting:
                ahead.append(pool.submit(function, task))
                if len(ahead) > 2 * workers:
                    yield ahead.pop(0).result()
            while ahead:
                yield ahead.pop(0).result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def begun(workers: int) -> ProcessPoolExecutor:
    """So many new processes, that neither hear Ctrl-C nor outlive their program. They are spawned, not forked: this
    process may hold a window.

    By itself a pool begins each when it is wanted; if another dies just then, the pool's own thread fails, as it counts
    the living. So all begin now: each is given something that ends when all have got it.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=ready, initargs=(context.Barrier(workers),))
    with deaf():
        for _ in range(workers):
            pool.submit(_meet)
    return pool


def can_be_sent(task: Any) -> bool:
    """Whether ``task`` can go to another process."""
    try:
        pickle.dumps(task)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


@contextmanager
def deaf() -> Generator[None]:
    """Ctrl-C reaches all processes of a terminal, but only the one that a person started answers it: those begun
    within do not hear it even while they read the program. Here it waits until the end. Windows cannot do this."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ready(all_here: Barrier) -> None:
    """A worker does not hear Ctrl-C, where it was not begun so. And one whose program was killed has nobody left to
    work for: its queue would never say so."""
    global _all_here
    _all_here = all_here
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _meet() -> None:
    assert _all_here is not None
    _all_here.wait()


def _follow(parent: Any) -> None:
    parent.join()
    os._exit(1)
