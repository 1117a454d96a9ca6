"""What stands beside and below the label of a Param: one editor for each kind of scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from simulator import paramnames
from simulator.param import Param
from simulator.ui.fields import Combo, Field, TrackSlider, ValueField, mark, number_text, read_number

SETTLE_MILLISECONDS = 350  # rest in typing after which a text is tried


class Editor(QObject):
    """What stands beside and below the label for one kind of Param."""

    edited = Signal(object)
    fault = Signal(str)  # what is wrong with the text typed; "" once nothing is
    reset = Signal()
    beside: QWidget | None = None
    below: QWidget | None = None
    inputs: Sequence[QWidget] = ()
    labelled = True

    def __init__(self, param: Param, parent: QObject):
        super().__init__(parent)
        self.param = param

    def show_value(self, value: Any) -> None:
        raise NotImplementedError

    def refuse(self, message: str, accepted: Any) -> None:
        """What is shown cannot be used; ``accepted`` is the value that stands. By default the display returns to it."""
        self.show_value(accepted)
        self.fault.emit(message)


class NumberEditor(Editor):
    """A field with the exact value and a slider along the Param's track."""

    def __init__(self, param: Param, parent: QObject):
        super().__init__(param, parent)
        self.field = ValueField(lambda text: param.coerce(read_number(text, integer=param.integer)), number_text)
        self.field.setMaxLength(64)
        self.field.setProperty("role", "number")
        self.slider = TrackSlider(param)
        self.slider.setProperty("part", "slider")
        self.beside, self.below, self.inputs = self.field, self.slider, (self.field, self.slider)
        self.field.fault.connect(self.fault)
        self.field.edited.connect(lambda value: self._moved(value, self.slider))
        self.slider.moved.connect(lambda value: self._moved(value, self.field))
        self.slider.reset.connect(self.reset)

    def _moved(self, value: Any, other: ValueField | TrackSlider) -> None:
        other.set_value(value)
        self.edited.emit(value)

    def show_value(self, value: Any) -> None:
        self.field.set_value(value)
        self.slider.set_value(value)

    def refuse(self, message: str, accepted: Any) -> None:
        self.field.refuse(message, accepted)


class SwitchEditor(Editor):
    labelled = False

    def __init__(self, param: Param, parent: QObject):
        super().__init__(param, parent)
        self.box = QCheckBox(paramnames.full(param))
        self.beside, self.inputs = self.box, (self.box,)
        self.box.toggled.connect(lambda on: self.edited.emit(on))  # a bool signal does not connect to an object one

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(value)


class ChoiceEditor(Editor):
    def __init__(self, param: Param, parent: QObject):
        super().__init__(param, parent)
        self.combo = Combo()
        for choice in param.choices:
            self.combo.addItem(paramnames.choice(choice), choice)
        self.below, self.inputs = self.combo, (self.combo,)  # names and choices are both too long for one line
        self.combo.currentIndexChanged.connect(lambda index: self.edited.emit(param.choices[index]))

    def show_value(self, value: Any) -> None:
        self.combo.choose(value)


class TextEditor(Editor):
    """A line of text, tried when typing rests and at once on Enter."""

    def __init__(self, param: Param, parent: QObject):
        super().__init__(param, parent)
        self.line = Field()
        self.below, self.inputs = self.line, (self.line,)
        self._tried = ""
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MILLISECONDS)
        self._timer.timeout.connect(self._try)
        self.line.textEdited.connect(lambda: self._timer.start())
        self.line.editingFinished.connect(self._try)

    def _try(self) -> None:
        self._timer.stop()
        if self.line.text() != self._tried:
            self._tried = self.line.text()
            mark(self.line, "invalid", False)
            self.edited.emit(self._tried)

    def show_value(self, value: Any) -> None:
        self._timer.stop()
        self._tried = value
        mark(self.line, "invalid", False)
        if self.line.text() != value:
            self.line.setText(value)

    def refuse(self, message: str, accepted: Any) -> None:
        mark(self.line, "invalid", True)
        self.fault.emit(message)


class BoxEditor(Editor):
    """Low and high of every coordinate, a row each; the second coordinate can be switched off."""

    def __init__(self, param: Param, parent: QObject):
        super().__init__(param, parent)
        self._value: tuple[tuple[float, float], ...] = ()
        self._second = param.default[-1]  # the box of y, remembered while there is none
        self.below = QWidget()
        grid = QGridLayout(self.below)
        grid.setContentsMargins(0, 0, 0, 0)
        self.plane = QCheckBox("y")
        self.plane.setToolTip("Two coordinates, or x alone")
        self.plane.setProperty("part", "in two coordinates")
        self.plane.toggled.connect(lambda on: self._edit((self._value[0], self._second) if on else self._value[:1]))
        grid.addWidget(QLabel("x"), 0, 0)
        grid.addWidget(self.plane, 1, 0)
        self.fields = [[self._field(grid, axis, end) for end in (0, 1)] for axis in (0, 1)]
        self.inputs = [*self.fields[0], self.plane, *self.fields[1]]

    def _field(self, grid: QGridLayout, axis: int, end: int) -> ValueField:
        def box_with(value: Any) -> tuple[tuple[float, float], ...]:
            box = [list(pair) for pair in self._value]
            box[axis][end] = value
            return self.param.coerce(box)

        field = ValueField(lambda text: box_with(read_number(text))[axis][end], number_text)
        field.setProperty("part", f"{'xy'[axis]} {('from', 'to')[end]}")
        field.fault.connect(self.fault)
        field.edited.connect(lambda value: self._edit(box_with(value)))
        if end:
            grid.addWidget(QLabel("to"), axis, 2)
        grid.addWidget(field, axis, 2 * end + 1)
        return field

    def _edit(self, box: tuple[tuple[float, float], ...]) -> None:
        self.show_value(box)
        self.edited.emit(box)

    def show_value(self, value: Any) -> None:
        self._value = value
        if len(value) == 2:
            self._second = value[1]
        with QSignalBlocker(self.plane):
            self.plane.setChecked(len(value) == 2)
        for axis, pair in enumerate(self.fields):
            for end, field in enumerate(pair):
                field.setEnabled(axis < len(value))
                field.set_value((*value, self._second)[axis][end])


EDITORS: dict[str, type[Editor]] = {
    "switch": SwitchEditor, "choice": ChoiceEditor, "text": TextEditor, "box": BoxEditor,
}  # fmt: skip
