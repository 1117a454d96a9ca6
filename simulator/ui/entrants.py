"""The panel of racers: a card each, adding, and one η for all."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QApplication, QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from simulator.branching import unforkable
from simulator.lessoncontrols import opens
from simulator.optimizer import Optimizer
from simulator.param import RaceError
from simulator.race import Entrant, Race, at_rate, common_lrs, suited
from simulator.recording import Recording
from simulator.ui.card import EntrantCard
from simulator.ui.controls import error_line, show_error
from simulator.ui.fields import chain
from simulator.ui.icons import icon
from simulator.ui.labels import icon_size, menu_button
from simulator.ui.scroll import PanelScroll
from simulator.ui.stability import StabilityMarks
from simulator.ui.theme import LIGHT, Theme
from simulator.ui.throttle import Throttle
from simulator.ui.wins import WinLines

if TYPE_CHECKING:
    from simulator.diagnose import Diagnosis
    from simulator.ui.methods import MethodPopup

ICONS = ("duplicate", "eye", "eye_off", "remove")


class EntrantPanel(QWidget):
    """Edits the entrants of a race.

    ``changed`` carries the new Race and a merge key: the Param's name and the racer's stream ("lr/2", "beta/0",
    "schedule.warmup/1"), "lr/all" for the η of all; empty for what is done in one go.
    """

    changed = Signal(object, str)
    hidden_changed = Signal(int, bool)
    shared_lr_changed = Signal(bool)
    help_wanted = Signal(str)  # a method's name
    code_wanted = Signal(int)  # a racer's stream
    tried = Signal(int, object, bool)  # a racer's stream, a Diagnosis, whether its change is made on the way

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Racers")
        self.race: Race | None = None
        self.cards: dict[int, EntrantCard] = {}
        self._theme, self._hidden = LIGHT, frozenset[int]()
        self._icons = {name: icon(name, LIGHT) for name in ICONS}
        self._inputs: list[QWidget] = []
        self._moment: tuple[Recording, int] | None = None
        self._controls: tuple[str, ...] | None = None
        self._live = Throttle(self._show_moment, self)
        self.wins = WinLines(lambda stream: self.cards[stream].wins if stream in self.cards else None)
        self.stability = StabilityMarks(lambda stream: self.cards[stream].rates if stream in self.cards else None, self)
        self._lay_out()

    def _lay_out(self) -> None:
        self.add = menu_button("Add…", "Add a racer", "Add a racer: the methods by family and year. Type to search.")
        self.add.clicked.connect(lambda: self.methods.open_below(self.add))
        self.shared = QCheckBox("One η for all")
        self.shared.setToolTip("While this is on, moving η on one card moves it on every card. Forks keep theirs.")
        self.shared.setAccessibleName("One learning rate η for all racers")
        self.shared.toggled.connect(self.shared_lr_changed)
        self.error = error_line()
        head = QHBoxLayout()
        head.setContentsMargins(10, 8, 10, 0)
        head.addWidget(self.add)
        head.addStretch(1)
        head.addWidget(self.shared)
        self.setFocusProxy(self.add)
        self.area = PanelScroll()
        self.column = self.area.column
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(head)
        outer.addWidget(self.error)
        outer.addWidget(self.area)

    @cached_property
    def methods(self) -> MethodPopup:
        """What "Add…" opens, built when it is first wanted."""
        from simulator.ui.methods import MethodPopup

        return MethodPopup(self, lambda: self.race and self.race.landscape, self._add)

    # What is shown.

    def set_race(self, race: Race) -> None:
        """Show ``race`` without a signal. Cards of racers that stay are kept, with what is open or being typed."""
        self.race = race
        for stream in [s for s, card in self.cards.items() if not _fits(card, race)]:
            self._drop(stream)
        for place, entrant in enumerate(race.entrants):
            card = self.cards.get(entrant.stream) or self._new_card(entrant)
            if self.column.indexOf(card) != place:
                self.column.insertWidget(place, card)
            card.set_entrant(entrant, race)
            card.set_hidden(entrant.stream in self._hidden)
        self.cards = {e.stream: self.cards[e.stream] for e in race.entrants}
        self._show_shared()
        self._show_open()
        self._order_tabs()

    def show_step(self, recording: Recording, step: int) -> None:
        """Called every frame; the numbers follow some 15 times a second, and the last one always arrives."""
        self._moment = (recording, min(step, recording.done))
        self._live()

    def show_diagnosis(self, stream: int, said: Diagnosis | None, where: str = "") -> None:
        """What the coach says of the racer ``stream``; None: nothing."""
        if card := self.cards.get(stream):
            card.show_diagnosis(said, where)

    def clear_diagnoses(self) -> None:
        for card in self.cards.values():
            card.show_diagnosis(None)

    def tell(self, why: str) -> None:
        """Say above the cards why something cannot be done."""
        show_error(self.error, why)

    def set_hidden(self, hidden: frozenset[int]) -> None:
        self._hidden = hidden
        for stream, card in self.cards.items():
            card.set_hidden(stream in hidden)

    def set_controls(self, controls: Collection[str] | None) -> None:
        """Leave only these controls, see `simulator.lesson`; None: all of them."""
        self._controls = None if controls is None else tuple(controls)
        self.add.setVisible(self._is_open("racers"))
        self._show_shared()
        for card in self.cards.values():
            card.set_open(None if controls is None else self._is_open)
        self._show_open()
        self._order_tabs()
        if self._moment is not None:
            self._live()

    def _show_open(self) -> None:
        """Leave out racers without an open control, unless all are."""
        some = not all(card.idle for card in self.cards.values())
        for card in self.cards.values():
            card.setHidden(some and card.idle)

    def _show_shared(self) -> None:
        """In a lesson one η for all needs several racers whose η is open."""
        many = self.race is not None and len(self.race.entrants) > 1
        self.shared.setVisible(self._controls is None or (many and self._is_open("lr")))

    def _is_open(self, name: str, label: str = "") -> bool:
        return self._controls is None or opens(self._controls, name, label)

    def set_shared_lr(self, on: bool) -> None:
        with QSignalBlocker(self.shared):
            self.shared.setChecked(on)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._icons = {name: icon(name, theme) for name in ICONS}
        self.add.setIcon(icon("add", theme))
        self.add.setIconSize(icon_size(theme))
        for card in self.cards.values():
            card.set_theme(theme, self._icons)
        self.wins.set_theme(theme)
        if self._moment is not None:
            self._live.now()

    def _show_moment(self) -> None:
        assert self._moment is not None
        recording, step = self._moment
        starts = len(recording.race.starts)
        for place, entrant in enumerate(recording.race.entrants):
            if card := self.cards.get(entrant.stream):
                card.show_live(recording, slice(place * starts, (place + 1) * starts), step)
        self.wins.show(recording, step)
        self.stability.show(recording, step)

    def _new_card(self, entrant: Entrant) -> EntrantCard:
        assert self.race is not None
        card = EntrantCard(entrant, self.race, self._icons, self._theme)
        card.edited.connect(partial(self._edit, card))
        card.asked.connect(lambda action: self._act(action, card.entrant.stream))
        if self._controls is not None:
            card.set_open(self._is_open)
        card.more.toggled.connect(self._order_tabs)
        card.arranged.connect(self._order_tabs)
        card.opened.connect(lambda: QTimer.singleShot(0, card, lambda: self.area.reveal(card)))
        card.tried.connect(lambda said, fork: self.tried.emit(card.entrant.stream, said, fork))
        self.cards[entrant.stream] = card
        return card

    def _drop(self, stream: int) -> None:
        """Take a card away; if the keyboard was in it, it goes to the card beside, or to the button that adds."""
        card = self.cards.pop(stream)
        focus = QApplication.focusWidget()
        if focus is not None and card.isAncestorOf(focus):
            place = self.column.indexOf(card)
            beside = self.column.itemAt(place + 1) or self.column.itemAt(place - 1)
            near = beside.widget() if beside else None
            target = near.buttons["remove"] if isinstance(near, EntrantCard) else self.add
            (target if target.isEnabled() else self.add).setFocus()
        self.column.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _order_tabs(self) -> None:
        head = [widget for widget in (self.add, self.shared) if not widget.isHidden()]
        inputs = [*head, *(widget for card in self.cards.values() if not card.isHidden() for widget in card.inputs)]
        if inputs != self._inputs:
            self._inputs = inputs
            chain(inputs)

    # What the person does.

    def _edit(self, card: EntrantCard, entrant: Entrant, key: str) -> None:
        assert self.race is not None
        merge = key and f"{key}/{entrant.stream}"
        place = [e.stream for e in self.race.entrants].index(entrant.stream)
        try:
            entrants = [*self.race.renamed(place, entrant.label).entrants]
            entrants[place] = entrant
            if self.shared.isChecked() and key == "lr" and not entrant.forked:
                merge = "lr/all"
                entrants = [e if e.forked else replace(e, optimizer=at_rate(e.optimizer, entrant.lr)) for e in entrants]
            race = replace(self.race, entrants=tuple(entrants))
        except RaceError as error:
            return card.refuse(error.plain, key)
        self.changed.emit(race, merge)

    def _act(self, action: str, stream: int) -> None:
        assert self.race is not None
        place, entrant = next((i, e) for i, e in enumerate(self.race.entrants) if e.stream == stream)
        if action == "remove":
            self.changed.emit(self.race.without(place), "")
        elif action == "duplicate":
            self._enter(entrant.optimizer, entrant.label, entrant)
        elif action == "fork":
            self.fork(place)
        elif action == "about":
            self.help_wanted.emit(entrant.optimizer.name)
        elif action == "code":
            self.code_wanted.emit(stream)
        elif action == "share":
            alike = (replace(e, schedule=entrant.schedule) for e in self.race.entrants)
            self.changed.emit(replace(self.race, entrants=tuple(alike)), "")
        else:
            self.hidden_changed.emit(stream, action == "hide")

    def _add(self, cls: type[Optimizer]) -> None:
        assert self.race is not None
        newcomer = suited(cls(), self.race.landscape)
        common = common_lrs(self.race) if self.shared.isChecked() else []
        self._enter(at_rate(newcomer, common[0]) if common else newcomer)

    def _enter(self, optimizer: Optimizer, label: str | None = None, like: Entrant | None = None) -> None:
        self._join(lambda race: race.with_new(optimizer, label, like))

    def fork(self, place: int) -> None:
        """A branch of the racer at ``place``, from the step on screen."""
        step = self._moment[1] if self._moment else 0
        if self.race is not None and (why := unforkable(self.race, step)):
            self.tell(why)
            return
        self._join(lambda race: race.fork(place, step))

    @property
    def focused(self) -> int | None:
        """The place of the racer whose card has the keyboard, or of the only one."""
        focus, cards = QApplication.focusWidget(), list(self.cards.values())
        there = (i for i, card in enumerate(cards) if focus is not None and card.isAncestorOf(focus))
        return 0 if len(cards) == 1 else next(there, None)

    def _join(self, joined: Callable[[Race], Race]) -> None:
        """Make a change that brings a newcomer, and show its card."""
        assert self.race is not None
        try:
            race = joined(self.race)
        except RaceError as error:
            show_error(self.error, error.plain)
            return
        show_error(self.error, "")
        self.changed.emit(race, "")
        if card := self.cards.get(race.entrants[-1].stream):
            QTimer.singleShot(0, card, lambda: self.area.reveal(card))  # once it has been laid out


def _fits(card: EntrantCard, race: Race) -> bool:
    """Whether the racer of this card is still there, and still of that method."""
    mine = card.entrant
    return any(e.stream == mine.stream and type(e.optimizer) is type(mine.optimizer) for e in race.entrants)
