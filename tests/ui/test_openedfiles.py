"""A file that the system hands to the running program, and a program without a terminal that cannot open one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hosted import LONG, POPS_UP, opened
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from simulator import cli, racefile, resources
from simulator.ui.mainwindow import MainWindow
from simulator.ui.openedfiles import OpenedFiles

pytestmark = POPS_UP


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> MainWindow:
    it = opened(qtbot)
    qapp.installEventFilter(OpenedFiles(it))
    return it


def written(folder: Path, sample: str) -> Path:
    path = folder / f"{sample}.toml"
    path.write_text(racefile.dumps(racefile.find(sample)), encoding="utf-8")
    return path


def test_a_file_opened_in_the_finder_is_raced(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = written(tmp_path, "beale")
    QApplication.sendEvent(QApplication.instance(), QFileOpenEvent(str(path)))
    qtbot.waitUntil(lambda: window.documents.path == path, timeout=LONG)
    assert window.controller.race == racefile.find("beale")


def test_a_lesson_opened_in_the_finder_begins(window: MainWindow, qtbot: QtBot) -> None:
    path = resources.asset("lessons", "first.lesson.toml")
    QApplication.sendEvent(QApplication.instance(), QFileOpenEvent(str(path)))
    qtbot.waitUntil(lambda: bool(window.classroom.title), timeout=LONG)


def test_of_several_files_at_once_the_last_is_opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    paths = [written(tmp_path, name) for name in ("beale", "ackley")]
    for path in paths:
        QApplication.sendEvent(QApplication.instance(), QFileOpenEvent(str(path)))
    qtbot.waitUntil(lambda: window.documents.path == paths[1], timeout=LONG)
    assert window.settings.recent == [paths[1]]


def test_a_file_waits_for_the_answer_to_a_question(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = written(tmp_path, "beale")
    seen: list[Path | None] = []

    def hand_over() -> None:
        QApplication.sendEvent(QApplication.instance(), QFileOpenEvent(str(path)))
        QTimer.singleShot(0, answer)  # after the turn in which the file would have been opened

    def answer() -> None:
        seen.append(window.documents.path)
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QMessageBox)
        dialog.accept()

    QTimer.singleShot(0, hand_over)
    QMessageBox.information(window, "A question", "Wait.")
    assert seen == [None]
    qtbot.waitUntil(lambda: window.documents.path == path, timeout=LONG)


def test_without_a_terminal_a_broken_file_is_said_in_a_window(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("steps = -1\n", encoding="utf-8")
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    assert cli.main([str(path)]) == 2
    assert not said, "a terminal is where it belongs"
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert cli.main([str(path)]) == 2
    assert len(said) == 1 and said[0].startswith(f"{path} cannot be opened.") and "steps" in said[0]
