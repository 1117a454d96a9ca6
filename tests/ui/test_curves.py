"""The loss panel: what is drawn where, read back from its axes and its pixels; and what it asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from simulator.engine import Engine
from simulator.landscapes.ravine import Ravine
from simulator.landscapes.saddle import Saddle
from simulator.optimizers.adam import Adam
from simulator.optimizers.momentum import Momentum
from simulator.optimizers.newton import Newton
from simulator.optimizers.sam import SAM
from simulator.optimizers.sgd import SGD
from simulator.race import Entrant, Race
from simulator.recording import Recording
from simulator.schedules.cosine import Cosine
from simulator.ui import chartlines, quantity
from simulator.ui.chart import Chart
from simulator.ui.curves import LossPanel
from simulator.ui.endlabels import End, spread
from simulator.ui.picture import Picture
from simulator.ui.pyramid import Pyramid
from simulator.ui.quantity import last_number
from simulator.ui.schedule_curve import ScheduleCurve
from simulator.ui.theme import DARK, LIGHT

SLOW = Entrant(SGD(lr=0.01), "Descent", stream=0)
QUICK = Entrant(Momentum(lr=0.02), "Momentum", stream=1)
RACE = Race(Ravine(), (SLOW, QUICK), ((5.0, 2.0),))


def run(race: Race, steps: int | None = None) -> Recording:
    return Engine(race).advance(race.steps if steps is None else steps)


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[LossPanel]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(640, 420)
    made = LossPanel(window)
    made.resize(640, 420)
    made.set_theme(LIGHT)
    window.show()
    yield made


def shown(panel: LossPanel, recording: Recording, step: int) -> tuple[Chart, QImage]:
    panel.set_race(recording.race)
    panel.show_step(recording, step)
    image = panel.plot.grab().toImage()
    assert panel.plot.chart is not None
    while not panel.plot.chart.complete:
        image = panel.plot.grab().toImage()
    return panel.plot.chart, image


def ends(chart: Chart, panel: LossPanel, step: int) -> dict[str, End]:
    assert chart.frame is not None
    return {end.text: end for end in chart._ends(chart.frame, panel.plot.look, step)}


def pixel(image: QImage, x: float, y: float) -> str:
    return image.pixelColor(round(x), round(y)).name()


def like(image: QImage, x: float, y: float, color: str) -> bool:
    """Whether a pixel has about this colour: lines are smooth at their edges."""
    there, wanted = image.pixelColor(round(x), round(y)), QColor(color)
    parts = zip(there.getRgb(), wanted.getRgb(), strict=True)  # type: ignore[arg-type, call-overload]
    return max(abs(a - b) for a, b in parts) <= 40


def inked(image: QImage, chart: Chart, color: str, left: float, right: float) -> int:
    """Pixels of a colour between two places on the horizontal axis."""
    assert chart.frame is not None
    plot = chart.frame.plot
    columns = range(round(chart.frame.x_px(left)), round(chart.frame.x_px(right)))
    return sum(pixel(image, x, y) == color for x in columns for y in range(int(plot.top()), int(plot.bottom())))


def test_the_gap_is_drawn_on_a_logarithmic_axis_at_its_place(panel: LossPanel) -> None:
    recording = run(RACE)
    chart, image = shown(panel, recording, 150)
    frame = chart.frame
    assert frame is not None and frame.y.title == "f − f*, log scale" and frame.x_end == 300
    at = recording.gap()[100, 0]
    assert like(image, frame.x_px(100), frame.y_px(math.log10(at)), LIGHT.racers[0])
    end = ends(chart, panel, 150)["Descent"]
    assert end.x == pytest.approx(frame.x_px(150))
    assert end.y == pytest.approx(frame.y_px(math.log10(recording.gap()[150, 0])))


def test_nothing_is_drawn_beyond_the_step_neither_forward_nor_back(panel: LossPanel) -> None:
    recording = run(RACE)
    for step in (100, 250, 100, 180):
        chart, image = shown(panel, recording, step)
        assert inked(image, chart, LIGHT.racers[0], step - 60, step - 10) > 20
        assert inked(image, chart, LIGHT.racers[0], step + 100, 300) == 0


def test_a_frame_painted_bit_by_bit_looks_like_one_painted_at_once(panel: LossPanel) -> None:
    recording = run(replace(RACE, steps=400))
    for step in range(0, 401, 7):
        shown(panel, recording, step)
    _, grown = shown(panel, recording, 400)
    panel.plot.chart = None
    _, fresh = shown(panel, recording, 400)
    a, b = (np.frombuffer(i.constBits(), np.uint8).astype(int) for i in (grown, fresh))
    assert (np.abs(a - b) > 60).mean() < 0.002


def test_a_hidden_racer_is_not_drawn_and_does_not_stretch_the_axis(panel: LossPanel) -> None:
    recording = run(RACE)
    chart, image = shown(panel, recording, 300)
    assert inked(image, chart, LIGHT.racers[1], 0, 250) > 100
    low = chart.frame.y.low  # type: ignore[union-attr]
    panel.set_hidden(frozenset({1}))
    chart, image = shown(panel, recording, 300)
    assert inked(image, chart, LIGHT.racers[1], 0, 250) == 0
    assert list(ends(chart, panel, 300)) == ["Descent"]
    assert chart.frame is not None and chart.frame.y.low > low


def test_the_minimum_itself_lies_on_a_line_that_says_so(panel: LossPanel) -> None:
    recording = run(Race(Ravine(), (Entrant(Newton(lr=1.0), "Newton"),), ((5.0, 2.0),)))
    chart, image = shown(panel, recording, 200)
    frame = chart.frame
    assert (recording.gap()[5:] == 0.0).all()
    assert frame is not None and frame.y.floor_text == "= 0" and frame.y.floor is not None
    assert like(image, frame.x_px(100), frame.y_px(frame.y.floor), LIGHT.racers[0])


def test_what_is_too_small_for_the_axis_is_said_to_be_so(panel: LossPanel) -> None:
    recording = run(replace(RACE.with_hyper(0, lr=0.09), steps=600))
    chart, _ = shown(panel, recording, 600)
    frame = chart.frame
    assert frame is not None and 0.0 < recording.gap()[600, 0] < 10.0**frame.y.low
    assert frame.y.floor_text == "< 10⁻¹⁴"


def test_a_diverged_racer_leaves_upwards_and_the_others_stay_readable(panel: LossPanel) -> None:
    recording = run(replace(RACE.with_hyper(0, lr=0.3), steps=2000))
    assert not np.isfinite(recording.loss[2000, 0])
    chart, image = shown(panel, recording, 2000)
    assert chart.frame is not None and chart.frame.y.high <= 2 + 3
    named = ends(chart, panel, 2000)
    assert named["Descent diverged"].mark == "nan"
    assert named["Descent diverged"].y == pytest.approx(chart.frame.plot.top(), abs=6)
    assert inked(image, chart, LIGHT.racers[1], 0, 500) > 50
    assert ends(chart, panel, 20)["Descent diverged"].mark == "above"


def test_the_last_number_is_found() -> None:
    values = np.array([1.0, 2.0, 3.0, np.inf, np.nan])
    assert [last_number(values, row) for row in range(5)] == [0, 1, 2, 2, 2]


def test_without_a_known_minimum_the_axis_is_signed_and_says_so(panel: LossPanel) -> None:
    recording = run(Race(Saddle(), (SLOW,), Saddle().starts[:1]))
    chart, _ = shown(panel, recording, 300)
    frame = chart.frame
    assert frame is not None and frame.y.signed and "no minimum is known" in frame.y.title
    texts = [text for _, text in frame.y_marks]
    assert "0" in texts and any(text.startswith("−") for text in texts)
    loss = recording.loss[:301, 0]
    placed = frame.y.place(loss)
    assert (np.sign(placed) == np.sign(loss)).all() and (np.argsort(placed) == np.argsort(loss)).all()


def test_a_linear_scale_begins_at_the_minimum(panel: LossPanel) -> None:
    recording = run(RACE)
    panel.log.click()
    chart, image = shown(panel, recording, 150)
    frame = chart.frame
    assert frame is not None and frame.y.title == "f − f*, linear scale"
    assert (frame.y.low, frame.y.floor) == (0.0, None) and recording.gap()[0, 0] <= frame.y.high
    assert frame.y_marks[0] == (0.0, "0") and len(frame.y_marks) <= 10
    assert like(image, frame.x_px(30), frame.y_px(recording.gap()[30, 0]), LIGHT.racers[0])
    assert ends(chart, panel, 3)["Descent"].y == pytest.approx(frame.y_px(recording.gap()[3, 0]))
    panel.log.click()
    chart, _ = shown(panel, recording, 150)
    assert chart.frame is not None and chart.frame.y.title == "f − f*, log scale"


def test_on_a_linear_scale_a_diverged_racer_leaves_upwards(panel: LossPanel) -> None:
    recording = run(replace(RACE.with_hyper(0, lr=0.3), steps=2000))
    panel.log.click()
    chart, image = shown(panel, recording, 2000)
    start = recording.gap()[0, 0]
    assert chart.frame is not None and 2.0 * start <= chart.frame.y.high <= 3.5 * start
    assert ends(chart, panel, 2000)["Descent diverged"].mark == "nan"
    assert ends(chart, panel, 20)["Descent diverged"].mark == "above"
    assert inked(image, chart, LIGHT.racers[1], 0, 500) > 50


def test_a_linear_scale_without_a_known_minimum_goes_below_zero(panel: LossPanel) -> None:
    recording = run(Race(Saddle(), (SLOW,), Saddle().starts[:1]))
    panel.log.click()
    chart, _ = shown(panel, recording, 300)
    frame = chart.frame
    assert frame is not None and frame.y.title == "f, linear scale: no minimum is known"
    assert frame.y.low < 0.0 < frame.y.high
    texts = [text for _, text in frame.y_marks]
    assert "0" in texts and texts[0].startswith("−")


@pytest.mark.parametrize("size", [0.0, 1e-310, 1e-12, 1e300, 1.7e308])
def test_any_size_has_a_linear_scale(size: float) -> None:
    noted = Pyramid(np.array([[size], [np.inf], [np.nan], [-size]]))
    noted.extend(4)
    axis = quantity.y_axis(run(RACE, 0), "gradient", noted, np.array([True]), "linear")
    assert axis.low < axis.high < math.inf and (axis.low < 0.0) == (size > 0.0)
    placed = axis.place(noted.source[:, 0])
    assert np.isfinite(placed[[0, 1, 3]]).all() and math.isnan(placed[2]) and placed[1] > axis.high
    assert 1 <= len(axis.marks(6)) <= 13


def test_against_gradient_evaluations_sam_is_twice_as_far(panel: LossPanel) -> None:
    recording = run(Race(Ravine(), (SLOW, Entrant(SAM(lr=0.01), "SAM", stream=1)), ((5.0, 2.0),)))
    panel.axis.setCurrentIndex(1)
    chart, _ = shown(panel, recording, 300)
    frame, named = chart.frame, ends(chart, panel, 300)
    assert frame is not None and frame.x_title == "gradient evaluations"
    assert named["SAM"].x == pytest.approx(frame.x_px(600)) and named["Descent"].x == pytest.approx(frame.x_px(300))
    assert chart.step_at(frame.x_px(120)) == 120
    panel.axis.setCurrentIndex(0)
    chart, _ = shown(panel, recording, 300)
    assert ends(chart, panel, 300)["SAM"].x == pytest.approx(chart.frame.x_px(300))  # type: ignore[union-attr]


def test_the_gradient_tab(panel: LossPanel) -> None:
    recording = run(RACE)
    panel.tabs.setCurrentIndex(1)
    chart, image = shown(panel, recording, 200)
    frame = chart.frame
    assert frame is not None and "‖∇f‖" in frame.y.title
    at = frame.y_px(math.log10(recording.grad_norm[100, 0]))
    assert like(image, frame.x_px(100), at, LIGHT.racers[0])


def test_the_rate_tab_names_the_rate_of_the_step_that_leaves_each_row(panel: LossPanel) -> None:
    race = RACE.with_entrant(0, schedule=Cosine(warmup=20))
    panel.tabs.setCurrentIndex(2)
    chart, _ = shown(panel, run(race), 20)
    assert set(ends(chart, panel, 20)) == {"0.01 Descent", "0.02 Momentum"}
    assert chart.frame is not None and chart.frame.y.floor_text == "= 0"  # the warm-up's first step
    shown(panel, run(race), 300)  # the last row has no rate: it must not be drawn as 0
    assert ends(panel.plot.chart, panel, 299)["0.02 Momentum"].x < panel.plot.chart.frame.x_px(300)  # type: ignore[union-attr, arg-type]


def test_several_starts_are_thinner_lines_of_the_same_colour(panel: LossPanel) -> None:
    chart, _ = shown(panel, run(RACE), 100)
    (one, *_) = chart._tracks(panel.plot.look)
    chart, _ = shown(panel, run(replace(RACE, starts=((5.0, 2.0), (-4.0, 1.0)))), 100)
    tracks = chart._tracks(panel.plot.look)
    assert [track.color for track in tracks] == [LIGHT.racers[0]] * 2 + [LIGHT.racers[1]] * 2
    assert all(track.width < one.width for track in tracks)
    assert list(ends(chart, panel, 100)) == ["Descent", "Momentum"]


def test_the_vertical_axis_only_grows_while_the_race_runs(panel: LossPanel) -> None:
    engine = Engine(RACE)
    ranges = []
    for step in range(0, 301, 10):
        chart, _ = shown(panel, engine.advance(step - engine.step), step)
        assert chart.frame is not None
        ranges.append((chart.frame.y.low, chart.frame.y.high))
    lows, highs = zip(*ranges, strict=True)
    assert list(lows) == sorted(lows, reverse=True) and list(highs) == sorted(highs)
    assert len(set(ranges)) <= 6


def test_click_and_drag_ask_for_a_step(qtbot: QtBot, panel: LossPanel) -> None:
    chart, _ = shown(panel, run(RACE), 300)
    heard: list[int] = []
    panel.seek_requested.connect(heard.append)
    assert chart.frame is not None
    where = [QPoint(round(chart.frame.x_px(step)), 100) for step in (60, 240, 290)]
    qtbot.mousePress(panel.plot, Qt.MouseButton.LeftButton, pos=where[0])
    qtbot.mouseMove(panel.plot, where[1])
    qtbot.mouseMove(panel.plot, QPoint(5, 100))
    qtbot.mouseRelease(panel.plot, Qt.MouseButton.LeftButton, pos=where[1])
    qtbot.mouseMove(panel.plot, where[2])
    assert heard == [chart.step_at(where[0].x()), chart.step_at(where[1].x()), 0]
    assert abs(heard[0] - 60) <= 1 and abs(heard[1] - 240) <= 1


def test_keys_ask_for_a_step(qtbot: QtBot, panel: LossPanel) -> None:
    shown(panel, run(RACE), 150)
    heard: list[int] = []
    panel.seek_requested.connect(heard.append)
    for key in ("Left", "Right", "PageUp", "PageDown", "Home", "End"):
        qtbot.keyClick(panel.plot, getattr(Qt.Key, f"Key_{key}"))
    assert heard == [149, 151, 180, 120, 0, 300]


def test_a_new_recording_voids_the_picture(panel: LossPanel) -> None:
    shown(panel, run(RACE), 200)
    slower = run(RACE.with_hyper(0, lr=0.001))
    chart, image = shown(panel, slower, 200)
    assert chart.recording is slower and chart.frame is not None
    at = chart.frame.y_px(math.log10(slower.gap()[150, 0]))
    assert like(image, chart.frame.x_px(150), at, LIGHT.racers[0])


def test_themes_and_projector_change_ground_lines_and_type(panel: LossPanel) -> None:
    recording = run(RACE)
    chart, _ = shown(panel, recording, 300)
    height = chart.frame.metrics.height()  # type: ignore[union-attr]
    panel.set_theme(DARK.for_projector())
    chart, image = shown(panel, recording, 300)
    frame = chart.frame
    assert frame is not None and pixel(image, 2, 2) == DARK.plot
    assert like(image, frame.x_px(100), frame.y_px(math.log10(recording.gap()[100, 0])), DARK.racers[0])
    assert frame.metrics.height() > 1.3 * height
    assert chart._tracks(panel.plot.look)[0].width == 3.0


def test_controls_are_named(panel: LossPanel) -> None:
    assert panel.tabs.accessibleName() and panel.axis.accessibleName()
    panel.tabs.setCurrentIndex(2)
    panel.axis.setCurrentIndex(1)
    assert panel.plot.accessibleName() == "η against gradients, log scale"


def test_a_tiny_plot_and_a_single_step_survive(panel: LossPanel) -> None:
    panel.resize(60, 40)
    shown(panel, run(replace(RACE, steps=1)), 1)
    panel.tabs.setCurrentIndex(2)
    shown(panel, run(replace(RACE, steps=1)), 1)


def test_a_long_way_is_painted_over_several_frames(panel: LossPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chartlines, "CHUNK", 50)
    recording = run(RACE, 250)
    chart = Chart(recording)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    frames = 0
    while frames == 0 or not chart.complete:
        painter = QPainter(image)
        chart.paint(painter, 400, 300, 250, panel.plot.look, 1.0, seconds=0.0)
        painter.end()
        frames += 1
    assert frames == 11  # rows 0 to 250, 25 a frame
    assert like(image, chart.frame.x_px(240), chart.frame.y_px(math.log10(recording.gap()[240, 0])), LIGHT.racers[0])


@pytest.mark.parametrize("count", [3, 40])
def test_names_never_overlap_and_stay_in_their_order(count: int) -> None:
    wanted = sorted(np.random.default_rng(1).uniform(0, 100, count))
    places = spread(wanted, 10.0, 0.0, 500.0)
    assert (np.diff(places) >= 10.0 - 1e-9).all() and places[-1] <= 500.0 and places[0] >= 0.0
    assert spread([490.0, 491.0], 10.0, 0.0, 495.0) == [485.0, 495.0]


def test_pictures_are_painted_at_the_resolution_of_the_device(qapp: QApplication) -> None:
    recording = run(RACE)
    pictures = []
    for ratio in (1, 2):
        image = QImage(500 * ratio, 400 * ratio, QImage.Format.Format_RGB32)
        image.fill(QColor("#123456"))
        painter = QPainter(image)
        painter.scale(ratio, ratio)
        picture = Picture(recording, 300)
        picture.layers.paint_curves(painter, QRectF(50, 50, 400, 300), picture)
        painter.end()
        pictures.append(image)
    small, large = pictures
    assert pixel(small, 20, 20) == "#123456" and pixel(small, 60, 345) == LIGHT.plot
    halves = small.scaled(large.size())
    a, b = (np.frombuffer(i.constBits(), np.uint8).astype(int) for i in (halves, large))
    assert 0.001 < (np.abs(a - b) > 40).mean() < 0.15  # the same picture, finer


def test_the_schedule_is_drawn_to_scale(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    curve = ScheduleCurve(window)
    curve.resize(240, 80)
    curve.set_rates(Entrant(Adam(lr=0.02), "Adam", Cosine(warmup=50)).rates(300)[:300])
    window.show()
    image = curve.grab().toImage()
    plot = curve.plot
    assert like(image, curve.x_of(50), plot.top() + 0.06 / 1.12 * plot.height(), LIGHT.accent)
    assert like(image, curve.x_of(297), plot.bottom() - 0.06 / 1.12 * plot.height(), LIGHT.accent)
    assert "0.02" in curve.accessibleDescription() and curve.accessibleName()
    curve.set_cursor(50)
    assert curve.grab().toImage() != image
    curve.set_theme(DARK.for_projector())
    assert pixel(curve.grab().toImage(), 238, 2) == DARK.plot


def test_the_rate_of_an_adam_without_schedule_is_flat(qtbot: QtBot) -> None:
    curve = ScheduleCurve()
    qtbot.addWidget(curve)
    curve.set_rates(Entrant(Adam(), "Adam").rates(1_000_000)[:1_000_000])
    assert curve.toolTip() == "η over the 1,000,000 steps: from 0.001 to 0.001, at most 0.001"
