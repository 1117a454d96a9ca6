"""Long work a slice at a time, between the events of the window: it stays awake, and nothing runs beside it."""

from __future__ import annotations

import time
from collections.abc import Generator

from PySide6.QtCore import QObject, QTimer, Signal

from simulator.files import FileError

SLICE_SECONDS = 0.02
WAIT_MILLISECONDS = 16  # between two looks whether what goes first is done


def waiting(timer: QTimer, first: bool) -> bool:
    """Whether what ``timer`` drives has to wait, as something else goes ``first``; then it looks less often."""
    interval = WAIT_MILLISECONDS if first else 0
    if timer.interval() != interval:
        timer.setInterval(interval)
    return first


class Job(QObject):
    """Drives a generator that yields the share that is done; `stop` closes it, so that it can clear up after itself."""

    progressed = Signal(float)
    done = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject):
        super().__init__(parent)
        self._work: Generator[float, None, None] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.advance)

    @property
    def running(self) -> bool:
        return self._work is not None

    def start(self, work: Generator[float, None, None]) -> None:
        """Begin ``work``, in place of any other."""
        self.stop()
        self._work = work
        self._timer.start(0)

    def stop(self) -> None:
        self._timer.stop()
        work, self._work = self._work, None
        if work is not None:
            work.close()

    def advance(self) -> None:
        """One slice: at least a step of the work. An error that names a file, or memory, is told."""
        if self._work is None:
            return
        end = time.perf_counter() + SLICE_SECONDS
        try:
            share = next(self._work)
            while time.perf_counter() < end:
                share = next(self._work)
        except StopIteration:
            self._end()
            self.done.emit()
        except (FileError, MemoryError) as error:
            self._end()
            self.failed.emit(str(error) or "not enough memory")
        except BaseException:
            self._end()
            raise
        else:
            self.progressed.emit(share)

    def _end(self) -> None:
        self._timer.stop()
        self._work = None
