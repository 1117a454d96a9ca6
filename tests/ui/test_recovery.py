"""What a program that died leaves behind, and how the next one brings it back."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from hosted import opened
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from simulator import fog, racefile, rescue
from simulator.folders import folder
from simulator.lessons import LESSONS
from simulator.race import Race
from simulator.rescue import Rescue
from simulator.ui import autosave
from simulator.ui.autosave import Autosave
from simulator.ui.mainwindow import MainWindow

BUTTONS = QMessageBox.StandardButton


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return opened(qtbot)


@pytest.fixture
def changed() -> Race:
    return racefile.find("ravine").with_hyper(0, lr=0.077)


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> list[str]:
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "question", lambda parent, title, text, *rest: asked.append(text) or button)
    return asked


def left(name: str, what: Rescue | str, age: float = 0.0) -> Path:
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"autosave-{name}.toml"
    path.write_text(what if isinstance(what, str) else rescue.dumps(what))
    os.utime(path, (time.time() - age,) * 2)
    return path


def dies(window: MainWindow) -> None:
    """What is on disk stays there, as by a kill."""
    window.autosave.leave()


def names() -> list[str]:
    return sorted(path.name for path in folder().glob("autosave-*"))


def test_it_comes_back_as_a_change_of_its_file(
    window: MainWindow, changed: Race, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    saved, path = racefile.find("rosenbrock"), tmp_path / "mine.toml"
    path.write_text(racefile.dumps(saved))
    left("1", Rescue(changed, path))
    asked = answer(monkeypatch, BUTTONS.Yes)
    window.recovery.look()
    assert f"“{changed.title}” (mine.toml)" in asked[0]
    assert window.controller.race == changed
    assert window.isWindowModified()
    assert "mine.toml" in window.windowTitle()
    assert names() == [window.autosave._path.name, f"{window.autosave._path.name}.lock"], "at once, and the other gone"
    window.controller.undo()
    assert window.controller.race == saved, "before the change stands what is in the file"
    assert not window.isWindowModified()
    window.controller.redo()
    window.actions_["save"].trigger()
    assert racefile.find(path) == changed


def test_a_file_that_is_gone_is_written_anew(
    window: MainWindow, changed: Race, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    left("1", Rescue(changed, tmp_path / "gone.toml"))
    answer(monkeypatch, BUTTONS.Yes)
    window.recovery.look()
    assert window.isWindowModified()
    window.actions_["save"].trigger()
    assert racefile.find(tmp_path / "gone.toml") == changed


def test_a_race_without_a_file_asks_where_it_shall_go(
    window: MainWindow, changed: Race, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(racefile.dumps(racefile.find("saddle")))
    window.documents.open(own)
    left("1", Rescue(changed))
    answer(monkeypatch, BUTTONS.Yes)
    window.recovery.look()
    assert window.controller.race == changed
    assert window.documents.path is None, "what was open is not written over"


def test_of_two_both_can_be_had(window: MainWindow, changed: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    other = changed.without(1)
    left("old", Rescue(other), age=60)
    left("new", Rescue(changed))
    asked = answer(monkeypatch, BUTTONS.Yes)
    window.recovery.look()
    assert window.controller.race == changed, "the latest first"
    assert "Bring back" in window.commentary.text()
    assert len(asked) == 1
    answer(monkeypatch, BUTTONS.Cancel)
    window.actions_["recover"].trigger()
    assert window.controller.race == changed, "it asks before it gives up what was brought back"
    assert window.actions_["recover"].isEnabled()
    window.controller.mark_saved()
    answer(monkeypatch, BUTTONS.Yes)
    window.actions_["recover"].trigger()
    assert window.controller.race == other
    assert not window.actions_["recover"].isEnabled()


@pytest.mark.parametrize(("button", "kept"), [(BUTTONS.No, True), (BUTTONS.Discard, False)])
def test_no_keeps_it_and_discard_does_not(
    window: MainWindow, changed: Race, monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton, kept: bool
) -> None:
    path = left("1", Rescue(changed))
    before = window.controller.race
    answer(monkeypatch, button)
    window.recovery.look()
    assert window.controller.race == before
    assert path.exists() == kept == window.actions_["recover"].isEnabled()
    window.close()
    assert names() == ([path.name] if kept else [])


def test_while_it_is_being_asked_about_nobody_else_is(window: MainWindow, changed: Race, qtbot: QtBot) -> None:
    left("1", Rescue(changed))
    window.recovery.look(ask=False)
    other = Autosave(window)
    assert other.orphans() == []
    window.recovery.close()
    (orphan,) = other.orphans()
    assert orphan.rescue.race == changed
    orphan.take()
    other.close()


def test_with_a_file_of_ones_own_it_is_only_mentioned(
    window: MainWindow, changed: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    left("1", Rescue(changed))
    asked = answer(monkeypatch, BUTTONS.Yes)
    before = window.controller.race
    window.recovery.look(ask=False)
    assert (asked, window.controller.race) == ([], before)
    assert "File ▸ Bring back a lost race" in window.commentary.text()
    window.actions_["recover"].trigger()
    assert window.controller.race == changed


def test_a_file_that_was_saved_at_the_last_moment_is_not_offered(
    window: MainWindow, changed: Race, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(racefile.dumps(changed))
    kept = left("1", Rescue(changed, path))
    asked = answer(monkeypatch, BUTTONS.No)
    window.recovery.look()
    assert asked == []
    assert not kept.exists()


BROKEN = ["", "nonsense", rescue.HEAD + "{", rescue.HEAD + "[1]\nx", rescue.HEAD + '{"page": "x", "path": 3}\ntitle=1']


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_in_nobodys_way(
    window: MainWindow, changed: Race, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    broken = left("broken", text)
    (folder() / "autosave-raw.toml").write_bytes(b"\xff\xfe")
    left("good", Rescue(changed), age=60)
    answer(monkeypatch, BUTTONS.Yes)
    window.recovery.look()
    assert window.controller.race == changed
    assert broken.exists() == bool(text), "a newer version may read it"
    os.utime(folder() / "autosave-raw.toml", (0, 0))
    window.recovery.look()
    assert not (folder() / "autosave-raw.toml").exists(), "but not for ever"


def test_a_lock_alone_is_cleared_away(window: MainWindow) -> None:
    lock = folder() / "autosave-7.toml.lock"
    lock.write_text("999999\npython\nhere\n\n\n")
    window.recovery.look()
    assert lock.exists(), "on another computer that program may be running"
    os.utime(lock, (time.time() - 3 * 24 * 3600,) * 2)
    window.recovery.look()
    assert names() == [f"{window.autosave._path.name}.lock"]


def test_a_lesson_goes_on_and_the_race_from_before_is_kept(
    window: MainWindow, qtbot: QtBot, changed: Race, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(racefile.dumps(window.controller.race))
    window.documents.open(path)
    window.controller.set_race(changed)
    window.classroom.open(LESSONS["step_size"])
    window.classroom.go(1)
    dies(window)
    again = opened(qtbot)
    asked = answer(monkeypatch, BUTTONS.Yes)
    again.recovery.look()
    assert f"lesson “{LESSONS['step_size'].title}”, page 2" in asked[0]
    assert again.classroom.title == window.classroom.title
    again.classroom.leave()
    assert again.controller.race == changed
    assert again.documents.path == path
    assert again.isWindowModified()


def test_a_lesson_of_a_file_goes_on_without_it(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from simulator import lessonfile

    path = tmp_path / "my.lesson.toml"
    path.write_text(lessonfile.dumps(LESSONS["step_size"]), "utf-8")
    window.documents.open(path)
    title = window.classroom.title
    dies(window)
    path.unlink()
    again = opened(qtbot)
    answer(monkeypatch, BUTTONS.Yes)
    again.recovery.look()
    assert title and again.classroom.title == title
    again.classroom.leave()
    assert not again.isWindowModified()
    assert names() == [f"{again.autosave._path.name}.lock"]


def test_a_walk_in_the_fog_goes_on_in_the_fog(
    window: MainWindow, qtbot: QtBot, changed: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.controller.set_race(changed)
    window.fog.begin()
    window.fog._step((-0.5, 0.1))
    window.fog._step((-0.5, 0.1))
    walked = window.controller.race
    dies(window)
    again = opened(qtbot)
    answer(monkeypatch, BUTTONS.Yes)
    again.recovery.look()
    assert again.fog.on and again.fog.view is not None and again.fog.view.isVisible()
    assert again.controller.race == walked
    assert (fog.taken(walked), again.controller.step) == (2, 2)
    again.fog.lift()
    again.controller.undo()
    again.controller.undo()
    assert again.controller.race == changed, "with all its steps and starts"


def test_what_is_dragged_is_written_before_the_end(window: MainWindow, qtbot: QtBot, changed: Race) -> None:
    timer = window.autosave._timer
    window.controller.set_race(changed)
    assert 0 < timer.interval() <= 300
    window.autosave.write()
    for lr in (0.01, 0.02, 0.03):
        window.controller.set_race(changed.with_hyper(0, lr=lr))
        assert 900 <= timer.interval() <= 1000
    left_over = timer.remainingTime()
    window.controller.set_race(changed.with_hyper(0, lr=0.04))
    assert timer.remainingTime() <= left_over, "a change does not begin the waiting anew"
    timer.timeout.emit()
    assert racefile.parse(window.autosave._path.read_text()) == window.controller.race


def test_that_it_cannot_be_kept_is_said_once(
    window: MainWindow, changed: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    told: list[str] = []
    window.autosave.failed.connect(told.append)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for lr in (0.01, 0.02, 0.03):
            window.controller.set_race(changed.with_hyper(0, lr=lr))
            window.autosave.write()
    assert len(told) == 1 and "No space left on device" in told[0]
    window.autosave.write()
    assert window.autosave._path.exists()
    assert len(told) == 1


def test_a_vanished_folder_comes_back(window: MainWindow, changed: Race) -> None:
    shutil.rmtree(folder())
    window.controller.set_race(changed)
    window.autosave.write()
    assert rescue.parse(window.autosave._path.read_text()).race == changed
    assert window.autosave._lock.isLocked()


def test_when_the_session_ends_nobody_is_asked(window: MainWindow, changed: Race, qtbot: QtBot) -> None:
    from simulator.ui import app

    window.controller.set_race(changed)
    app._session_ends(window)
    assert window.close()
    (orphan,) = Autosave(window).orphans()
    assert orphan.rescue.race == changed
    orphan.take()


NAMES = ["Ω η.toml", "سباق.toml", "競走.toml", "🏁.toml", "-x.toml", "a\nb.toml", "\udcff.toml"]


@pytest.mark.parametrize("name", NAMES)
def test_a_rescue_survives_any_file_name(name: str, changed: Race) -> None:
    whole = Rescue(changed, Path("/tmp") / name, changed.without(0), True, "step_size", 3)
    text = rescue.dumps(whole)
    assert rescue.parse(text) == whole
    text.encode("ascii", errors="strict") if changed.title.isascii() else text.encode()
    assert racefile.parse(text) == changed, "it is a race file"
    assert len(text) < autosave.LARGEST
