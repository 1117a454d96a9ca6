"""What is on screen, kept on disk so that a crash loses nothing.

Each window writes its own file and holds a lock beside it; a file whose lock is free belongs to a program
that died. A clean exit removes both.
"""

from __future__ import annotations

import faulthandler
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from simulator import rescue
from simulator.files import FileError, read, write
from simulator.folders import folder
from simulator.param import RaceError
from simulator.rescue import Rescue

SOON_MILLISECONDS = 200  # from a change to the disk
EVERY_SECONDS = 1.0  # while something is dragged, no more often
# A lock that another computer left, on a home in the network, or a process of the same number.
STALE_MILLISECONDS = 24 * 3600 * 1000
KEPT_DAYS = 30  # of a file that cannot be read: a newer version may read it
LARGEST = 10_000_000


@dataclass
class Orphan:
    """What a dead program left, held by us until it is `taken` or let go of."""

    path: Path
    lock: QLockFile
    rescue: Rescue

    def take(self) -> None:
        """It has been dealt with: nobody shall be offered it again."""
        _remove(self.path)
        self.lock.unlock()


class Autosave(QObject):
    """Writes the latest a moment after it changed. ``failed`` says why it cannot, once until it can again."""

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._noted = Rescue()
        self._written = 0.0
        self._failing = False
        # The number of a process is not enough: in a container each has the same.
        self._path = folder() / f"autosave-{os.getpid()}-{os.urandom(4).hex()}.toml"
        self._lock = _lock(self._path)
        self._crash: IO[str] | None = None
        self._hold()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.write)

    def note(self, latest: Rescue) -> None:
        """Nothing to recover: the race is saved, or given up on purpose. Anything: it will be on disk soon."""
        if not latest.anything:
            self.forget()
        elif latest != self._noted:
            self._noted = latest
            if not self._timer.isActive():  # or it would wait for the end of a drag
                rest = EVERY_SECONDS - (time.monotonic() - self._written)
                self._timer.start(max(SOON_MILLISECONDS, round(1000 * rest)))

    def write(self) -> None:
        """Write what was noted, now."""
        self._timer.stop()
        if not self._noted.anything:
            return
        self._written = time.monotonic()
        try:
            self._hold()
            write(self._path, rescue.dumps(self._noted))
        except FileError as error:  # a full disk must not disturb a lesson; saving by hand says more
            if not self._failing:
                self._failing = True
                self.failed.emit(f"Should the program end unexpectedly, this race is lost: {error}.")
        else:
            self._failing = False

    def forget(self) -> None:
        self._timer.stop()
        if self._noted.anything:
            self._noted = Rescue()
            _remove(self._path)

    def close(self) -> None:
        """A clean end."""
        self.forget()
        self.leave()

    def leave(self) -> None:
        """An end that nobody could be asked about: what there is is left to the next start."""
        self.write()
        self._noted = Rescue()
        if self._crash is not None:
            faulthandler.disable()
            self._crash.close()
            self._crash = None
            _remove(self._crash_path)
        self._lock.unlock()

    def watch_crashes(self) -> None:
        """From now on, what kills the program in native code leaves a trace for the next start."""
        with suppress(OSError, ValueError):
            self._crash = self._crash_path.open("w", encoding="utf-8")
            faulthandler.enable(self._crash)

    def orphans(self, crashed: Callable[[str], object] = lambda trace: None) -> list[Orphan]:
        """What programs left that died, the latest first: now ours alone. Their traces go to ``crashed``."""
        found: list[Orphan] = []
        with suppress(OSError):
            paths = {path.with_name(f"{path.name.split('.')[0]}.toml") for path in folder().glob("autosave-*")}
            for path in sorted(paths - {self._path}, key=_age):
                lock = _lock(path)
                if lock.tryLock(0):
                    if trace := _trace(path.with_suffix(".crash")):
                        crashed(trace)
                    if left := _read(path):
                        found.append(Orphan(path, lock, left))
                    else:
                        lock.unlock()
        return found

    def _hold(self) -> None:
        """Have the folder and the lock; the drive they were on may have gone and come back."""
        with suppress(OSError):
            folder().mkdir(parents=True, exist_ok=True)
        if not self._lock.isLocked():
            self._lock.tryLock(0)

    @property
    def _crash_path(self) -> Path:
        return self._path.with_suffix(".crash")


def _lock(path: Path) -> QLockFile:
    lock = QLockFile(f"{path}.lock")
    lock.setStaleLockTime(STALE_MILLISECONDS)
    return lock


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _trace(path: Path) -> str:
    """What the crash of a program left, which is thereby read."""
    trace = ""
    with suppress(FileError):
        trace = read(path, LARGEST).decode(errors="replace").strip()
    _remove(path)
    return trace


def _read(path: Path) -> Rescue | None:
    if not path.exists():  # a lock or a trace alone
        return None
    try:
        left = rescue.parse(read(path, LARGEST).decode(), path.name)
        if left.anything:
            return left
        _remove(path)
    except (RaceError, FileError, UnicodeDecodeError):
        if _age(path) > KEPT_DAYS * 24 * 3600:
            _remove(path)
    return None
