"""Every chart of the race against steps, gradients or all evaluations, weighted: in the window and in its files."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hosted import opened
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from simulator.costs import AXES, EVEN, Weights, spent, title
from simulator.engine import Engine
from simulator.export.formats import FORMATS, Shot
from simulator.export.options import CURVES, SCALES, Options
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Entrant, Race, suited
from simulator.ui import curves
from simulator.ui.mainwindow import MainWindow
from simulator.ui.settings import Settings
from simulator.ui.writers import picture_of

GROUND = LANDSCAPES["himmelblau"]()
NAMES = ("sgd", "sam", "newton", "armijo")
RACE = Race(
    GROUND,
    tuple(Entrant(suited(OPTIMIZERS[n](), GROUND), n, stream=i) for i, n in enumerate(NAMES)),
    GROUND.starts[:1],
    steps=30,
)
DEAR = Weights(loss_weight=0.5, hessian_weight=3.0)


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = opened(qtbot, RACE)
    made.finish()
    made.controller.seek(RACE.steps)
    return made


def choose(window: MainWindow, against: str) -> None:
    window.workbench.curves.axis.setCurrentIndex(AXES.index(against))  # type: ignore[arg-type]


def test_the_names_of_curves_and_scales_are_known() -> None:
    assert tuple(name for name, _, _ in curves.TABS) == CURVES
    assert tuple(name for name, _ in curves.AXES) == AXES
    assert curves.SCALES == SCALES


def test_every_curve_ends_at_what_its_racer_spent(window: MainWindow) -> None:
    plot, recording = window.workbench.curves.plot, window.controller.recording
    for kind, against in product(CURVES, AXES):
        window.workbench.curves.show_choice(kind, against)  # type: ignore[arg-type]
        plot.grab()
        assert plot.chart is not None and plot.chart.frame is not None
        frame = plot.chart.frame
        last = RACE.steps - (kind == "lr")
        wanted = spent(recording, against, last, slice(None))  # type: ignore[arg-type]
        found = [end.x for end in plot.chart._ends(frame, plot.look, last)]
        assert found == pytest.approx([frame.x_px(x) for x in wanted]), (kind, against)
        assert frame.x_title == title(against, EVEN), (kind, against)  # type: ignore[arg-type]


def test_the_chart_of_effective_rates_counts_as_the_curves_do(window: MainWindow) -> None:
    plot = window.workbench.inspect.plot
    for against in AXES:
        choose(window, against)
        assert (plot.look.kind, plot.look.against) == ("rate", against)
        assert title(against, EVEN) in plot.accessibleName()
    window.workbench.curves.weights.fields["loss_weight"].setText("0.5")
    window.workbench.curves.weights.fields["loss_weight"].commit()
    assert plot.look.weights.loss_weight == 0.5


def test_the_panel_of_rates_counts_with_the_same_weights(window: MainWindow) -> None:
    window.workbench.show_rates(True)
    panel = window.workbench.rates
    panel.measure.choose("cost")
    panel._look()
    while not panel.idle:
        panel.advance()
    before = panel.result.values("cost")
    window.workbench.curves.set_weights(DEAR)
    assert panel.result.weights == DEAR
    after = panel.result.values("cost")
    there = np.isfinite(before[3])
    assert there.any() and (after[3][there] > before[3][there]).all()  # a search pays for losses
    assert np.array_equal(after[0], before[0])  # plain descent asks for gradients alone
    assert panel.plot.chart.frame.y.title == f"cost to the goal, log scale, {DEAR.words}"


def test_weights_are_asked_for_where_they_count(window: MainWindow) -> None:
    bar = window.workbench.curves.weights
    for against in AXES:
        choose(window, against)
        assert bar.isVisibleTo(window) == (against == "cost")
    assert {field.accessibleName() for field in bar.fields.values()} == {
        "What an evaluation of the loss costs",
        "What a Hessian, or a product with one, costs",
    }


def test_a_weight_moves_the_curves_and_is_remembered(window: MainWindow) -> None:
    choose(window, "cost")
    bar, plot = window.workbench.curves.weights, window.workbench.curves.plot
    for name, field in bar.fields.items():
        field.setText(f"{getattr(DEAR, name):g}")
        field.commit()
    assert plot.look.weights == DEAR
    plot.grab()
    assert plot.chart is not None and plot.chart.frame is not None
    assert plot.chart.frame.x_title == "cost: gradients + 0.5 · losses + 3 · Hessians"
    assert plot.chart.frame.x_end >= spent(window.controller.recording, "cost", RACE.steps, slice(None), DEAR).max()
    window.settings.keep()
    assert Weights(**{name: Settings()[name] for name in params(Weights)}) == DEAR


def test_a_weight_that_is_none_is_refused(window: MainWindow) -> None:
    choose(window, "cost")
    field = window.workbench.curves.weights.fields["hessian_weight"]
    said: list[str] = []
    field.fault.connect(said.append)
    for typed in ("-1", "1001", "x", "nan"):
        said.clear()
        field.setText(typed)
        field.commit()
        assert said and "0 to 1000" in said[-1], typed
        assert window.workbench.curves.plot.look.weights == EVEN, typed


def test_a_picture_from_the_command_line_shows_what_is_asked_for() -> None:
    recording = Engine(RACE).run()
    asked = replace(Options(), curve="gradient", axis="cost", values="linear", weights=DEAR)
    look = picture_of(Shot(recording, asked)).curves
    assert (look.kind, look.against, look.scale, look.weights) == ("gradient", "cost", "linear", DEAR)
    drawn = [known for known in FORMATS.values() if known.needs_qt]
    assert all({"curve", "axis", "scale", "weights"} <= {*known.options} for known in drawn)


def test_a_picture_of_the_window_has_its_axis(window: MainWindow) -> None:
    choose(window, "evaluations")
    assert window.workbench.picture().curves.against == "evaluations"


def test_what_the_bands_stand_on_is_the_median_of_what_was_spent(qtbot: QtBot) -> None:
    from simulator.studies.repeats import repeats

    found = repeats(replace(RACE, noise=replace(RACE.noise, sigma=0.5)), 5)
    cost = spent(found, "cost", RACE.steps, slice(None), DEAR)
    assert np.array_equal(
        cost,
        found.evals[-1] + 0.5 * found.loss_evals[-1] + 3.0 * found.hess_evals[-1],
    )
    assert cost[2] == 30 * 4.0


def test_tab_goes_from_the_chart_to_the_weights_and_on(window: MainWindow) -> None:
    panel = window.workbench.curves
    panel.show_choice("loss", "cost")
    order: list[QWidget] = []
    widget: QWidget = panel.plot
    while len(order) < 3:
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(window):
            order.append(widget)
    assert order == [*panel.weights.fields.values(), panel.repeats]
