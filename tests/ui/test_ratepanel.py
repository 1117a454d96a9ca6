"""The panel of rates: what is drawn where, that it is the race's own, and what dragging and tuning do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hosted import opened, show
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot
from racers import field_of

from simulator import fairness
from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.lessons import LESSONS
from simulator.race import Noise, Race
from simulator.studies.ratesurvey import survey
from simulator.studies.robustness import RATES
from simulator.studies.tune import tune
from simulator.ui import ratepanel
from simulator.ui.mainwindow import MainWindow
from simulator.ui.quantity import log_axis
from simulator.ui.ratechart import RateChart, RateLook
from simulator.ui.ratefiles import png_bytes
from simulator.ui.ratepanel import RatePanel
from simulator.ui.settings import Settings
from simulator.ui.theme import DARK, LIGHT, Theme

RACE = field_of("sgd", "momentum", "adam").with_hyper(0, lr=0.02).with_hyper(1, lr=0.004)


@pytest.fixture(autouse=True)
def _whole_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratepanel, "SLICE_SECONDS", 60.0)


class Panel:
    """A panel in a window, and what it asked for."""

    def __init__(self, qtbot: QtBot, race: Race, echo: bool = True):
        self.panel = RatePanel()
        self.panel.set_theme(LIGHT)
        self.panel.set_race(race)
        self.sent: list[tuple[Race, str]] = []
        self.panel.changed.connect(lambda race, key: self.sent.append((race, key)))
        self.tuned: list[Race] = []
        self.panel.tuned.connect(self.tuned.append)
        if echo:
            self.panel.changed.connect(lambda race, key: self.panel.set_race(race))
        show(qtbot, self.panel, 700, 320, LIGHT)

    @property
    def chart(self) -> RateChart:
        while not self.panel.idle:
            self.panel.advance()
        assert self.panel.plot.chart is not None
        return self.panel.plot.chart

    def mouse(self, kind: QEvent.Type, at: QPointF, held: bool = True) -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind == QEvent.Type.MouseMove else left
        plot = self.panel.plot
        buttons = left if held else none
        event = QMouseEvent(kind, at, plot.mapToGlobal(at), button, buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(plot, event)

    def drag(self, start: QPointF, end: QPointF) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, start)
        self.mouse(QEvent.Type.MouseMove, (start + end) / 2)
        self.mouse(QEvent.Type.MouseMove, end)
        self.mouse(QEvent.Type.MouseButtonRelease, end, held=False)


@pytest.fixture
def shown(qtbot: QtBot) -> Panel:
    return Panel(qtbot, RACE)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    it = opened(qtbot, RACE)
    it.actions_["rates"].trigger()
    yield it


def test_the_marker_stands_on_the_curve_at_the_races_own_result(shown: Panel) -> None:
    chart, run = shown.chart, Engine(RACE).run()
    for e, entrant in enumerate(RACE.entrants):
        head = chart.head(e)
        assert head is not None and chart.values[e, 0] == run.loss[-1, e]
        assert head.x() == pytest.approx(chart.frame.x_px(np.log10(entrant.lr)))
        assert head.y() == pytest.approx(chart.frame.y_px(float(chart.frame.y.place(run.loss[-1:, e])[0])), abs=4)
    assert chart.result.complete and chart.result.loss.shape == (3, 122, 1)


def test_a_curve_has_its_colour_at_its_place_and_none_when_hidden(shown: Panel) -> None:
    def ink(stream: int) -> int:
        image: QImage = shown.panel.plot.grab().toImage()
        wanted = LIGHT.style(stream).color
        plot = shown.chart.frame.plot.toRect()
        return sum(
            image.pixelColor(x, y).name() == wanted
            for x in range(plot.left(), plot.right()) for y in range(plot.top(), plot.bottom())
        )  # fmt: skip

    shown.chart  # noqa: B018
    assert min(ink(0), ink(1), ink(2)) > 50
    shown.panel.set_hidden(frozenset({1}))
    assert ink(1) == 0 < ink(0)
    assert [RACE.entrants[e].stream for e in shown.chart.shown] == [0, 2]
    assert "Momentum" not in shown.panel.plot.accessibleDescription()


def test_a_rate_at_which_a_racer_diverges_leaves_the_chart_with_a_mark(shown: Panel) -> None:
    chart = shown.chart
    last = np.flatnonzero(np.isfinite(chart.result.final[0, 1:]))[-1]
    at = np.log10(chart.result.rates[0, chart.result.order(0)])
    y = chart.frame.y.place(chart.values[0, chart.result.order(0)])
    ((x, mark),) = chart._exits(at, y)
    assert mark == "above"
    assert abs(x - chart.frame.x_px(np.log10(RATES[last]))) < 12
    shown.panel.plot._point((0, 121))
    assert "diverges" in shown.panel.words.text


def test_dragging_a_line_moves_that_rate_alone_and_is_one_change(window: MainWindow, qtbot: QtBot) -> None:
    panel, controller = window.workbench.rates, window.controller
    shown = object.__new__(Panel)
    shown.panel = panel
    chart = shown.chart
    head = chart.head(0)
    assert head is not None
    shown.drag(head, head + QPointF(-60, 0))
    rates = [e.lr for e in controller.race.entrants]
    assert rates[1:] == [0.004, 0.01] and rates[0] == shown.chart.frame.rate_at(shown.chart.line_px(0))
    assert rates[0] < 0.02 and float(f"{rates[0]:.3g}") == rates[0]
    assert shown.chart.values[0, 0] == Engine(controller.race).run().loss[-1, 0]
    controller.undo()
    assert controller.race == RACE and not controller.can_undo


def test_a_click_changes_nothing_and_chooses_the_racer(shown: Panel) -> None:
    head = shown.chart.head(1)
    assert head is not None
    shown.drag(head, head + QPointF(1, 0))
    assert not shown.sent and shown.panel.plot.look.chosen == RACE.entrants[1].stream
    assert shown.panel.words.text.startswith("Momentum: ")


def test_one_rate_for_all_is_kept(window: MainWindow) -> None:
    window.controller.set_shared_lr(True)
    window.workbench.rates.plot.rate_moved.emit(1, 0.05)
    assert {e.lr for e in window.controller.race.entrants} == {0.05}


def test_keys_choose_a_racer_and_move_its_rate(shown: Panel, qtbot: QtBot) -> None:
    plot = shown.panel.plot
    shown.chart  # noqa: B018
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    assert plot.look.chosen == 1
    for key, rate in ((Qt.Key.Key_PageUp, 0.00711), (Qt.Key.Key_Right, 0.00728), (Qt.Key.Key_Left, 0.00711)):
        qtbot.keyClick(plot, key)
        assert shown.sent[-1][0].entrants[1].lr == pytest.approx(rate, rel=0.01)
        assert shown.sent[-1][1] == "lr/1"
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    assert plot.look.chosen == 0


def test_a_curve_is_dotted_where_it_ends_outside_a_box_with_lower_values_beyond(qtbot: QtBot) -> None:
    shown = Panel(qtbot, replace(field_of("momentum").on(LANDSCAPES["eggholder"]()), steps=60))
    chart = shown.chart
    left = np.flatnonzero(chart.result.left[0])
    assert len(left) and not chart.result.workable("loss")[0, left[left > 0] - 1].any()
    column = int(next(c for c in left if c > 0))
    shown.panel.plot._point((0, column))
    assert "outside the box, where lower values do not count" in shown.panel.words.text
    color, plot = LIGHT.style(0).color, chart.frame.plot

    def inked() -> int:
        image = shown.panel.plot.grab().toImage()
        xs, ys = (range(int(a), int(b)) for a, b in ((plot.left(), plot.right()), (plot.top(), plot.bottom())))
        return sum(image.pixelColor(x, y).name() == color for x in xs for y in ys)

    dotted = inked()
    inside = replace(chart.result, outside=np.zeros_like(chart.result.outside))
    shown.panel.plot.show_result(inside, shown.panel.plot.now)
    assert dotted < inked()


def test_the_newest_race_wins(shown: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.chart  # noqa: B018
    monkeypatch.setattr(ratepanel, "SLICE_SECONDS", 0.0)
    races = [replace(RACE, starts=((5.0 - i / 10, 2.0),)) for i in range(6)]
    for race in races:
        shown.panel.set_race(race)
        shown.panel.advance()
    monkeypatch.setattr(ratepanel, "SLICE_SECONDS", 60.0)
    result = shown.chart.result
    assert result.race == races[-1]
    assert np.array_equal(result.loss, survey(races[-1]).loss, equal_nan=True)


def test_steps_to_the_goal_and_another_goal(shown: Panel) -> None:
    panel = shown.panel
    wide = shown.chart.widths.copy()
    panel.measure.setCurrentIndex(1)
    assert shown.chart.frame.y.title.startswith("steps to the goal")
    assert shown.chart.values[0, 0] == survey(RACE).reached[0, 0, 0]
    panel.goal.setCurrentIndex(3)
    assert shown.chart.result.share == 1e-6
    panel.measure.setCurrentIndex(0)
    assert (shown.chart.widths < wide).all()


def test_tuning_sets_everyone_to_its_best_in_one_change(window: MainWindow) -> None:
    told: list[str] = []
    panel, controller = window.workbench.rates, window.controller
    panel.told.connect(told.append)
    panel.tune.click()
    while not panel.idle:
        panel.advance()
    assert controller.race == tune(RACE).race != RACE
    assert "Each of 3 racers was raced at 121 values of lr from 1e−5 to 10: 121 runs" in told[-1]
    assert fairness.basis(controller.race) == "Each tuned with the same budget: 121 runs for η"
    panel.plot.rate_moved.emit(1, 0.05)
    assert fairness.basis(controller.race) == "Each its own η"
    controller.undo()
    assert fairness.basis(controller.race).startswith("Each tuned")
    controller.undo()
    assert controller.race == RACE and not controller.can_undo


def test_tuning_ends_one_rate_for_all(window: MainWindow) -> None:
    panel, controller = window.workbench.rates, window.controller
    controller.set_shared_lr(True)
    shared = controller.race
    while not panel.idle:
        panel.advance()
    panel.tune.click()
    assert controller.race == tune(shared).race and not controller.shared_lr
    assert len({e.lr for e in controller.race.entrants}) == 3
    controller.undo()
    assert controller.race == shared and controller.shared_lr


def test_the_strip_says_that_all_were_tuned_alike(window: MainWindow, qtbot: QtBot) -> None:
    panel, controller = window.workbench.rates, window.controller
    told = "Each tuned with the same budget: 121 runs for η"
    panel.tune.click()
    while not panel.idle:
        panel.advance()
    qtbot.waitUntil(lambda: window.fairness.sheet.basis == told)
    panel.plot.rate_moved.emit(1, 0.05)
    qtbot.waitUntil(lambda: window.fairness.sheet.basis == "Each its own η")
    controller.undo()
    qtbot.waitUntil(lambda: window.fairness.sheet.basis == told)
    controller.set_race(controller.race.on(LANDSCAPES["himmelblau"]()))
    qtbot.waitUntil(lambda: window.fairness.sheet.basis == "Each its own η")


def test_tuning_over_seeds_can_be_stopped(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Panel(qtbot, replace(RACE, noise=Noise(1.0), steps=60))
    panel = shown.panel
    shown.chart  # noqa: B018
    assert panel.tune_seeds.isVisible()
    monkeypatch.setattr(ratepanel, "SLICE_SECONDS", 0.0)
    panel.tune_seeds.click()
    assert panel.stop.isVisible() and "of 7,260 runs" in panel.words.text
    panel.stop.click()
    assert panel.idle and not panel.stop.isVisible() and not shown.tuned
    monkeypatch.setattr(ratepanel, "SLICE_SECONDS", 60.0)
    panel.tune_seeds.click()
    (race,) = shown.tuned
    assert race == tune(replace(RACE, noise=Noise(1.0), steps=60), seeds=20).race
    assert fairness.basis(race) == "Each tuned with the same budget: 2,420 runs for η"


def test_without_noise_there_is_nothing_to_repeat(shown: Panel) -> None:
    assert not shown.panel.tune_seeds.isVisible() and shown.panel.tune.isVisible()


def test_a_locked_rate_stays_and_says_why(shown: Panel) -> None:
    shown.panel.set_controls(("Momentum.lr", "beta"))
    shown.chart  # noqa: B018
    plot = shown.panel.plot
    assert plot.look.chosen == 1, "the keys, and the hand where lines lie upon one another, begin with what is free"
    plot._move(0, 0.5)
    assert not shown.sent and "stays as it is" in shown.panel.words.text
    plot._move(1, 0.5)
    assert shown.sent[-1][0].entrants[1].lr == 0.5
    assert not shown.panel.tune.isEnabled()
    shown.panel.set_controls(None)
    assert shown.panel.tune.isEnabled() and not plot.locked


def test_before_a_prediction_nothing_is_shown(shown: Panel) -> None:
    shown.panel.set_held(True)
    assert shown.panel.plot.chart is None and shown.panel.idle
    shown.panel.set_held(False)
    assert shown.chart.result.complete


def test_it_waits_for_the_race_on_screen(shown: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratepanel, "SLICE_SECONDS", 0.0)
    shown.panel.set_race(RACE.with_hyper(0, lr=0.001))
    monkeypatch.setattr(ratepanel, "SLICE_SECONDS", 60.0)
    shown.panel.waits = lambda: True
    shown.panel.advance()
    assert not shown.panel.idle and shown.panel._timer.isActive()
    shown.panel.waits = lambda: False
    assert shown.chart.result.complete


def test_its_lower_end_is_that_of_the_curves() -> None:
    curves = log_axis("", 3, 1e-20, "", start=3)
    assert log_axis("", 4, 1e-20, "", start=3).floor_text == curves.floor_text == "< 10⁻¹³"


def test_a_hidden_panel_does_nothing(shown: Panel) -> None:
    shown.panel.hide()
    shown.panel.set_race(RACE.with_hyper(0, lr=0.001))
    assert shown.panel.idle and not shown.panel._timer.isActive()


def test_a_rate_beyond_the_axis_stands_at_its_end(qtbot: QtBot) -> None:
    shown = Panel(qtbot, RACE.with_hyper(0, lr=1e-6))
    assert shown.chart.line_px(0) == shown.chart.frame.plot.left()
    assert np.isfinite(shown.chart.values[0, 0])


@pytest.mark.parametrize("place", ["saddle", "sudden_shift", "logistic", "parabola"])
def test_it_shows_every_kind_of_landscape(qtbot: QtBot, place: str) -> None:
    shown = Panel(qtbot, replace(RACE.on(LANDSCAPES[place]()), steps=30))
    assert shown.chart.result.complete
    for theme in (DARK, LIGHT.for_projector()):
        shown.panel.set_theme(theme)
        assert not shown.panel.plot.grab().isNull()
    for measure in range(3):
        shown.panel.measure.setCurrentIndex(measure)
        assert not shown.panel.plot.grab().isNull()


def test_it_is_saved_as_a_picture_and_a_table(shown: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = QImage.fromData(png_bytes(shown.chart))
    assert image.width() == 2 * shown.panel.plot.width()
    path = tmp_path / "rates.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    told: list[str] = []
    shown.panel.told.connect(told.append)
    menu = shown.panel.save.menu()
    assert menu is not None
    menu.actions()[1].trigger()
    assert told == ["Saved as rates.csv."]
    assert len(list(csv.reader(io.StringIO(path.read_text())))) == 1 + 3 * 122


def test_whether_it_is_shown_is_remembered_and_a_lesson_begins_without(window: MainWindow, qtbot: QtBot) -> None:
    bench = window.workbench
    assert bench.rates.isVisible() and window.settings["rates"]
    window.classroom.open(LESSONS.ordered()[0])
    assert not bench.rates_shown and window.settings["rates"]
    window.classroom.leave()
    assert bench.rates_shown and window.actions_["rates"].isChecked()
    bench.rates.close_button.click()
    assert not bench.rates_shown and not window.settings["rates"] and not window.actions_["rates"].isChecked()
    settings = Settings()
    settings.set("rates", True)
    again = opened(qtbot, RACE, settings)
    assert again.workbench.rates_shown and again.actions_["rates"].isChecked()


def test_pointing_tells_what_would_happen(shown: Panel) -> None:
    chart = shown.chart
    at = chart.point(2, 90)
    shown.mouse(QEvent.Type.MouseMove, at, held=False)
    assert shown.panel.words.text.startswith("Adam at η = ")
    assert chart.pointed_at(at) == (2, 90)
    row = chart._rows()[1][1].center()
    shown.mouse(QEvent.Type.MouseMove, row, held=False)
    assert "decades work" in shown.panel.words.text
    shown.mouse(QEvent.Type.MouseButtonPress, row)
    assert shown.panel.plot.look.chosen == 1


@pytest.mark.parametrize("theme", [LIGHT, DARK, LIGHT.for_projector()], ids=["light", "dark", "projector"])
def test_what_the_goal_is_can_be_read_over_the_curves(theme: Theme) -> None:
    image = QImage(320, 120, QImage.Format.Format_RGB32)
    chart = RateChart(survey(RACE), {}, RateLook(theme), 320, 120)
    painter = QPainter(image)
    chart.paint(painter)
    painter.end()
    left, line = round(chart.frame.plot.left()), chart.frame.y.place(np.array([chart.result.line]))[0]
    y = round(chart.frame.y_px(float(line)))
    words = [(left + x, y + down) for x in range(8, 80) for down in range(4, 12)]
    found = {image.pixelColor(*at).name() for at in words}
    assert theme.good in found and not found & {theme.style(entrant.stream).color for entrant in RACE.entrants}
