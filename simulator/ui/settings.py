"""The settings while there is a window: written a moment after they changed, so that a crash keeps them too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer

from simulator.files import FileError
from simulator.preferences import Preferences

DELAY_MILLISECONDS = 1000


def to_stderr(text: str) -> None:
    print(text, file=sys.stderr)


class Settings(Preferences):
    """``tell`` is told why settings cannot be kept: once, for a class has disks that nobody may write to."""

    def __init__(self) -> None:
        super().__init__()
        self.tell: Callable[[str], object] = to_stderr
        self._told = False
        self.notes = [self._summary] if self.own.faults else []  # for the window to say when it stands
        self._soon = QTimer(interval=DELAY_MILLISECONDS, singleShot=True)  # type: ignore[call-overload]
        self._soon.timeout.connect(self.keep)

    @property
    def _summary(self) -> str:
        what = f"{len(self.own.faults)} of your settings cannot" if self.own.readable else "Your settings cannot"
        return f"{what} be read and count as never set; optim-race settings says why."

    def set(self, name: str, value: Any) -> None:
        super().set(name, value)
        if self.changed:
            self._soon.start()

    def keep(self) -> None:
        """Write them now, if there is anything new."""
        self._soon.stop()
        try:
            self.save()
        except FileError as error:
            if not self._told:
                self._told = True
                self.tell(f"The settings are not kept: {error}")
