"""Which racer to fork, where no card has the keyboard: a menu of them all."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from simulator.race import Race
from simulator.ui.entrants import EntrantPanel

ASKED = "Fork which racer?"


def ask(panel: EntrantPanel, race: Race) -> None:
    """Over the cards of ``race``, below what is asked; the first name has the keyboard."""
    menu = QMenu(panel)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName(ASKED)
    menu.addAction(ASKED).setEnabled(False)
    for i, entrant in enumerate(race.entrants):
        menu.addAction(entrant.label.replace("&", "&&")).triggered.connect(lambda _=False, i=i: panel.fork(i))
    menu.setActiveAction(menu.actions()[1])
    menu.popup(panel.mapToGlobal(panel.rect().center()))
