"""The panel of everything the racers share: the landscape, the starts, the length, the noise and its seed."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from simulator.handbook import ordered
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.lessoncontrols import opens
from simulator.param import RaceError, params
from simulator.race import Race, obstacle
from simulator.recording import Recording
from simulator.ui.chooser import Entry, SearchCombo, why_not
from simulator.ui.controls import error_line, show_error
from simulator.ui.fields import ValueField, chain, read_number
from simulator.ui.form import ParamForm
from simulator.ui.labels import NameField
from simulator.ui.scroll import PanelScroll
from simulator.ui.starts import StartList
from simulator.ui.theme import Theme

SEEDS = 10_000  # a new seed is below this: short enough to be read out in a classroom


class RacePanel(QWidget):
    """Edits what is common to all racers.

    ``changed`` carries the new Race and a merge key ("landscape/kappa", "steps", "noise/sigma", "start/0"); empty for
    what is done in one go.
    """

    changed = Signal(object, str)
    told = Signal(str)  # who has to stay behind

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Landscape and race")
        self.race: Race | None = None
        self._seen: dict[type[Landscape], Landscape] = {}  # how each landscape was left: a typed formula comes back
        self._inputs: list[QWidget] = []
        self._controls: tuple[str, ...] | None = None
        self.form: ParamForm | None = None
        self.area = PanelScroll()
        self.column = self.area.column
        self.headings: dict[str, QLabel] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        self._build_landscape()
        self._build_starts()
        self._build_race()
        self.setFocusProxy(self.landscape)

    def _build_landscape(self) -> None:
        self.landscape = SearchCombo(_landscapes(), "Landscape")
        self.landscape.setToolTip("The loss to race on. Each η moves to a sensible one there. Type to search.")
        self.landscape.currentIndexChanged.connect(lambda: self._go_to(self.landscape.currentData()))
        self.story, self.formula = _text("Story of the landscape"), _text("Formula of the landscape", "formula")
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._section("Landscape", self.landscape, self.story, self.formula)

    def _build_starts(self) -> None:
        self.starts = StartList()
        self.starts.edited.connect(lambda starts, key: self._propose(key, starts=starts))
        self.starts_error = error_line()
        self._section("Starts", self.starts, self.starts_error)

    def _build_race(self) -> None:
        self.title = NameField()
        self.title.setAccessibleName("Title of the race")
        self.title.setToolTip("Title of the race. Click to change it.")
        self.title.edited.connect(lambda title: self._propose("", title=title))
        self._section("Race", self.title, error_line(self.title))
        self.forms: dict[str, ParamForm] = {}
        self.seed = self._seed_row()

    def _seed_row(self) -> ValueField:
        seed = params(Race)["seed"]
        field = ValueField(lambda text: seed.coerce(read_number(text, integer=True)))
        field.setAccessibleName("Seed of the noise")
        field.setToolTip(seed.doc)
        field.edited.connect(lambda value: self._propose("", seed=value))
        self.new_seed = QPushButton("New seed")
        self.new_seed.setAccessibleName("New seed of the noise")
        self.new_seed.setToolTip("Other noise, drawn at random; keep the seed to see the same race again")
        self.new_seed.clicked.connect(lambda: self._propose("", seed=random.randrange(SEEDS)))
        self.seed_error = error_line(field)
        label = QLabel("Seed")
        label.setBuddy(field)
        self.seed_row = QWidget()
        row = QHBoxLayout(self.seed_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(field, 1)
        row.addWidget(self.new_seed)
        return field

    def _section(self, title: str, *widgets: QWidget) -> None:
        self.headings[title] = heading = QLabel(title)
        heading.setProperty("role", "heading")
        for widget in (heading, *widgets):
            self.column.addWidget(widget)

    def set_race(self, race: Race) -> None:
        """Show ``race``, without a signal."""
        first, self.race = self.race is None, race
        if first:
            self._add_forms(race)
        landscape = race.landscape
        self._seen[type(landscape)] = landscape
        self.landscape.set_obstacles(_obstacles(race))
        self.landscape.choose(landscape.name)
        self.story.setText(landscape.story)
        self.formula.setText(landscape.formula_text)
        self._show_form(landscape)
        self.starts.set_starts(race.starts, landscape)
        self.title.set_value(race.title)
        self.seed.set_value(race.seed)
        self.forms["race"].set_thing(race)
        self.forms["noise"].set_thing(race.noise)
        sparse = race.noise.kind == "sparse"
        self.forms["noise"].set_absent({"sigma"} if sparse else {"probability"})
        if self._controls is not None:
            self._lock()
        self._order_tabs()

    def set_controls(self, controls: Collection[str] | None) -> None:
        """Leave only these controls, see `simulator.lesson`; None: all of them."""
        self._controls = None if controls is None else tuple(controls)
        self._lock()

    def _lock(self) -> None:
        """Show what is open, and the heading above it."""
        free = self._controls is None
        heads = {control.split(".")[0] for control in self._controls or ()}
        for table, form in (("landscape", self.form), ("noise", self.forms.get("noise"))):
            if form is not None:
                form.set_open(None if free else lambda name, table=table: self._is_open(f"{table}.{name}"))
        if "race" in self.forms:
            self.forms["race"].set_open(None if free else self._is_open)
        self.landscape.setEnabled(self._is_open("landscape"))
        self.seed_row.setVisible(self._is_open("seed"))
        self.title.setVisible(free)
        about = self._is_open("landscape") or not heads  # beside a control that is open it only takes its room
        for widget in (self.landscape, self.story, self.formula):
            widget.setVisible(about)
        shown = {
            "Landscape": (about or "landscape" in heads, ()),
            "Starts": (self._is_open("starts"), (self.starts,)),
            "Race": (bool(heads & {"steps", "noise", "seed", "everything"}), ()),
        }
        for title, (inside, widgets) in shown.items():
            for widget in (self.headings[title], *widgets):
                widget.setVisible(inside)

    def _is_open(self, name: str) -> bool:
        return self._controls is None or opens(self._controls, name)

    def show_step(self, recording: Recording, step: int) -> None:
        """Nothing here depends on the step."""

    def set_theme(self, theme: Theme) -> None:
        self.starts.set_theme(theme)

    def _add_forms(self, race: Race) -> None:
        self.forms["race"] = ParamForm(race, ["steps"], "Race")
        self.forms["race"].edited.connect(lambda thing, key: self.changed.emit(thing, key))
        self.forms["noise"] = ParamForm(race.noise, ["kind", "sigma", "probability", "shared"], "Noise")
        self.forms["noise"].edited.connect(lambda noise, key: self._propose(key and f"noise/{key}", noise=noise))
        for widget in (self.forms["race"], self.forms["noise"], self.seed_row, self.seed_error):
            self.column.addWidget(widget)

    def _show_form(self, landscape: Landscape) -> None:
        """The landscape's own controls, built anew when it is another one."""
        if self.form is not None and type(self.form.thing) is type(landscape):
            self.form.set_thing(landscape)
            return
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.form = ParamForm(landscape, owner=landscape.title)
        self.form.edited.connect(self._reshape)
        self.column.insertWidget(self.column.indexOf(self.formula) + 1, self.form)

    def _order_tabs(self) -> None:
        form = self.form.inputs if self.form is not None else []
        below = [widget for name in ("race", "noise") for widget in self.forms[name].inputs]
        inputs = [self.landscape, *form, *self.starts.inputs, self.title, *below, self.seed, self.new_seed]
        if inputs != self._inputs:
            self._inputs = inputs
            chain(inputs)

    def _go_to(self, name: str) -> None:
        cls = LANDSCAPES[name]
        assert self.race is not None
        landscape = self._seen.get(cls) or cls()
        behind = [e.label for e in self.race.entrants if obstacle(type(e.optimizer), landscape)]
        self.changed.emit(self.race.on(landscape), "")
        if behind:
            self.told.emit(f"{', '.join(behind)}: left out, as {landscape.title} has no model of data. Undo goes back.")

    def _reshape(self, landscape: Landscape, key: str) -> None:
        """Other parameters of the same landscape. Every η stays: what a steeper ravine does to it is the lesson."""
        assert self.race is not None
        changes: dict[str, Any] = {"landscape": landscape}
        before = self.race.landscape
        if landscape.dim != before.dim:
            changes["starts"] = landscape.starts[:1]
        elif landscape.dim > 2:  # nobody places these by hand: another seed of the weights moves them
            moved = dict(zip(before.starts, landscape.starts, strict=False))
            changes["starts"] = tuple(moved.get(start, start) for start in self.race.starts)
        self.changed.emit(replace(self.race, **changes), key and f"landscape/{key}")

    def _propose(self, key: str, **changes: Any) -> None:
        assert self.race is not None
        try:
            race = replace(self.race, **changes)
        except RaceError as error:  # too many starts for so many steps
            show_error(self.starts_error, error.plain)
            return
        show_error(self.starts_error, "")
        self.changed.emit(race, key)


def _landscapes() -> list[Entry]:
    """All landscapes, family by family, each in order of title; what is typed by hand comes last."""
    return [
        Entry(cls.name, cls.title, "your own" if cls.name == "formula" else cls.family, _size(cls), cls.story)
        for cls in sorted(ordered("landscape"), key=lambda cls: cls.name == "formula")
    ]


def _size(landscape: type[Landscape]) -> str:
    return f"{landscape.dim} parameters" if landscape.dim > 2 else "one parameter" if landscape.dim == 1 else ""


def _obstacles(race: Race) -> dict[str, str]:
    """On which landscapes nobody of ``race`` could race, and why."""
    kinds = {type(entrant.optimizer) for entrant in race.entrants}
    if not all(kind.needs for kind in kinds):
        return {}
    reasons = {name: [why_not(kind, cls) for kind in kinds] for name, cls in LANDSCAPES.items()}
    return {name: whys[0] for name, whys in reasons.items() if all(whys)}


def _text(name: str, role: str = "faint") -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAccessibleName(name)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
