"""The race on screen, kept on disk so that a crash loses nothing.

Each window writes its own file and holds a lock beside it; a file whose lock is free belongs to a program
that died. A clean exit removes both.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer

from simulator import racefile
from simulator.files import FileError, write
from simulator.folders import folder
from simulator.param import RaceError
from simulator.race import Race

DELAY_MILLISECONDS = 1000


class Autosave(QObject):
    """Writes the latest race a moment after it changed."""

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._race: Race | None = None
        # The number of a process is not enough: in a container each has the same.
        self._path = folder() / f"autosave-{os.getpid()}-{secrets.token_hex(4)}.toml"
        with suppress(OSError):
            folder().mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(f"{self._path}.lock")
        self._lock.setStaleLockTime(0)
        self._lock.tryLock(0)
        self._timer = QTimer(self, interval=DELAY_MILLISECONDS, singleShot=True)
        self._timer.timeout.connect(self.write)

    def note(self, race: Race) -> None:
        self._race = race
        self._timer.start()

    def write(self) -> None:
        # A full disk must not disturb a lesson; saving by hand reports its reason.
        if self._race is not None:
            with suppress(FileError):
                write(self._path, racefile.dumps(self._race))

    def forget(self) -> None:
        """Nothing to recover: the race is saved, or given up on purpose."""
        self._timer.stop()
        if self._race is not None:
            self._race = None
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """A clean end."""
        self.forget()
        self._lock.unlock()

    def orphan(self) -> Race | None:
        """The race of a program that died, which is thereby taken over; None if none did."""
        for path in sorted(folder().glob("autosave-*.toml"), key=_age):
            if path == self._path:
                continue
            lock = QLockFile(f"{path}.lock")
            lock.setStaleLockTime(0)
            if not lock.tryLock(0):
                continue
            race = _read(path)
            with suppress(OSError):
                path.unlink(missing_ok=True)
            lock.unlock()
            if race is not None:
                return race
        return None


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0


def _read(path: Path) -> Race | None:
    with suppress(RaceError, FileError, OSError):
        return racefile.find(path)
    return None
