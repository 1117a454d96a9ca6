"""What a loss and a Hessian count for, where curves count all evaluations: two fields below the chart."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from simulator.costs import EVEN, Weights
from simulator.param import Param, params
from simulator.ui.controls import error_line
from simulator.ui.fields import ValueField, number_text, read_number

WORDS = {"loss_weight": "Loss ×", "hessian_weight": "Hessian ×"}
WIDEST = 120  # pixels of a field


class WeightsBar(QWidget):
    """``changed`` carries the new `Weights`."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.weights = EVEN
        self.fields: dict[str, ValueField] = {}
        row, column = QHBoxLayout(), QVBoxLayout(self)
        for layout in (row, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(4)
        column.addLayout(row)
        for name, param in params(Weights).items():
            field = self.fields[name] = self._field(name, param)
            row.addWidget(_words(WORDS[name]))
            row.addWidget(field, 1)
            column.addWidget(error_line(field))
        row.addStretch()
        self.show_weights(EVEN)

    def _field(self, name: str, param: Param) -> ValueField:
        field = ValueField(lambda text: param.coerce(read_number(text)), number_text)
        field.setAccessibleName(param.doc.rstrip("."))
        field.setToolTip(f"{param.doc} In gradients, from {param.range_text()}; default {number_text(param.default)}.")
        field.setMaximumWidth(WIDEST)
        field.edited.connect(lambda value: self._take(name, value))
        return field

    def show_weights(self, weights: Weights) -> None:
        self.weights = weights
        for name, field in self.fields.items():
            field.set_value(getattr(weights, name))

    def lock(self, name: str, why: str) -> None:
        self.fields[name].setEnabled(False)
        self.fields[name].setToolTip(why)

    def _take(self, name: str, value: float) -> None:
        self.weights = replace(self.weights, **{name: value})
        self.changed.emit(self.weights)


def _words(text: str) -> QLabel:
    words = QLabel(text)
    words.setProperty("role", "faint")
    return words
