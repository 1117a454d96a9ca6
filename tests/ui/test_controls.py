"""The control of one Param: what is typed, dragged and turned arrives once and exactly; what is set is silent."""

from __future__ import annotations

from typing import Any

import pytest
from hosted import show
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.param import Param, params
from simulator.race import Noise, Race
from simulator.schedules import SCHEDULES
from simulator.ui.controls import ParamControl
from simulator.ui.editors import BoxEditor, ChoiceEditor, NumberEditor, TextEditor
from simulator.ui.fields import number_text, read_number, read_point
from simulator.ui.style import stylesheet
from simulator.ui.theme import DARK, LIGHT

LR = params(OPTIMIZERS["sgd"])["lr"]
BETA = params(OPTIMIZERS["momentum"])["beta"]
STEPS = params(Race)["steps"]


def made(qtbot: QtBot, param: Param, value: Any, **more: Any) -> tuple[ParamControl, list[Any]]:
    control = ParamControl(param, value, **more)
    got: list[Any] = []
    control.value_changed.connect(got.append)
    show(qtbot, control, 280, 80)
    return control, got


def number(control: ParamControl) -> NumberEditor:
    assert isinstance(control.editor, NumberEditor)
    return control.editor


def type_in(qtbot: QtBot, field: QLineEdit, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    qtbot.keyClicks(field, text)
    if end is not None:
        qtbot.keyClick(field, end)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1e-3", 1e-3), ("0,25", 0.25), (" 0.1 ", 0.1), ("0.1234567890123456", 0.1234567890123456), ("2", 2.0)],
)
def test_a_typed_number_is_taken_exactly(qtbot: QtBot, typed: str, value: float) -> None:
    control, got = made(qtbot, LR, 0.01)
    type_in(qtbot, number(control).field, typed)
    assert got == [value] and control.value == value
    assert float(number(control).field.text()) == value
    assert not control.error.isVisible()


@pytest.mark.parametrize("typed", ["abc", "", "-1", "11", "nan", "inf", "1,000,0", "1.5.2"])
def test_a_number_that_cannot_be_taken_leaves_the_value_and_says_what_can(qtbot: QtBot, typed: str) -> None:
    control, got = made(qtbot, LR, 0.01)
    field = number(control).field
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert got == [] and control.value == 0.01
    assert field.property("invalid") is True and field.text() == typed
    assert control.error.isVisible() and "1e-06 to 10" in control.error.text()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "0.01" and not field.property("invalid") and not control.error.isVisible()


def test_a_whole_number_is_not_guessed_from_a_comma(qtbot: QtBot) -> None:
    control, got = made(qtbot, STEPS, 300)
    type_in(qtbot, number(control).field, "1,000")
    assert got == [] and control.error.isVisible()
    type_in(qtbot, number(control).field, "1e3")
    assert got == [1000] and type(control.value) is int


def test_numbers_look_the_same_in_every_locale(qtbot: QtBot) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German))
    try:
        control, got = made(qtbot, LR, 0.015)
        assert number(control).field.text() == "0.015"
        type_in(qtbot, number(control).field, "0.02")
        assert got == [0.02]
    finally:
        QLocale.setDefault(before)


@pytest.mark.parametrize("value", [0.1, 1e-8, 1 / 3, 123456789.125, 5e-324, 300, 2**63 - 1])
def test_number_text_reads_back_as_the_same_number(value: float) -> None:
    assert read_number(number_text(value), integer=isinstance(value, int)) == value


def test_read_point() -> None:
    assert read_point("(5, 2)", 2) == read_point("5 2", 2) == read_point("[5;2]", 2) == (5.0, 2.0)
    assert read_point("0,5; -1,5", 2) == (0.5, -1.5)
    assert read_point("0,5", 1) == (0.5,)
    for text, dim in (("1", 2), ("1 2 3", 2), ("a, b", 2), ("1 2", 1), ("1e12, 0", 2)):
        with pytest.raises(ValueError, match="must"):
            read_point(text, dim)


def test_dragging_the_slider_reports_all_the_way(qtbot: QtBot) -> None:
    control, got = made(qtbot, LR, 0.01)
    slider = number(control).slider
    y = slider.height() // 2
    x = round(9 + LR.to_track(0.01) * (slider.width() - 18))
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    for dx in (10, 20, 30, 40):
        qtbot.mouseMove(slider, QPoint(x + dx, y))
    assert len(got) >= 3 and got == sorted(got) and got[0] > 0.01
    assert slider.isSliderDown() and number(control).field.text() == number_text(got[-1])
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(x + 40, y))
    assert control.value == got[-1]


def test_a_press_beside_the_handle_takes_it_there(qtbot: QtBot) -> None:
    control, got = made(qtbot, LR, 1e-6)
    slider = number(control).slider
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, slider.height() // 2))
    assert slider.isSliderDown() and LR.to_track(got[-1]) == pytest.approx(0.5, abs=0.02)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)


def test_the_ends_of_the_track_are_the_ends_of_the_range(qtbot: QtBot) -> None:
    control, got = made(qtbot, BETA, 0.9)
    qtbot.keyClick(number(control).slider, Qt.Key.Key_End)
    qtbot.keyClick(number(control).slider, Qt.Key.Key_Home)
    assert got == [BETA.high, BETA.low]


def test_a_key_always_reaches_another_value(qtbot: QtBot) -> None:
    warmup = params(SCHEDULES["constant"])["warmup"]
    control, got = made(qtbot, warmup, 1)
    for _ in range(4):
        qtbot.keyClick(number(control).slider, Qt.Key.Key_Right)
    assert got == sorted(set(got)) and len(got) == 4 and got[0] > 1
    qtbot.keyClick(number(control).slider, Qt.Key.Key_Left)
    assert got[-1] < got[-2]


def wheel(widget: Any) -> None:
    at = QPointF(widget.rect().center())
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120), buttons, keys, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(widget, event)


def test_the_wheel_turns_only_what_has_the_focus(qtbot: QtBot) -> None:
    control, got = made(qtbot, LR, 0.01)
    editor = number(control)
    editor.field.setFocus()
    wheel(editor.slider)
    assert got == []
    editor.slider.setFocus()
    qtbot.waitUntil(editor.slider.hasFocus)
    wheel(editor.slider)
    assert len(got) == 1


def test_set_value_is_silent_and_exact(qtbot: QtBot) -> None:
    for param in (LR, BETA, STEPS, params(Noise)["sigma"], params(Noise)["shared"]):
        control, got = made(qtbot, param, param.default)
        control.set_value(param.high if param.numeric else not param.default)
        control.set_value(param.default)
        assert got == [] and control.value == param.default


def test_an_echo_does_not_touch_what_is_being_typed(qtbot: QtBot) -> None:
    control, _ = made(qtbot, LR, 0.01)
    type_in(qtbot, number(control).field, "0.02", end=None)
    control.set_value(0.01)
    assert number(control).field.text() == "0.02"
    control.set_value(0.05)
    assert number(control).field.text() == "0.05"


def test_the_default_is_a_double_click_or_a_key_away(qtbot: QtBot) -> None:
    control, got = made(qtbot, LR, 0.5, default=0.09)
    qtbot.mouseDClick(control.label, Qt.MouseButton.LeftButton)
    assert got == [0.09] and number(control).field.text() == "0.09"
    control.set_value(0.5)
    qtbot.keyClick(number(control).slider, Qt.Key.Key_Delete)
    assert got == [0.09, 0.09]
    qtbot.keyClick(number(control).slider, Qt.Key.Key_Delete)
    assert len(got) == 2


def test_refused_values_leave_the_last_good_one(qtbot: QtBot) -> None:
    control, got = made(qtbot, STEPS, 300)
    control.value_changed.connect(lambda value: control.refuse("too long") if value > 500 else None)
    type_in(qtbot, number(control).field, "600")
    assert control.value == 300 and control.error.text() == "too long"
    type_in(qtbot, number(control).field, "400")
    assert control.value == 400 and got == [600, 400] and not control.error.isVisible()


def test_undo_is_the_fields_while_typing_and_the_windows_afterwards(qtbot: QtBot) -> None:
    control, _ = made(qtbot, LR, 0.01)
    undone: list[str] = []
    QShortcut(QKeySequence.StandardKey.Undo, control.window()).activated.connect(lambda: undone.append("window"))
    field = number(control).field
    type_in(qtbot, field, "0.02", end=None)
    qtbot.keySequence(field, QKeySequence.StandardKey.Undo)
    assert undone == [] and field.text() != "0.02"
    type_in(qtbot, field, "0.02")
    qtbot.keySequence(field, QKeySequence.StandardKey.Undo)
    assert undone == ["window"] and field.text() == "0.02"


def test_a_switch_is_a_check_box(qtbot: QtBot) -> None:
    control, got = made(qtbot, params(Noise)["shared"], True, owner="Noise")
    box = control.findChild(QCheckBox)
    assert box.accessibleName() == "Noise: same noise for all"
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert got == [False]


def test_a_choice_is_a_combo(qtbot: QtBot) -> None:
    param = Param("mode", "mode", "a_b", 0, 0, "choice", "Which.", choices=("a_b", "c"))
    control, got = made(qtbot, param, "c")
    assert isinstance(control.editor, ChoiceEditor)
    assert control.editor.combo.currentText() == "c"
    qtbot.keyClick(control.editor.combo, Qt.Key.Key_Up)
    assert got == ["a_b"]
    wheel(control.editor.combo)
    assert got == ["a_b"]


def test_a_text_is_tried_when_typing_rests_and_at_once_on_enter(qtbot: QtBot) -> None:
    param = params(LANDSCAPES["formula"])["formula"]
    control, got = made(qtbot, param, "x")
    assert isinstance(control.editor, TextEditor)
    type_in(qtbot, control.editor.line, "x**2", end=None)
    assert got == []
    qtbot.waitUntil(lambda: got == ["x**2"], timeout=2000)
    type_in(qtbot, control.editor.line, "x**4")
    assert got == ["x**2", "x**4"]


def test_a_box_is_a_row_for_each_coordinate(qtbot: QtBot) -> None:
    param = params(LANDSCAPES["formula"])["box"]
    control, got = made(qtbot, param, ((-6.0, 6.0), (-3.0, 3.0)))
    editor = control.editor
    assert isinstance(editor, BoxEditor)
    type_in(qtbot, editor.fields[1][0], "-1")
    assert got == [((-6.0, 6.0), (-1.0, 3.0))]
    type_in(qtbot, editor.fields[0][1], "-7")
    assert len(got) == 1 and control.error.isVisible() and "low < high" in control.error.text()
    qtbot.keyClick(editor.plane, Qt.Key.Key_Space)
    assert got[-1] == ((-6.0, 6.0),) and not editor.fields[1][0].isEnabled()
    qtbot.keyClick(editor.plane, Qt.Key.Key_Space)
    assert got[-1] == ((-6.0, 6.0), (-1.0, 3.0))


def test_every_input_says_what_it_is_and_what_it_takes(qtbot: QtBot) -> None:
    for catalog in (OPTIMIZERS, LANDSCAPES, SCHEDULES):
        for cls in catalog.values():
            for name, param in params(cls).items():
                control, _ = made(qtbot, param, param.default, owner=cls.title)
                for widget in control.editor.inputs:
                    assert widget.accessibleName().startswith(f"{cls.title}: "), name
                    assert param.doc.split("&")[0][:12] in widget.toolTip().replace("&#x27;", "'"), name
    control, _ = made(qtbot, LR, 0.01, owner="Momentum", default=0.09)
    assert number(control).field.accessibleName() == "Momentum: learning rate η"
    assert "1e−6 to 10" in number(control).field.toolTip() and "default 0.09" in number(control).field.toolTip()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_an_empty_check_box_has_an_outline_and_a_full_one_a_mark(qtbot: QtBot, theme: Any) -> None:
    control, _ = made(qtbot, params(Noise)["shared"], False)
    control.findChild(QCheckBox).clearFocus()  # whose ring is in the colour of the mark's ground
    control.setStyleSheet(stylesheet(theme))

    def colors() -> set[str]:
        image = control.grab().toImage()
        return {image.pixelColor(x, y).name() for x in range(30) for y in range(image.height())}

    assert theme.faint in colors() and theme.accent not in colors()
    control.set_value(True)
    assert {theme.accent, theme.on_accent} <= colors()
