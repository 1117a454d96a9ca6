"""Faults of the program itself: caught wherever they happen, told in one dialog, and the program goes on.

PySide hands what is raised in a slot or an event handler to ``sys.excepthook``, and carries on.
"""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from simulator import faultreport, racefile
from simulator.ui.theme import LIGHT
from simulator.ui.troubledialog import ENDED, GOES_ON, KEPT, STOPS, TroubleDialog

if TYPE_CHECKING:
    from simulator.ui.mainwindow import MainWindow

MOST_FAULTS = 10  # different ones that are told in full
MOST_SAID = 20  # messages of Qt


class Trouble(QObject):
    """Catches from `install` to `remove`."""

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._window: MainWindow | None = None
        self.dialog: TroubleDialog | None = None
        self._faults: dict[tuple[str, ...], faultreport.Fault] = {}
        self._before: set[tuple[str, ...]] = set()  # of a program that is no more, with a race of its own
        self._told: set[tuple[str, ...]] = set()  # in a dialog that has been closed
        self._said: deque[str] = deque(maxlen=MOST_SAID)
        self._restore: list[Callable[[], object]] = []
        self._busy = False

    def install(self) -> None:
        before, unraisable = sys.excepthook, sys.unraisablehook
        qt = qInstallMessageHandler(self._on_qt)
        sys.excepthook, sys.unraisablehook = self._on_exception, self._on_unraisable
        self._restore = [
            lambda: setattr(sys, "excepthook", before),
            lambda: setattr(sys, "unraisablehook", unraisable),
            lambda: qInstallMessageHandler(qt),  # type: ignore[arg-type]  # None: Qt's own
        ]

    def watch(self, window: MainWindow) -> None:
        """Of this window the race is kept. What it finds of a program that crashed is told, too."""
        self._window = window
        window.recovery.autosave.watch_crashes()
        window.recovery.crashed.connect(self._on_crashed)

    def remove(self) -> None:
        for restore in self._restore:
            restore()
        self._restore = []

    def caught(self, error: BaseException) -> None:
        """Keep the race and tell the error, unless it was told before. Never raises."""
        if self._busy:  # a fault of what tells or keeps
            _print(faultreport.fault(error).trace)
            return
        self._busy = True
        try:
            self._note(error)
        except Exception:
            _print(traceback.format_exc())
        finally:
            self._busy = False

    def _note(self, error: BaseException) -> None:
        fault = faultreport.fault(error)
        _let_go(error)
        known = self._faults.get(fault.place)
        if known is not None:
            known.times += 1
            if self.dialog is not None:
                self._count()
            elif known.place in self._told and self._window is not None:
                self._window.commentary.tell(f"The error again: {known.what}. {GOES_ON}")
            return
        _print(fault.trace)
        if len(self._faults) == MOST_FAULTS:
            return
        self._faults[fault.place] = fault
        self._keep()
        QTimer.singleShot(0, self, self._show)  # not from within a paint event

    def _keep(self) -> None:
        """The race on disk, and no further frames that may fail; the fault may be in the way of either."""
        if self._window is not None:
            for do in (self._window.recovery.autosave.write, self._window.controller.pause):
                with suppress(Exception):
                    do()

    def _show(self) -> None:
        if self.dialog is None:
            self._open(KEPT if self._window is not None else STOPS)
        if self.dialog is not None:
            self.dialog.set_report(self.text())
        self._count()

    def _open(self, head: str) -> None:
        theme = self._window.theme if self._window is not None else LIGHT
        # A dialog that waits for its answer takes all clicks, other than those of its children.
        self.dialog = TroubleDialog(head, theme, QApplication.activeModalWidget() or self._window)
        self.dialog.finished.connect(self._on_closed)
        self.dialog.destroyed.connect(lambda: self._on_gone())
        self.dialog.open()

    def _on_crashed(self, trace: str) -> None:
        fault = faultreport.Fault("It crashed outside of Python.", trace, (trace,))
        self._faults[fault.place] = fault
        self._before.add(fault.place)
        if self.dialog is None:
            self._open(ENDED)
        self._show()

    def text(self) -> str:
        """The report as it stands."""
        race = ""
        if self._window is not None and any(fault.place not in self._before for fault in self._news()):
            with suppress(Exception):  # the fault may be the race's
                race = racefile.dumps(self._window.controller.race)
        return faultreport.compose(self._news(), race, tuple(self._said))

    def _news(self) -> list[faultreport.Fault]:
        return [fault for place, fault in self._faults.items() if place not in self._told]

    def _count(self) -> None:
        if self.dialog is not None:
            lines = (f"{each.what}{f' ({each.times:,} times)' if each.times > 1 else ''}" for each in self._news())
            self.dialog.set_what("\n".join(lines))

    def _on_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self._on_gone()

    def _on_gone(self) -> None:
        """Closed, or gone with the dialog it stood over."""
        self.dialog = None
        self._told.update(self._faults)

    # What Python and Qt call.

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if isinstance(error, Exception):
            self.caught(error)
        else:  # an interrupt
            sys.__excepthook__(kind, error, trace)

    def _on_unraisable(self, given: Any) -> None:
        if isinstance(given.exc_value, Exception):
            self.caught(given.exc_value)

    def _on_qt(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        _print(text)
        if kind == QtMsgType.QtDebugMsg or kind == QtMsgType.QtInfoMsg:
            return
        self._said.append(text[:500])
        if kind == QtMsgType.QtFatalMsg:  # Qt ends the program when this returns
            self._keep()


def _print(text: str) -> None:
    with suppress(Exception):  # a program without a terminal has no stream
        print(text, file=sys.stderr, flush=True)


def _let_go(error: BaseException) -> None:
    """What the frames of the error hold is held no longer: a painter that lives on keeps its widget from painting."""
    link: BaseException | None = error
    while link is not None:
        traceback.clear_frames(link.__traceback__)
        link = link.__cause__ or link.__context__
    for name in ("last_exc", "last_value", "last_traceback", "last_type"):
        if hasattr(sys, name):
            delattr(sys, name)
