"""What is measured of a window in long use: leaks that are planted are found, and nothing where there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import pytest

pytest.importorskip("PySide6")

from hosted import POPS_UP, opened
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from usage import STRETCHES, Usage, growing, settled

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
