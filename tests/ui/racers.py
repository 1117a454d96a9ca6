"""A panel of racers in a window, for tests."""

from __future__ import annotations

from typing import Any

from hosted import show
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.ui.card import EntrantCard
from simulator.ui.entrants import EntrantPanel
from simulator.ui.theme import LIGHT

RAVINE = LANDSCAPES["ravine"]()


def field_of(*names: str) -> Race:
    race = Race(RAVINE, (Entrant(OPTIMIZERS[names[0]](lr=0.01), OPTIMIZERS[names[0]].title),), RAVINE.starts[:1])
    for name in names[1:]:
        race = race.with_new(OPTIMIZERS[name](lr=0.01))
    return race


class Shown:
    """A panel, and what it sent. ``echo`` shows each new race, as the window does."""

    def __init__(self, qtbot: QtBot, race: Race, echo: bool = True, **look: Any):
        self.panel = EntrantPanel()
        self.panel.set_theme(look.get("theme", LIGHT))
        self.sent: list[tuple[Race, str]] = []
        self.panel.changed.connect(lambda race, key: self.sent.append((race, key)))
        if echo:
            self.panel.changed.connect(lambda race, key: self.panel.set_race(race))
        self.panel.set_race(race)
        show(qtbot, self.panel, look.get("width", 320), 640, look.get("theme", LIGHT))

    @property
    def cards(self) -> list[EntrantCard]:
        return list(self.panel.cards.values())

    @property
    def last(self) -> Race:
        return self.sent[-1][0]


def click(qtbot: QtBot, button: QAbstractButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def open_up(qtbot: QtBot, card: EntrantCard) -> None:
    click(qtbot, card.more)
    assert card.tuning is not None and card.tuning.isVisibleTo(card)
