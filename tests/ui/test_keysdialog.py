"""Keys and mouse: all of them, on any screen."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from simulator.ui.actions import COMMANDS
from simulator.ui.keysdialog import KeysDialog
from simulator.ui.theme import LIGHT


def test_every_shortcut_is_listed(qtbot: QtBot) -> None:
    dialog = KeysDialog(LIGHT)
    qtbot.addWidget(dialog)
    text = dialog.text.toPlainText()
    for command in COMMANDS:
        assert QKeySequence(command.keys).toString() in text, command.name


def test_it_is_no_larger_than_a_projectors_screen(qtbot: QtBot) -> None:
    dialog = KeysDialog(LIGHT.for_projector())
    qtbot.addWidget(dialog)
    dialog.layout().activate()
    room = dialog.screen().availableSize()
    assert dialog.height() < room.height() and dialog.width() < room.width()
    assert dialog.minimumSizeHint().height() < dialog.height(), "the list scrolls, the button stays"
