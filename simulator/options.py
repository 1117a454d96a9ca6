"""What can be set and is remembered, each option declared once: its values, its default, and what it is for.

From a declaration come reading and writing of both settings files, ``optim-race settings``, and what a lock disables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from simulator.costs import AXES, Weights
from simulator.overlays import OVERLAYS
from simulator.param import Param, params, shown


@dataclass(frozen=True)
class Option:
    """``takes`` says which values there are, and the default; ``most``: a list of at most so many of them.

    ``noted``: what the program notes of one person, which nobody sets for others.
    """

    takes: Param
    most: int = 0
    noted: bool = False

    @property
    def name(self) -> str:
        return self.takes.name

    @property
    def allowed(self) -> str:
        """The values, in words."""
        return f"a list of: {self.takes.range_text()}" if self.most else self.takes.range_text()

    def read(self, value: Any, faults: list[str]) -> Any:
        """``value`` as this option's, None where it is none: that adds to ``faults``. A list keeps what it can."""
        if not self.most:
            return self._one(value, self.name, faults)
        if not isinstance(value, list):
            faults.append(f"{self.name}: must be a list, got {shown(value)}")
            return None
        given = cast("list[Any]", value)
        if len(given) > self.most:
            faults.append(f"{self.name}: must be at most {self.most}, got {len(given)}")
        kept = [self._one(one, f"{self.name}[{i}]", faults) for i, one in enumerate(given[: self.most])]
        return tuple(one for one in kept if one is not None)

    def _one(self, value: Any, where: str, faults: list[str]) -> Any:
        if self.takes.scale == "choice" and type(value) is int:  # repeats = 20, where the words are off, 5, 20, 100
            value = str(value) if str(value) in self.takes.choices else value
        try:
            return self.takes.coerce(value)
        except ValueError as error:
            faults.append(f"{where}: {error}")
            return None


def _switch(name: str, default: bool, doc: str) -> Option:
    return Option(Param(name, "", default, 0.0, 0.0, "switch", doc))


def _choice(name: str, choices: tuple[str, ...], doc: str) -> Option:
    return Option(Param(name, "", choices[0], 0.0, 0.0, "choice", doc, choices=choices))


def _text(name: str, default: str, doc: str, noted: bool = False) -> Option:
    return Option(Param(name, "", default, 0.0, 0.0, "text", doc), noted=noted)


SPEED = Param("speed", "speed", 60.0, 1.0, 5000.0, "log", "Steps that are played in a second.", unit="steps/s")

OPTIONS = {
    option.name: option
    for option in (
        _choice("theme", ("light", "dark"), "The colours of the window."),
        _switch("projector", False, "Thick lines and large type, for the back of a room."),
        _choice("view", ("contour", "side by side", "relief", "basins"), "How the race is looked at."),
        Option(
            Param("overlays", "", (), 0.0, 0.0, "choice", "What is drawn over the maps.", choices=tuple(OVERLAYS)),
            most=len(OVERLAYS),
        ),
        _choice("curve", ("loss", "gradient", "lr"), "What the curves show: loss, norm of the gradient, or rate."),
        _choice(
            "axis", AXES, "What the curves count: steps, evaluations of the gradient, or all evaluations, weighted."
        ),
        *map(Option, params(Weights).values()),
        _choice("scale", ("log", "linear"), "Whether the curves stand on a logarithmic or a linear scale."),
        _switch("coach", True, "While the race stands, cards of racers that fail say why, and what to try."),
        _switch("stability", True, "Mark under each slider of η from where on a racer oscillates or diverges."),
        _switch("rates", False, "Show below the arena how far each racer gets at every learning rate."),
        _choice("repeats", ("off", "5", "20", "100"), "With how many seeds the race is run for a band of its losses."),
        Option(SPEED),
        _text("race", "ravine", "What the window opens with when no race is named: a sample, or a race file."),
        _text("folder", "", "Where files are opened and saved first; ~ and $NAME are filled in. Empty: where last."),
        _switch("list_recent", True, "Keep a list of the files opened last. It shows their names to who comes next."),
        _switch("recovery", True, "Keep the race while it changes, and offer it to who comes next after a crash."),
        Option(Param("recent_files", "", (), 0.0, 0.0, "text", "The files opened last."), most=8, noted=True),
        _text("export", "", "What was chosen for the last export, as JSON.", noted=True),
        _text("window", "", "Place and size of the window.", noted=True),
        Option(
            Param("panels", "", (), 0, 100_000, "linear", "Widths of side panels, arena, curves."), most=3, noted=True
        ),
        Option(Param("rates_height", "", 230.0, 0, 10_000, "linear", "Height of the panel of rates."), noted=True),
    )
}
