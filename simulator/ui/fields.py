"""Small input widgets the panels are made of: a text field that holds a value, a slider along a Param's own track, a
combo, and how numbers and points are read and written. None of them changes a value by accident while scrolling."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QLocale, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from simulator.param import Param
from simulator.race import coordinate
from simulator.ui.elided import ElidedCombo
from simulator.words import short_text

TICKS = 1000
FEW = 4  # coordinates of a point that are all told


def number_text(value: float) -> str:
    """The shortest text that reads back as exactly ``value``, in the same form in every locale."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:g}"
    if float(text) != value:
        text = repr(value)
    return re.sub(r"e([+-])0*(\d)", lambda m: f"e{m[1].strip('+')}{m[2]}", text)


def read_number(text: str, *, integer: bool = False) -> Any:
    """The number in ``text``, or ``text`` itself where there is none. Point and comma both mark decimals.

    A whole number takes no comma: 1,000 would be read as 1 by some and as a thousand by others.
    """
    plain = text.strip().replace("−", "-")
    if not integer and plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return text.strip()


def point_text(point: Sequence[float]) -> str:
    return f"({', '.join(number_text(x) for x in point)})"


def point_words(point: Sequence[float]) -> str:
    """A point in few characters, of many coordinates the first two and how many there are."""
    if len(point) <= FEW:
        return f"({', '.join(short_text(x) for x in point)})"
    return f"({short_text(point[0])}, {short_text(point[1])}, … {len(point)} numbers)"


def read_point(text: str, dim: int) -> tuple[float, ...]:
    """The ``dim`` coordinates in a text such as ``(5, 2)``, ``5 2`` or ``0,5; 2``, or ValueError."""
    inner = text.strip().strip("()[]").strip()
    if ";" in inner:
        parts = inner.split(";")
    elif dim == 1:
        parts = [inner]
    else:
        parts = re.split(r"\s*,\s*|\s+", inner)
    if len(parts) != dim:
        example = f", as in {point_text((1.5, -2.0)[:dim])}" if dim <= 2 else f", not {len(parts)}"
        raise ValueError(f"A start must have {dim} coordinate{'s' * (dim > 1)}{example}")
    try:
        return tuple(coordinate(read_number(part)) for part in parts)
    except ValueError as error:
        raise ValueError(f"Each coordinate {error}") from error


def mark(widget: QWidget, name: str, on: bool) -> None:
    """Set a property that the stylesheet looks at: "invalid" text, a "muted" card."""
    if bool(widget.property(name)) != on:
        widget.setProperty(name, on)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def chain(widgets: Sequence[QWidget]) -> None:
    """Tab goes through ``widgets`` in this order."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


class Field(QLineEdit):
    """A text field that keeps Undo and Redo to itself while it has typing to take back; else they are the race's."""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            undo = event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()
            redo = event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            if undo or redo:
                event.ignore()
                return True
        return super().event(event)


class ValueField(Field):
    """One line of text that stands for a value.

    Enter and leaving the field hand over what was typed: ``edited`` carries the value `read` made of it. Text that
    `read` refuses with a ValueError stays to be mended, outlined; Escape brings the value back. ``fault`` carries
    what is wrong, and "" once nothing is.
    """

    edited = Signal(object)
    fault = Signal(str)

    def __init__(self, read: Callable[[str], Any], write: Callable[[Any], str] = str, parent: QWidget | None = None):
        super().__init__(parent)
        self._read, self._write = read, write
        self._value: Any = None
        self._settled = ""  # the text that has been dealt with
        self.setMinimumWidth(40)
        self.editingFinished.connect(self.commit)

    def set_value(self, value: Any) -> None:
        """Show ``value``, without ``edited``. Text being typed is replaced only by a different value."""
        refused = self.property("invalid") and not self.hasFocus()
        if value != self._value or refused:
            self._value = value
            self._show(self._write(value))

    def commit(self) -> None:
        text = self.text()
        if text == self._settled:
            return
        self._settled = text
        try:
            value = self._read(text)
        except ValueError as error:
            self.refuse(str(error))
            return
        changed = value != self._value
        self._value = value
        self._show(self._write(value))  # in its own form: "1e-3" becomes "0.001"
        if changed:
            self.edited.emit(value)

    def refuse(self, message: str, accepted: Any = None) -> None:
        """What was typed cannot be used: keep the text, outlined. Escape returns to ``accepted``, if given."""
        if accepted is not None:
            self._value = accepted
        mark(self, "invalid", True)
        self.fault.emit(message)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._write(self._value):
            self._show(self._write(self._value))
            return
        super().keyPressEvent(event)

    def _show(self, text: str) -> None:
        self._settled = text
        mark(self, "invalid", False)
        self.fault.emit("")
        self.setText(text)  # even where it is the same: what was typed is no longer there to be undone
        self.setCursorPosition(0)


class DecimalBox(QDoubleSpinBox):
    """A spin box that shows a point in every locale, and takes a comma for one, as `read_number` does."""

    def __init__(self, parent: QWidget | None = None, **properties: Any):
        super().__init__(parent, **properties)
        self.setLocale(QLocale.c())

    def validate(self, text: str, pos: int) -> object:
        return super().validate(text.replace(",", "."), pos)

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(text.replace(",", "."))


class TrackSlider(QSlider):
    """A slider along a Param's own track. ``moved`` carries the value, rounded as the Param rounds it.

    ``underlay`` draws below the track, given where its ends are: those of the middle of the handle.
    """

    moved = Signal(object)
    reset = Signal()

    def __init__(self, param: Param, parent: QWidget | None = None):
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.param = param
        self.underlay: Callable[[QPainter, float, float], None] | None = None
        self.setRange(0, TICKS)
        self.setSingleStep(5)
        self.setPageStep(50)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel
        self.setMinimumWidth(40)
        self.valueChanged.connect(lambda tick: self.moved.emit(param.from_track(tick / TICKS)))
        self.actionTriggered.connect(self._reach_next_value)

    def set_value(self, value: float) -> None:
        at = round(self.param.to_track(value) * TICKS)
        # The ends are for the ends of the range alone: 0 lies below the smallest value of a logarithmic track.
        low, high = value > self.param.low, TICKS - (value < self.param.high)
        with QSignalBlocker(self):
            self.setValue(min(max(at, low), high))

    def _reach_next_value(self, action: int) -> None:
        """A keyboard step goes on to the next different value: whole numbers can lie many ticks apart."""
        at, towards = self.value(), self.sliderPosition()
        if action == QSlider.SliderAction.SliderMove.value or at == towards:
            return
        step = 1 if towards > at else -1
        here = self.param.from_track(at / TICKS)
        while 0 < towards < TICKS and self.param.from_track(towards / TICKS) == here:
            towards += step
        self.setSliderPosition(towards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset.emit()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.hasFocus() else event.ignore()

    def _places(self) -> tuple[QRect, QRect]:
        """Of the groove and of the handle."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl
        groove, handle = (
            self.style().subControlRect(control, option, it, self)
            for it in (part.SC_SliderGroove, part.SC_SliderHandle)
        )
        return groove, handle

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.underlay is not None:
            groove, handle = self._places()
            half = handle.width() / 2.0
            painter = QPainter(self)
            self.underlay(painter, groove.x() + half, groove.x() + groove.width() - half)
            painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the handle brings it there and takes hold of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            groove, handle = self._places()
            if not handle.contains(event.position().toPoint()):
                left = round(event.position().x()) - groove.x() - handle.width() // 2
                self.setValue(QStyle.sliderValueFromPosition(0, TICKS, left, groove.width() - handle.width()))
        super().mousePressEvent(event)


class Combo(ElidedCombo):
    """A combo that may be narrower than its longest entry and turns by the wheel only when it has the focus."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.hasFocus() else event.ignore()

    def choose(self, data: object) -> None:
        """Show the entry that carries ``data``, without a signal."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(data))

    def fill(self, entries: Sequence[tuple[str, Any]]) -> None:
        """Offer ``entries``, text and data, without a signal; what was chosen stays so if it is still there."""
        if list(entries) == [(self.itemText(i), self.itemData(i)) for i in range(self.count())]:
            return
        chosen = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            for text, data in entries:
                self.addItem(text, data)
            self.setCurrentIndex(max(self.findData(chosen), 0))
