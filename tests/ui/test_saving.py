"""Saving where it cannot be: a clear line, the race kept and still changed, and another place offered."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from exporting import write_to
from hosted import opened
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from simulator import racefile, rescue
from simulator.folders import folder
from simulator.race import Race
from simulator.ui.exportdialog import ExportDialog
from simulator.ui.fields import number_text, read_number
from simulator.ui.mainwindow import MainWindow

YES, NO = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
FULL = "No space left on device: make room, or choose another place"


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return opened(qtbot)


def change(window: MainWindow, lr: float = 0.0123) -> Race:
    window.controller.set_race(window.controller.race.with_hyper(0, lr=lr))
    return window.controller.race


def choose(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """The person chooses these, one after the other."""
    names = iter(map(str, paths))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *rest: (next(names), ""))


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> list[str]:
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "question", lambda parent, title, text, *rest: asked.append(text) or button)
    return asked


@pytest.fixture(params=["size=64k", "ro"])
def mounted(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Path, str]]:
    """A disk of its own, full or read-only, and what is said of it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", request.param, "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    full = request.param != "ro"
    if full:
        (disk / "filler").write_bytes(bytes(61_440))
        (disk / "more").write_bytes(bytes(4_096))
    yield disk, FULL if full else f"the folder {disk} is read-only"
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_or_read_only_disk(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mounted: tuple[Path, str]
) -> None:
    disk, reason = mounted
    race, before = change(window), sorted(os.listdir(disk))
    choose(monkeypatch, disk / "a.toml", tmp_path / "elsewhere.toml")
    asked = answer(monkeypatch, NO)
    window.actions_["save"].trigger()
    assert asked == [
        f"cannot write {disk / 'a.toml'}: {reason}.\n\nThe race is kept in this window. Save it elsewhere?"
    ]
    assert window.isWindowModified() and window.documents.path is None

    told: list[str] = []

    def export(dialog: ExportDialog) -> int:
        written = write_to(dialog, disk / f"a.{dialog.kind.currentData()}")
        told.append(dialog.fault.text())
        return written

    monkeypatch.setattr(ExportDialog, "exec", export)
    window.actions_["export_csv"].trigger()
    window.actions_["export"].trigger()
    assert told == [f"cannot write {disk / name}: {reason}." for name in ("a.csv", "a.png")]
    assert sorted(os.listdir(disk)) == before, "nothing half done stays"
    assert window.controller.race == race

    answer(monkeypatch, YES)
    choose(monkeypatch, disk / "a.toml", tmp_path / "elsewhere.toml")
    window.actions_["save"].trigger()
    assert racefile.find(tmp_path / "elsewhere.toml") == race, "another place was offered"
    assert not window.isWindowModified()


def test_settings_and_autosave_on_a_full_disk(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, mounted: tuple[Path, str]
) -> None:
    disk, _ = mounted
    monkeypatch.setenv("OPTIM_RACE_CONFIG", str(disk / "settings"))
    it = opened(qtbot)
    told: list[str] = []
    it.autosave.failed.connect(told.append)
    for lr in (0.01, 0.02):
        change(it, lr)
        it.autosave.write()
    assert len(told) == 1 and "this race is lost" in told[0]
    it.actions_["dark"].trigger()
    it.settings.keep()
    it.controller.mark_saved()
    assert it.close()


def test_the_folder_of_the_open_race_goes(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    path = drive / "mine.toml"
    path.write_text(racefile.dumps(window.controller.race))
    window.documents.open(path)
    race = change(window)
    shutil.rmtree(drive)
    asked = answer(monkeypatch, NO)
    window.actions_["save"].trigger()
    assert f"there is no folder {drive}" in asked[0]
    assert window.isWindowModified()
    assert window.documents.folder() == str(Path.home()), "where a dialog can begin"
    menu = window.actions_.menus["recent"]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["Nothing yet"]
    drive.mkdir()
    window.actions_["save"].trigger()
    assert racefile.find(path) == race, "it is back"


def test_what_another_program_made_of_it_is_not_lost_unasked(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(racefile.dumps(window.controller.race))
    window.documents.open(path)
    asked = answer(monkeypatch, NO)
    change(window, 0.01)
    window.actions_["save"].trigger()
    assert asked == [], "our own saving is no other program's"
    path.write_text("theirs")
    race = change(window, 0.02)
    for _ in range(2):
        window.actions_["save"].trigger()
    assert len(asked) == 2 and "Another program has changed mine.toml" in asked[0]
    assert path.read_text() == "theirs" and window.isWindowModified()
    answer(monkeypatch, YES)
    window.actions_["save"].trigger()
    assert racefile.find(path) == race
    path.unlink()
    asked = answer(monkeypatch, NO)
    race = change(window, 0.03)
    window.actions_["save"].trigger()
    assert racefile.find(path) == race and asked == [], "what is gone can be lost no more"


SCRIPTS = ("Ωμέγα", "سباق", "競走 レース", "🏁", "e\u0301", " a  b ", "-x", "a\nb", "&x")


def test_a_name_in_any_script(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    recent: list[Path] = []
    for place, stem in enumerate(SCRIPTS):
        path = tmp_path / stem / f"{stem}.toml"
        path.parent.mkdir()
        race = change(window, 0.01 + 0.001 * place)
        choose(monkeypatch, path)
        window.documents.path = None
        window.actions_["save"].trigger()
        assert racefile.find(path) == race
        recent = [path, *recent][:8]
        assert window.settings.recent == recent
        window.settings.save()
        assert type(window.settings)().recent == recent, "read again"
        window.documents.fill_recent(window.actions_.menus["recent"])
        window.documents.open(path)
        assert window.documents.path == path and path.name.strip() in window.windowTitle().replace("[*]", "")
        table = path.with_suffix(".csv")
        monkeypatch.setattr(ExportDialog, "exec", lambda dialog, table=table: write_to(dialog, table))
        window.actions_["export_csv"].trigger()
        assert table.read_text().startswith("entrant,start,step")


@pytest.fixture
def german() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    yield
    QLocale.setDefault(before)


def test_a_locale_with_decimal_commas(
    german: None, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    it = opened(qtbot)
    card = next(iter(it.workbench.racers.cards.values()))
    field = next(field for field in card.findChildren(QLineEdit) if field.property("role") == "number")
    for typed in ("0,0125", "0.0125"):
        it.controller.set_race(it.controller.race.with_hyper(0, lr=0.5))
        field.setText(typed)
        field.editingFinished.emit()
        assert it.controller.race.entrants[0].lr == 0.0125
        assert field.text() == "0.0125"
    path = tmp_path / "a.toml"
    choose(monkeypatch, path)
    it.actions_["save"].trigger()
    assert "0.0125" in path.read_text() and racefile.find(path) == it.controller.race
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: write_to(dialog, tmp_path / "a.csv"))
    it.actions_["export_csv"].trigger()
    assert len({line.count(",") for line in (tmp_path / "a.csv").read_text().splitlines()}) == 1
    lengths: list[float] = []

    def type_lengths(dialog: ExportDialog) -> int:
        for typed in ("1,5", "1.5"):
            dialog.form.seconds.setValue(1.0)
            dialog.form.seconds.lineEdit().setText(typed)
            dialog.form.seconds.interpretText()
            lengths.append(dialog.form.seconds.value())
        return 0

    monkeypatch.setattr(ExportDialog, "exec", type_lengths)
    it.documents.export(it.picture(), "gif")
    assert lengths == [1.5, 1.5]
    assert (read_number("0,5"), read_number("0.5"), number_text(0.5)) == (0.5, 0.5, "0.5")


def test_a_lost_settings_folder_is_no_reason_to_stop(window: MainWindow) -> None:
    shutil.rmtree(folder())
    folder().write_text("a file where the folder was")
    change(window)
    window.autosave.write()
    assert "this race is lost" in window.commentary.text()
    window.controller.mark_saved()
    assert window.close()


def test_a_file_given_by_a_short_name_is_known_by_its_whole_one(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    race = racefile.find("ravine")
    (tmp_path / "mine.toml").write_text(racefile.dumps(race))
    monkeypatch.chdir(tmp_path)
    it = MainWindow(race, Path("mine.toml"))
    qtbot.addWidget(it, before_close_func=lambda _: it.controller.mark_saved())
    change(it)
    it.autosave.write()
    assert rescue.parse(it.autosave._path.read_text()).path == tmp_path / "mine.toml", "the next start is elsewhere"
