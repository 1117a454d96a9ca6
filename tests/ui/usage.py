"""What a window that has been used for long holds on to, once it is back where it was."""

from __future__ import annotations

import ctypes
import gc
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QComboBox

from simulator import racefile
from simulator.engine import Engine
from simulator.optimizers import OPTIMIZERS
from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.mainwindow import MainWindow
from simulator.ui.panes import MOST
from simulator.ui.views import VIEWS

STRETCHES = 4
NOISE = 3.0  # megabytes by which memory differs though nothing was kept
LATE = ("fog", "rates")  # off at first, and made when wanted
RESTING = ("coach", "stability")  # on at first; what they say comes when the race has stood still for a moment
CACHE = type(lru_cache(len))
RICH = ("QObject", "QTextDocument", "QTextFrame", "QAbstractTextDocumentLayout")  # in a label while its text is that
HEAVY = (Engine, Race, Recording)


@dataclass(frozen=True)
class Usage:
    """Megabytes of memory, files and sockets open, how many there are of each kind of Qt object, windows among them,
    and of each class of `HEAVY`."""

    megabytes: float
    handles: int
    kinds: Counter[str]
    heavy: Counter[str]

    def __str__(self) -> str:
        return f"{self.megabytes:.1f} MB, {self.handles} handles, {self.kinds.total()} objects"


def grows(counts: Sequence[float], noise: float = 0.0) -> bool:
    """Whether ``counts`` rise without end: in every stretch the least is above the most of the stretch before.

    What is made when it is first wanted, and kept, lets one stretch rise, and not all of them.
    """
    size = len(counts) // STRETCHES
    assert size, f"fewer than {STRETCHES} counts tell nothing"
    stretches = [counts[at : at + size] for at in range(len(counts) - STRETCHES * size, len(counts), size)]
    return all(min(after) > max(before) + noise for before, after in pairwise(stretches))


def creeps(counts: Sequence[float]) -> bool:
    """Whether ``counts`` never fall and rise again and again, if not in every stretch: what is seldom done leaks. For
    what else is always the same."""
    steps = [after - before for before, after in pairwise(counts)]
    return min(steps) >= 0 and sum(step > 0 for step in steps) >= STRETCHES - 1


def growing(used: Sequence[Usage]) -> dict[str, list[float]]:
    """What grows, by its name, and how much there was of it each time."""
    memory, handles = [each.megabytes for each in used], [each.handles for each in used]
    kinds = {name: [each.kinds[name] for each in used] for name in used[-1].kinds}
    heavy = {name: [each.heavy[name] for each in used] for name in used[-1].heavy}
    return {
        **{name: counts for name, counts in kinds.items() if grows(counts) or creeps(counts)},
        **{name: counts for name, counts in {"handles": handles, **heavy}.items() if grows(counts)},
        **({"megabytes": memory} if grows(memory, NOISE) else {}),
    }


def settled(window: MainWindow) -> Usage:
    """``window`` on the ravine at its start, as it first stood, and what it uses then.

    All that is made when it is first wanted is there, so that only what is left over can make a difference.
    """
    _stop(window)
    _look_plain(window)
    _make_all(window)
    window.controller.load(racefile.find("ravine"))
    window.workbench.stage.set_view("contour")
    window.workbench.focus("racers")
    for beside in QApplication.topLevelWidgets():
        if beside is not window:
            beside.close()
    for _ in range(3):
        _breathe()
        _empty_caches()
        gc.collect()
    _give_back()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    megabytes = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    heavy = Counter(type(it).__name__ for it in gc.get_objects() if type(it) in HEAVY)
    used = Usage(megabytes, len(os.listdir("/proc/self/fd")), _kinds(), heavy)
    for name in RESTING:
        window.actions_[name].setChecked(True)
    return used


def _stop(window: MainWindow) -> None:
    """All that is under way, or would begin by itself."""
    window.classroom.leave()
    for name in (*LATE, *RESTING):
        window.actions_[name].setChecked(False)
    bench = window.workbench
    bench.curves.repeats.setCurrentIndex(0)
    bench.stage.set_overlays(())
    bench.guide.walk.start_over()
    window.beside.close()


def _look_plain(window: MainWindow) -> None:
    """Pictures are as large as the window, also those of views that are not seen, and one may be on the clipboard."""
    for name in ("dark", "projector"):
        window.actions_[name].setChecked(False)
    window.resize(1366, 768)
    QApplication.clipboard().clear()
    _breathe()


def _make_all(window: MainWindow) -> None:
    """What is made when it is first wanted, and kept: let it be wanted. All cards are another race's, made anew."""
    bench = window.workbench
    window.controller.load(_full())
    for name in VIEWS:
        bench.stage.set_view(name)
        _breathe()
    for name in ("calculators", "tree", "tables", "questions"):
        bench.open_guide(name)
    for name in ("racers", "race", "inspect", "lessons", "guide"):
        bench.focus(name)
        _breathe()
    for name in LATE:
        window.actions_[name].setChecked(True)
        _breathe()
        window.actions_[name].setChecked(False)
    for combo in window.findChildren(QComboBox):
        combo.view()


def _full() -> Race:
    """As many racers as there are panes on a page, none of them like one of the ravine's."""
    race = racefile.find("ravine")
    for _ in range(MOST):
        race = race.with_new(OPTIMIZERS["lion"]())
    for _ in range(len(race.entrants) - MOST):
        race = race.without(0)
    return race


def _breathe() -> None:
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _empty_caches() -> None:
    """Those of the program that have a bound: what they hold is no leak."""
    for it in gc.get_objects():
        if type(it) is CACHE and str(it.__module__).startswith("simulator.") and it.cache_info().maxsize is not None:
            it.cache_clear()


def _give_back() -> None:
    """Freed memory the C library keeps for the next who asks is nothing the window holds: it is returned."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim is not None:
        trim(0)


def _kinds() -> Counter[str]:
    tops = QApplication.topLevelWidgets()
    objects = {it for top in tops for it in (top, *top.findChildren(QObject))}
    named = ((type(it).__name__, it.objectName(), type(it.parent()).__name__) for it in objects)
    return Counter(f"{kind} {name} in {parent}" for kind, name, parent in named if kind not in RICH)
