"""The window begins as it was left, as new after --reset, and keeps to what the machine locks."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import tomli_w
from hosted import opened
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QMessageBox, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from simulator import racefile
from simulator.folders import folder, shared_folder
from simulator.lessons import LESSONS
from simulator.options import OPTIONS
from simulator.preferences import FILE, Preferences
from simulator.ui import app
from simulator.ui.curves import AXES, SCALES, TABS
from simulator.ui.mainwindow import MainWindow
from simulator.ui.remembered import WIDTHS, note_sizes, restore_panels, restore_window
from simulator.ui.settings import Settings
from simulator.ui.views import VIEWS


def shared(**values: object) -> None:
    shared_folder().mkdir(parents=True, exist_ok=True)
    (shared_folder() / FILE).write_text(tomli_w.dumps(values), encoding="utf-8")


def again(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window closed, and the program started again."""
    assert window.close()
    return opened(qtbot)


def test_the_window_has_what_is_declared() -> None:
    assert OPTIONS["view"].takes.choices == tuple(VIEWS)
    assert OPTIONS["curve"].takes.choices == tuple(kind for kind, _, _ in TABS)
    assert OPTIONS["axis"].takes.choices == tuple(against for against, _ in AXES)
    assert OPTIONS["scale"].takes.choices == SCALES


def test_all_is_as_it_was_left(qtbot: QtBot) -> None:
    window = opened(qtbot)
    actions, curves = window.actions_, window.workbench.curves
    for name in ("dark", "projector", "view/side by side", "overlay/velocity"):
        actions[name].trigger()
    curves.tabs.setCurrentIndex(1)
    curves.axis.setCurrentIndex(1)
    actions["log_scale"].trigger()
    actions["slower"].trigger()
    window.resize(1200, 700)
    window._split.setSizes([400, 500, 300])
    widths = window._split.sizes()
    window = again(window, qtbot)
    assert window.theme.dark and window.theme.scale > 1
    assert actions["dark"].isChecked() and actions["projector"].isChecked()
    assert window.workbench.stage.view == "side by side" and window.workbench.stage.overlays == ("velocity",)
    look = window.workbench.curves.plot.look
    assert (look.kind, look.against, look.scale) == ("gradient", "evaluations", "linear")
    assert not window.actions_["log_scale"].isChecked()
    assert window.picture().curves.scale == "linear", "what is exported is what is on screen"
    assert window.controller.speed == window.playback.speed == 30.0
    assert window.settings["panels"] == tuple(widths)


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)
def test_sizes_are_as_they_were_left(qtbot: QtBot) -> None:
    """Smaller than the program's own window, which the screen of these tests has no room for."""

    def window() -> tuple[QMainWindow, QSplitter]:
        it, split = QMainWindow(), QSplitter()
        for _ in WIDTHS:
            split.addWidget(QWidget())
        it.setCentralWidget(split)
        qtbot.addWidget(it)
        return it, split

    first, split = window()
    first.setGeometry(10, 20, 700, 500)
    first.show()
    split.setSizes([300, 100, 290])
    settings, widths = Settings(), split.sizes()
    assert widths != list(WIDTHS)
    note_sizes(first, widths, settings)
    settings.keep()
    second, split = window()
    restore_window(second, Settings())
    second.show()
    restore_panels(split, Settings())
    assert (second.size(), split.sizes()) == (first.size(), widths)


def test_a_lessons_wide_panel_is_not_kept(qtbot: QtBot) -> None:
    window = opened(qtbot)
    before = window._split.sizes()
    window.classroom.open(LESSONS.ordered()[0])
    assert window._split.sizes() != before
    window.close()
    assert Preferences()["panels"] == tuple(before)


def test_a_window_left_on_another_screen_has_room(qtbot: QtBot) -> None:
    """Qt refuses to restore where the screen is of another width: here one of 1366 pixels."""
    settings = Settings()
    left = "AdnQywADAAAAAAACAAAAAQAABVMAAAL9AAAAAwAAABUAAAVSAAAC+AAAAAAAAAAABVYAAAADAAAAFQAABVIAAAL4"
    settings.set("window", left)
    window = QMainWindow()
    qtbot.addWidget(window)
    restore_window(window, settings)
    screen = window.screen().availableSize()
    assert window.size() == screen.boundedTo(window.size()) and window.width() > 600


def test_a_window_larger_than_the_screen_has_room(qtbot: QtBot) -> None:
    """Left on a projector, opened on a laptop."""
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(5000, 4000, 3000, 2000)
    state = window.saveGeometry()
    screen = window.screen().availableGeometry()
    assert window.restoreGeometry(state)
    assert screen.intersects(window.geometry())
    assert window.width() <= screen.width() and window.height() <= screen.height()


def test_no_geometry_is_in_the_way(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    whole, draw = bytes(window.saveGeometry().data()), random.Random(1)
    for _ in range(300):
        spoilt = bytearray(whole)
        for _ in range(draw.randrange(1, 6)):
            spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
        cut = bytes(spoilt[: draw.randrange(len(spoilt) + 1)])
        settings = Settings()
        settings.set("window", bytes(QByteArray(cut).toBase64().data()).decode())
        window.restoreGeometry(QByteArray.fromBase64(settings["window"].encode()))
        assert 0 <= window.width() <= 16_777_215 and 0 <= window.height() <= 16_777_215


@pytest.mark.parametrize(
    "mine", ["theme = ", "theme = 3\nview = 'mountain'\nwindow = 'é'\npanels = [0, 0, 0]\nspeed = nan\n", "\0\0"]
)
def test_a_window_opens_whatever_the_file_says_and_tells_of_it_once(mine: str, qtbot: QtBot) -> None:
    folder().mkdir(parents=True)
    (folder() / FILE).write_text(mine, encoding="utf-8")
    window = opened(qtbot)
    assert "settings" in window.commentary.text() and "optim-race settings" in window.commentary.text()
    assert not window.theme.dark and window._split.sizes()[1] > 300
    window = again(window, qtbot)
    assert "settings" not in window.commentary.text()


def test_settings_are_kept_a_moment_after_they_changed(qtbot: QtBot) -> None:
    window = opened(qtbot)
    window.actions_["dark"].trigger()
    assert window.settings._soon.isActive()
    window.settings._soon.timeout.emit()
    assert Preferences()["theme"] == "dark", "a crash would lose nothing"


def test_settings_that_cannot_be_kept_are_told_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    folder().parent.mkdir(exist_ok=True)
    folder().write_text("a file where the folder should be")
    window = opened(qtbot)
    said: list[str] = []
    window.settings.tell = said.append
    for name in ("dark", "projector"):
        window.actions_[name].trigger()
        window.settings.keep()
    assert len(said) == 1 and said[0].startswith("The settings are not kept: cannot write ")
    assert window.theme.dark and window.theme.scale > 1


def test_what_the_machine_locks_is_shown_and_stays(qtbot: QtBot) -> None:
    mine = Preferences()
    mine.set("theme", "light")
    mine.set("view", "relief")
    mine.save()
    shared(
        theme="dark", projector=True, view="side by side", overlays=["step"], curve="gradient", axis="evaluations",
        scale="linear", speed=5.0,
        locked=["theme", "projector", "view", "overlays", "curve", "axis", "scale", "speed"],
    )  # fmt: skip
    window = opened(qtbot)
    stage, curves, bar, why = window.workbench.stage, window.workbench.curves, window.playback, str(shared_folder())
    assert window.theme.dark and window.theme.scale > 1
    assert stage.view == "side by side" and stage.overlays == ("step",)
    look = curves.plot.look
    assert (look.kind, look.against, look.scale) == ("gradient", "evaluations", "linear")
    assert window.controller.speed == bar.speed == 5.0
    names = ["dark", "projector", "overlays", "log_scale", "faster", "slower"]
    names += [name for name in window.actions_._by_name if name.startswith(("view/", "overlay/"))]
    for name in names:
        action = window.actions_[name]
        assert not action.isEnabled() and why in action.toolTip(), name
        action.trigger()
    controls = [
        *stage.bar.views.values(),
        stage.bar.overlays,
        curves.tabs,
        curves.axis,
        curves.log,
        bar.slider,
        bar.preset,
    ]
    for control in controls:
        assert not control.isEnabled() and why in control.toolTip(), control.accessibleName()
    assert window.actions_["dark"].isChecked() and window.actions_["inspect"].isEnabled()
    window.classroom.open(LESSONS.ordered()[0])
    window.classroom.leave()
    assert stage.view == "side by side" and not window.actions_["dark"].isEnabled()
    window.close()
    assert Preferences().own.values["view"] == "relief", "for another machine"


def test_without_a_lock_nothing_is_away(qtbot: QtBot) -> None:
    shared(theme="dark")
    window = opened(qtbot)
    assert window.theme.dark and window.actions_["dark"].isEnabled()
    assert not window.actions_.menus["&View"].toolTipsVisible()
    window.actions_["dark"].trigger()
    assert not again(window, qtbot).theme.dark


def test_a_shared_machine_offers_no_race_of_somebody_else(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shared(recovery=False)
    folder().mkdir(parents=True)
    (folder() / "autosave-999999.toml").write_text(racefile.dumps(racefile.find("ravine")), encoding="utf-8")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: pytest.fail("asked"))
    window = opened(qtbot)
    window.recovery.look()
    window.controller.set_race(racefile.find("branin"))
    assert not window.autosave._timer.isActive()


def test_files_are_saved_first_where_the_machine_says(qtbot: QtBot, tmp_path: Path) -> None:
    shared(folder=str(tmp_path))
    window = opened(qtbot)
    assert window.documents.folder() == str(tmp_path)


class Stopped(Exception):
    """The program's loop would begin now."""


@pytest.fixture
def started(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    """Starts the program up to its loop, and gives its window."""
    windows: list[MainWindow] = []

    def make(*arguments: object) -> MainWindow:
        windows.append(MainWindow(*arguments))  # type: ignore[arg-type]
        qtbot.addWidget(windows[-1])
        return windows[-1]

    def start(**options: bool) -> MainWindow:
        with pytest.raises(Stopped):
            app.main(**options)  # type: ignore[arg-type]
        windows[-1].finish()
        return windows[-1]

    def stop(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr(app, "MainWindow", make)
    monkeypatch.setattr(app.signal, "signal", stop)
    return start


def test_the_first_race_is_the_one_that_is_set(started) -> None:
    shared(race="branin")
    assert started().controller.race == racefile.find("branin")


def test_a_first_race_that_is_not_there_is_told(started) -> None:
    shared(race="brannin")
    window = started()
    assert window.controller.race == racefile.find("ravine")
    assert "cannot be opened. brannin: " in window.commentary.text()


def test_reset_opens_the_window_as_new(started, monkeypatch: pytest.MonkeyPatch) -> None:
    folder().mkdir(parents=True)
    kept = folder() / "autosave-999999.toml"
    kept.write_text(racefile.dumps(racefile.find("ravine")), encoding="utf-8")
    mine = Preferences()
    for name, value in (("theme", "dark"), ("projector", True), ("speed", 5.0), ("panels", (600, 300, 300))):
        mine.set(name, value)
    mine.save()
    shared(projector=True)
    window = started(reset=True)
    assert not (folder() / FILE).exists()
    assert not window.theme.dark and window.theme.scale > 1, "as the machine presets it"
    assert window.controller.speed == 60.0
    assert kept.exists(), "no race is lost"


def test_reset_is_said_to_fail_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from simulator.cli import main

    (folder() / FILE).mkdir(parents=True)
    assert main(["--reset"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("cannot delete ") and err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--reset"], ["gui", "--reset"], ["ravine", "--reset"], ["--reset", "ravine"]])
def test_reset_is_asked_for_in_either_place(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.cli import main

    asked: list[tuple[bool, bool]] = []
    monkeypatch.setattr(app, "main", lambda race=None, path=None, reset=False: asked.append((race is None, reset)) or 0)
    assert main(arguments) == 0
    assert asked == [("ravine" not in arguments, True)]
