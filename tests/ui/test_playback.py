"""The playback bar: what it shows and what it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QSlider, QWidget
from pytestqt.qtbot import QtBot

from simulator.engine import Engine
from simulator.landscapes.ravine import Ravine
from simulator.optimizers.sgd import SGD
from simulator.race import Entrant, Race
from simulator.recording import Recording
from simulator.ui.playback import PRESETS, PlaybackBar, speed_text
from simulator.ui.theme import DARK, LIGHT

RACE = Race(Ravine(), (Entrant(SGD(lr=0.05), "Descent"),), ((5.0, 2.0),))
LONG = replace(RACE, steps=1_000_000)


@pytest.fixture
def recording() -> Recording:
    return Engine(RACE).advance(210)


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[PlaybackBar]:
    window = QWidget()
    qtbot.addWidget(window)
    made = PlaybackBar(window)
    made.resize(1366, made.sizeHint().height())
    made.set_race(RACE)
    window.show()
    yield made


def asked(signal: object) -> list[int]:
    heard: list[int] = []
    signal.connect(heard.append)  # type: ignore[attr-defined]
    return heard


def test_it_shows_the_step_and_what_is_raced_without_asking(bar: PlaybackBar, recording: Recording) -> None:
    heard = asked(bar.seek_requested)
    bar.show_step(recording, 128)
    assert bar.counter.text() == "128 / 300"
    assert (bar.timeline.value(), bar.timeline.raced) == (128, 210)
    bar.set_race(replace(RACE, steps=100))
    assert heard == []


def test_a_click_goes_there_at_once_and_a_drag_follows(qtbot: QtBot, bar: PlaybackBar, recording: Recording) -> None:
    heard = asked(bar.seek_requested)
    middle = bar.timeline.height() // 2
    at = QPoint(round(bar.timeline.x_of(150)), middle)
    qtbot.mousePress(bar.timeline, Qt.MouseButton.LeftButton, pos=at)
    assert heard == [bar.timeline.step_at(at.x())] and abs(heard[0] - 150) <= 1
    qtbot.mouseMove(bar.timeline, QPoint(round(bar.timeline.x_of(290)), middle))
    assert abs(heard[-1] - 290) <= 1
    bar.show_step(recording, 210)  # as far as has been raced: the handle stays in the hand
    assert bar.timeline.value() == heard[-1] and bar.counter.text() == "210 / 300"
    qtbot.mouseRelease(bar.timeline, Qt.MouseButton.LeftButton, pos=at)
    bar.show_step(recording, 210)
    assert bar.timeline.value() == 210


def test_a_million_steps_are_exact(qtbot: QtBot, bar: PlaybackBar) -> None:
    bar.set_race(LONG)
    heard = asked(bar.seek_requested)
    bar.timeline.setValue(999_999)
    qtbot.keyClick(bar.timeline, Qt.Key.Key_Left)
    qtbot.keyClick(bar.timeline, Qt.Key.Key_PageDown)
    qtbot.keyClick(bar.timeline, Qt.Key.Key_Home)
    qtbot.keyClick(bar.timeline, Qt.Key.Key_End)
    assert heard == [999_999, 999_998, 899_998, 0, 1_000_000]
    assert bar.timeline.step_at(bar.timeline.x_of(0)) == 0
    assert bar.timeline.step_at(bar.timeline.x_of(123_457)) == 123_457
    assert bar.counter.text() == "0 / 1,000,000"


def test_buttons_ask_and_say_their_keys(qtbot: QtBot, bar: PlaybackBar) -> None:
    steps = asked(bar.step_requested)
    for button, signal, key in (
        (bar.start, bar.start_requested, "Home"),
        (bar.play, bar.toggle_requested, "Space"),
        (bar.end, bar.end_requested, "End"),
    ):
        with qtbot.waitSignal(signal, timeout=500):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert key in button.toolTip()
    qtbot.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bar.forward, Qt.MouseButton.LeftButton)
    assert steps == [-1, 1]
    assert "Left" in bar.back.toolTip() and "Right" in bar.forward.toolTip()


def test_play_turns_into_pause(bar: PlaybackBar) -> None:
    still = bar.play.icon().pixmap(20).toImage()
    bar.set_playing(True)
    assert bar.play.accessibleName() == "Pause" and "Space" in bar.play.toolTip()
    assert bar.play.icon().pixmap(20).toImage() != still
    bar.set_playing(False)
    assert bar.play.accessibleName() == "Play" and bar.play.icon().pixmap(20).toImage() == still


def test_speed_is_logarithmic_from_1_to_5000(bar: PlaybackBar) -> None:
    speeds = asked(bar.speed_changed)
    bar.slider.setValue(0)
    bar.slider.setValue(bar.slider.maximum())
    bar.slider.setValue(bar.slider.maximum() // 2)
    assert speeds[:2] == [1.0, 5000.0] and speeds[2] == pytest.approx(5000**0.5, rel=0.01)
    bar.set_speed(1234.0)
    assert len(speeds) == 3 and bar.preset.text() == "1,234 steps/s"


def test_presets_choose_a_speed(bar: PlaybackBar) -> None:
    speeds = asked(bar.speed_changed)
    actions = bar.preset.menu().actions()
    assert [action.data() for action in actions] == [float(speed) for speed in PRESETS]
    actions[0].trigger()
    assert speeds == [1.0] and bar.preset.text() == "1 step/s" and actions[0].isChecked()
    bar.set_speed(2.0)
    assert not any(action.isChecked() for action in actions)


def test_speed_in_words() -> None:
    assert [speed_text(v) for v in (1, 2.5, 60, 1000, 5000)] == [
        "1 step/s", "2.5 steps/s", "60 steps/s", "1,000 steps/s", "5,000 steps/s",
    ]  # fmt: skip


def test_nothing_moves_while_the_race_runs(bar: PlaybackBar) -> None:
    bar.set_race(LONG)
    width = bar.counter.width()
    recording = Engine(RACE).advance(3)
    for step in (0, 3):
        bar.show_step(recording, step)
        assert bar.counter.sizeHint().width() <= bar.counter.width() == width
    for speed in PRESETS:
        bar.set_speed(speed)
        assert bar.preset.fontMetrics().horizontalAdvance(bar.preset.text()) < bar.preset.width()


def test_it_fits_its_window_in_every_theme_and_names_every_control(bar: PlaybackBar) -> None:
    bar.set_race(LONG)
    for theme in (DARK, LIGHT.for_projector()):
        bar.set_theme(theme)
        assert bar.minimumSizeHint().width() <= 1366
        assert bar.font().pixelSize() == theme.font_px
    for kind in (QAbstractButton, QSlider, QLabel):
        assert all(widget.accessibleName() for widget in bar.findChildren(kind))


def test_the_timeline_shows_what_is_raced(bar: PlaybackBar, recording: Recording) -> None:
    bar.show_step(recording, 100)
    image = bar.timeline.grab().toImage()
    middle = bar.timeline.height() // 2
    colors = [image.pixelColor(round(bar.timeline.x_of(step)), middle).name() for step in (50, 170, 260)]
    assert colors[0] == LIGHT.accent and colors[2] == LIGHT.line
    assert colors[1] not in (LIGHT.accent, LIGHT.line)
