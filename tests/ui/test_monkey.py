"""The window under a person who does anything at all. pytest-qt fails the test on a Qt warning or an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hosted import POPS_UP
from monkey import Monkey
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator import racefile
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application

ACTIONS = 120  # thousands are in tests/long
pytestmark = POPS_UP


@pytest.mark.parametrize("seed", [1, 2])
def test_anything_at_all_and_undone_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int
) -> None:
    application()
    window = MainWindow(racefile.find("ravine"))
    qtbot.addWidget(window, before_close_func=lambda _: window.controller.mark_saved())
    window.resize(1366, 768)
    window.show()
    window.finish()
    monkey = Monkey(window, seed, tmp_path)
    monkey.answer(monkeypatch)
    for _ in range(ACTIONS):
        monkey.act()
    monkey.undo_all()
    assert window.controller.race == monkey.origin
    QApplication.processEvents()
    assert not window.grab().isNull()
