"""The dialog that exports: what it offers, what it writes, how it stops, and what it remembers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from exporting import finish, write_to
from hosted import POPS_UP
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot
from racers import field_of

from simulator import racefile
from simulator.engine import Engine
from simulator.export import mp4
from simulator.export.formats import FORMATS, Shot
from simulator.export.options import THEMES, VIEWS
from simulator.files import FileError
from simulator.ui import exportform, writers
from simulator.ui.exportdialog import ExportDialog
from simulator.ui.mainwindow import MainWindow
from simulator.ui.picture import Picture
from simulator.ui.settings import Settings
from simulator.ui.theme import DARK, LIGHT
from simulator.ui.views import VIEWS as STAGE_VIEWS

pytestmark = POPS_UP
STEPS = 60


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    return made(qtbot, tmp_path)


def made(qtbot: QtBot, folder: Path, kind: str = "png", chosen: dict[str, object] | None = None) -> ExportDialog:
    engine = Engine(replace(field_of("sgd", "adam"), steps=STEPS))
    engine.advance(20)

    def compute() -> object:
        engine.advance(20)
        return engine.recording

    picture = Picture(engine.recording, 20, DARK)
    it = ExportDialog(picture, str(folder / "mine"), compute, chosen or {}, kind)  # type: ignore[arg-type]
    qtbot.addWidget(it)
    return it


def choose(dialog: ExportDialog, kind: str) -> None:
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))


def shrink(dialog: ExportDialog) -> None:
    dialog.form.set_size(400, 400)
    dialog.form.seconds.setValue(1.0)


def test_the_names_of_themes_and_views_are_known() -> None:
    assert set(writers.THEMES) == set(THEMES) == set(exportform.THEMES) - {exportform.AS_ON_SCREEN}
    assert {view.replace("-", " ") for view in VIEWS} == set(STAGE_VIEWS)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_is_offered_with_its_ending_and_its_options_alone(dialog: ExportDialog, kind: str) -> None:
    choose(dialog, kind)
    assert Path(dialog.path.text()).name == f"mine.{kind}"
    shown = {
        "size": dialog.form.width_, "dpi": dialog.form.dpi, "theme": dialog.form.theme, "step": dialog.form.step,
        "from": dialog.form.first, "fps": dialog.form.fps, "seconds": dialog.form.seconds,
    }  # fmt: skip
    for name, widget in shown.items():
        assert widget.isHidden() == (name not in FORMATS[kind].options), name


@pytest.mark.parametrize("kind", [kind for kind, known in FORMATS.items() if not known.needs_ffmpeg])
def test_every_kind_is_written(dialog: ExportDialog, kind: str, tmp_path: Path) -> None:
    choose(dialog, kind)
    shrink(dialog)
    assert finish(dialog)
    assert (tmp_path / f"mine.{kind}").stat().st_size > 100
    assert [path.name for path in tmp_path.iterdir()] == [f"mine.{kind}"]


def test_a_picture_is_that_of_the_screen_and_a_table_of_the_whole_race(dialog: ExportDialog, tmp_path: Path) -> None:
    shrink(dialog)
    finish(dialog)
    image = QImage(str(tmp_path / "mine.png"))
    assert image.pixelColor(1, 1) == DARK.window
    expected = writers.png(Shot(dialog._picture.recording, dialog.form.options(), dialog._picture), stream := Bytes())
    list(expected)
    assert (tmp_path / "mine.png").read_bytes() == stream.content
    assert dialog._picture.recording.done == 20, "a picture needs no more steps than are on screen"
    choose(dialog, "json")
    finish(dialog)
    assert json.loads((tmp_path / "mine.json").read_text())["step"] == STEPS


class Bytes:
    content = b""

    def write(self, data: bytes) -> None:
        self.content += data


def test_a_picture_takes_another_theme_step_and_size(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.form.set_size(480, 400)
    dialog.form.dpi.setValue(192)
    dialog.form.theme.setCurrentIndex(dialog.form.theme.findData("light"))
    dialog.form.step.setValue(7)
    assert "960 × 800" in dialog.form.told.text()
    finish(dialog)
    image = QImage(str(tmp_path / "mine.png"))
    assert (image.width(), image.height()) == (960, 800)
    assert image.pixelColor(1, 1) == LIGHT.window
    assert dialog._shot(dialog._picture.recording).step == 7


def test_an_ending_that_is_typed_chooses_the_kind_and_one_that_is_missing_is_added(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    assert write_to(dialog, tmp_path / "other.JSON")
    assert dialog.kind.currentData() == "json"
    assert json.loads((tmp_path / "other.JSON").read_text())["step"] == STEPS
    dialog.path.setText(str(tmp_path / "plain"))
    assert dialog.target() == tmp_path / "plain.json"


@pytest.mark.parametrize("name", ["", "  ", ".", "/"])
def test_a_file_needs_a_name(dialog: ExportDialog, name: str) -> None:
    dialog.path.setText(name)
    assert not dialog.save.isEnabled()
    dialog.path.setText("picture")
    assert dialog.save.isEnabled()


def test_too_many_pixels_are_refused_before(dialog: ExportDialog) -> None:
    dialog.form.set_size(4000, 4000)
    dialog.form.dpi.setValue(600)
    assert "too many" in dialog.form.told.text()
    assert not dialog.save.isEnabled()


def test_nothing_is_replaced_unasked_and_one_question_is_enough(
    dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = iter((QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes))
    monkeypatch.setattr(QMessageBox, "question", lambda *rest: asked.append(rest[2]) or next(answers))
    (path := tmp_path / "mine.csv").write_text("precious")
    choose(dialog, "csv")
    assert not finish(dialog)
    assert path.read_text() == "precious"
    assert finish(dialog)
    assert path.read_text().startswith("entrant,")
    assert len(asked) == 2
    finish(dialog)
    assert len(asked) == 2


@pytest.mark.parametrize("kind", ["gif", "csv", "html"])
def test_cancelling_leaves_nothing_and_the_dialog_open(
    qtbot: QtBot, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.ui.job.SLICE_SECONDS", 0.0)
    dialog = made(qtbot, tmp_path, kind)
    shrink(dialog)
    dialog.show()
    (tmp_path / f"mine.{kind}").write_text("precious")
    dialog._agreed = dialog.target()
    dialog.accept()
    for _ in range(4):
        dialog.job.advance()
    assert dialog.job.running and not dialog.save.isEnabled() and dialog.bar.isVisible()
    dialog.reject()
    assert dialog.isVisible() and not dialog.bar.isVisible() and dialog.save.isEnabled()
    assert [path.name for path in tmp_path.iterdir()] == [f"mine.{kind}"]
    assert (tmp_path / f"mine.{kind}").read_text() == "precious"
    dialog.reject()
    assert not dialog.isVisible()


def test_a_fault_is_told_in_the_dialog_which_stays(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.show()
    assert not write_to(dialog, tmp_path / "no" / "a.csv")
    assert dialog.isVisible()
    assert dialog.fault.text() == f"cannot write {tmp_path}/no/a.csv: there is no folder {tmp_path}/no."
    assert write_to(dialog, tmp_path / "a.csv")


def test_a_disk_that_is_full_late_is_told_too(
    dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert not write_to(dialog, tmp_path / "a.csv")
    assert dialog.fault.text().endswith("No space left on device: make room, or choose another place.")
    assert list(tmp_path.iterdir()) == []


def test_without_ffmpeg_the_video_says_what_to_install(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mp4, "trouble", lambda: "an MP4 needs ffmpeg")
    dialog = made(qtbot, tmp_path, "mp4")
    assert dialog.fault.text() == "an MP4 needs ffmpeg."
    assert not dialog.save.isEnabled()
    choose(dialog, "gif")
    assert dialog.fault.isHidden() and dialog.save.isEnabled()


def test_what_was_chosen_is_offered_again(dialog: ExportDialog, qtbot: QtBot, tmp_path: Path) -> None:
    choose(dialog, "gif")
    dialog.form.set_size(480, 400)
    dialog.form.fps.setValue(12)
    dialog.form.theme.setCurrentIndex(dialog.form.theme.findData("projector"))
    settings = Settings()
    settings.note_export(dialog.chosen())
    settings.keep()
    again = made(qtbot, tmp_path, "", Settings().export)
    assert again.kind.currentData() == "gif"
    assert (again.form.width_.value(), again.form.fps.value()) == (480, 12)
    assert again.form.theme.currentData() == "projector"


@pytest.mark.parametrize("kept", [{"kind": "exe"}, {"kind": 3}, {"png": 5}, {"png": {"width": "x", "theme": []}}])
def test_settings_that_make_no_sense_count_as_never_set(kept: dict[str, object], qtbot: QtBot, tmp_path: Path) -> None:
    it = made(qtbot, tmp_path, "", kept)
    assert (it.kind.currentData(), it.form.width_.value()) == ("png", FORMATS["png"].size[0])


def test_the_preview_is_what_will_be_written(dialog: ExportDialog) -> None:
    dialog._show_preview()
    pixmap = dialog.preview.pixmap()
    assert pixmap.width() / pixmap.height() == pytest.approx(16 / 9, abs=0.02)
    assert pixmap.toImage().pixelColor(3, 3) == DARK.window
    choose(dialog, "csv")
    dialog._show_preview()
    assert dialog.preview.text().startswith("entrant,start,step")


def test_every_control_has_a_name_for_those_who_do_not_see(dialog: ExportDialog) -> None:
    for kind in (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox):
        for widget in dialog.findChildren(kind):
            inner = widget.objectName().startswith("qt_")
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert inner or widget.accessibleName() or text, type(widget).__name__


def test_the_window_may_be_closed_while_a_movie_is_written(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow(racefile.find("ravine"))
    qtbot.addWidget(window)
    window.show()
    window.finish()

    def close() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        choose(dialog, "gif")
        dialog.path.setText(str(tmp_path / "a.gif"))
        dialog.accept()
        for _ in range(5):
            dialog.job.advance()
        assert dialog.job.running
        window.close()

    QTimer.singleShot(0, window, close)
    window.actions_["export"].trigger()
    assert not window.isVisible()
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_breaks_ends_and_says_so(qtbot: QtBot, dialog: ExportDialog) -> None:
    def work():
        yield 0.1
        raise FileError("write", "a", "it broke")

    with qtbot.waitSignal(dialog.job.failed) as told:
        dialog.job.start(work())
    assert told.args == ["cannot write a: it broke"]
    assert not dialog.job.running
