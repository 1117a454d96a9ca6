"""Space and arrows are the race's, but for the control that has the focus and needs them itself."""

from __future__ import annotations

import pytest
from hosted import POPS_UP
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from simulator.ui.qt import dress
from simulator.ui.theme import LIGHT

pytestmark = POPS_UP
SPACE, RIGHT = Qt.Key.Key_Space, Qt.Key.Key_Right
KEEP = {
    QPushButton: {SPACE}, QToolButton: {SPACE}, QCheckBox: {SPACE}, QSlider: {RIGHT}, QTabBar: {RIGHT},
    QComboBox: {SPACE, RIGHT}, QListWidget: {SPACE, RIGHT}, QSpinBox: {SPACE, RIGHT}, QLineEdit: {SPACE, RIGHT},
    QTextEdit: {SPACE, RIGHT}, QPlainTextEdit: {SPACE, RIGHT}, QWidget: set[Qt.Key](),
}  # fmt: skip


@pytest.mark.parametrize("kind", KEEP)
def test_a_key_is_the_race_s_unless_the_control_that_has_the_focus_needs_it(kind: type[QWidget], qtbot: QtBot) -> None:
    window, elsewhere, control = QWidget(), QWidget(), kind()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    taken: list[Qt.Key] = []
    for key in (SPACE, RIGHT):
        QShortcut(QKeySequence(key), window).activated.connect(lambda key=key: taken.append(key))
    for widget in (elsewhere, control):
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column.addWidget(widget)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    for _ in range(2):
        for widget, keeps in ((elsewhere, set[Qt.Key]()), (control, KEEP[kind])):
            widget.setFocus()
            assert QApplication.focusWidget() is widget
            taken.clear()
            for key in (SPACE, RIGHT):
                qtbot.keyClick(widget, key)
            assert {*taken} == {SPACE, RIGHT} - keeps


@pytest.mark.parametrize("kind", [QPushButton, QCheckBox, QRadioButton, QToolButton])
def test_a_button_takes_the_focus_by_tab_alone(kind: type[QWidget], qtbot: QtBot) -> None:
    dress(LIGHT)
    button = kind()
    qtbot.addWidget(button)
    button.ensurePolished()
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
