"""A race: a frozen value that determines everything. A change is a new Race."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from simulator.entrant import SETTINGS, Entrant, too_long
from simulator.landscape import Landscape
from simulator.optimizer import Optimizer
from simulator.param import RaceError, build, number, param, params

NOISES = ("gaussian", "multiplicative", "student", "sparse")
MAX_ENTRANTS = 64
MAX_NUMBERS = 240_000_000
"""A race keeps everything it went through, eight bytes a number: 2 GB at the limit."""


@dataclass(frozen=True)
class Noise:
    """Noise on the gradient, a function of (seed, step).

    gaussian: σ·ξ added to every coordinate. multiplicative: every coordinate times 1 + σ·ξ, so that the noise dies
    where the gradient does. student: σ·τ added, τ of Student's t with 3 degrees of freedom: rare, huge kicks. sparse:
    all coordinates but the first are seen with probability p, and then 1/p as large.
    """

    sigma: float = param(
        "σ", 0.0, 0.0, 1e3, "log", floor=1e-3, off=0.0, doc="Size of the noise; sparse noise has none. 0: no noise."
    )
    kind: str = param("kind", "gaussian", scale="choice", choices=NOISES, doc="What the noise does to a gradient.")
    probability: float = param("p", 0.1, 0.01, 1.0, doc="Sparse noise: how often a coordinate is seen.")
    shared: bool = param("shared", True, doc="All entrants feel the same draws.")


@dataclass(frozen=True)
class Tuning:
    """With what budget the settings of the racers were chosen; see `simulator.racedata.tuned`."""

    key: str = param("key", "lr", scale="text", doc="The hyperparameter that was tuned.")
    runs: int = param("runs", 1, 1, 10**9, "log", doc="How often each racer was raced for it.")
    of: str = param("of", "", scale="text", doc="Digest of the race that came of it: for another one it says nothing.")


@dataclass(frozen=True)
class Race:
    """All that determines a race. Equal races give equal bits on one machine."""

    landscape: Landscape
    entrants: tuple[Entrant, ...]
    starts: tuple[tuple[float, ...], ...]
    noise: Noise = Noise()
    title: str = "Untitled race"
    steps: int = param("T", 300, 1, 1_000_000, "log", doc="Length of the race.", unit="steps")
    seed: int = param("seed", 0, 0, 2**63 - 1, doc="Chooses the noise; the same seed gives the same draws.")
    tuning: Tuning | None = None

    def __post_init__(self) -> None:
        faults = [*too_long("title", self.title), *self._start_faults(), *self._entrant_faults()]
        if self.steps > (most := MAX_NUMBERS // max(self.numbers, 1)):
            why = f"a step of {self.lanes:,} runs keeps {self.numbers:,} numbers"
            faults.append(f"steps: must be at most {most:,}, as {why}, got {self.steps:,}")
        if faults:
            raise RaceError(faults)

    def _start_faults(self) -> list[str]:
        if not self.starts:
            return ["starts: at least one starting point is needed"]
        faults: list[str] = []
        for i, start in enumerate(self.starts):
            if len(start) != self.landscape.dim:
                wanted = f"{self.landscape.dim} coordinate{'s' * (self.landscape.dim > 1)} on {self.landscape.name}"
                got = len(start) if len(start) > 4 else list(start)
                faults.append(f"starts[{i}]: must have {wanted}, got {got}")
                continue
            for x in start:
                try:
                    coordinate(x)
                except ValueError as error:
                    faults.append(f"starts[{i}]: each coordinate {error}")
        return faults

    def _entrant_faults(self) -> list[str]:
        if not 1 <= len(self.entrants) <= MAX_ENTRANTS:
            return [f"entrant: a race has 1 to {MAX_ENTRANTS} entrants, got {len(self.entrants)}"]
        faults: list[str] = []
        for key in ("label", "stream"):
            values = [getattr(entrant, key) for entrant in self.entrants]
            faults += [
                f"entrant[{i}].{key}: {value!r} is taken by entrant[{values.index(value)}]"
                for i, value in enumerate(values)
                if values.index(value) < i
            ]
        for i, entrant in enumerate(self.entrants):
            faults += entrant.faults(f"entrant[{i}]")
            if why := obstacle(type(entrant.optimizer), self.landscape):
                faults.append(f"entrant[{i}].optimizer: {why}")
        return faults

    @property
    def lanes(self) -> int:
        return len(self.entrants) * len(self.starts)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Its one seed, as a crowd has them."""
        return (self.seed,)

    @property
    def numbers(self) -> int:
        """What a step adds to the recording: of each run where it is, its gradient, its state, and what is read off."""
        dim, blocks = self.landscape.dim, self.landscape.blocks
        kept = (max(leg.optimizer.kept(blocks) for _, leg in entrant.legs) for entrant in self.entrants)
        return len(self.starts) * sum(4 + 2 * dim + numbers for numbers in kept)

    # Changes, each a new Race.

    def with_entrant(self, index: int, **changes: Any) -> Race:
        """Entrant ``index`` with some fields replaced."""
        entrants = list(self.entrants)
        entrants[index] = replace(entrants[index], **changes)
        return replace(self, entrants=tuple(entrants))

    def with_hyper(self, index: int, **values: Any) -> Race:
        """Entrant ``index`` with some of its optimizer's hyperparameters replaced."""
        return self.with_entrant(index, optimizer=replace(self.entrants[index].optimizer, **values))

    def renamed(self, index: int, label: str) -> Race:
        """Entrant ``index`` under another name, by which its forks know it too."""
        old = self.entrants[index]
        entrants = [entrant.recalling(old.stream, old.label, label) for entrant in self.entrants]
        return replace(self, entrants=tuple(entrants)).with_entrant(index, label=label)

    def with_new(self, optimizer: Optimizer, label: str | None = None, like: Entrant | None = None) -> Race:
        """A newcomer at the end, its label and stream free; ``like`` lends its schedule, clipping and past."""
        base = like or Entrant(optimizer, "")
        return self._joined(replace(base, optimizer=optimizer), label or optimizer.title)

    def fork(self, index: int, step: int, label: str | None = None, **changes: Any) -> Race:
        """Entrant ``index`` once more at the end, with ``changes`` from ``step`` on: a branch off its very state.

        ``changes`` are fields of an `Entrant` (schedule, clip_norm …) or hyperparameters (lr, beta …). Memory that the
        new settings do not share, as under another switch, begins empty. Raises RaceError.
        """
        if not 1 <= step < self.steps:
            raise RaceError([f"fork: step must be from 1 to {self.steps - 1}, got {step}"])
        own = {key: changes.pop(key) for key in SETTINGS if key in changes}
        faults: list[str] = []

        def change(entrant: Entrant) -> Entrant:
            it = replace(entrant, **own)
            if not changes:
                return it
            hyper = it.optimizer.hyper | changes
            return replace(it, optimizer=build(type(it.optimizer), hyper, "fork", it.optimizer.name, faults))

        original = self.entrants[index]
        branch = original.branch(step, change)
        if faults:
            raise RaceError(faults)
        return self._joined(branch, label or f"{original.label} from {step}")

    def _joined(self, entrant: Entrant, label: str) -> Race:
        """With ``entrant`` at the end, under a free stream and ``label`` or one like it."""
        # A fork feels the draws of its original's stream, even where that one is gone.
        taken = {stream for other in self.entrants for stream in (other.stream, other.noise_stream)}
        stream = next(s for s in range(len(taken) + 1) if s not in taken)
        label = free_label(label, [other.label for other in self.entrants])
        return replace(self, entrants=(*self.entrants, replace(entrant, label=label, stream=stream)))

    def without(self, index: int) -> Race:
        return replace(self, entrants=self.entrants[:index] + self.entrants[index + 1 :])

    def on(self, landscape: Landscape) -> Race:
        """The same field on another landscape, at its first start, each η moved to a sensible one there.

        Who cannot race there is left out; raises RaceError where that is everybody.
        """
        able = [e for e in self.entrants if not obstacle(type(e.optimizer), landscape)]
        entrants = tuple(_moved(e, landscape) for e in able)
        return replace(self, landscape=landscape, starts=landscape.starts[:1], entrants=entrants)


def obstacle(optimizer: type[Optimizer], landscape: Landscape | type[Landscape]) -> str | None:
    """Why this rule cannot race there, or None."""
    if optimizer.needs == "model" and not landscape.model:
        return f"{optimizer.name} needs a model of data, and {landscape.name} is a bare function"
    return None


def coordinate(x: Any) -> float:
    """``x`` as a coordinate of a starting point, or ValueError with the range in its text."""
    return number(x, -1e9, 1e9)


def with_lr(race: Race, lr: float) -> Race:
    """``race`` with one η for everyone but forks, whose point an η of their own may be."""
    entrants = (e if e.forked else replace(e, optimizer=replace(e.optimizer, lr=lr)) for e in race.entrants)
    return replace(race, entrants=tuple(entrants))


def one_lr(before: Race, race: Race) -> Race:
    """``race`` with one η for all but forks: the one that was changed, or the first entrant's."""
    rates = common_lrs(race)
    old = {entrant.stream: entrant.lr for entrant in before.entrants}
    moved = [e.lr for e in race.entrants if not e.forked and old.get(e.stream, e.lr) != e.lr] or rates
    return race if len(set(rates)) <= 1 else with_lr(race, moved[0])


def common_lrs(race: Race) -> list[float]:
    """η of everyone who has it in common with the others while one holds for all: not of forks."""
    return [entrant.lr for entrant in race.entrants if not entrant.forked]


def sensible_lr(optimizer: type[Optimizer], landscape: Landscape) -> float:
    """A rate to begin with for this rule on this landscape, to two significant digits."""
    rate = optimizer.suggest_lr(landscape.lr, landscape.diagonal)
    return min(max(float(f"{rate:.2g}"), 1e-6), 10.0)


def suited(optimizer: Optimizer, landscape: Landscape) -> Optimizer:
    """``optimizer`` with a rate to begin with there, and told the lowest loss if it needs to know."""
    known = {} if landscape.lowest is None or not optimizer.floor else {optimizer.floor: landscape.lowest}
    return replace(optimizer, lr=sensible_lr(type(optimizer), landscape), **known)


def at_rate(optimizer: Optimizer, lr: float) -> Optimizer:
    """``optimizer`` at ``lr``, or RaceError where its range does not hold it."""
    try:
        return replace(optimizer, lr=params(type(optimizer))["lr"].coerce(lr))
    except ValueError as error:
        raise RaceError([f"{optimizer.title}'s η {error}"]) from error


def _moved(entrant: Entrant, landscape: Landscape) -> Entrant:
    """``entrant`` on another landscape; η of a fork stays the same share of its original's."""
    optimizer = suited(entrant.optimizer, landscape)
    if entrant.forked is None:
        return replace(entrant, optimizer=optimizer)
    before = _moved(entrant.forked.racer, landscape)
    lr = float(f"{before.lr * entrant.lr / entrant.forked.racer.lr:.3g}")
    optimizer = replace(optimizer, lr=min(max(lr, 1e-6), 10.0))
    return replace(entrant, optimizer=optimizer, forked=replace(entrant.forked, racer=before))


def free_label(label: str, taken: list[str]) -> str:
    """``label``, or "label 2", "label 3" … when it is taken."""
    names = [label, *(f"{label} {n}" for n in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)
