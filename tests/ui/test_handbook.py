"""The handbook's pages, and the ways to them."""

from __future__ import annotations

import pytest
from hosted import POPS_UP, opened, show
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.handbook import CATALOGS
from simulator.ui.handbook import Handbook
from simulator.ui.theme import DARK, LIGHT

pytestmark = POPS_UP


@pytest.fixture
def book(qtbot: QtBot) -> Handbook:
    it = Handbook("optimizer", "rmsprop", LIGHT)
    show(qtbot, it, 640, 600, LIGHT)
    return it


def test_it_opens_at_the_page_asked_for_and_says_how_libraries_differ(book: Handbook) -> None:
    text = book.page.toPlainText()
    for part in (
        "RMSProp",
        "2012, adaptive",
        "s = g / (√G + ε)",
        "1 gradient",
        "agrees with torch",
        "optax",
    ):
        assert part in text


def test_every_entry_has_a_page(book: Handbook) -> None:
    assert book.chooser.count() == sum(map(len, CATALOGS.values()))
    for place in range(book.chooser.count()):
        book.chooser.setCurrentIndex(place)
        kind, _, name = book.chooser.itemData(place).partition(":")
        text = book.page.toPlainText()
        assert text.startswith(CATALOGS[kind][name].title) and "Source" in text


def test_sizes_follow_the_projector(qtbot: QtBot) -> None:
    plain, large = (Handbook("schedule", "cosine", theme) for theme in (DARK, DARK.for_projector()))
    for it in (plain, large):
        qtbot.addWidget(it)
    assert large.width() > plain.width()


def test_the_menu_and_a_card_lead_to_it(qtbot: QtBot) -> None:
    window = opened(qtbot)
    pages: list[str] = []

    def read() -> None:
        book = QApplication.activeModalWidget()
        assert isinstance(book, Handbook)
        pages.append(book.page.toPlainText().split("\n")[0])
        book.reject()

    QTimer.singleShot(0, window, read)
    window.actions_["handbook"].trigger()
    card = window.workbench.racers.cards[1]
    card.more.setChecked(True)
    QTimer.singleShot(0, window, read)
    card.tuning.about.click()
    assert pages == ["SGD", "Momentum"]
