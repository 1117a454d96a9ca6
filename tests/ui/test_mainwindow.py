"""The real window: what a person does in it, and what is then on the controller, in files and on the screen."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from exporting import write_to
from hosted import LONG, opened, turn
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QScrollBar,
)
from pytestqt.qtbot import QtBot

from simulator import racefile, resources
from simulator.commentary import comment
from simulator.engine import Engine
from simulator.folders import folder
from simulator.landscapes import LANDSCAPES
from simulator.race import Race
from simulator.ui.autosave import Autosave
from simulator.ui.exportdialog import ExportDialog
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application
from simulator.ui.settings import Settings


@pytest.fixture
def race() -> Race:
    return racefile.find("ravine")


@pytest.fixture
def window(qtbot: QtBot, race: Race) -> MainWindow:
    return opened(qtbot, race)


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts of the warnings shown."""
    texts: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: texts.append(text))
    return texts


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> list[str]:
    asked: list[str] = []

    def question(parent: object, title: str, text: str, *rest: object) -> QMessageBox.StandardButton:
        asked.append(text)
        return button

    monkeypatch.setattr(QMessageBox, "question", question)
    return asked


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *rest: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *rest: (str(path), ""))


def change(window: MainWindow) -> Race:
    race = window.controller.race.with_hyper(0, lr=0.0123)
    window.controller.set_race(race)
    return race


def test_the_shell_stands_before_the_views(qtbot: QtBot, race: Race) -> None:
    application()
    it = MainWindow(race)
    qtbot.addWidget(it)
    assert not it.finished
    it.show()
    qtbot.waitUntil(lambda: it.finished, timeout=LONG)
    assert it.workbench.arena.isVisible()


def test_space_and_arrows_drive_the_race_from_the_arena(window: MainWindow, qtbot: QtBot) -> None:
    c, arena = window.controller, window.workbench.arena
    window.activateWindow()
    arena.setFocus()
    qtbot.keyClick(arena, Qt.Key.Key_Right)
    qtbot.keyClick(arena, Qt.Key.Key_Right)
    qtbot.keyClick(arena, Qt.Key.Key_Left)
    assert c.step == 1
    qtbot.keyClick(arena, Qt.Key.Key_Space)
    assert c.playing
    qtbot.keyClick(arena, Qt.Key.Key_Space)
    assert not c.playing
    qtbot.keyClick(arena, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: c.step == c.race.steps, timeout=LONG)
    qtbot.keyClick(arena, Qt.Key.Key_Home)
    assert c.step == 0


def test_a_click_on_a_button_does_not_steal_space_from_the_race(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    arena = window.workbench.arena
    arena.setFocus()
    for button in window.playback.findChildren(QAbstractButton):
        assert not button.focusPolicy() & Qt.FocusPolicy.ClickFocus
    end = next(b for b in window.playback.findChildren(QAbstractButton) if "end" in b.accessibleName().lower())
    qtbot.mouseClick(end, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.step == window.controller.race.steps, timeout=LONG)
    assert QApplication.focusWidget() is not end


def test_placing_adding_and_dragging_starts(window: MainWindow) -> None:
    c, arena = window.controller, window.workbench.arena
    arena.start_placed.emit(1.0, -2.0)
    assert c.race.starts == ((1.0, -2.0),)
    arena.start_added.emit(-3.0, 0.5)
    assert c.race.starts == ((1.0, -2.0), (-3.0, 0.5))
    for x in (-2.0, -1.0, 0.0):
        arena.start_moved.emit(1, x, 1.0)
    assert c.race.starts == ((1.0, -2.0), (0.0, 1.0))
    c.undo()
    assert c.race.starts == ((1.0, -2.0), (-3.0, 0.5)), "a drag is one change"


def test_on_a_line_a_click_sets_x_alone(window: MainWindow) -> None:
    c = window.controller
    c.set_race(c.race.on(LANDSCAPES["parabola"]()))
    window.workbench.arena.start_placed.emit(1.5, 40.0)
    assert c.race.starts == ((1.5,),)


def test_save_writes_the_race_and_names_the_window(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    race = change(window)
    assert window.isWindowModified()
    choose(monkeypatch, tmp_path / "mine.toml")
    window.actions_["save"].trigger()
    assert racefile.find(tmp_path / "mine.toml") == race
    assert not window.isWindowModified()
    assert "mine.toml" in window.windowTitle()
    assert window.settings.recent == [tmp_path / "mine.toml"]


def test_a_save_that_fails_says_why_and_loses_nothing(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    race = change(window)
    choose(monkeypatch, tmp_path / "nowhere" / "mine.toml")
    asked = answer(monkeypatch, QMessageBox.StandardButton.No)
    window.actions_["save"].trigger()
    assert len(asked) == 1
    assert "no folder" in asked[0]
    assert "Save it elsewhere?" in asked[0]
    assert window.controller.race == race
    assert window.isWindowModified()


def test_a_sample_is_not_what_save_writes_over(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sample = resources.sample_races()["ravine"]
    before = sample.read_bytes()
    window.documents.open(sample)
    change(window)
    choose(monkeypatch, tmp_path / "copy.toml")
    window.actions_["save"].trigger()
    assert sample.read_bytes() == before
    assert (tmp_path / "copy.toml").exists()


def test_unsaved_changes_are_asked_about_before_another_race(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    race = change(window)
    other = resources.sample_races()["rosenbrock"]
    asked = answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    window.documents.open(other)
    assert len(asked) == 1
    assert window.controller.race == race
    answer(monkeypatch, QMessageBox.StandardButton.Discard)
    window.documents.open(other)
    assert window.controller.race == racefile.find(other)
    assert not window.controller.can_undo


def test_closing_with_changes_can_be_refused(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    change(window)
    answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    assert not window.close()
    answer(monkeypatch, QMessageBox.StandardButton.Discard)
    assert window.close()


def test_a_broken_file_is_explained_and_the_race_stays(window: MainWindow, tmp_path: Path, warned: list[str]) -> None:
    race = window.controller.race
    broken = tmp_path / "broken.toml"
    broken.write_text('format = 1\n[[entrant]]\noptimizer = "adm"\n')
    window.documents.open(broken)
    assert "did you mean 'adam'" in warned[0]
    assert window.controller.race == race


def test_a_dropped_file_is_raced(window: MainWindow, tmp_path: Path) -> None:
    race = racefile.find("rosenbrock")
    path = tmp_path / "dropped.toml"
    path.write_text(racefile.dumps(race))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none))
    assert window.controller.race == race
    assert window.documents.path == path


def test_csv_holds_the_whole_race_whatever_is_on_screen(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window.controller.seek(10)
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: write_to(dialog, tmp_path / "table.csv"))
    window.actions_["export_csv"].trigger()
    lines = (tmp_path / "table.csv").read_text().splitlines()
    race = window.controller.race
    assert len(lines) == 1 + race.lanes * (race.steps + 1)
    assert window.controller.step == 10


def test_a_picture_races_again(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    race = change(window)
    window.controller.seek(50)
    path = tmp_path / "picture.png"

    def accept(dialog: ExportDialog) -> int:
        dialog.form.set_size(1200, 900)
        dialog.form.dpi.setValue(48)
        return write_to(dialog, path)

    monkeypatch.setattr(ExportDialog, "exec", accept)
    window.actions_["export"].trigger()
    image = QImage(str(path))
    assert (image.width(), image.height()) == (600, 450)
    assert racefile.find(path) == race
    answer(monkeypatch, QMessageBox.StandardButton.Discard)
    window.documents.open(path)
    assert window.controller.race == race
    assert window.documents.path is None, "saving must not write a race file over a picture"


def test_a_race_that_plays_stands_still_while_it_is_exported(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.finish()
    window.controller.play()
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: 0)
    window.actions_["export"].trigger()
    assert not window.controller.playing


def test_a_picture_of_the_window_is_what_it_shows_and_goes_to_the_clipboard(window: MainWindow) -> None:
    window.finish()
    stage, panel = window.workbench.stage, window.workbench.curves
    stage.set_view("relief")
    stage.set_overlays(["step"])
    stage.current.camera = stage.current.camera.turned(40.0, 5.0)
    panel.tabs.setCurrentIndex(1)
    window.controller.set_hidden(0, True)
    picture = window.picture()
    assert (picture.recording, picture.step) == (window.controller.recording, window.controller.step)
    assert picture.scene.view == "relief" and picture.scene.overlays == ("step",)
    assert picture.scene.camera == stage.current.camera and picture.curves.kind == "gradient"
    assert picture.hidden == {0} and picture.theme is window.theme and picture.outlook is not stage.outlook
    window.actions_["copy_picture"].trigger()
    assert QGuiApplication.clipboard().image().width() == 1600
    assert window.commentary.text() == "The picture is on the clipboard."
    QGuiApplication.clipboard().clear()


def test_themes_reach_every_view_and_are_remembered(window: MainWindow, qtbot: QtBot) -> None:
    light = window.grab().toImage()
    window.actions_["dark"].setChecked(True)
    dark = window.grab().toImage()
    at = (window.width() // 2, 90)
    assert light.pixelColor(*at).lightness() > dark.pixelColor(*at).lightness()
    window.actions_["projector"].setChecked(True)
    assert window.theme.scale > 1
    assert window.commentary.font().pixelSize() == window.theme.font_px
    window.settings.keep()
    again = Settings()
    assert again["theme"] == "dark"
    assert again["projector"]


def test_of_a_larger_window_the_arena_gets_the_most(window: MainWindow) -> None:
    parts = window.workbench.tabs, window.workbench.arena, window.workbench.curves
    before = [part.width() for part in parts]
    window.resize(1920, 1080)
    side, arena, curves = (part.width() - width for part, width in zip(parts, before, strict=True))
    assert arena > curves > side >= 0


def test_the_commentary_follows_the_race(window: MainWindow) -> None:
    window.controller.seek(0)
    start = window.commentary.text()
    window.controller.to_end()
    assert start
    assert window.commentary.text() != start


def test_the_guide_opens_a_ready_race(window: MainWindow) -> None:
    ready = racefile.find("rosenbrock")
    window.workbench.guide.race_requested.emit(ready)
    assert window.controller.race == ready


def test_every_landscape_opens_plays_and_shows(window: MainWindow, qtbot: QtBot) -> None:
    c = window.controller
    for name in LANDSCAPES:
        c.set_race(c.race.on(LANDSCAPES[name]()))
        c.seek(40)
        turn()
        image = window.workbench.arena.grab().toImage()
        colors = {image.pixel(x, y) for x in range(60, image.width(), 9) for y in range(0, image.height() - 40, 9)}
        assert len(colors) > 8, name


def test_a_running_program_is_not_robbed(window: MainWindow) -> None:
    change(window)
    window.autosave.write()
    assert (folder() / window.autosave._path.name).exists()
    other = Autosave(window)
    assert other.orphans() == []
    other.close()
    window.controller.mark_saved()
    window.close()
    assert list(folder().glob("autosave-*")) == []


def test_menus_list_samples_and_recent_files(window: MainWindow, tmp_path: Path) -> None:
    menus = window.actions_.menus
    menus["samples"].aboutToShow.emit()
    titles = [action.text() for action in menus["samples"].actions()]
    assert titles == [racefile.find(path).title for path in resources.sample_races().values()]
    menus["recent"].aboutToShow.emit()
    assert not menus["recent"].actions()[0].isEnabled()


def test_every_control_has_an_accessible_name(window: MainWindow) -> None:
    nameless = []
    for kind in (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit):
        for widget in window.findChildren(kind):
            inner = widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar)
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            if not inner and not widget.accessibleName() and not text:
                nameless.append(f"{type(widget).__name__} {widget.toolTip()!r} in {type(widget.parent()).__name__}")
    assert nameless == []


def test_a_long_race_is_exported_whole_or_not_at_all(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    c, path = window.controller, tmp_path / "table.csv"
    c.set_race(dataclasses.replace(c.race, steps=3000))

    def cancel(dialog: ExportDialog) -> int:
        dialog.path.setText(str(path))
        dialog.accept()
        dialog.job.advance()
        dialog.reject()
        assert not dialog.job.running and "Nothing was written" in dialog.fault.text()
        dialog.reject()
        return dialog.result()

    monkeypatch.setattr(ExportDialog, "exec", cancel)
    window.actions_["export_csv"].trigger()
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: write_to(dialog, path))
    window.actions_["export_csv"].trigger()
    last = path.read_text().splitlines()[3001].split(",")
    assert last[2] == "3000"
    assert float(last[4]) == Engine(c.race).run().theta[3000, 0, 0]
    assert c.step == 0


def test_the_commentary_is_of_the_step_on_screen_once_the_race_stands_still(window: MainWindow) -> None:
    c = window.controller
    c.play()
    for _ in range(23):
        c.tick(1 / 60)
    c.pause()
    assert window.commentary.text() == comment(c.recording, c.step)


def test_space_runs_the_race_after_a_landscape_was_picked_from_the_list(window: MainWindow) -> None:
    chooser = window.workbench.race.landscape
    window.workbench.focus("race")
    chooser.popup.picked.emit("bowl")
    assert window.controller.race.landscape.name == "bowl"
    assert window.workbench.arena.hasFocus() or window.workbench.arena.isAncestorOf(window.focusWidget())
