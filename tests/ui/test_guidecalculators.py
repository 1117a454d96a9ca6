"""The calculators' cards: typed, chosen, refused."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from simulator.ui.calculators import BatchCard, Calculators, Card, MatrixCard, MemoryCard, MomentumCard, NoiseCard
from simulator.ui.fields import Combo, ValueField
from simulator.ui.qt import application, dress
from simulator.ui.theme import DARK, LIGHT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def page(qtbot: QtBot) -> Calculators:
    application()
    page = Calculators()
    qtbot.addWidget(page)
    page.resize(330, 700)
    with qtbot.waitExposed(page):
        page.show()
    return page


def card(page: Calculators, kind: type[Card]):
    return next(it for it in page.cards if isinstance(it, kind))


def fields(it: Card) -> list[ValueField]:
    return [widget for widget in it.inputs if isinstance(widget, ValueField)]


def enter(qtbot: QtBot, field: ValueField, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_they_open_with_the_worked_numbers(page: Calculators) -> None:
    assert card(page, MemoryCard).answer.text() == "56 GB"
    assert card(page, MatrixCard).answer.text().startswith("8,192 numbers")
    assert card(page, NoiseCard).answer.text() == "Equal noise."
    assert [labels[0].text() for labels in card(page, BatchCard).answers.values()] == ["η = 0.8", "η = 0.283"]
    assert card(page, MomentumCard).answer.text() == "η = 0.1"


def test_memory_follows_model_optimizer_and_precision(page: Calculators, qtbot: QtBot) -> None:
    memory = card(page, MemoryCard)
    qtbot.mouseClick(next(b for b in memory.inputs if isinstance(b, QPushButton) and b.text() == "13B"), Qt.LeftButton)
    assert memory.answer.text() == "104 GB" and memory.weights.text() == "13B"
    optimizer, precision = (it for it in memory.inputs if isinstance(it, Combo))
    optimizer.setCurrentIndex(optimizer.findData("momentum"))
    assert memory.answer.text() == "52 GB"
    precision.setCurrentIndex(precision.findData("bf16"))
    enter(qtbot, memory.weights, "350M")
    assert memory.answer.text() == "0.7 GB" and memory.weights.text() == "350,000,000"


def test_what_cannot_be_used_is_refused_and_the_answer_stays(page: Calculators, qtbot: QtBot) -> None:
    noise = card(page, NoiseCard)
    batch = fields(noise)[1]
    enter(qtbot, batch, "0")
    assert batch.property("invalid") and noise.answer.text() == "Equal noise."
    assert any(
        "from 1 to" in label.text() for label in noise.frame.findChildren(type(noise.answer)) if label.isVisible()
    )
    enter(qtbot, batch, "1,024")
    assert not batch.property("invalid") and noise.answer.text() == "The second has 2 times the noise of the first."


def test_every_input_is_named_and_the_keyboard_goes_down(page: Calculators, qtbot: QtBot) -> None:
    inputs = [widget for it in page.cards for widget in it.inputs]
    assert all(widget.accessibleName() for widget in inputs)
    heights = [(widget.mapTo(page, widget.rect().topLeft()).y(), widget.x()) for widget in inputs]
    assert heights == sorted(heights)
    page.activateWindow()
    inputs[0].setFocus()
    qtbot.waitUntil(inputs[0].hasFocus)
    for widget in inputs:
        assert QApplication.focusWidget() is widget
        qtbot.keyClick(widget, Qt.Key.Key_Tab)


@pytest.mark.parametrize("theme", [LIGHT, DARK, LIGHT.for_projector()], ids=["light", "dark", "projector"])
def test_nothing_is_wider_than_the_panel(page: Calculators, theme) -> None:
    dress(theme)
    page.resize(300, 600)
    QApplication.processEvents()
    assert all(it.frame.mapTo(page, it.frame.rect().topRight()).x() <= 300 for it in page.cards)
    dress(LIGHT)
