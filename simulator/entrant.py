"""A racer: an optimizer with its settings, and where it was forked off another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from simulator.optimizer import Optimizer
from simulator.param import param
from simulator.schedule import Schedule
from simulator.schedules.constant import Constant

MAX_LETTERS = 200  # of a title or a label
MAX_FORKS = 20  # of forks, one after the other
SETTINGS = ("optimizer", "schedule", "clip_norm", "clip_value", "restart")  # what a fork may change


@dataclass(frozen=True)
class Entrant:
    """One racer: an optimizer with its settings, a name, a schedule, and how its gradient is clipped.

    ``stream`` identifies the racer for as long as it lives: it keys its own noise when the noise is not shared, and
    its colour, so that others may come and go.
    """

    optimizer: Optimizer
    label: str
    schedule: Schedule = field(default_factory=Constant)
    clip_norm: float = param(
        "c", 0.0, 0.0, 1e6, "log", floor=1e-3, off=0.0, doc="Gradients longer than this are shortened to it; 0: off."
    )
    clip_value: float = param(
        "c₁", 0.0, 0.0, 1e6, "log", floor=1e-3, off=0.0,
        doc="Gradient coordinates are cut off at ± this, before the length is looked at; 0: off.",
    )  # fmt: skip
    restart: bool = param(
        "restart", False, doc="Forget momentum and all other memory wherever a new phase of the schedule begins."
    )
    stream: int = param("stream", 0, 0, 2**31, doc="Identity of this racer: its own noise draws, and its colour.")
    forked: Fork | None = None

    @property
    def lr(self) -> float:
        return self.optimizer.hyper["lr"]

    @property
    def legs(self) -> tuple[tuple[int, Entrant], ...]:
        """From which step on it goes with whose settings, in order; the first from step 0, the last its own."""
        return ((0, self),) if self.forked is None else (*self.forked.racer.legs, (self.forked.step, self))

    def at(self, step: int) -> Entrant:
        """Whose settings it takes the step with that leaves row ``step``: its own, or before a fork the original's."""
        return self if self.forked is None or step >= self.forked.step else self.forked.racer.at(step)

    @property
    def noise_stream(self) -> int:
        """What keys its noise where that is not shared: a fork feels the draws of its original."""
        return self.stream if self.forked is None else self.forked.racer.noise_stream

    def rates(self, steps: int) -> NDArray[np.float64]:
        """η of the step that leaves each row of a race of ``steps``, (steps + 1,)."""
        rates = self.lr * self.schedule.factors(steps)
        if self.forked is not None:
            rates[: self.forked.step] = self.forked.racer.rates(steps)[: self.forked.step]
        return rates

    def restarts(self, steps: int) -> tuple[int, ...]:
        """The steps before which it forgets everything, rising."""
        own = self.schedule.boundaries(steps) if self.restart else ()
        if self.forked is None:
            return own
        before, fork = self.forked.racer.restarts(steps), self.forked.step
        return (*(k for k in before if k < fork), *(k for k in own if k >= fork))

    def branch(self, step: int, change: Callable[[Entrant], Entrant]) -> Entrant:
        """This racer, changed from ``step`` on. Where it branched off later itself, it still does."""
        if self.forked is None or step > self.forked.step:
            return replace(change(self), forked=Fork(self, step))
        before = self.forked.racer if step == self.forked.step else self.forked.racer.branch(step, change)
        return replace(change(self), forked=replace(self.forked, racer=before))

    def recalling(self, stream: int, was: str, label: str) -> Entrant:
        """This racer, with the original that was called ``was`` called ``label`` in its past too."""
        if self.forked is None:
            return self
        racer = self.forked.racer.recalling(stream, was, label)
        if (racer.stream, racer.label) == (stream, was):
            racer = replace(racer, label=label)
        return replace(self, forked=replace(self.forked, racer=racer))

    def faults(self, where: str) -> list[str]:
        """What is wrong with its label, or with what it was forked off, each with its key path."""
        found = too_long(f"{where}.label", self.label)
        racer, at = self, where
        for _ in range(MAX_FORKS + 1):
            if racer.forked is None:
                return found
            step, racer, at = racer.forked.step, racer.forked.racer, f"{at}.forked"
            found += too_long(f"{at}.label", racer.label)
            if type(racer.optimizer) is not type(self.optimizer):
                found.append(
                    f"{at}.optimizer: must be {self.optimizer.name}, as a fork goes on with what was remembered, "
                    f"got {racer.optimizer.name}"
                )
            if racer.forked is not None and racer.forked.step >= step:
                found.append(f"{at}.step: must be after step {racer.forked.step}, its original's own fork, got {step}")
        return [*found, f"{where}.forked: at most {MAX_FORKS} forks may follow one another"]


@dataclass(frozen=True)
class Fork:
    """Where a racer branched off: up to ``step`` it is ``racer``, whose place, memory and noise it takes over.

    ``racer`` is the original as it was then: whatever becomes of that one, the fork keeps its own past.
    """

    racer: Entrant
    step: int = param("k", 1, 1, 1_000_000, "log", doc="The step from which on its own settings hold.", unit="steps")


def too_long(where: str, text: str) -> list[str]:
    if len(text) <= MAX_LETTERS:
        return []
    return [f"{where}: must have at most {MAX_LETTERS} characters, got {len(text):,}"]
