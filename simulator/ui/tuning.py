"""What a card opens up to: every hyperparameter besides η, clipping, and the schedule with its curve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from simulator.param import build, params
from simulator.race import Entrant, Race
from simulator.schedules import SCHEDULES
from simulator.ui.fields import Combo
from simulator.ui.form import ParamForm
from simulator.ui.schedule_curve import ScheduleCurve
from simulator.ui.theme import Theme


class Tuning(QWidget):
    """Emits ``edited`` with the changed Entrant and the merge key of the change, without the racer's stream, and
    ``asked`` with the name of an action: share (this schedule with everyone), about (the method), code (a
    script), fork (a branch from the step on screen)."""

    edited = Signal(object, str)
    asked = Signal(str)

    def __init__(self, entrant: Entrant, race: Race, theme: Theme, parent: QWidget | None = None):
        super().__init__(parent)
        self.entrant, self._race = entrant, race
        self._drawn: tuple[Any, ...] = ()
        self._open: Callable[[str], bool] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        hypers = [name for name in params(type(entrant.optimizer)) if name != "lr"]
        self.hyper = ParamForm(entrant.optimizer, hypers)
        self.hyper.edited.connect(lambda thing, key: self.edited.emit(replace(self.entrant, optimizer=thing), key))
        self.clip, self.restart = ParamForm(entrant, ["clip_norm", "clip_value"]), ParamForm(entrant, ["restart"])
        for form in (self.clip, self.restart):
            form.edited.connect(lambda thing, key: self.edited.emit(thing, key))
        self.schedule = Combo()
        for name, cls in SCHEDULES.items():
            self.schedule.addItem(cls.title, name)
            tip = next(iter(cls.doc().splitlines()), "")
            self.schedule.setItemData(self.schedule.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.schedule.currentIndexChanged.connect(lambda: self._switch(self.schedule.currentData()))
        self.heading = QLabel("Schedule of η")
        self.heading.setProperty("role", "faint")
        self.heading.setBuddy(self.schedule)
        self.shape: ParamForm | None = None
        self.curve = ScheduleCurve()
        self.curve.set_theme(theme)
        self.share = QPushButton("This schedule for all")
        self.share.clicked.connect(lambda: self.asked.emit("share"))
        self.about = QPushButton(f"About {entrant.optimizer.title}")
        self.about.setToolTip("Formula, source, cost and how libraries differ")
        self.about.clicked.connect(lambda: self.asked.emit("about"))
        self.code = QPushButton("Show code…")
        self.code.setToolTip("This racer as a script for PyTorch, optax or NumPy")
        self.code.clicked.connect(lambda: self.asked.emit("code"))
        self.fork = QPushButton("Fork here")
        self.fork.setToolTip("A branch from the step on screen: the same path and memory, then settings of its own")
        self.fork.clicked.connect(lambda: self.asked.emit("fork"))
        parts = (
            self.fork,
            self.about,
            self.code,
            self.hyper,
            self.clip,
            self.heading,
            self.schedule,
            self.curve,
            self.share,
        )
        for widget in (*parts, self.restart):
            column.addWidget(widget)
        self.set_entrant(entrant, race)

    def set_entrant(self, entrant: Entrant, race: Race) -> None:
        self.entrant, self._race = entrant, race
        self.hyper.set_thing(entrant.optimizer)
        self.clip.set_thing(entrant)
        self.restart.set_thing(entrant)
        # Where nothing begins anew there is nothing to switch on; what is on can always be switched off.
        begins_anew = bool(entrant.restart or entrant.schedule.boundaries(race.steps))
        self.restart.setVisible(begins_anew and self._is_open("restart"))
        self.schedule.choose(entrant.schedule.name)
        # Disabled, not hidden, when all have it: what was just pressed keeps its place.
        self.share.setVisible(len(race.entrants) > 1 and self._is_open("schedule"))
        self.share.setEnabled(any(other.schedule != entrant.schedule for other in race.entrants))
        self._show_shape()
        owner = entrant.label
        for form in (self.hyper, self.clip, self.restart, self.shape):
            if form is not None:
                form.set_owner(owner)
        self.schedule.setAccessibleName(f"{owner}: schedule of the learning rate η")
        self.about.setAccessibleName(f"{owner}: about {entrant.optimizer.title}")
        self.code.setAccessibleName(f"{owner}: show code")
        self.fork.setAccessibleName(f"{owner}: fork at the step on screen")
        self.share.setAccessibleName(f"{owner}: this schedule for all")
        self.share.setToolTip(f"Give every racer the schedule of {owner}")
        self.curve.setAccessibleName(f"{owner}: η over the steps of the race")
        drawn = (tuple((step, leg.schedule, leg.lr) for step, leg in entrant.legs), race.steps)
        if drawn != self._drawn:
            self._drawn = drawn
            self.curve.set_rates(entrant.rates(race.steps)[: race.steps])  # no step leaves the last point

    def set_open(self, is_open: Callable[[str], bool] | None) -> None:
        """Leave out what is locked, by name; None: nothing is."""
        self._open = is_open
        for button in (self.fork, self.about, self.code):  # in a lesson they only take the room of what is open
            button.setVisible(self._is_open("racers"))
        self.hyper.set_open(is_open)
        self.clip.set_open(is_open)
        for widget in (self.heading, self.schedule, self.curve, self.shape):
            if widget is not None:
                widget.setVisible(self._is_open("schedule"))
        self.set_entrant(self.entrant, self._race)

    def _is_open(self, name: str) -> bool:
        return self._open is None or self._open(name)

    @property
    def inputs(self) -> list[QWidget]:
        shape = self.shape.inputs if self.shape else []
        restart = [] if self.restart.isHidden() else self.restart.inputs
        share = [] if self.share.isHidden() else [self.share]
        schedule = [] if self.schedule.isHidden() else [self.schedule, *shape]
        head = [button for button in (self.fork, self.about, self.code) if not button.isHidden()]
        return [*head, *self.hyper.inputs, *self.clip.inputs, *schedule, *share, *restart]

    def set_theme(self, theme: Theme) -> None:
        self.curve.set_theme(theme)

    def _show_shape(self) -> None:
        """The controls of the schedule, built anew when it is another one."""
        schedule = self.entrant.schedule
        if self.shape is not None and type(self.shape.thing) is type(schedule):
            self.shape.set_thing(schedule)
            return
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        if self.shape is not None:
            self.shape.hide()
            self.shape.deleteLater()
        self.shape = ParamForm(schedule)
        self.shape.edited.connect(
            lambda thing, key: self.edited.emit(replace(self.entrant, schedule=thing), key and f"schedule.{key}")
        )
        column.insertWidget(column.indexOf(self.curve) + 1, self.shape)
        self.shape.setVisible(self._is_open("schedule"))

    def _switch(self, name: str) -> None:
        """Another schedule, keeping what both know: the warm-up, the final rate."""
        schedule = build(SCHEDULES[name], self.entrant.schedule.hyper, "", "", faults=[])  # leaves out what is unknown
        self.edited.emit(replace(self.entrant, schedule=schedule), "")
