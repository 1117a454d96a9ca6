"""How a library has an optimizer, declared once; and what of an entrant goes into every script."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from simulator.export.code.pycode import number_text
from simulator.export.code.text import WIDTH
from simulator.optimizer import bound
from simulator.param import one_line
from simulator.problem import DataProblem
from simulator.race import Entrant, Race

CLIPS = ("clip_value", "clip_norm")  # on what of an entrant its gradient depends


@dataclass(frozen=True)
class Situation:
    """What a script is written of: one entrant of a race, from one of its starts; of a fork, one leg of its way."""

    race: Race
    entrant: Entrant
    start: int = 0
    whole: tuple[tuple[int, Entrant], ...] = ()  # the legs of a fork: from which step on it goes with whose settings
    first: int = 0  # the step with which this leg begins

    @property
    def legs(self) -> list[Situation]:
        """A situation each, in order."""
        return [replace(self, entrant=leg, first=step) for step, leg in self.whole] or [self]

    @property
    def before(self) -> Situation:
        """The leg before this one; the first is its own."""
        return max((leg for leg in self.legs if leg.first < self.first), key=lambda leg: leg.first, default=self)

    @property
    def last(self) -> int:
        """The step before which this leg ends."""
        return next((step for step, _ in self.whole if step > self.first), self.race.steps)

    def tag(self, *keys: str) -> str:
        """What distinguishes the name of a function that depends on these fields of an entrant from other legs'."""
        own = [getattr(self.entrant, key) for key in keys]
        same = (step for step, leg in self.whole if [getattr(leg, key) for key in keys] == own)
        step = next(same, 0)
        return f"_{step}" if step else ""

    def begins(self, *keys: str) -> bool:
        """Whether no leg before this one had the same of these fields."""
        return self.tag(*keys) == (f"_{self.first}" if self.first else "")

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
    def memory(self) -> dict[str, Any]:
        """What this leg would remember if it began at a point of ones: arrays by the paper's letter."""
        return bound([self.optimizer], self.race.landscape.blocks).init(np.ones((1, self.race.landscape.dim)))

    @property
    def stands_still(self) -> bool:
        """Whether η is 0 in some step, as in the first one of a warm-up."""
        return 0.0 in self.entrant.schedule.factors(self.race.steps)[self.first : self.last]

    @property
    def restarts(self) -> tuple[int, ...]:
        """The steps of this leg before which the entrant forgets everything."""
        if not self.entrant.restart:
            return ()
        return tuple(k for k in self.entrant.schedule.boundaries(self.race.steps) if self.first <= k < self.last)

    @property
    def anew(self) -> list[int]:
        """The steps of all legs before which the entrant forgets everything."""
        return [k for leg in self.legs for k in leg.restarts]

    @property
    def decays(self) -> bool:
        """Whether any leg has a weight decay: a library's state has a place for it in all legs, or in none."""
        return any(leg.optimizer.weight_decay for leg in self.legs)

    @property
    def turn(self) -> str:
        """What happens where this leg begins, for a comment."""
        return f"Step {self.first}, a fork: place and memory go on under settings of its own."

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
        for leg in self.legs[1:]:
            yield "#"
            yield f"# {leg.turn}"
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
    return entry.decay.format(made, **values) if entry.decay and at.decays else made


class Bare(str):
    """Source, not a text that needs quotes."""


def _literal(value: Any) -> str:
    if isinstance(value, Bare):
        return value
    return number_text(value)[0] if isinstance(value, float) else repr(value)
