"""The guide's calculators: every result with the line it was worked out in, as one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from simulator.guide import calculators as guide
from simulator.optimizers import OPTIMIZERS
from simulator.param import number
from simulator.ui import parts
from simulator.ui.controls import error_line
from simulator.ui.fields import Combo, ValueField, chain, number_text, read_number
from simulator.ui.scroll import PanelScroll
from simulator.words import count_text

RATE, COUNT, BETA = (1e-9, 1e3), (1, 10**9), (0.0, 0.9999)


class Calculators(QWidget):
    """A card for each, in a column."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Calculators")
        self.cards = (MemoryCard(), MatrixCard(), NoiseCard(), BatchCard(), MomentumCard())
        page = PanelScroll()
        for card in self.cards:
            page.column.addWidget(card.frame)
        chain([widget for card in self.cards for widget in card.inputs])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(page)
        self.setFocusProxy(self.cards[0].inputs[0])


class Card:
    """A title, fields, and labels that `_tell` fills; ``inputs`` is what the keyboard goes through."""

    def __init__(self, title: str):
        self.frame, self._column = parts.card(title)
        self._title = title
        self._column.addWidget(parts.label(title, role="heading"))
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._column.addLayout(self._grid)
        self.inputs: list[QWidget] = []
        self.values: dict[str, Any] = {}

    def _row(self, text: str, widget: QWidget | QLayout, first: QWidget) -> None:
        label = QLabel(text)
        label.setBuddy(first)
        place = self._grid.rowCount()
        self._grid.addWidget(label, place, 0)
        self._grid.addLayout(widget, place, 1) if isinstance(widget, QLayout) else self._grid.addWidget(
            widget, place, 1
        )
        first.setAccessibleName(f"{self._title}: {text}")

    def _field(
        self, key: str, text: str, value: Any, read: Callable[[str], Any], write: Callable[[Any], str]
    ) -> ValueField:
        """A field for ``values[key]``, with its error below it."""
        field = ValueField(read, write)
        field.set_value(value)
        self.values[key] = value
        field.edited.connect(lambda new: self._set(key, new))
        self._row(text, field, field)
        self._grid.addWidget(error_line(field), self._grid.rowCount(), 0, 1, 2)
        self.inputs.append(field)
        return field

    def _number(self, key: str, text: str, value: float, bounds: tuple[float, float]) -> ValueField:
        whole = isinstance(value, int)
        return self._field(
            key,
            text,
            value,
            lambda typed: number(read_number(_plain(typed) if whole else typed, integer=whole), *bounds, integer=whole),
            count_text if whole else number_text,
        )

    def _combo(self, key: str, text: str, choices: Mapping[str, str], value: str) -> None:
        combo = Combo()
        combo.setMinimumContentsLength(2)
        for name, title in choices.items():
            combo.addItem(title, name)
        combo.choose(value)
        self.values[key] = value
        combo.currentIndexChanged.connect(lambda: self._set(key, combo.currentData()))
        self._row(text, combo, combo)
        self.inputs.append(combo)

    def _result(self) -> tuple[QLabel, QLabel]:
        """The labels of a result and of how it came about."""
        labels = parts.label(name="guideResult"), parts.label(role="faint")
        for label in labels:
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._column.addWidget(label)
        return labels

    def _show(self, result: QLabel, how: QLabel, answer: guide.Answer, before: str = "") -> None:
        result.setText(before + answer.text)
        how.setText(answer.derivation)

    def _say(self, rule: guide.Rule) -> None:
        """When a rule holds, and who says so."""
        self._column.addWidget(parts.label(rule.condition))
        self._column.addWidget(parts.label(rule.source, role="faint"))

    def _set(self, key: str, value: Any) -> None:
        self.values[key] = value
        self._tell()

    def _tell(self) -> None:
        raise NotImplementedError


def _plain(typed: str) -> str:
    """Whole numbers are shown with commas, and may be typed with them."""
    return typed.replace(",", "")


def _weights_text(weights: int) -> str:
    return next((name for name, value in guide.PRESETS.items() if value == weights), count_text(weights))


class MemoryCard(Card):
    def __init__(self) -> None:
        super().__init__("Memory of the optimizer")
        self._combo("optimizer", "Optimizer", {name: OPTIMIZERS[name].title for name in guide.CHOICES}, "adam")
        self.weights = self._field("weights", "Weights", guide.PRESETS["7B"], guide.read_weights, _weights_text)
        presets = QHBoxLayout()
        for name, value in guide.PRESETS.items():
            presets.addWidget(self._preset(name, value))
        presets.addStretch(1)
        self._grid.addLayout(presets, self._grid.rowCount(), 1)
        self._combo("precision", "Kept in", {name: name for name in guide.PRECISIONS}, "fp32")
        self.answer, self.how = self._result()
        self._tell()

    def _preset(self, name: str, value: int) -> QPushButton:
        button = QPushButton(name)
        button.setAccessibleName(f"{name}: {count_text(value)} weights")
        button.clicked.connect(lambda: self._take(value))
        self.inputs.append(button)
        return button

    def _take(self, value: int) -> None:
        self.weights.set_value(value)
        self._set("weights", value)

    def _tell(self) -> None:
        v = self.values
        self._show(self.answer, self.how, guide.memory(v["optimizer"], v["weights"], v["precision"]))


class MatrixCard(Card):
    def __init__(self) -> None:
        super().__init__("A matrix's squares in AdaFactor")
        self._number("rows", "Rows", 4096, COUNT)
        self._number("columns", "Columns", 4096, COUNT)
        self.answer, self.how = self._result()
        self._tell()

    def _tell(self) -> None:
        self._show(self.answer, self.how, guide.factored(self.values["rows"], self.values["columns"]))


class NoiseCard(Card):
    def __init__(self) -> None:
        super().__init__("Noise of a step, η/√B")
        for key, lr, batch in (("first", 0.1, 256), ("second", 0.4, 4096)):
            self._number(f"{key} η", f"{key.capitalize()} η", lr, RATE)
            self._number(f"{key} B", f"{key.capitalize()} B", batch, COUNT)
        self.answer, self.how = self._result()
        self._say(guide.NOISE)
        self._tell()

    def _tell(self) -> None:
        first, second = ((self.values[f"{key} η"], self.values[f"{key} B"]) for key in ("first", "second"))
        self.answer.setText(guide.compared(first, second))
        answers = (guide.noise(*pair) for pair in (first, second))
        self.how.setText("\n".join(f"{answer.derivation} = {answer.text}" for answer in answers))


class BatchCard(Card):
    def __init__(self) -> None:
        super().__init__("η for another batch")
        self._number("lr", "η", 0.1, RATE)
        self._number("batch", "Good at B", 32, COUNT)
        self._number("new", "New B", 256, COUNT)
        self.answers: dict[str, tuple[QLabel, QLabel]] = {}
        for rule in guide.BATCH_RULES:
            self._column.addWidget(parts.label(f"{rule.name.capitalize()} rule: keeps {rule.keeps}"))
            self.answers[rule.name] = self._result()
            self._say(rule)
        self._say(guide.LIMIT)
        self._tell()

    def _tell(self) -> None:
        v = self.values
        for name, labels in self.answers.items():
            self._show(*labels, guide.scaled(name, v["lr"], v["batch"], v["new"]), "η = ")


class MomentumCard(Card):
    def __init__(self) -> None:
        super().__init__("η under momentum")
        self._number("lr", "η", 0.01, RATE)
        self._number("beta", "β", 0.9, BETA)
        self._column.addWidget(parts.label("While the gradient stays, a step grows to that of plain descent with"))
        self.answer, self.how = self._result()
        self._column.addWidget(parts.label("It remembers"))
        self.memory, self.memory_how = self._result()
        self._tell()

    def _tell(self) -> None:
        v = self.values
        self._show(self.answer, self.how, guide.effective_lr(v["lr"], v["beta"]), "η = ")
        self._show(self.memory, self.memory_how, guide.remembered(v["beta"]))
