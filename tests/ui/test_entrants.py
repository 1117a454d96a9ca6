"""The racers' cards: every gesture arrives as one new Race, and nothing that is shown sends anything back."""

from __future__ import annotations

import weakref
from dataclasses import replace
from typing import Any, get_args

import pytest
from hosted import POPS_UP
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot
from racers import RAVINE, Shown, click, field_of, open_up

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Family
from simulator.optimizers import OPTIMIZERS
from simulator.race import MAX_ENTRANTS, sensible_lr
from simulator.schedules import SCHEDULES
from simulator.ui.card import EntrantCard
from simulator.ui.chooser import NAME
from simulator.ui.editors import NumberEditor
from simulator.ui.theme import DARK, LIGHT

ENTER = Qt.Key.Key_Return
pytestmark = POPS_UP


def editor(card: EntrantCard, name: str = "lr") -> NumberEditor:
    if name == "lr":
        found = card.lr.controls["lr"].editor
    else:
        assert card.tuning is not None
        forms = (card.tuning.hyper, card.tuning.clip, card.tuning.shape)
        found = next(form.controls[name].editor for form in forms if form and name in form.controls)
    assert isinstance(found, NumberEditor)
    return found


def drag(qtbot: QtBot, slider: QAbstractSlider, to: float) -> None:
    y, width = slider.height() // 2, slider.width()
    start = round(9 + slider.value() / slider.maximum() * (width - 18))
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(start, y))
    for share in (0.5, 1.0):
        qtbot.mouseMove(slider, QPoint(round(start + share * (9 + to * (width - 18) - start)), y))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(9 + to * (width - 18)), y))


def test_dragging_eta_makes_races_with_that_eta(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("sgd", "momentum"))
    drag(qtbot, editor(shown.cards[1]).slider, 0.8)
    assert len(shown.sent) >= 2 and {key for _, key in shown.sent} == {"lr/1"}
    assert shown.last.entrants[1].lr > 0.3 and shown.last.entrants[0].lr == 0.01
    assert editor(shown.cards[1]).field.text() == f"{shown.last.entrants[1].lr:g}"


def test_showing_a_race_sends_nothing(qtbot: QtBot) -> None:
    race = field_of("sgd", "momentum", "adam")
    shown = Shown(qtbot, race)
    for card in shown.cards:
        open_up(qtbot, card)
    other = race.with_hyper(1, lr=0.5, beta=0.5).with_entrant(0, schedule=SCHEDULES["cosine"](warmup=9), label="X")
    for turn in (other, race, race.without(0), other.on(LANDSCAPES["parabola"]()), race):
        shown.panel.set_race(turn)
        shown.panel.show_step(Engine(turn).advance(3), 3)
        shown.panel.set_theme(DARK)
        shown.panel.set_hidden(frozenset({0}))
        shown.panel.set_shared_lr(True)
        shown.panel.set_shared_lr(False)
    assert shown.sent == []


def test_every_other_setting_is_behind_more(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("sgd", "momentum"))
    card = shown.cards[1]
    assert card.tuning is None
    open_up(qtbot, card)
    for name, typed, key, read in (
        ("beta", "0.99", "beta/1", lambda e: e.optimizer.hyper["beta"]),
        ("clip_norm", "1", "clip_norm/1", lambda e: e.clip_norm),
        ("warmup", "20", "schedule.warmup/1", lambda e: e.schedule.warmup),
    ):
        field = editor(card, name).field
        field.setText(typed)
        qtbot.keyClick(field, ENTER)
        assert shown.sent[-1][1] == key and read(shown.last.entrants[1]) == float(typed)
    click(qtbot, card.more)
    assert not card.tuning.isVisibleTo(card)


def test_a_switch_is_an_entry_of_its_own_in_the_history(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("adam"))
    open_up(qtbot, shown.cards[0])
    box = shown.cards[0].tuning.hyper.controls["bias_correction"].editor.inputs[0]
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert shown.last.entrants[0].optimizer.hyper["bias_correction"] is False and shown.sent[-1][1] == ""


def test_another_schedule_keeps_what_both_know_and_rebuilds_its_controls(qtbot: QtBot) -> None:
    race = field_of("sgd").with_entrant(0, schedule=SCHEDULES["cosine"](warmup=7, eta_min=0.25))
    shown = Shown(qtbot, race)
    open_up(qtbot, shown.cards[0])
    tuning = shown.cards[0].tuning
    old = weakref.ref(tuning.shape)
    tuning.schedule.setFocus()
    tuning.schedule.setCurrentIndex(tuning.schedule.findData("linear"))
    assert shown.last.entrants[0].schedule == SCHEDULES["linear"](warmup=7, eta_min=0.25)
    assert shown.sent[-1][1] == "" and len(shown.sent) == 1
    assert tuning.shape.thing == shown.last.entrants[0].schedule and tuning.schedule.hasFocus()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert old() is None
    rates = tuning.curve.rates
    assert rates[7] == pytest.approx(0.01) and rates[0] == 0.0
    tuning.schedule.setCurrentIndex(tuning.schedule.findData("constant"))
    assert shown.last.entrants[0].schedule == SCHEDULES["constant"](warmup=7)


def test_one_schedule_for_all(qtbot: QtBot) -> None:
    cosine = SCHEDULES["cosine"](warmup=7)
    shown = Shown(qtbot, field_of("sgd", "momentum", "adam").with_entrant(1, schedule=cosine))
    open_up(qtbot, shown.cards[1])
    share = shown.cards[1].tuning.share
    click(qtbot, share)
    assert [e.schedule for e in shown.last.entrants] == [cosine] * 3
    assert [e.optimizer for e in shown.last.entrants] == [
        e.optimizer for e in field_of("sgd", "momentum", "adam").entrants
    ]
    assert shown.sent[-1][1] == "" and not share.isEnabled(), "all have it now"
    alone = Shown(qtbot, field_of("sgd"))
    open_up(qtbot, alone.cards[0])
    assert alone.cards[0].tuning.share.isHidden()


def test_renaming_in_place(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("sgd", "momentum"))
    card = shown.cards[1]
    qtbot.mouseClick(card.name, Qt.MouseButton.LeftButton)
    card.name.selectAll()
    qtbot.keyClicks(card.name, "SGD")
    qtbot.keyClick(card.name, ENTER)
    assert shown.sent == [] and card.error.isVisible() and "taken" in card.error.text()
    card.name.selectAll()
    qtbot.keyClicks(card.name, "Ball")
    qtbot.keyClick(card.name, ENTER)
    assert shown.last.entrants[1].label == "Ball" and not card.error.isVisible()
    assert editor(card).slider.accessibleName() == "Ball: learning rate η slider"
    assert card.buttons["remove"].accessibleName() == "Ball: remove"
    for key, text in ((ENTER, "  "), (Qt.Key.Key_Escape, "Other")):
        card.name.setText(text)
        qtbot.keyClick(card.name, key)
    assert len(shown.sent) == 1 and card.name.text() == "Ball" and not card.error.isVisible()


def test_methods_are_added_from_a_list_by_family_and_year(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("sgd"))
    methods = shown.panel.methods
    click(qtbot, shown.panel.add)
    assert methods.isVisible() and set(methods.shown) == set(OPTIMIZERS)
    kinds = [OPTIMIZERS[name] for name in methods.shown]
    order = [(get_args(Family).index(kind.family), kind.year) for kind in kinds]
    assert order == sorted(order)
    qtbot.keyClicks(methods.search, "adam 2015")
    assert methods.about.text() == OPTIMIZERS[methods.shown[0]].doc().splitlines()[0]
    while methods.list.currentItem().text().strip() != "Adam · 2015":
        qtbot.keyClick(methods.search, Qt.Key.Key_Down)
    qtbot.keyClick(methods.search, ENTER)
    newcomer = shown.last.entrants[1]
    assert type(newcomer.optimizer) is OPTIMIZERS["adam"] and not methods.isVisible()
    assert newcomer.lr == sensible_lr(OPTIMIZERS["adam"], RAVINE) and newcomer.stream == 1
    assert shown.cards[1].entrant == newcomer and shown.sent[-1][1] == ""


def test_methods_that_need_a_model_can_be_added_only_where_there_is_one(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OPTIMIZERS["adam"], "needs", "model")
    needy = {name for name, cls in OPTIMIZERS.items() if cls.needs}
    shown = Shown(qtbot, field_of("sgd"))
    for ground, absent in ((RAVINE, needy), (LANDSCAPES["logistic"](), set())):
        shown.panel.set_race(field_of("sgd").on(ground))
        shown.panel.methods.open_below(shown.panel.add)
        items = [shown.panel.methods.list.item(row) for row in range(shown.panel.methods.list.count())]
        off = [item for item in items if item.data(NAME) and not item.flags() & Qt.ItemFlag.ItemIsEnabled]
        assert {item.data(NAME) for item in off} == absent and all("needs" in item.toolTip() for item in off)
        shown.panel.methods.close()


def test_one_eta_for_all(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("sgd", "momentum", "adam"))
    told: list[bool] = []
    shown.panel.shared_lr_changed.connect(told.append)
    qtbot.keyClick(shown.panel.shared, Qt.Key.Key_Space)
    assert told == [True] and shown.sent == []
    field = editor(shown.cards[1]).field
    field.setText("0.03")
    qtbot.keyClick(field, ENTER)
    assert [e.lr for e in shown.last.entrants] == [0.03] * 3 and shown.sent[-1][1] == "lr/all"
    shown.panel.methods.picked.emit("sgd")
    assert shown.last.entrants[3].lr == 0.03
    qtbot.keyClick(shown.panel.shared, Qt.Key.Key_Space)
    field.setText("0.5")
    qtbot.keyClick(field, ENTER)
    assert [e.lr for e in shown.last.entrants] == [0.03, 0.5, 0.03, 0.03] and shown.sent[-1][1] == "lr/1"


def test_duplicate_hide_and_remove(qtbot: QtBot) -> None:
    race = field_of("sgd", "momentum").with_entrant(0, clip_norm=2.0, schedule=SCHEDULES["cosine"]())
    shown = Shown(qtbot, race)
    hidden: list[tuple[int, bool]] = []
    shown.panel.hidden_changed.connect(lambda stream, on: hidden.append((stream, on)))
    click(qtbot, shown.cards[0].buttons["duplicate"])
    twin = shown.last.entrants[2]
    assert (twin.label, twin.stream) == ("SGD 2", 2)
    assert replace(twin, label="SGD", stream=0) == race.entrants[0]
    click(qtbot, shown.cards[1].buttons["hide"])
    shown.panel.set_hidden(frozenset({1}))
    assert shown.cards[1].buttons["hide"].accessibleName() == "Momentum: show"
    click(qtbot, shown.cards[1].buttons["hide"])
    assert hidden == [(1, True), (1, False)]
    click(qtbot, shown.cards[0].buttons["remove"])
    assert [e.label for e in shown.last.entrants] == ["Momentum", "SGD 2"]
    assert [e.stream for e in shown.last.entrants] == [1, 2] and list(shown.panel.cards) == [1, 2]


def test_the_last_racer_stays(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("sgd", "momentum"))
    click(qtbot, shown.cards[0].buttons["remove"])
    assert not shown.cards[0].buttons["remove"].isEnabled()
    click(qtbot, shown.cards[0].buttons["remove"])
    assert len(shown.sent) == 1


def test_removing_leaves_no_card_and_keeps_the_keyboard_near(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("sgd", "momentum", "adam"))
    gone = weakref.ref(shown.cards[1])
    open_up(qtbot, shown.cards[1])
    shown.cards[1].buttons["remove"].setFocus()
    qtbot.keyClick(shown.cards[1].buttons["remove"], Qt.Key.Key_Space)
    assert QApplication.focusWidget() is shown.cards[1].buttons["remove"]
    assert shown.cards[1].entrant.label == "Adam"
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert gone() is None


def test_cards_that_stay_are_kept(qtbot: QtBot) -> None:
    race = field_of("sgd", "momentum", "adam")
    shown = Shown(qtbot, race)
    before = shown.cards
    turned = replace(race, entrants=race.entrants[::-1])
    shown.panel.set_race(turned)
    assert shown.cards == before[::-1]
    assert [shown.panel.column.itemAt(i).widget() for i in range(3)] == before[::-1]
    other = replace(race.entrants[0], optimizer=OPTIMIZERS["lion"]())
    shown.panel.set_race(replace(race, entrants=(other, *race.entrants[1:])))
    assert shown.cards[0] is not before[0] and shown.cards[1:] == before[1:]


def test_the_default_eta_follows_the_landscape(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("sgd"))
    qtbot.mouseDClick(shown.cards[0].lr.controls["lr"].label, Qt.MouseButton.LeftButton)
    assert shown.last.entrants[0].lr == sensible_lr(OPTIMIZERS["sgd"], RAVINE)
    shown.panel.set_race(replace(shown.last, landscape=LANDSCAPES["rosenbrock"]()))
    qtbot.mouseDClick(shown.cards[0].lr.controls["lr"].label, Qt.MouseButton.LeftButton)
    assert shown.last.entrants[0].lr == sensible_lr(OPTIMIZERS["sgd"], LANDSCAPES["rosenbrock"]())


@pytest.mark.parametrize(("theme", "width"), [(LIGHT, 300), (DARK.for_projector(), 340)])
def test_nothing_is_wider_than_the_panel_and_everything_has_a_name(qtbot: QtBot, theme: Any, width: int) -> None:
    everyone = [name for name, cls in OPTIMIZERS.items() if not cls.needs]
    race = field_of(*everyone[:MAX_ENTRANTS]).with_entrant(
        0, label="A name that goes on and on and on and never seems to end"
    )
    for i, schedule in enumerate(SCHEDULES.values()):
        race = race.with_entrant(i, schedule=schedule())
    shown = Shown(qtbot, race, theme=theme, width=width)
    for card in shown.cards:
        open_up(qtbot, card)
    QApplication.processEvents()
    page = shown.panel.area.widget()
    assert page.minimumSizeHint().width() <= shown.panel.area.viewport().width()
    assert shown.panel.minimumSizeHint().width() <= width
    for kind in (QAbstractButton, QLineEdit, QAbstractSlider, QComboBox):
        for widget in page.findChildren(kind):
            assert widget.accessibleName() or widget.focusPolicy() == Qt.FocusPolicy.NoFocus, widget


def test_restarts_can_be_had_where_the_schedule_has_phases(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("momentum"))
    [card] = shown.cards
    open_up(qtbot, card)
    assert card.tuning is not None and not card.tuning.restart.isVisible()
    card.tuning.schedule.setCurrentIndex(card.tuning.schedule.findData("cosine_restarts"))
    box = card.tuning.restart.inputs[0]
    assert box.isVisible() and card.tuning.inputs[-1] is box
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert shown.last.entrants[0].restart and shown.sent[-1][1] == ""
    card.tuning.schedule.setCurrentIndex(card.tuning.schedule.findData("constant"))
    assert box.isVisible(), "what is on can be switched off"
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert not box.isVisible() and box not in card.tuning.inputs


def test_tab_walks_the_cards_from_top_to_bottom(qtbot: QtBot) -> None:
    shown = Shown(qtbot, field_of("sgd", "momentum"))
    shown.panel.set_race(replace(shown.panel.race, entrants=shown.panel.race.entrants[::-1]))
    shown.panel.add.setFocus()
    names = []
    for _ in range(16):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        names.append(QApplication.focusWidget().accessibleName())
    per_card = ["name", "duplicate", "hide", "remove", "more settings", "learning rate η", "learning rate η slider"]
    wanted = ["One learning rate η for all racers"]
    wanted += [f"{label}: {part}" for label in ("Momentum", "SGD") for part in per_card]
    assert names[: len(wanted)] == wanted
