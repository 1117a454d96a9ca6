"""One racer's card: its look and name, how it is doing, its η, and all its other settings behind "More"."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from simulator.param import params
from simulator.race import Entrant, Race, sensible_lr
from simulator.recording import Recording, Status
from simulator.ui.controls import error_line
from simulator.ui.fields import mark
from simulator.ui.form import ParamForm
from simulator.ui.labels import Line, NameField, Swatch, icon_size
from simulator.ui.ratezones import RateZones
from simulator.ui.theme import Theme
from simulator.ui.tuning import Tuning
from simulator.words import count_text, short_text

if TYPE_CHECKING:  # a window opens before these
    from simulator.diagnose import Diagnosis
    from simulator.ui.coachnote import CoachNote

ACTIONS = (("duplicate", "Duplicate"), ("hide", "Hide"), ("remove", "Remove"))


class EntrantCard(QFrame):
    """Emits ``edited`` with the changed Entrant and a merge key ("lr", "beta", …), and ``asked`` with the name of an
    action: duplicate, hide, show, remove, share (its schedule with everyone), about, code."""

    edited = Signal(object, str)
    asked = Signal(str)
    tried = Signal(object, bool)  # a Diagnosis, and whether its change is made on the way
    arranged = Signal()  # other controls can be reached
    opened = Signal()  # what the coach says, by the person

    def __init__(self, entrant: Entrant, race: Race, icons: Mapping[str, QIcon], theme: Theme):
        super().__init__()
        self.setProperty("role", "card")
        self.entrant, self._race, self._icons, self._theme = entrant, race, icons, theme
        self._hidden = False
        self._fresh = True
        self.idle = False  # whether all of it is locked
        self._open: Callable[[str], bool] | None = None
        self.tuning: Tuning | None = None
        self.note: CoachNote | None = None
        self.swatch = Swatch(entrant.stream)
        self.name = NameField()
        self.name.edited.connect(lambda label: self.edited.emit(replace(self.entrant, label=label), ""))
        self.error = error_line(self.name)
        self.buttons = {action: self._button(action) for action, _ in ACTIONS}
        self.method = Line()  # and the gap, on the right; in a lesson, which has less room, that is with the status
        self.status = Line()
        self.wins = Line()  # while the race is repeated
        self.wins.hide()
        self.past = Line()  # of a fork
        self.more = QToolButton()
        self.more.setCheckable(True)
        self.more.setProperty("role", "disclosure")
        self.more.toggled.connect(self._disclose)
        self.lr = ParamForm(entrant.optimizer, ["lr"])
        self.rates = RateZones(self.lr.controls["lr"])
        self.lr.edited.connect(lambda thing, key: self.edited.emit(replace(self.entrant, optimizer=thing), key))
        self._column = QVBoxLayout(self)
        self._lay_out()
        self._disclose(False)
        self.set_theme(theme, icons)
        self.set_entrant(entrant, race)

    def _button(self, action: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "quiet")
        button.clicked.connect(lambda: self.asked.emit("show" if action == "hide" and self._hidden else action))
        return button

    def _lay_out(self) -> None:
        column = self._column
        column.setContentsMargins(9, 6, 9, 8)
        column.setSpacing(2)
        head, third = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(0)  # the name needs the room
        head.addWidget(self.swatch)
        head.addWidget(self.name, 1)
        for button in self.buttons.values():
            head.addWidget(button)
        third.addWidget(self.status, 1)
        third.addWidget(self.more)
        column.addLayout(head)
        column.addWidget(self.error)
        column.addWidget(self.method)
        column.addWidget(self.past)
        column.addLayout(third)
        column.addWidget(self.wins)
        column.addWidget(self.lr)

    def set_entrant(self, entrant: Entrant, race: Race) -> None:
        """Show ``entrant``, whose stream and optimizer are those the card was made for, without a signal."""
        renamed = self._fresh or entrant.label != self.entrant.label
        moved = self._fresh or race.landscape != self._race.landscape
        self.entrant, self._race, self._fresh = entrant, race, False
        self.name.set_value(entrant.label)
        self.lr.set_thing(entrant.optimizer)
        if moved:
            self.lr.controls["lr"].set_default(sensible_lr(type(entrant.optimizer), race.landscape))
        if renamed:
            self._say_names()
        self._say_past()
        if self.tuning is not None:
            self.tuning.set_entrant(entrant, race)
        last = len(race.entrants) == 1
        if last and self.buttons["remove"].hasFocus():
            self.buttons["duplicate"].setFocus()  # a disabled button would hand the keyboard on to anywhere
        self.buttons["remove"].setDisabled(last)

    def set_open(self, is_open: Callable[[str, str], bool] | None) -> None:
        """Leave out what is locked: asked for each control by name, and this racer's label. None: nothing is."""
        self._open = None if is_open is None else lambda name: is_open(name, self.entrant.label)
        self.lr.set_open(self._open)
        self.name.setReadOnly(not self._is_open("racers"))
        for action in ("duplicate", "remove"):
            self.buttons[action].setVisible(self._is_open("racers"))
        others = [*params(type(self.entrant.optimizer)), "schedule", "clip_norm", "clip_value", "restart"]
        deep = any(self._is_open(name) for name in others if name != "lr")
        self.idle = not deep and not any(self._is_open(name) for name in ("lr", "racers"))
        self.more.setVisible(self._open is None or (deep and self._is_open("everything")))
        self.more.setChecked(self._open is not None and deep)
        self.method.setVisible(self._open is None)
        if self.tuning is not None:
            self.tuning.set_open(self._open)

    def _is_open(self, name: str) -> bool:
        return self._open is None or self._open(name)

    @property
    def inputs(self) -> list[QWidget]:
        """What the keyboard goes through, from top to bottom."""
        more = self.tuning.inputs if self.tuning is not None else []
        below: list[QWidget] = [w for w in (*self.buttons.values(), self.more) if not w.isHidden()]
        if self.note is not None and not self.note.isHidden():
            below += self.note.inputs
        return [self.name, *below, *self.lr.inputs, *more]

    def set_hidden(self, hidden: bool) -> None:
        if hidden != self._hidden:
            self._hidden = hidden
            self.buttons["hide"].setIcon(self._icons["eye_off" if hidden else "eye"])
            mark(self, "muted", hidden)
            self._say_names()

    def set_theme(self, theme: Theme, icons: Mapping[str, QIcon]) -> None:
        self._theme, self._icons = theme, icons
        self.swatch.set_theme(theme)
        self.rates.set_theme(theme)
        self._name_method()
        self._say_past()
        self._name_more()
        for action, button in self.buttons.items():
            name = action if action != "hide" else "eye_off" if self._hidden else "eye"
            button.setIcon(icons[name])
            button.setIconSize(icon_size(theme))
        if self.tuning is not None:
            self.tuning.set_theme(theme)

    def show_live(self, recording: Recording, lanes: slice, step: int) -> None:
        """The gap and the status at ``step`` of this racer's lanes."""
        name = "f" if recording.floor is None else "f − f*"
        if recording.race.landscape.moving:
            name = f"mean {name}"
        gaps = recording.standing(step, lanes) - (recording.floor or 0.0)
        for line in (self.method, self.status):
            here = (line is self.status) == self.method.isHidden()
            line.set_right(f"{name} {gap_text(gaps)}" if here else "", self._theme.text)
        text, status = status_text(recording, lanes, step)
        self.status.set_text(text, tone(status, self._theme))
        if self.tuning is not None and self.more.isChecked():
            self.tuning.curve.set_cursor(step)

    def show_diagnosis(self, said: Diagnosis | None, where: str = "") -> None:
        """What the coach says of this racer; None: nothing."""
        if self.note is None and said is not None:
            from simulator.ui.coachnote import CoachNote

            self.note = CoachNote()
            self.note.tried.connect(self.tried)
            self.note.arranged.connect(self.arranged)
            self.note.opened.connect(self.opened)
            self._column.insertWidget(self._column.indexOf(self.lr), self.note)
        if self.note is None:
            return
        shown = not self.note.isHidden()
        if said is not None:
            self.note.show_diagnosis(said, where, self._is_open("racers"))
        if shown != (said is not None):
            self.note.setVisible(said is not None)
            self.arranged.emit()

    def refuse(self, message: str, key: str) -> None:
        """The change just asked for cannot be made: an η that not every racer can take, or a name that is taken."""
        if key == "lr":
            self.lr.refuse(message)
        else:
            self.name.refuse(message, self.entrant.label)

    def _say_names(self) -> None:
        label = self.entrant.label
        self.setAccessibleName(f"Racer {label}")
        self.name.setAccessibleName(f"{label}: name")
        self.name.setToolTip(f"{label}. Click to rename.")
        self.lr.set_owner(label)
        self._name_method()
        self.more.setAccessibleName(f"{label}: more settings")
        for action, words in ACTIONS:
            text = "Show" if action == "hide" and self._hidden else words
            self.buttons[action].setAccessibleName(f"{label}: {text.lower()}")
            self.buttons[action].setToolTip(f"{text} {label}")

    def _say_past(self) -> None:
        fork = self.entrant.forked
        self.past.setVisible(fork is not None)
        if fork is not None:
            step, who = count_text(fork.step), fork.racer.label
            late = fork.step >= self._race.steps
            told = f"as {who} to the end: its fork is at step {step}" if late else f"up to step {step} as {who}"
            self.past.set_text(told, self._theme.faint)
            self.past.setToolTip(
                f"Forked off {who} at step {step}: from there on the settings of this card hold. "
                f"What was before stays, whatever becomes of {who}."
            )

    def _name_method(self) -> None:
        optimizer = type(self.entrant.optimizer)
        text = f"{optimizer.title} · {optimizer.year}"
        if self._theme.scale > 1.0:  # on a projector the number beside it needs the room
            text = optimizer.title if optimizer.title != self.entrant.label else ""
        self.method.set_text(text, self._theme.faint)

    def _name_more(self) -> None:
        opened, arrow = self.more.isChecked(), "▴" if self.more.isChecked() else "▾"
        # On a projector the word gives way to the status beside it.
        self.more.setText(arrow if self._theme.scale > 1.0 else f"{'Less' if opened else 'More'} {arrow}")
        self.more.setToolTip("Every other hyperparameter, clipping and the schedule")

    def _disclose(self, opened: bool) -> None:
        self._name_more()
        if opened and self.tuning is None:  # made when first asked for: most cards stay closed
            self.tuning = Tuning(self.entrant, self._race, self._theme)
            self.tuning.edited.connect(self.edited)
            self.tuning.asked.connect(self.asked)
            self._column.addWidget(self.tuning)
            self.tuning.set_open(self._open)
        if self.tuning is not None:
            self.tuning.setVisible(opened)


def gap_text(gaps: np.ndarray) -> str:
    """The gap of one start, or the largest over several."""
    worst = float(np.max(gaps))  # NaN counts as worse than anything
    if not math.isfinite(worst):
        return "not finite"
    return f"{'≤ ' * (len(gaps) > 1)}{short_text(worst)}"


def tone(status: Status | None, theme: Theme) -> str:
    """The colour in which a status is told."""
    if status is Status.ARRIVED:
        return theme.good
    return theme.bad if status is Status.DIVERGED else theme.text


def status_text(recording: Recording, lanes: slice, step: int) -> tuple[str, Status | None]:
    """The status in words with its step; over several starts that differ, how many are how (and no one status)."""
    now = [recording.status_at(step, lane) for lane in range(lanes.start, lanes.stop)]
    kinds = [status for status, _ in now]
    if kinds.count(kinds[0]) < len(kinds):
        counts = [f"{kinds.count(status)} {status.words}" for status in reversed(Status) if status in kinds]
        return ", ".join(counts), None
    status, since = kinds[0], max(since for _, since in now)
    if status is Status.RACING:
        return status.words, status
    joint = "at" if status in (Status.ARRIVED, Status.DIVERGED) else "since"
    return f"{status.words} {joint} step {since}", status
