"""Forks in the window: made at the step on screen, edited on their card, drawn as branches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hosted import POPS_UP, opened
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from racers import Shown, click, field_of, open_up

from simulator import racefile
from simulator.branching import begins, own
from simulator.engine import Engine
from simulator.lessons import LESSONS
from simulator.race import Noise, Race
from simulator.schedules import SCHEDULES
from simulator.ui.arena_heads import positions, trails
from simulator.ui.arena_paint import fork_marks, tracks
from simulator.ui.chart import Chart, Look
from simulator.ui.controller import Controller
from simulator.ui.editors import NumberEditor
from simulator.ui.forkmarks import forks_until
from simulator.ui.picture import Picture
from simulator.ui.picturewords import recipe
from simulator.ui.polyline import Viewport
from simulator.ui.scene import Scene
from simulator.ui.theme import DARK, LIGHT

AT = 40


def forked(**changes: object) -> Race:
    race = replace(field_of("momentum", "adam"), steps=100)
    return race.fork(0, AT, **(changes or {"lr": 0.003}))


def standing(qtbot: QtBot, race: Race, step: int) -> Shown:
    shown = Shown(qtbot, race)
    recording = Engine(race).run()
    shown.panel.show_step(recording, step)
    return shown


def test_the_card_forks_at_the_step_on_screen(qtbot: QtBot) -> None:
    race = replace(field_of("momentum", "adam"), steps=100)
    shown = standing(qtbot, race, AT)
    open_up(qtbot, shown.cards[0])
    button = shown.cards[0].tuning.fork
    assert button in shown.cards[0].inputs and "fork" in button.accessibleName()
    click(qtbot, button)
    assert shown.sent == [(race.fork(0, AT), "")]
    card = shown.cards[2]
    assert card.past.isVisibleTo(card) and card.past.text == f"up to step {AT} as Momentum"
    assert "whatever becomes of Momentum" in card.past.toolTip()
    assert not shown.cards[0].past.isVisibleTo(shown.cards[0])


def test_a_new_name_of_the_original_stands_on_the_forks_card(qtbot: QtBot) -> None:
    shown = standing(qtbot, forked(), AT)
    shown.cards[0].name.edited.emit("Heavy ball")
    assert shown.cards[2].past.text == f"up to step {AT} as Heavy ball"
    assert shown.sent == [(forked().renamed(0, "Heavy ball"), "")]


def test_a_fork_after_the_end_says_so(qtbot: QtBot) -> None:
    shown = Shown(qtbot, replace(forked(), steps=30))
    assert shown.cards[2].past.text == f"as Momentum to the end: its fork is at step {AT}"


def test_the_curve_of_its_rate_has_the_originals_first(qtbot: QtBot) -> None:
    race = forked(lr=0.003, schedule=SCHEDULES["cosine"]())
    shown = standing(qtbot, race, AT)
    open_up(qtbot, shown.cards[2])
    assert shown.cards[2].tuning.curve.rates.tolist() == race.entrants[2].rates(100)[:100].tolist()
    assert set(shown.cards[2].tuning.curve.rates[:AT]) == {race.entrants[0].lr}


@pytest.mark.parametrize(("step", "where"), [(0, "start"), (100, "end")])
def test_there_is_nothing_to_fork_at_the_ends(qtbot: QtBot, step: int, where: str) -> None:
    shown = standing(qtbot, replace(field_of("momentum"), steps=100), step)
    shown.panel.fork(0)
    assert not shown.sent and f"The race stands at the {where}" in shown.panel.error.text()


def test_its_card_edits_what_follows_the_fork(qtbot: QtBot) -> None:
    race = forked(lr=0.003)
    shown = standing(qtbot, race, AT)
    card = shown.cards[2]
    editor = card.lr.controls["lr"].editor
    assert isinstance(editor, NumberEditor)
    editor.field.setText("0.07")
    editor.field.editingFinished.emit()
    changed = shown.last.entrants[2]
    assert (changed.lr, changed.forked) == (0.07, race.entrants[2].forked)
    assert shown.last.entrants[:2] == race.entrants[:2]


def test_one_rate_for_all_is_not_a_forks(qtbot: QtBot) -> None:
    race = forked(lr=0.003)
    shown = standing(qtbot, race, AT)
    shown.panel.set_shared_lr(True)
    fork, first = shown.cards[2], shown.cards[0]
    shown.panel._edit(fork, replace(fork.entrant, optimizer=replace(fork.entrant.optimizer, lr=0.5)), "lr")
    assert [e.lr for e in shown.last.entrants] == [0.01, 0.01, 0.5] and shown.sent[-1][1] == "lr/2"
    shown.panel._edit(first, replace(first.entrant, optimizer=replace(first.entrant.optimizer, lr=0.2)), "lr")
    assert [e.lr for e in shown.last.entrants] == [0.2, 0.2, 0.5] and shown.sent[-1][1] == "lr/all"


def test_a_fork_is_undone_and_the_step_on_screen_stays(qtbot: QtBot) -> None:
    race = replace(field_of("momentum", "adam"), steps=100)
    controller = Controller(race)
    controller.set_shared_lr(True)
    controller.seek(AT)
    controller.set_race(controller.race.fork(0, AT, lr=0.5))
    assert controller.step == AT and [e.lr for e in controller.race.entrants] == [0.01, 0.01, 0.5]
    controller.set_shared_lr(False)
    controller.set_shared_lr(True)
    assert controller.race.entrants[2].lr == 0.5
    for _ in range(3):
        controller.undo()
    assert controller.race == race and controller.step == AT


def test_a_branch_is_drawn_from_the_fork_on_while_its_original_is_there() -> None:
    race = forked()
    assert begins(race) == [0, 0, AT]
    assert begins(race, frozenset({0})) == [0, 0, 0]
    assert begins(race.without(0)) == [0, 0]
    assert begins(race.with_hyper(0, lr=0.5)) == [0, 0, 0]
    assert begins(race.with_hyper(1, lr=0.5).with_entrant(0, label="Other")) == [0, 0, AT]
    assert begins(race.fork(2, 60).fork(0, AT).without(0)) == [0, 0, 60, AT]
    recording = Engine(race).run()
    drawn, whole = trails(recording, frozenset())(30, 50), positions(recording, 30, 50)
    assert np.isnan(drawn[:10, 2]).all() and np.array_equal(drawn[10:], whole[10:])
    assert np.array_equal(drawn[:, :2], whole[:, :2])
    assert own(whole, np.arange(30, 51), [0, 0, 0]) is whole


def test_it_is_dashed_and_the_place_is_marked_once_it_is_reached() -> None:
    recording = Engine(forked()).run()
    assert [bool(track.dash) for track in tracks(recording, LIGHT, frozenset())] == [False, False, True]
    assert forks_until(recording, AT - 1, frozenset()) == []
    assert forks_until(recording, AT, frozenset()) == [(2, AT)]
    assert forks_until(recording, 100, frozenset({2})) == []
    port = Viewport(-6.0, 6.0, -4.0, 4.0, 600.0, 400.0)
    ((x, y, color),) = fork_marks(port, recording, AT, DARK, frozenset())
    assert (x, y) == pytest.approx(tuple(port.to_px(recording.theta[AT, 0])))
    assert color == DARK.style(2).color


@pytest.mark.parametrize("kind", ["loss", "lr", "rate", "gradient"])
@pytest.mark.parametrize("against", ["steps", "evaluations"])
def test_a_chart_paints_the_fork(qtbot: QtBot, kind: str, against: str) -> None:
    recording = Engine(forked(schedule=SCHEDULES["cosine"]())).run()
    chart, image = Chart(recording), QImage(500, 300, QImage.Format.Format_RGB32)
    look = Look(LIGHT, kind=kind, against=against)  # type: ignore[arg-type]
    painter = QPainter(image)
    chart.paint(painter, 500.0, 300.0, 80, look, 1.0)
    assert chart.frame is not None
    marks = list(chart._forks(chart.frame, look, 80))
    painter.end()
    ((x, y, color),) = marks
    assert x == pytest.approx(chart.frame.x_px(float(recording.evals[AT, 2] if against == "evaluations" else AT)))
    assert color == LIGHT.style(2).color
    assert image.pixelColor(round(x), round(y)).name() == LIGHT.plot.lower()


@pytest.mark.parametrize("view", ["contour", "relief", "side by side"])
def test_a_picture_of_a_fork_can_be_painted(qtbot: QtBot, view: str) -> None:
    race = forked()
    recording = Engine(race).run()
    image = QImage(900, 560, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    Picture(recording, 80, scene=Scene(view=view)).draw(painter, QRectF(0, 0, 900, 560), 1.0)  # type: ignore[arg-type]
    painter.end()
    said = recipe(race.entrants[2])
    assert said.startswith("η = 0.003, β = 0.9") and f" from step {AT} on, before as Momentum (η = 0.01" in said


@POPS_UP
def test_the_window_asks_whom_to_fork(qtbot: QtBot) -> None:
    window = opened(qtbot, racefile.find("ravine"))
    window.finish()
    assert window.actions_["fork"].shortcut().toString() == "Ctrl+B"
    window.actions_["fork"].trigger()
    assert not [m for m in window.workbench.racers.findChildren(QMenu) if m.isVisible()], "nothing to choose there"
    assert "at the start" in window.workbench.racers.error.text()
    window.controller.seek(AT)
    before = window.controller.race
    window.actions_["fork"].trigger()
    (menu,) = (m for m in window.workbench.racers.findChildren(QMenu) if m.isVisible())
    assert [a.text() for a in menu.actions()] == ["Fork which racer?", *(e.label for e in before.entrants)]
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert window.controller.race == before.fork(1, AT) and window.controller.step == AT
    card = window.workbench.racers.cards[before.entrants[0].stream]
    card.name.setFocus()
    qtbot.waitUntil(lambda: window.workbench.racers.focused == 0)
    window.actions_["fork"].trigger()
    assert window.controller.race == before.fork(1, AT).fork(0, AT)
    window.controller.undo()
    window.controller.undo()
    assert window.controller.race == before


def test_a_fork_in_a_lesson_is_marked_too() -> None:
    for page in LESSONS["forks"].pages:
        race = LESSONS["forks"].race_of(page)
        assert begins(race) == [0] + [race.entrants[1].forked.step] * (len(race.entrants) - 1)


def test_a_fork_that_feels_other_draws_shares_no_path() -> None:
    race = forked()
    fork = replace(race.entrants[2], forked=replace(race.entrants[2].forked, racer=replace(race.entrants[0], stream=7)))
    race = replace(race, entrants=(*race.entrants[:2], fork))
    assert begins(race) == begins(replace(race, noise=Noise(0.5))) == [0, 0, AT]
    assert begins(replace(race, noise=Noise(0.5, shared=False))) == [0, 0, 0]
