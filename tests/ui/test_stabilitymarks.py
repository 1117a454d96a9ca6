"""The marks under each slider of η."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QColor

from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.stability import limits
from simulator.ui.controller import Controller
from simulator.ui.entrants import EntrantPanel
from simulator.ui.theme import DARK, LIGHT

RACE = Race(
    LANDSCAPES["ravine"](kappa=10.0),
    (
        Entrant(OPTIMIZERS["momentum"](lr=0.02), "Heavy", stream=0),
        Entrant(OPTIMIZERS["adam"](lr=0.1), "Adam", stream=1),
    ),
    ((5.0, 2.0),),
    steps=50,
)


class Bench:
    def __init__(self, race: Race):
        self.controller, self.panel = Controller(race), EntrantPanel()
        self.panel.set_theme(LIGHT)
        self.show(race)

    def show(self, race: Race, step: int = 0) -> None:
        self.controller.set_race(race)
        self.panel.set_race(race)
        self.controller.seek(step)
        self.panel.show_step(self.controller.recording, self.controller.step)
        self.panel._live.now()

    def zones(self, stream: int):
        return self.panel.cards[stream].rates


@pytest.fixture
def bench(qtbot):
    bench = Bench(RACE)
    qtbot.addWidget(bench.panel)
    return bench


def test_the_mark_is_that_of_the_step_on_screen(qtbot):
    race = replace(RACE, landscape=LANDSCAPES["rosenbrock"](), starts=((-1.5, 2.0),))
    bench = Bench(race)
    qtbot.addWidget(bench.panel)
    first = bench.zones(0).limits
    bench.show(race, 20)
    assert bench.zones(0).limits == limits(bench.controller.recording, 0, 20)
    assert bench.zones(0).limits != first


def test_number_and_formula_are_told(bench):
    slider = bench.panel.cards[0].lr.controls["lr"].editor.slider
    assert "2(1+β)/L = 0.19 with L = 20 here" in slider.toolTip()
    assert "2(1+β)/L = 0.19 with L = 20 here" in slider.accessibleDescription()


def test_without_a_formula_it_is_measured_in_a_pause(bench):
    marks = bench.panel.stability
    assert bench.zones(1).limits is None
    while marks.measuring:
        marks.work()
    told = bench.zones(1).limits
    assert told.measured
    assert "measured: 300 steps from here" in bench.panel.cards[1].lr.controls["lr"].editor.slider.toolTip()
    bench.show(RACE.with_hyper(1, lr=0.3))
    assert bench.zones(1).limits == told  # its own η changes nothing of it
    bench.show(RACE, 5)
    assert bench.zones(1).limits is None  # of another step it would not be true


def test_zones_are_drawn_in_each_theme_and_follow_the_track(bench):
    for theme in (LIGHT, DARK, LIGHT.for_projector()):
        bench.panel.set_theme(theme)
        slider = bench.panel.cards[0].lr.controls["lr"].editor.slider
        slider.resize(300, 40)
        image = slider.grab().toImage()
        swings, stable = bench.zones(0).ends
        assert 0.0 < swings < stable < 1.0
        low, wide = image.height() - 2, image.width()
        assert image.pixelColor(round(0.5 * swings * wide), low) == QColor(theme.good)
        row = {image.pixelColor(x, low).name() for x in range(round(wide * (stable + 0.05)), round(0.9 * wide))}
        assert QColor(theme.bad).name() in row
        assert len(row) > 1  # a lattice, not a plain bar


def test_a_limit_beyond_the_slider_points_there(bench):
    flat = LANDSCAPES["formula"](formula="0.001*(x^2+y^2)")
    bench.show(replace(RACE, landscape=flat, starts=((1.0, 1.0),)))
    assert bench.zones(0).limits.stable > 10.0
    assert bench.zones(0).ends[1] == 1.0
    assert bench.zones(0)._outside(bench.zones(0).limits.stable) == 1
    bench.panel.cards[0].lr.controls["lr"].editor.slider.grab()


def test_where_there_is_no_limit_words_say_so(bench):
    hill = LANDSCAPES["formula"](formula="-(x^2+y^2)")
    bench.show(replace(RACE, landscape=hill, starts=((1.0, 1.0),)))
    slider = bench.panel.cards[0].lr.controls["lr"].editor.slider
    assert slider.underlay is None
    assert "nothing curves up here" in slider.toolTip()


def test_where_no_rate_is_too_large_all_of_the_track_is_safe(bench):
    searching = Entrant(OPTIMIZERS["lbfgs"](), "L-BFGS", stream=1)
    bench.show(replace(RACE, entrants=(RACE.entrants[0], searching)))
    while bench.panel.stability.measuring:
        bench.panel.stability.work()
    slider, zones = bench.panel.cards[1].lr.controls["lr"].editor.slider, bench.zones(1)
    slider.resize(300, 40)
    assert "No limit up to η = 10" in slider.toolTip()
    assert zones.limits.stable is None and zones.ends == (1.0, 1.0)
    image = slider.grab().toImage()
    low, wide = image.height() - 2, image.width()
    row = {image.pixelColor(x, low).name() for x in range(round(0.1 * wide), round(0.9 * wide))}
    assert row == {QColor(LIGHT.good).name()}


def test_marks_are_away_when_switched_off_or_held(bench):
    slider = bench.panel.cards[0].lr.controls["lr"].editor.slider
    for away in (bench.panel.stability.set_held, lambda on: bench.panel.stability.set_on(not on)):
        away(True)
        assert slider.underlay is None
        assert "2(1+β)" not in slider.toolTip()
        away(False)
        assert slider.underlay is not None


def test_the_menu_remembers(qtbot):
    from simulator.ui.mainwindow import MainWindow

    window = MainWindow(RACE)
    qtbot.addWidget(window)
    window.finish()
    assert window.actions_["stability"].isChecked()
    window.actions_["stability"].trigger()
    assert window.settings["stability"] is False
    assert window.workbench.racers.cards[0].rates.limits is None
