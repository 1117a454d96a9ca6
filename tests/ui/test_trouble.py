"""Faults of the program itself in the real window: one dialog, a report, and it goes on."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hosted import opened
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer, qWarning
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from simulator import racefile
from simulator.ui import trouble
from simulator.ui.controller import Controller
from simulator.ui.mainwindow import MainWindow
from simulator.ui.trouble import Trouble
from simulator.ui.troubledialog import TroubleDialog


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return opened(qtbot)


@pytest.fixture
def watch(window: MainWindow) -> Iterator[Trouble]:
    it = Trouble()
    it.install()
    it._window = window
    yield it
    it.remove()
    if it.dialog is not None:
        it.dialog.reject()


def later(do: object) -> None:
    """Have Qt call ``do``."""
    QTimer.singleShot(0, do)  # type: ignore[arg-type]
    turn()


def turn() -> None:
    for _ in range(4):
        QApplication.processEvents()


def boom() -> None:
    raise ValueError("odd")


def shown(watch: Trouble) -> TroubleDialog:
    assert watch.dialog is not None and watch.dialog.isVisible()
    return watch.dialog


def test_one_dialog_with_a_report_and_the_race_is_kept(window: MainWindow, watch: Trouble) -> None:
    race = window.controller.race.with_hyper(0, lr=0.0123)
    window.controller.set_race(race)
    window.controller.play()
    later(boom)
    dialog = shown(watch)
    assert dialog.parent() is window
    assert "goes on" in dialog.head.text()
    assert dialog.what.text() == "ValueError: odd"
    text = dialog.report.toPlainText()
    assert "in boom" in text and racefile.dumps(race).rstrip() in text
    assert racefile.find(window.autosave._path) == race, "on disk at once"
    assert not window.controller.playing
    later(lambda: [][1])
    assert shown(watch) is dialog
    assert dialog.what.text().splitlines() == ["ValueError: odd", "IndexError: list index out of range"]
    assert "IndexError" in dialog.report.toPlainText()
    dialog.close_.buttons()[0].click()
    window.controller.seek(20)
    assert window.controller.step == 20


class Spoilt(QWidget):
    """Fails in the midst of painting, with a painter at work."""

    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1
        painter = QPainter(self)
        painter.drawLine(0, 0, 9, 9)
        raise RuntimeError("cannot paint")


def test_a_fault_in_every_frame_is_told_once(window: MainWindow, watch: Trouble, qtbot: QtBot) -> None:
    spoilt = Spoilt(window)
    spoilt.setGeometry(50, 50, 100, 100)
    spoilt.show()

    def frames(n: int) -> None:
        """As many from Qt's own loop: what is raised in a call from Python goes back to it."""
        loop, timer, last = QEventLoop(), QTimer(interval=1), spoilt.painted + n
        timer.timeout.connect(lambda: spoilt.update() if spoilt.painted < last else loop.quit())
        timer.start()
        loop.exec()

    frames(30)
    dialog = shown(watch)
    assert spoilt.painted >= 30
    assert dialog.what.text() == f"RuntimeError: cannot paint ({spoilt.painted} times)"
    assert not [said for said in watch._said if "painter" in said.lower()], "the painter of the lost frame is gone"
    dialog.reject()
    frames(30)
    assert watch.dialog is None
    assert "RuntimeError: cannot paint" in window.commentary.text()
    later(boom)
    assert shown(watch).what.text() == "ValueError: odd", "another one is told"


class Filter(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            raise LookupError("in a filter")
        return False


class Fatal:
    def __del__(self) -> None:
        raise ArithmeticError("while it was cleared away")


def test_wherever_it_happens(window: MainWindow, watch: Trouble, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = Filter(window)
    window.installEventFilter(watcher)
    QCoreApplication.postEvent(window, QEvent(QEvent.Type.User))
    loop = QEventLoop()
    QTimer.singleShot(0, loop.quit)
    loop.exec()
    window.removeEventFilter(watcher)
    Fatal()
    gc.collect()
    monkeypatch.setattr(Controller, "tick", lambda *_: 1 / 0)
    window.controller._timer.timeout.emit()
    turn()
    said = shown(watch).what.text()
    for error in ("LookupError: in a filter", "ArithmeticError: while it was cleared", "ZeroDivisionError"):
        assert error in said


def test_over_a_dialog_that_waits_for_its_answer(window: MainWindow, watch: Trouble) -> None:
    asks = QDialog(window)
    asks.setModal(True)
    asks.show()
    turn()
    later(boom)
    assert shown(watch).parent() is asks
    asks.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert watch.dialog is None
    later(lambda: {}["gone"])
    assert shown(watch).parent() is window


def test_the_report_is_copied_and_saved(
    window: MainWindow, watch: Trouble, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    qWarning("something is odd")
    later(boom)
    dialog = shown(watch)
    text = dialog.report.toPlainText()
    assert "something is odd" in text
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == text
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *rest: (str(tmp_path / "no" / "r.txt"), ""))
    warned: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: warned.append(text))
    dialog.save.click()
    assert len(warned) == 1 and "there is no folder" in warned[0]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *rest: (str(tmp_path / "r"), ""))
    dialog.save.click()
    assert (tmp_path / "r.txt").read_text() == text
    assert dialog.told.text() == "Saved as r.txt."


def test_a_flood_of_different_errors_has_an_end(window: MainWindow, watch: Trouble) -> None:
    for i in range(100):
        exec(compile(f"{chr(10) * i}def fail(): raise ValueError('{i}')", f"f{i}", "exec"), scope := {})
        try:
            scope["fail"]()
        except ValueError as error:
            watch.caught(error)
    turn()
    assert len(shown(watch).what.text().splitlines()) == trouble.MOST_FAULTS


def test_a_fault_in_what_keeps_the_race_is_in_nobodys_way(
    window: MainWindow, watch: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(racefile, "dumps", lambda _: boom())
    window.controller.set_race(window.controller.race.without(0))
    later(lambda: [][1])
    assert shown(watch).what.text() == "IndexError: list index out of range"
    assert "in boom" not in shown(watch).report.toPlainText()


def test_everything_is_as_before_when_it_is_removed(qapp: QApplication) -> None:
    before = sys.excepthook, sys.unraisablehook
    it = Trouble()
    it.install()
    assert sys.excepthook != before[0]
    it.remove()
    assert (sys.excepthook, sys.unraisablehook) == before


def test_an_interrupt_is_no_fault(watch: Trouble, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[object] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda *what: passed.append(what[0]))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    turn()
    assert passed == [KeyboardInterrupt] and watch.dialog is None


def test_what_a_crash_left_is_shown_once(window: MainWindow, watch: Trouble) -> None:
    from simulator.folders import folder

    window.recovery.crashed.connect(watch._on_crashed)
    (folder() / "autosave-9.crash").write_text("Fatal Python error: Segmentation fault\n")
    (folder() / "autosave-8.crash").write_text("")
    window.recovery.look()
    assert "ended unexpectedly" in shown(watch).head.text()
    told = shown(watch).report.toPlainText()
    assert "Segmentation fault" in told and "race on screen" not in told, "that is another race"
    later(boom)
    assert "ValueError: odd" in shown(watch).report.toPlainText()
    assert "The race on screen:" in shown(watch).report.toPlainText()
    shown(watch).reject()
    window.recovery.look()
    assert watch.dialog is None
    assert sorted(path.name for path in folder().glob("*.crash")) == []
