"""The control of one hyperparameter, built from its Param: what is declared once is not written again here."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from simulator.param import Param
from simulator.paramnames import symbol, words
from simulator.ui.editors import EDITORS, NumberEditor
from simulator.ui.fields import ValueField, number_text


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
        self._note = ""
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
        self.editor.fault.connect(self._on_fault)
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
            self._on_fault("")
            self.editor.show_value(value)

    def set_default(self, default: Any) -> None:
        """What a double-click on the label returns to."""
        self._default = default
        span = f"Takes {self.param.range_text()}."
        if self.param.numeric:
            low, high, usual = (_told(x) for x in (self.param.low, self.param.high, default))
            span = f"From {low} to {high}; default {usual}."
        hint = "Double-click the name, or press Delete on the slider, for the default." if self.param.numeric else ""
        tip = "".join(f"<p>{html.escape(line)}</p>" for line in (self.param.doc, self._note, span, hint) if line)
        for widget in (self.label, *self.editor.inputs):
            widget.setToolTip(tip)
            widget.setAccessibleDescription(" ".join(filter(None, (self.param.doc, self._note, span))))

    def set_note(self, note: str) -> None:
        """What is to be known of the value just now, told with the Param's own words."""
        if note != self._note:
            self._note = note
            self.set_default(self._default)

    def set_owner(self, owner: str) -> None:
        name = f"{words(self.param)} {symbol(self.param)}".strip()
        name = f"{owner}: {name}" if owner else name
        for widget in self.editor.inputs:
            widget.setAccessibleName(" ".join(filter(None, (name, widget.property("part")))))

    def reset(self) -> None:
        if self._value != self._default:
            self.editor.show_value(self._default)
            self._propose(self._default)

    def refuse(self, message: str) -> None:
        """The value just handed out cannot be used: say why; the value before it stands."""
        refused, self._value = self._value, self._before
        self.editor.refuse(message, self._before)
        self.refused = refused

    def _on_fault(self, message: str) -> None:
        self.refused = None
        name = symbol(self.param) or words(self.param)
        show_error(self.error, f"{name} {message}" if message.startswith("must") else message)

    def _propose(self, value: Any) -> None:
        self._on_fault("")
        self._before, self._value = self._value, value
        if value != self._before:
            self.value_changed.emit(value)


class ParamLabel(QWidget):
    """Symbol and name on one line, cut with an ellipsis where there is no room."""

    double_clicked = Signal()

    def __init__(self, param: Param, parent: QWidget | None = None):
        super().__init__(parent)
        self.symbol = symbol(param)
        unit = f", {param.unit}" if param.unit and param.unit != words(param) else ""
        self.name = words(param) + unit
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
        left = painter.fontMetrics().horizontalAdvance(self.symbol + " ") if self.symbol else 0
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        rest = self.rect().adjusted(left, 0, 0, 0)
        text = self.fontMetrics().elidedText(self.name, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, text)


def error_line(field: ValueField | None = None) -> QLabel:
    """A line below an input, hidden until there is something to say: what is wrong in ``field``, if one is given."""
    label = QLabel()
    label.setProperty("role", "error")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    label.hide()
    if field is not None:
        field.fault.connect(lambda message: show_error(label, message))
    return label


def show_error(label: QLabel, message: str) -> None:
    if label.text() != message:
        label.setText(message)
        label.setVisible(bool(message))


def _told(value: float) -> str:
    """A number to be read, with a minus that is one."""
    return number_text(value).replace("-", "−")
