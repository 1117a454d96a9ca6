"""The control of one hyperparameter, built from its Param: what is declared once is not written again here."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from simulator.param import Param
from simulator.ui.fields import Combo, TrackSlider, ValueField, number_text, read_number, set_invalid

SETTLE_MILLISECONDS = 350  # rest in typing after which a text is tried
WORDS = {"lr": "learning rate", "eps": "epsilon", "sigma": "noise"}


def words(param: Param) -> str:
    """The parameter's name as people say it."""
    return WORDS.get(param.name, param.name.replace("_", " "))


class ParamControl(QWidget):
    """Label, editor and error line of one Param.

    ``value_changed`` follows every change made here, continuously while a slider is dragged; `set_value` is silent.
    Whoever finds that a value cannot be used calls `refuse` from within the signal. ``owner`` is put before the
    accessible names ("Momentum: learning rate η"); ``default`` overrides the Param's own, where a place has a better
    one.
    """

    value_changed = Signal(object)

    def __init__(self, param: Param, value: Any, owner: str = "", default: Any = None, parent: QWidget | None = None):
        super().__init__(parent)
        self.param = param
        self._value = self._before = value
        self.refused: Any = None  # a value typed here that could not be used, while it still stands in the editor
        self._default = param.default if default is None else default
        self.label = ParamLabel(param)
        self.error = error_line()
        self.editor = EDITORS.get(param.scale, NumberEditor)(param, self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        if self.editor.labelled:
            grid.addWidget(self.label, 0, 0)
        else:
            self.label.hide()
            self.label.setParent(self)
        for row, widget in enumerate((self.editor.beside, self.editor.below)):
            if widget is not None:
                narrow = row == 0 and self.editor.labelled
                grid.addWidget(widget, row, 1 if narrow else 0, 1, 1 if narrow else 2)
        grid.addWidget(self.error, 2, 0, 1, 2)
        self.editor.show_value(value)
        self.editor.edited.connect(self._propose)
        self.editor.rejected.connect(lambda message: show_error(self.error, f"{param.symbol} {message}"))
        self.editor.restored.connect(self._settle)
        self.editor.reset.connect(self.reset)
        self.label.double_clicked.connect(self.reset)
        self.set_owner(owner)
        self.set_default(self._default)

    @property
    def value(self) -> Any:
        return self._value

    def set_value(self, value: Any) -> None:
        """Show ``value``, without a signal. What is being typed or was refused stays, unless the value is new."""
        if value != self._value:
            self._value = value
            self._settle()
            self.editor.show_value(value)

    def set_default(self, default: Any) -> None:
        """What a double-click on the label returns to."""
        self._default = default
        shown = number_text(default) if self.param.numeric else self.param.range_text()
        span = f"From {self.param.range_text()}; default {shown}." if self.param.numeric else f"Takes {shown}."
        hint = "Double-click the name, or press Delete on the slider, for the default." if self.param.numeric else ""
        tip = "".join(f"<p>{html.escape(line)}</p>" for line in (self.param.doc, span, hint) if line)
        for widget in (self.label, *self.editor.inputs):
            widget.setToolTip(tip)
            widget.setAccessibleDescription(f"{self.param.doc} {span}")

    def set_owner(self, owner: str) -> None:
        name = " ".join(dict.fromkeys((words(self.param), self.param.symbol)))
        name = f"{owner}: {name}" if owner else name
        for widget in self.editor.inputs:
            widget.setAccessibleName(" ".join(filter(None, (name, widget.property("part")))))

    def reset(self) -> None:
        if self._value != self._default:
            self.editor.show_value(self._default)
            self._propose(self._default)

    def refuse(self, message: str) -> None:
        """The value just handed out cannot be used: say why; the value before it stands."""
        self.refused, self._value = self._value, self._before
        self.editor.refuse(self._before)
        show_error(self.error, message)

    def _settle(self) -> None:
        self.refused = None
        show_error(self.error, "")

    def _propose(self, value: Any) -> None:
        self._settle()
        self._before, self._value = self._value, value
        if value != self._before:
            self.value_changed.emit(value)


class ParamLabel(QWidget):
    """Symbol and name on one line, cut with an ellipsis where there is no room."""

    double_clicked = Signal()

    def __init__(self, param: Param, parent: QWidget | None = None):
        super().__init__(parent)
        self.symbol = param.symbol
        name = words(param)
        plain = name.replace(" ", "") in (self.symbol.replace("-", ""), self.symbol)
        unit = f", {param.unit}" if param.unit and param.unit != name else ""
        self.name = unit.lstrip(", ") if plain else name + unit
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().height() + 2)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bold = self.font()
        bold.setBold(True)
        painter.setFont(bold)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.symbol)
        left = painter.fontMetrics().horizontalAdvance(self.symbol + " ")
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        rest = self.rect().adjusted(left, 0, 0, 0)
        text = self.fontMetrics().elidedText(self.name, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, text)


def error_line() -> QLabel:
    """A line below an input, hidden until there is something to say."""
    label = QLabel()
    label.setProperty("role", "error")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    label.hide()
    return label


def show_error(label: QLabel, message: str) -> None:
    if label.text() != message:
        label.setText(message)
        label.setVisible(bool(message))


class Editor(QObject):
    """What stands beside and below the label for one kind of Param."""

    edited = Signal(object)
    rejected = Signal(str)
    restored = Signal()
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

    def refuse(self, accepted: Any) -> None:
        """Mark what is shown; ``accepted`` is the value that stands. By default the display returns to it."""
        self.show_value(accepted)

    def _follow(self, field: ValueField) -> None:
        field.rejected.connect(self.rejected)
        field.restored.connect(self.restored)


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
        self._follow(self.field)
        self.field.edited.connect(lambda value: self._moved(value, self.slider))
        self.slider.moved.connect(lambda value: self._moved(value, self.field))
        self.slider.reset.connect(self.reset)

    def _moved(self, value: Any, other: ValueField | TrackSlider) -> None:
        other.set_value(value)
        self.edited.emit(value)

    def show_value(self, value: Any) -> None:
        self.field.set_value(value)
        self.slider.set_value(value)

    def refuse(self, accepted: Any) -> None:
        self.field.refuse(accepted)


class SwitchEditor(Editor):
    labelled = False

    def __init__(self, param: Param, parent: QObject):
        super().__init__(param, parent)
        self.box = QCheckBox(" ".join(dict.fromkeys((param.symbol, words(param)))))
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
            self.combo.addItem(choice.replace("_", " "), choice)
        self.beside, self.inputs = self.combo, (self.combo,)
        self.combo.currentIndexChanged.connect(lambda index: self.edited.emit(param.choices[index]))

    def show_value(self, value: Any) -> None:
        self.combo.choose(value)


class TextEditor(Editor):
    """A line of text, tried when typing rests and at once on Enter."""

    def __init__(self, param: Param, parent: QObject):
        super().__init__(param, parent)
        self.line = QLineEdit()
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
            set_invalid(self.line, False)
            self.edited.emit(self._tried)

    def show_value(self, value: Any) -> None:
        self._timer.stop()
        self._tried = value
        set_invalid(self.line, False)
        if self.line.text() != value:
            self.line.setText(value)

    def refuse(self, accepted: Any) -> None:
        set_invalid(self.line, True)


class BoxEditor(Editor):
    """Low and high of every coordinate, a row each."""

    def __init__(self, param: Param, parent: QObject):
        super().__init__(param, parent)
        self._value: tuple[tuple[float, float], ...] = ()
        self.below = QWidget()
        grid = QGridLayout(self.below)
        grid.setContentsMargins(0, 0, 0, 0)
        self.fields = [[self._field(grid, axis, end) for end in (0, 1)] for axis in (0, 1)]
        self.inputs = [field for pair in self.fields for field in pair]

    def _field(self, grid: QGridLayout, axis: int, end: int) -> ValueField:
        def read(text: str) -> Any:
            box = [list(pair) for pair in self._value]
            box[axis][end] = read_number(text)
            return self.param.coerce(box)[axis][end]

        field = ValueField(read, number_text)
        field.setProperty("part", f"{'xy'[axis]} {('from', 'to')[end]}")
        self._follow(field)
        field.edited.connect(lambda value: self._edit(axis, end, value))
        label = QLabel(f"{'xy'[axis]} {('from', 'to')[end]}" if end == 0 else "to")
        label.setProperty("role", "faint")
        grid.addWidget(label, axis, 2 * end)
        grid.addWidget(field, axis, 2 * end + 1)
        return field

    def _edit(self, axis: int, end: int, value: float) -> None:
        box = [list(pair) for pair in self._value]
        box[axis][end] = value
        self._value = self.param.coerce(box)
        self.edited.emit(self._value)

    def show_value(self, value: Any) -> None:
        self._value = value
        grid = self.below.layout()
        assert isinstance(grid, QGridLayout)
        for axis, pair in enumerate(self.fields):
            for end, field in enumerate(pair):
                there = axis < len(value)
                label = grid.itemAtPosition(axis, 2 * end)
                for widget in (field, label.widget() if label else None):
                    if widget is not None:
                        widget.setVisible(there)
                if there:
                    field.set_value(value[axis][end])


EDITORS: dict[str, type[Editor]] = {
    "switch": SwitchEditor, "choice": ChoiceEditor, "text": TextEditor, "box": BoxEditor,
}  # fmt: skip
