"""The Inspect tab: what it shows of the step on screen, and that it rests while nobody looks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hosted import show
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from racers import field_of

from simulator.engine import Engine
from simulator.inspector import inspect
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race, suited
from simulator.recording import Recording
from simulator.ui.formulaview import NOT_TAKEN
from simulator.ui.inspectorpanel import InspectorPanel
from simulator.ui.ratebars import RateBars
from simulator.ui.theme import LIGHT, Theme


class Shown:
    def __init__(self, qtbot: QtBot, race: Race, step: int = 2, theme: Theme = LIGHT, width: int = 330):
        self.panel = InspectorPanel()
        self.panel.set_theme(theme)
        self.open(race, step)
        self.window = show(qtbot, self.panel, width, 700, theme)
        settle()

    def open(self, race: Race, step: int = 2) -> None:
        self.recording: Recording = Engine(race).run()
        self.panel.set_race(race)
        self.go(step)
        settle()

    @property
    def numbers(self) -> list[str]:
        return [row.numbers.accessibleName() for row in self.panel.formula.rows]

    def go(self, step: int) -> None:
        self.panel.show_step(self.recording, step)
        self.panel._live.now()


def settle() -> None:
    """What has come finds its place, a layout at a time."""
    for _ in range(10):
        QApplication.processEvents()


def parabola(*names: str, steps: int = 5) -> Race:
    landscape = LANDSCAPES["parabola"]()
    entrants = tuple(Entrant(OPTIMIZERS[name](lr=0.01), name, stream=i) for i, name in enumerate(names))
    return Race(landscape, entrants, ((0.0,),), steps=steps)


def test_the_line_of_the_worked_example(qtbot: QtBot) -> None:
    shown = Shown(qtbot, parabola("momentum"))
    assert shown.numbers[0] == "v ← 0.9·(−11.28) + (−5.6544) = −15.806"
    assert shown.panel.formula.rows[0].formula.accessibleName() == "v ← β·v + g"
    assert shown.panel.title.accessibleName() == "Step 3 of 5, η = 0.01"
    assert shown.panel.states.accessibleName() == "v: −11.28 → −15.806"
    assert not shown.panel.coordinate.isVisible() and not shown.panel.start.isVisible()


def test_scrubbing_updates_it_and_the_last_row_has_no_step(qtbot: QtBot) -> None:
    shown = Shown(qtbot, parabola("momentum"))
    before = shown.numbers
    shown.go(3)
    assert shown.numbers != before and shown.panel.title.accessibleName().startswith("Step 4 of 5")
    shown.go(5)
    assert not any(row.numbers.isVisible() for row in shown.panel.formula.rows)
    assert not shown.panel.step.isVisible() and not shown.panel.headings["The step"].isVisible()
    assert shown.panel.states.isVisible() and shown.panel.plot.isVisible()


def test_it_rests_between_frames_but_the_last_arrives(qtbot: QtBot) -> None:
    shown = Shown(qtbot, parabola("momentum", steps=40))
    titles = []
    for step in range(30):
        shown.panel.show_step(shown.recording, step)
        titles.append(shown.panel.title.accessibleName())
    assert len(set(titles)) <= 3
    qtbot.waitUntil(lambda: shown.panel.title.accessibleName().startswith("Step 30 of"), timeout=1000)


def test_it_does_nothing_while_it_is_not_seen(qtbot: QtBot) -> None:
    shown = Shown(qtbot, parabola("momentum"))
    shown.panel.hide()
    seen = shown.panel.inspection
    shown.panel.show_step(shown.recording, 4)
    assert shown.panel.inspection is seen
    shown.panel.show()
    assert shown.panel.inspection is not seen and shown.panel.title.accessibleName().startswith("Step 5 of 5")


def test_racer_start_and_coordinate_are_chosen(qtbot: QtBot) -> None:
    race = replace(field_of("adam", "momentum"), starts=((5.0, 2.0), (1.0, 1.0)), steps=20)
    shown = Shown(qtbot, race)
    panel = shown.panel
    panel.racer.setCurrentIndex(1)
    panel.start.setCurrentIndex(1)
    panel.coordinate.setCurrentIndex(1)
    assert panel.inspection is not None and (panel.inspection.entrant, panel.inspection.start) == (1, 1)
    seen = inspect(shown.recording, 1, 2, 1)
    assert shown.numbers == [seen.numbers(line, 1) for line in seen.lines]
    # A racer that stays remains chosen, wherever it now stands.
    left = race.without(0)
    panel.set_race(left)
    panel.show_step(Engine(left).run(), 2)
    panel._live.now()
    assert panel.racer.currentText() == "Momentum" and panel.inspection.entrant == 0


def test_lines_that_are_not_taken_say_so(qtbot: QtBot) -> None:
    shown = Shown(qtbot, parabola("rprop"), step=3)
    idle = [row for row in shown.panel.formula.rows if row.numbers.accessibleName() == NOT_TAKEN]
    assert len(idle) == 2 and all(row.numbers.isVisible() for row in idle)


def test_bars_show_every_coordinate_and_pick_one(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("adagrad"))
    bars = shown.panel.bars
    assert bars.rates == tuple(inspect(shown.recording, 0, 2).rate.tolist()) and bars.names == ("x", "y")
    assert bars.accessibleName().startswith("Effective rate: x ")
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(bars.width() // 2, round(0.75 * bars.height())))
    assert shown.panel.coordinate.currentIndex() == bars.chosen == 1


def test_many_coordinates_stand_side_by_side(qtbot: QtBot) -> None:
    landscape = LANDSCAPES["flip_network"]()
    racer = Entrant(suited(OPTIMIZERS["adam"](), landscape), "Adam")
    shown = Shown(qtbot, Race(landscape, (racer,), landscape.starts[:1], steps=5))
    bars = shown.panel.bars
    assert len(bars.rates) == 31
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(bars.width() - 2, bars.height() // 2))
    assert shown.panel.coordinate.currentText() == "θ31: vector 4, entry 4"
    image = bars.grab().toImage()
    assert image.pixelColor(bars.width() - 3, bars.height() // 3) is not None


def test_the_chart_has_every_racers_rate_and_goes_to_a_step(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("adagrad", "rmsprop"), step=100)
    plot = shown.panel.plot
    plot.grab()
    assert plot.look.kind == "rate" and plot.chart is not None and plot.chart._rates is not None
    assert np.isfinite(plot.chart._rates.values[:100]).all()
    asked: list[int] = []
    shown.panel.seek_requested.connect(asked.append)
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert asked == [101]


THEMES = [LIGHT, LIGHT.for_projector()]  # in the dark all is as wide


@pytest.mark.parametrize("theme", THEMES, ids=["light", "projector"])
def test_no_rule_needs_more_width_than_the_tab_has(qtbot: QtBot, theme: Theme) -> None:
    race = field_of("sgd")
    shown = Shown(qtbot, race, theme=theme)
    page, cut = shown.panel.page, []
    for name in (name for name, cls in OPTIMIZERS.items() if not cls.needs):
        optimizer = suited(OPTIMIZERS[name](), race.landscape)
        shown.open(replace(race.with_entrant(0, optimizer=optimizer, label=name), steps=5))
        assert shown.panel.racer.currentText() == name
        if page.horizontalScrollBar().maximum() or page.widget().width() > page.viewport().width():
            cut.append(name)
        labels = (label for label in page.widget().findChildren(QLabel) if label.isVisible())
        cut += [f"{name}: {it.text()}" for it in labels if it.height() < it.heightForWidth(it.width())]
    assert not cut, "\n".join(cut)


def test_everything_has_a_name(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("adam"))
    for widget in (shown.panel.racer, shown.panel.coordinate, shown.panel.plot, shown.panel.bars):
        assert isinstance(widget, QWidget) and widget.accessibleName()


def test_many_rates_are_told_from_the_least_to_the_largest_and_one_once(qtbot: QtBot) -> None:
    bars = RateBars()
    qtbot.addWidget(bars)
    bars.show_rates([f"θ{i}" for i in range(30)], [0.5] * 30, 0)
    assert bars.accessibleName() == "Effective rate: 0.5"
    bars.show_rates([f"θ{i}" for i in range(30)], [0.5, 0.25] * 15, 0)
    assert bars.accessibleName() == "Effective rate: 0.25 to 0.5"
