"""Frames come faster than anybody reads: what is told every frame is done some times a second."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

LIVE_MILLISECONDS = 66  # between two updates of numbers: nobody reads faster


class Throttle(QObject):
    """Does ``action`` when called, at most once in a while; the last call is always answered."""

    def __init__(self, action: Callable[[], None], parent: QObject, milliseconds: int = LIVE_MILLISECONDS):
        super().__init__(parent)
        self._action = action
        self._waiting = False
        self.rest = QTimer(self, singleShot=True, interval=milliseconds)  # type: ignore[call-overload]
        self.rest.timeout.connect(self._after_rest)

    def __call__(self) -> None:
        if self.rest.isActive():
            self._waiting = True
        else:
            self.now()

    def now(self) -> None:
        """Do it at once."""
        self._waiting = False
        self.rest.start()
        self._action()

    def _after_rest(self) -> None:
        if self._waiting:
            self.now()
