"""A question on a page of a lesson: a number to type, racers to put in order, or one racer to pick."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from simulator import prose
from simulator.question import Number, Question, Ranking, number_text, reading_of
from simulator.race import Race
from simulator.recording import Recording
from simulator.ui.fields import read_number
from simulator.ui.parts import label

ORDER = "Press all in order, first place first."
NEVER = ("never", "∞", "inf")


class AskCard(QFrame):
    """Asks ``question`` about ``race``. With ``lock`` it is a prediction: ``answered`` is told once, the answer cannot
    be changed from then on, and it is scored when the race has been run as far as it speaks of."""

    answered = Signal()
    scored = Signal()

    def __init__(self, question: Question, race: Race, title: str, lock: bool = False):
        super().__init__()
        self.setProperty("role", "card")
        self.question, self.race, self.lock = question, race, lock
        self.given: Any = None  # as `question.score` takes it
        self._told = False
        self._order: list[int] = []
        self.done = QPushButton("Lock it in" if lock else "Check")
        self.done.setObjectName("askDone")
        self.done.setProperty("primary", True)
        self.done.setAccessibleName(f"{self.done.text()}: {question.text}")
        self.done.setEnabled(False)
        self.done.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.done.clicked.connect(self._answer)
        self.says = label("", "askScore")
        self.choices: list[QPushButton] = []
        self.field: QLineEdit | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 8, 10, 8)
        head = label(title, role="faint")
        self._column.addWidget(head)
        self._column.addWidget(label(prose.inline(question.text)))
        if isinstance(question, Ranking):
            self._column.addWidget(label(ORDER, role="faint"))
        self._lay_out()
        self.setAccessibleName(f"{title}: {question.text}")

    @property
    def inputs(self) -> list[QWidget]:
        """What the keyboard goes through."""
        return [*([self.field] if self.field else []), *self.choices, self.done]

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        if isinstance(self.question, Number):
            self.field = QLineEdit()
            self.field.setAccessibleName(self.question.text)
            self.field.setPlaceholderText("a number" if "never" not in self.question.text else "a number, or never")
            self.field.textChanged.connect(self._type)
            self.field.returnPressed.connect(self._answer)
            foot.addWidget(self.field, 1)
            if self.question.unit:
                foot.addWidget(QLabel(self.question.unit))
        else:
            for i, entrant in enumerate(self.race.entrants):
                button = QPushButton(entrant.label)
                button.setObjectName("askChoice")
                button.setCheckable(True)
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves Space to the race
                button.clicked.connect(lambda _=False, i=i: self._choose(i))
                self._column.addWidget(button)
                self.choices.append(button)
            self._say_order()
            foot.addStretch(1)
        foot.addWidget(self.done)
        self._column.addLayout(foot)
        self._column.addWidget(self.says)
        self.says.hide()

    def show_step(self, whole: Callable[[], Recording], step: int) -> None:
        """Score the answer if it is given and the race has come as far; ``whole`` is the race to its end."""
        if self.given is None or self._told:
            return
        reading = reading_of(self.question)
        if self.lock and reading is not None and step < reading.step(self.race):
            return
        self._told = True
        question, recording = self.question, None if reading is None else whole()
        if isinstance(question, Number):
            score = question.score(self.given, recording)
        else:
            assert recording is not None
            score = question.score(self.given, recording)
        mark = "✓" if score.share == 1.0 else "✗" if score.share == 0.0 else "◐"
        because = f"<br>{prose.inline(self.question.because)}" if self.question.because else ""
        self.says.setText(f"<b>{mark} {prose.inline(score.says)}</b>{because}")
        self.says.show()
        self.scored.emit()

    def _type(self, text: str) -> None:
        self.done.setEnabled(_number(text) is not None)

    def _choose(self, i: int) -> None:
        if not isinstance(self.question, Ranking):
            self._order = [i]
        elif i in self._order:
            self._order.remove(i)
        else:
            self._order.append(i)
        self._say_order()

    def _say_order(self) -> None:
        ranked = isinstance(self.question, Ranking)
        for i, button in enumerate(self.choices):
            name = self.race.entrants[i].label
            place = self._order.index(i) + 1 if i in self._order else 0
            button.setChecked(bool(place))
            button.setText((f"{place or '·'}   {name}" if ranked else name).replace("&", "&&"))
            button.setAccessibleName(f"{name}, place {place}" if ranked and place else name)
            button.setToolTip("Press in the order you expect; press again to take it back" if ranked else name)
        self.done.setEnabled(len(self._order) == (len(self.choices) if ranked else 1))

    def _answer(self) -> None:
        if self.field is not None:
            given = _number(self.field.text())
        else:
            given = list(self._order) if isinstance(self.question, Ranking) else self._order[0]
        if given is None or (self.given is not None and self.lock):
            return
        self.given, self._told = given, False
        if self.lock:
            for widget in self.inputs:
                widget.setEnabled(False)
            self.done.hide()
            said = number_text(given) if isinstance(given, float) else self._named(given)
            self.says.setText(f"Locked in: {prose.inline(said)}. Now watch the race.")
            self.says.show()
        self.answered.emit()

    def _named(self, given: Any) -> str:
        order = given if isinstance(given, list) else [given]
        return ", ".join(self.race.entrants[i].label for i in order)


def _number(text: str) -> float | None:
    """What was typed, None while it is no number."""
    if text.strip().lower() in NEVER:
        return math.inf
    try:
        return float(read_number(text))
    except ValueError:
        return None
