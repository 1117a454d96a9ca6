"""What tells a window that keeps more and more from one that made a thing when it was first wanted."""

from __future__ import annotations

import gc
import os
import sys
import weakref
from collections.abc import Callable

import pytest
from hosted import POPS_UP, opened
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from usage import STRETCHES, Usage, creeps, growing, grows, settled

from simulator import racefile
from simulator.engine import Engine
from simulator.ui.mainwindow import MainWindow

pytestmark = [POPS_UP, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read off /proc")]


def used_by(window: MainWindow, act: Callable[[], object]) -> list[Usage]:
    """What ``window`` uses after each of some rounds of ``act``."""
    used = []
    for _ in range(STRETCHES):
        act()
        used.append(settled(window))
    return used


def test_what_rises_in_every_stretch_grows() -> None:
    assert grows([1, 2, 3, 4])
    assert grows([9, 1, 1, 2, 2, 3, 3, 4, 4])  # what does not divide is left out at the beginning
    assert grows([18, 18, 19, 19, 20, 21, 22, 22])
    assert grows([100.0, 103.0, 106.0, 109.0], noise=2.0)


def test_what_is_made_once_and_kept_does_not_grow() -> None:
    assert not grows([50] * 8)
    assert not grows([50, 50, 51, 51, 51, 51, 53, 52])
    assert not grows([50, 50, 50, 50, 50, 50, 74, 74])
    assert not grows([4, 3, 2, 1])
    assert not grows([100.0, 103.0, 104.0, 109.0], noise=2.0)


def test_what_seldom_leaks_creeps() -> None:
    assert creeps([1, 1, 2, 2, 2, 3, 3, 4])
    assert not creeps([1, 1, 2, 2, 2, 3, 3, 3])
    assert not creeps([1, 2, 3, 4, 5, 6, 5])


def test_too_few_counts_are_refused() -> None:
    with pytest.raises(AssertionError, match="tell nothing"):
        grows([1] * (STRETCHES - 1))


def test_a_window_that_opens_and_closes_does_not_grow(qtbot: QtBot) -> None:
    window = opened(qtbot)

    def act() -> None:
        window.controller.seek(40)
        for name in ("arena", "fork", "tree", "rates", "view/relief", "overlay/velocity", "teachers", "copy_picture"):
            window.actions_[name].trigger()

    assert not growing(used_by(window, act))


def test_planted_leaks_grow(qtbot: QtBot) -> None:
    window = opened(qtbot)
    kept: list[object] = []
    files: list[int] = []

    def act() -> None:
        QMenu(window).addAction("Made for each click, and deleted by nobody")
        kept.append(Engine(window.controller.race).recording)
        kept.append(bytearray(b"x") * 20_000_000)
        files.append(os.open(__file__, os.O_RDONLY))

    found = growing(used_by(window, act))
    for file in files:
        os.close(file)
    assert found.keys() == {"handles", "megabytes", "QMenu  in MainWindow", "QAction  in QMenu", "Race", "Recording"}


def test_a_race_that_was_left_is_let_go(qtbot: QtBot) -> None:
    window = opened(qtbot)
    window.controller.seek(40)
    left = weakref.ref(window.controller.recording)
    window.controller.load(racefile.find("plateau"))
    QApplication.processEvents()
    gc.collect()
    assert left() is None
