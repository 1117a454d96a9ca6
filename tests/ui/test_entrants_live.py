"""The numbers on the cards while a race is played."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from racers import Shown, click, field_of, open_up

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.recording import Status
from simulator.ui.card import gap_text, status_text


def test_the_live_numbers(qtbot: QtBot) -> None:
    race = field_of("sgd", "momentum").with_hyper(0, lr=0.05).with_hyper(1, lr=1.0)
    shown = Shown(qtbot, race)
    recording = Engine(race).run()
    shown.panel.show_step(recording, race.steps)
    first, second = shown.cards
    status, since = recording.status_at(race.steps, 0)
    assert status is Status.ARRIVED and first.status.text == f"arrived at step {since}"
    assert float(first.method.right.removeprefix("f − f* ").replace("−", "-")) == pytest.approx(
        recording.gap()[-1, 0], rel=0.01
    )
    assert second.status.text.startswith("diverged at step ") and second.method.right == "f − f* not finite"
    assert second.status.accessibleName() == second.status.text


def test_the_live_numbers_rest_between_frames_but_the_last_arrives(qtbot: QtBot) -> None:
    race = field_of("sgd")
    shown = Shown(qtbot, race)
    recording = Engine(race).run()
    texts = []
    for step in range(30):
        shown.panel.show_step(recording, step)
        texts.append(shown.cards[0].method.right)
    assert len(set(texts)) <= 3
    last = f"f − f* {gap_text(recording.gap()[29])}"
    qtbot.waitUntil(lambda: shown.cards[0].method.right == last, timeout=1000)


def test_on_a_moving_landscape_the_mean_is_shown(qtbot: QtBot) -> None:
    race = field_of("sgd").on(LANDSCAPES["drifting_bowl"]())
    shown = Shown(qtbot, race)
    recording = Engine(race).run()
    shown.panel.show_step(recording, 100)
    assert shown.cards[0].method.right == f"mean f − f* {gap_text(recording.gap()[:101].mean(axis=0))}"


def test_several_starts_are_counted() -> None:
    race = replace(field_of("sgd").with_hyper(0, lr=0.05), starts=((5.0, 2.0), (500.0, 2.0)))
    recording = Engine(race).advance(1)
    assert status_text(recording, slice(0, 2), 1)[0] == "1 out of view, 1 racing"
    assert gap_text(np.array([1e-5, 2.5])) == "≤ 2.5" and gap_text(np.array([1.0, np.nan])) == "not finite"


class Layouts(QObject):
    """Counts the new layouts that a widget and all within it are asked for."""

    def __init__(self, widget: QWidget):
        super().__init__(widget)
        self.count = 0
        for part in (widget, *widget.findChildren(QWidget)):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_live_numbers_never_ask_for_a_new_layout(qtbot: QtBot) -> None:
    """Which is what makes them cheap: twelve cards are repainted, not laid out."""
    race = field_of(*["sgd", "momentum", "nesterov", "adam"] * 3)
    shown = Shown(qtbot, race)
    recording = Engine(race).run()
    open_up(qtbot, shown.cards[0])
    qtbot.wait(50)  # until what has been opened is laid out
    layouts = Layouts(shown.panel)
    for step in (0, 50, 300):
        before = [card.method.right for card in shown.cards]
        shown.panel.show_step(recording, step)
        qtbot.waitUntil(lambda old=before: [card.method.right for card in shown.cards] != old, timeout=1000)
    assert layouts.count == 0
    shown.cards[0].more.setChecked(False)
    QApplication.processEvents()
    assert layouts.count > 0  # the count counts


def test_a_newcomer_is_scrolled_to(qtbot: QtBot) -> None:
    """Also where the cards before it are open and fill more than the panel."""
    shown = Shown(qtbot, field_of("sgd", "momentum"))
    for card in shown.cards:
        open_up(qtbot, card)
    qtbot.wait(20)
    click(qtbot, shown.cards[0].buttons["duplicate"])
    area, newcomer = shown.panel.area.viewport(), shown.cards[-1]
    assert len(shown.cards) == 3

    def seen() -> bool:
        return area.rect().contains(newcomer.rect().translated(newcomer.mapTo(area, newcomer.rect().topLeft())))

    qtbot.waitUntil(seen, timeout=1000)
