"""The real window where it is pushed: too much, too far, or in the wrong moment."""

from __future__ import annotations

import dataclasses
import html
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hosted import opened
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from simulator import racefile, resources
from simulator.folders import folder
from simulator.landscapes import LANDSCAPES
from simulator.ui.mainwindow import MainWindow


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return opened(qtbot)


def test_all_racers_may_be_hidden(window: MainWindow) -> None:
    c = window.controller
    c.seek(30)
    for entrant in c.race.entrants:
        c.set_hidden(entrant.stream, True)
    for tab in range(3):
        window.workbench.curves.tabs.setCurrentIndex(tab)
        QApplication.processEvents()
    assert not window.grab().isNull()


def test_nothing_is_put_among_the_samples(window: MainWindow, tmp_path: Path) -> None:
    samples = resources.sample_races()
    (tmp_path / "mine.toml").write_text(samples["ravine"].read_text("utf-8"), "utf-8")
    window.documents.open(tmp_path / "mine.toml")
    window.documents.open(samples["saddle"])
    assert window.documents.folder() == str(tmp_path)


def test_a_start_too_many_is_refused_in_words(window: MainWindow) -> None:
    c, arena = window.controller, window.workbench.arena
    c.set_race(dataclasses.replace(c.race, steps=1_000_000))
    for x in range(8):
        arena.start_added.emit(float(x), 1.0)
    assert len(c.race.starts) == 6
    assert "runs keeps" in window.commentary.text()


def test_a_start_too_far_out_is_refused_in_words(window: MainWindow) -> None:
    before = window.controller.race
    window.workbench.arena.start_placed.emit(1e10, 0.0)
    assert window.controller.race == before
    assert "1e+09" in window.commentary.text()


def test_a_start_undone_while_it_is_dragged_is_gone(window: MainWindow) -> None:
    c, arena = window.controller, window.workbench.arena
    arena.start_added.emit(1.0, 1.0)
    arena.start_moved.emit(1, 2.0, 1.0)
    c.undo()
    c.undo()
    arena.start_moved.emit(1, 3.0, 1.0)
    assert len(c.race.starts) == 1


def test_racers_beyond_all_numbers_are_painted(window: MainWindow) -> None:
    c = window.controller
    for name in ("parabola", "rosenbrock"):
        race = c.race.on(LANDSCAPES[name]())
        for place in range(len(race.entrants)):
            race = race.with_hyper(place, lr=9.0)
        c.set_race(race)
        for step in range(0, race.steps, 10):
            c.seek(step)
            window.grab()
    assert np.abs(c.recording.theta[np.isfinite(c.recording.theta)]).max() > 1e20


def test_a_racer_may_be_called_anything(window: MainWindow) -> None:
    c = window.controller
    race = c.race
    for place in range(len(race.entrants)):
        race = race.with_entrant(place, label=f"<b>{place}</b>")
    c.set_race(race)
    c.to_end()
    assert "<b>" in window.commentary.text()
    assert window.commentary.toolTip() == f"<p>{html.escape(window.commentary.text())}</p>"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Questions, each answered with No."""
    texts: list[str] = []

    def question(parent: object, title: str, text: str, *rest: object) -> QMessageBox.StandardButton:
        texts.append(text)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", question)
    return texts


def test_a_path_no_system_takes_is_explained(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: told.append(text))
    window.documents.open(Path("/tmp") / ("x" * 300))
    assert told[0].startswith("/tmp/xxx")


def test_menus_show_an_ampersand(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "you & me.toml"
    path.write_text(racefile.dumps(window.controller.race))
    window.documents.open(path)
    recent = window.actions_.menus["recent"]
    recent.aboutToShow.emit()
    assert recent.actions()[0].text() == str(path).replace("&", "&&")


def test_any_title_names_the_window_and_the_file(window: MainWindow) -> None:
    c = window.controller
    c.set_race(dataclasses.replace(c.race, title="[*] " + "long " * 39))
    assert window.windowTitle().startswith("[*][*] long")
    assert len(Path(window.documents._suggest(".toml")).name) < 80


def test_a_race_is_saved_under_an_ending_that_desktops_know(window: MainWindow, tmp_path: Path) -> None:
    assert window.documents._suggest(racefile.ENDING).endswith("who-zig-zags.race.toml")
    window.documents.path = tmp_path / "mine.race.toml"
    assert window.documents._suggest(".csv") == str(tmp_path / "mine.csv")


def test_an_ending_added_to_a_name_replaces_nothing_unasked(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[str]
) -> None:
    path = tmp_path / "mine.race.toml"
    path.write_text("precious")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *rest: (str(tmp_path / "mine"), ""))
    window.documents.save_as()
    assert path.read_text() == "precious"
    assert "mine.race.toml" in asked[-1]


def test_a_race_of_many_rates_ends_one_rate_for_all(window: MainWindow) -> None:
    c = window.controller
    c.set_shared_lr(True)
    many = racefile.find("ravine").with_hyper(0, lr=0.123)
    c.load(many)
    c.set_race(dataclasses.replace(many, starts=((1.0, 1.0),)))
    assert [e.lr for e in c.race.entrants] == [e.lr for e in many.entrants]


def test_windows_keep_their_races_apart(window: MainWindow, qtbot: QtBot) -> None:
    other = MainWindow(racefile.find("ravine"))
    qtbot.addWidget(other, before_close_func=lambda _: other.controller.mark_saved())
    for it in (window, other):
        it.controller.set_race(it.controller.race.without(0))
        it.autosave.write()
    assert len(list(folder().glob("autosave-*.toml"))) == 2
    other.controller.mark_saved()
    other.close()
    assert list(folder().glob("autosave-*.toml")) == [window.autosave._path]


def test_what_was_saved_or_given_up_is_not_offered_again(window: MainWindow) -> None:
    c = window.controller
    c.set_race(c.race.without(0))
    window.autosave.write()
    assert window.autosave._path.exists()
    c.mark_saved()
    window.autosave.write()
    assert not window.autosave._path.exists()


def test_full_screen_comes_back_and_is_left_by_one_key(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_["full_screen"].trigger()
    assert window.isFullScreen()
    window.close()
    again = MainWindow(racefile.find("ravine"))
    qtbot.addWidget(again)
    assert again.isFullScreen()
    again.actions_["full_screen"].trigger()
    assert not again.isFullScreen()


PROGRAM = """
import os, signal, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from simulator.ui import app
from simulator.ui.mainwindow import MainWindow

class Window(MainWindow):
    def finish(self):
        super().finish()
        interrupt()
        if CHANGED:
            self.controller.set_race(self.controller.race.without(0))
            again.start(20)

def interrupt_again():
    if QApplication.activeModalWidget():
        again.stop()
        interrupt()

interrupt = lambda: os.kill(os.getpid(), signal.SIGINT)
app.application()
again = QTimer()
again.timeout.connect(interrupt_again)
app.MainWindow = Window
sys.exit(app.main())
"""


@pytest.mark.parametrize(("changed", "code", "kept"), [(False, 0, 0), (True, 130, 1)])
def test_an_interrupt_closes_and_another_one_ends_at_once(changed: bool, code: int, kept: int) -> None:
    program = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("CHANGED", str(changed))],
        capture_output=True, text=True, timeout=30, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert program.returncode == code, program.stderr
    assert "Traceback" not in program.stderr
    assert len(list(folder().glob("autosave-*.toml"))) == kept


def test_what_is_being_typed_is_saved_too(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.documents.path = tmp_path / "mine.toml"
    window.activateWindow()
    name = next(iter(window.workbench.racers.cards.values())).name
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "Typed")
    window.actions_["save"].trigger()
    assert racefile.find(tmp_path / "mine.toml").entrants[0].label == "Typed"
    assert not window.isWindowModified()


def test_a_formula_being_typed_is_saved_too(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    c = window.controller
    c.set_race(c.race.on(LANDSCAPES["formula"]()))
    window.documents.path = tmp_path / "mine.toml"
    window.activateWindow()
    window.workbench.focus("race")
    line = window.workbench.race.form.controls["formula"].editor.line
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "x**2 + 7*y**2")
    window.actions_["save"].trigger()
    assert racefile.find(tmp_path / "mine.toml").landscape.hyper["formula"] == "x**2 + 7*y**2"


def test_closing_asks_about_what_is_being_typed(window: MainWindow, qtbot: QtBot, asked: list[str]) -> None:
    window.activateWindow()
    name = next(iter(window.workbench.racers.cards.values())).name
    name.setFocus()
    qtbot.keyClicks(name, "more")
    assert not window.close()
    assert len(asked) == 1
