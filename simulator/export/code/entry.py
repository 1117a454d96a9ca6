"""How a library has an optimizer, declared once; and what of an entrant goes into every script."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from simulator.export.code.pycode import number_text
from simulator.export.code.text import WIDTH
from simulator.param import one_line
from simulator.problem import DataProblem
from simulator.race import Entrant, Race


@dataclass(frozen=True)
class Situation:
    """What a script is written of: one entrant of a race, from one of its starts."""

    race: Race
    entrant: Entrant
    start: int = 0
    turns: tuple[tuple[int, Entrant], ...] = ()  # of a fork: with what it goes on from a step on

    @property
    def optimizer(self) -> Any:
        """Of the entrant, with its settings as attributes."""
        return self.entrant.optimizer

    @property
    def problem(self) -> DataProblem | None:
        landscape = self.race.landscape
        return landscape if isinstance(landscape, DataProblem) else None

    @property
    def point(self) -> list[float]:
        return [float(x) for x in self.race.starts[self.start]]

    @property
    def stands_still(self) -> bool:
        """Whether η is 0 in some step, as in the first one of a warm-up."""
        return 0.0 in self.entrant.schedule.factors(self.race.steps)[:-1]

    @property
    def restarts(self) -> tuple[int, ...]:
        """The steps before which the entrant forgets everything."""
        return self.entrant.schedule.boundaries(self.race.steps) if self.entrant.restart else ()

    def head(self, library: str) -> Iterator[str]:
        """Comments that say what the script is. Labels and titles are anybody's text: they stay within their line."""
        race, entrant = self.race, self.entrant
        told = one_line(f"{entrant.label} in the race “{race.title}”, from starts[{self.start}], in {library}.")
        yield from (f"# {line}" for line in textwrap.wrap(told, WIDTH - 2))
        yield "#"
        for text in (type(entrant.optimizer).title, type(entrant.optimizer).formula):
            yield from (f"# {line}" for line in text.split("\n"))
        yield "#"
        for text in (race.landscape.title, race.landscape.formula_text):
            yield from (one_line(f"# {line}") for line in text.split("\n"))
        yield "#"
        yield "# Written by optim-race. The path is the program's to 1e-9, as long as the race does"
        yield "# not amplify the last bit: libraries round in another order."


@dataclass(frozen=True)
class Lack:
    """What of a situation the library does not have."""

    where: Callable[[Situation], bool]
    why: str


@dataclass(frozen=True)
class Entry:
    """One optimizer of a library.

    ``call`` makes it, with our hyperparameters in braces; {params} and {lr} are the script's. ``asks`` is what a step
    wants beside the gradient: ``closure`` a function that works out loss and gradient anew, ``value`` the loss,
    ``grad_fn`` the gradient elsewhere. ``velocity``: the library keeps the look-ahead point and this v. ``decay``
    is a template round the call where there is a weight decay; ``more`` gives values for braces that are no settings.
    """

    call: str
    lacks: tuple[Lack, ...] = ()
    asks: Literal["", "closure", "value", "grad_fn"] = ""
    velocity: str = ""
    decay: str = ""
    more: Callable[[Situation], dict[str, Any]] = lambda _: {}


def called(entry: Entry, at: Situation, **more: str) -> str:
    """The entry's call with the optimizer's settings in it."""
    settings = at.optimizer.hyper | entry.more(at)
    values = {name: _literal(value) for name, value in settings.items()} | more
    made = entry.call.format(**values)
    return entry.decay.format(made, **values) if entry.decay and settings["weight_decay"] else made


class Bare(str):
    """Source, not a text that needs quotes."""


def _literal(value: Any) -> str:
    if isinstance(value, Bare):
        return value
    return number_text(value)[0] if isinstance(value, float) else repr(value)
