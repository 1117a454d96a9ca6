"""Draws the fog over the window and lifts it: everything that could betray the landscape is away meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from simulator import fog
from simulator.param import RaceError
from simulator.race import Race
from simulator.ui.actions import IN_FOG, Actions
from simulator.ui.controller import Controller
from simulator.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from simulator.ui.fogview import FogView

SHOW_SECONDS = 6.0  # how long the machines' paths are played afterwards


class FogWalk(QObject):
    """A walk goes on while ``on``. Each step is a new race, at whose last step walked the controller then stands."""

    turned = Signal(bool)  # on, or off
    paced = Signal(float)  # steps per second to play at
    refused = Signal(str)

    def __init__(self, controller: Controller, actions: Actions, layout: QVBoxLayout, veiled: tuple[QWidget, ...]):
        super().__init__(controller)
        self.on = False
        self.view: FogView | None = None  # made for the first walk
        self._controller, self._actions, self._layout, self._veiled = controller, actions, layout, veiled
        self._theme = LIGHT
        self.before: Race | None = None  # the walk
        self._ground: tuple[Any, ...] = ()  # of the walk
        self._speed: float | None = None  # to go back to when all has been seen
        actions.on("fog", self._toggle)
        controller.race_changed.connect(self._on_race)
        controller.playing_changed.connect(self._on_playing)

    def begin(self) -> None:
        """Put a walker at the start and draw the fog, unless nobody can walk there."""
        if self.on:
            return
        self._controller.pause()
        try:
            race = fog.begin(self._controller.race)
        except RaceError as error:
            self.refused.emit(error.plain)
            self._check(False)
            return
        self.before, self._ground = self._controller.race, _ground(race)
        self._draw()
        self._controller.set_race(race)
        self._on_race(self._controller.race)  # also where it is the race that was

    def lift(self) -> None:
        """Show the landscape, and what the machines did in as many steps."""
        if not self.on:
            return
        race, before = self._controller.race, self.before
        walked = fog.taken(race)
        self.on = False  # what comes now is for everyone to see
        if walked:
            self._controller.set_race(fog.lifted(race))
        elif before is not None:
            self._controller.set_race(before)
        self._withdraw()
        if walked:
            self._speed = self._controller.speed
            self.paced.emit(walked / SHOW_SECONDS)
            self._controller.seek(0)
            self._controller.play()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.view is not None:
            self.view.set_theme(theme)

    def _toggle(self, on: bool) -> None:
        self.begin() if on else self.lift()

    def _step(self, move: tuple[float, ...]) -> None:
        race = self._controller.race
        if self.on and fog.taken(race) < race.steps:
            try:
                self._controller.set_race(fog.stepped(race, move))
            except RaceError as error:
                assert self.view is not None
                self.view.say(error.plain)

    def _on_race(self, race: Race) -> None:
        """A step taken or taken back; or another race altogether, which ends the walk."""
        if not self.on:
            return
        if fog.walker(race) is None or _ground(race) != self._ground:
            self.on = False
            self._withdraw()
            return
        self._controller.seek(fog.taken(race))
        assert self.view is not None
        self.view.show_look(fog.look(race))
        if fog.taken(race) == race.steps:
            self.lift()

    def _on_playing(self, playing: bool) -> None:
        if not playing and self._speed is not None:
            speed, self._speed = self._speed, None
            self.paced.emit(speed)

    def _draw(self) -> None:
        if self.view is None:
            from simulator.ui.fogview import FogView  # only when used: the window appears without it

            self.view = FogView()
            self.view.stepped.connect(self._step)
            self.view.undo_wanted.connect(self._controller.undo)
            self.view.lift_wanted.connect(self.lift)
            self.view.set_theme(self._theme)
            self._layout.insertWidget(0, self.view, 1)
        self.on = True
        for widget in self._veiled:
            widget.hide()
        self._actions.allow_only("fog", IN_FOG)
        self.view.show()
        self.view.setFocus()
        self._check(True)
        self.turned.emit(True)

    def _withdraw(self) -> None:
        assert self.view is not None
        self.view.hide()
        for widget in self._veiled:
            widget.show()
        self._actions.allow_only("fog", None)
        self._check(False)
        self.turned.emit(False)

    def _check(self, on: bool) -> None:
        action = self._actions["fog"]
        action.blockSignals(True)
        action.setChecked(on)
        action.blockSignals(False)


def _ground(race: Race) -> tuple[Any, ...]:
    """What one walk is on."""
    return race.landscape, race.starts, race.noise, race.seed
