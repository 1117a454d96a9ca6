"""What a window that has been used for long holds on to, once it is back where it was."""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

from simulator import racefile
from simulator.ui.mainwindow import MainWindow


@dataclass(frozen=True)
class Usage:
    """Megabytes of memory, files and sockets open, Qt objects below the window, windows at all."""

    megabytes: float
    handles: int
    objects: int
    windows: int


def least(used: Sequence[Usage]) -> Usage:
    """The last of ``used`` with the least memory of them: a study that was under way just then is no leak."""
    return replace(used[-1], megabytes=min(each.megabytes for each in used))


def left_nothing(window: MainWindow, before: Usage, after: Usage, megabytes: float) -> None:
    """Neither handles nor windows, few objects, and less than so many ``megabytes``; the looks are as they were."""
    for name in ("dark", "projector"):  # the looks are the application's, and other tests come after
        window.actions_[name].setChecked(False)
    assert after.handles <= before.handles and after.windows <= before.windows
    assert after.objects <= before.objects + 50
    assert after.megabytes < before.megabytes + megabytes


def give_back() -> None:
    """Freed memory the C library keeps for the next who asks is nothing the window holds: it is returned."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim is not None:
        trim(0)


def settled(window: MainWindow) -> Usage:
    """``window`` on the ravine at its start, as it first stood, and what it uses then."""
    window.classroom.leave()
    window.actions_["fog"].setChecked(False)
    window.workbench.stage.set_view("contour")
    window.workbench.stage.set_overlays(())
    window.controller.load(racefile.find("ravine"))
    for beside in QApplication.topLevelWidgets():
        if beside is not window:
            beside.close()
    window.resize(1366, 768)
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    give_back()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Usage(
        pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        len(os.listdir("/proc/self/fd")),
        len(window.findChildren(QObject)),
        len(QApplication.topLevelWidgets()),
    )
