"""The fairness sheet: all that may help or hinder one racer more than another, in one table. What is not on it is
the same for all, and a test records what reaches every rule and holds the sheet to that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from simulator import paramnames
from simulator.param import Param, params
from simulator.race import Entrant, Noise, Race
from simulator.racedata import is_tuned
from simulator.recording import Recording
from simulator.schedule import Schedule
from simulator.words import short_text

NONE = "—"  # a rule that has no such setting
DRAWS = {
    "gaussian": "noise", "multiplicative": "multiplicative noise", "student": "heavy-tailed noise",
    "sparse": "sparse gradients",
}  # fmt: skip

ONE_OF = {"steps": "step", "gradients": "gradient", "losses": "loss", "Hessians": "Hessian"}
LIMITS = {"clip_value": "coordinates clipped at", "clip_norm": "clipped at", "restart": "memory restarted"}


@dataclass(frozen=True)
class Item:
    """One row of the sheet: ``values`` and the ``words`` for them, a column an entrant."""

    key: str  # lr, a hyperparameter's name, schedule, clip_norm, noise …
    title: str
    values: tuple[Any, ...]
    words: tuple[str, ...]
    unit: str = ""  # behind a number
    full: str = ""  # the title where there is room

    @property
    def head(self) -> str:
        """What stands before the row in a table."""
        return self.full or self.title or self.unit or ("fork" if self.key == "legs" else self.key)

    def phrase(self, column: int) -> str:
        word = self.words[column]
        unit = ONE_OF[self.unit] if word == "1" and self.unit else self.unit
        return " ".join(part for part in (self.title, word, unit) if part)

    @property
    def same(self) -> bool:
        """Whether it is the same for all who have it; that one has forked and another has not is a difference."""
        if self.key == "legs":
            return len(set(self.words)) == 1
        return len({both for both in zip(self.words, self.values, strict=True) if both[0] != NONE}) <= 1


@dataclass(frozen=True)
class Sheet:
    """What each racer was given up to ``step``, and what it has asked for."""

    basis: str  # by what rule the rates were chosen, in a few words
    labels: tuple[str, ...]
    streams: tuple[int, ...]
    items: tuple[Item, ...]

    def item(self, key: str) -> Item:
        """Raises KeyError where the sheet has no such row."""
        for item in self.items:
            if item.key == key:
                return item
        raise KeyError(key)

    @property
    def common(self) -> list[str]:
        """What is the same for all, in words; not what the basis says already."""
        return [
            item.phrase(0)
            for item in self.items
            if item.same
            and NONE not in item.words
            and item.words[0] not in ("off", "0", "constant")
            and not (item.key in ("lr", "peak") and self.basis == _one_rate(item.words[0]))
        ]

    def own(self, column: int, keys: tuple[str, ...] = ()) -> list[str]:
        """What distinguishes the racer of this column, in words; of ``keys`` alone, if any are given."""
        return [
            item.phrase(column)
            for item in self.items
            if item.words[column] not in (NONE, "off", "constant")
            and (not item.same or NONE in item.words)
            and (not keys or item.key in keys)
        ]


def sheet(recording: Recording, step: int) -> Sheet:
    """The sheet of a race as it stands at ``step``."""
    race = recording.race
    return Sheet(
        basis(race),
        tuple(entrant.label for entrant in race.entrants),
        tuple(entrant.stream for entrant in race.entrants),
        tuple(_items(recording, min(step, recording.done))),
    )


def basis(race: Race) -> str:
    """By what rule the rates were chosen."""
    legs = [leg for entrant in race.entrants for _, leg in entrant.legs]
    rates = {leg.lr for leg in legs}
    if len(race.entrants) == 1:
        return "Alone"
    if race.tuning is not None and is_tuned(race):
        key, runs = race.tuning.key, race.tuning.runs
        return f"Each tuned with the same budget: {runs:,} run{'s' * (runs > 1)} for {'η' if key == 'lr' else key}"
    if all(leg.optimizer == type(leg.optimizer)() for leg in legs):
        return "Library defaults"
    return _one_rate(short_text(next(iter(rates)))) if len(rates) == 1 else "Each its own η"


def _one_rate(rate: str) -> str:
    return f"One η for all: {rate}"


def _items(recording: Recording, step: int) -> Iterator[Item]:
    race = recording.race
    entrants = tuple(entrant.at(min(step, race.steps - 1)) for entrant in race.entrants)
    yield _item("optimizer", "", [e.optimizer.name for e in entrants], [e.optimizer.title for e in entrants])
    now = recording.lr[min(step, race.steps - 1)].tolist()
    yield _item("lr", "η", now, list(map(short_text, now)), full="η learning rate")
    peaks = [entrant.lr for entrant in entrants]
    if peaks != now:
        yield _item("peak", "peak η", peaks, list(map(short_text, peaks)))
    yield from _hyper(entrants)
    if any(entrant.forked for entrant in race.entrants):
        legs = [entrant.legs for entrant in race.entrants]
        yield _item("legs", "", legs, [_forks(own, step) for own in legs])
    yield _item("schedule", "schedule", [e.schedule for e in entrants], [_named(e.schedule) for e in entrants])
    for name, title in LIMITS.items():
        known = params(Entrant)[name]
        values = [getattr(entrant, name) for entrant in entrants]
        yield _item(name, title, values, [_word(known, value) for value in values])
    yield from _given(race)
    yield _item("steps", "", [step] * len(entrants), [f"{step:,}"] * len(entrants), "steps")
    for key, unit, counts in (
        ("evals", "gradients", recording.evals),
        ("loss_evals", "losses", recording.loss_evals),
        ("hess_evals", "Hessians", recording.hess_evals),
    ):
        lanes = [counts[step, recording.lane(e) : recording.lane(e + 1)] for e in range(len(entrants))]
        words = [f"{own.min():,}" if own.min() == own.max() else f"{own.min():,}–{own.max():,}" for own in lanes]
        yield _item(key, "", [tuple(own.tolist()) for own in lanes], words, unit)


def _hyper(entrants: tuple[Entrant, ...]) -> Iterator[Item]:
    """A row for every hyperparameter that any of the rules has; two rules may call one by different symbols."""
    own = [params(type(e.optimizer)) for e in entrants]
    known = {(name, p.symbol): p for it in own for name, p in it.items() if name != "lr"}
    for (name, symbol), param in known.items():
        has = [name in it and it[name].symbol == symbol for it in own]
        values = [e.optimizer.hyper[name] if it else None for e, it in zip(entrants, has, strict=True)]
        words = [_word(it[name], x) if yes else NONE for it, x, yes in zip(own, values, has, strict=True)]
        yield _item(name, paramnames.brief(param), values, words, full=paramnames.full(param))


def noise_words(noise: Noise) -> str:
    """Which noise there is, and how much; nothing where there is none."""
    if noise.kind == "sparse":
        return f"{DRAWS[noise.kind]} p = {short_text(noise.probability)}"
    return f"{DRAWS[noise.kind]} σ = {short_text(noise.sigma)}" if noise.sigma else ""


def _forks(legs: tuple[tuple[int, Entrant], ...], step: int) -> str:
    told = [
        f"forked off {before.label}{_otherwise(before, leg)} at step {k:,}"
        if k <= step
        else f"forks off {before.label} at step {k:,}"
        for (_, before), (k, leg) in pairwise(legs)
    ]
    return ", ".join(told) or NONE


def _otherwise(before: Entrant, leg: Entrant) -> str:
    """With what it went until it forked, as far as that was other than now: the original may be gone or changed."""
    was, now, known = before.optimizer.hyper, leg.optimizer.hyper, params(type(before.optimizer))
    told = [f"{paramnames.brief(p)} {_word(p, was[name])}" for name, p in known.items() if was[name] != now[name]]
    told += [f"schedule {_named(before.schedule)}"] if before.schedule != leg.schedule else []
    told += [
        f"{title} {_word(params(Entrant)[name], getattr(before, name))}"
        for name, title in LIMITS.items()
        if getattr(before, name) != getattr(leg, name)
    ]
    return f" ({', '.join(told)})" if told else ""


def _given(race: Race) -> Iterator[Item]:
    """What the race gives to all: in it only the draws of noise may differ."""
    entrants, noise = race.entrants, race.noise
    many = len(entrants)
    starts = f"{len(race.starts)} starts" if len(race.starts) > 1 else "one start"
    yield _item("starts", "", [race.starts] * many, [starts] * many)
    if felt := noise_words(noise):
        own = [None if noise.shared else entrant.noise_stream for entrant in entrants]
        draws = ["the same draws" if stream is None else f"draws of its own (stream {stream})" for stream in own]
        values = [(noise, stream) for stream in own]
        yield _item("noise", "", values, [f"{felt}, {draw}" for draw in draws])
    else:
        yield _item("noise", "", [(noise, None)] * many, ["no noise"] * many)
    yield _item("seed", "seed", [race.seed] * many, [str(race.seed)] * many)
    if race.landscape.domain is not None:
        yield _item("domain", "", [race.landscape.domain] * many, ["put back into the box it is posed in"] * many)
    batch = getattr(race.landscape, "batch_size", None)
    if batch is not None:
        yield _item("batch", "batch of", [batch] * many, [str(batch)] * many)


def _item(key: str, title: str, values: list[Any], words: list[str], unit: str = "", full: str = "") -> Item:
    return Item(key, title, tuple(values), tuple(_apart(values, words)), unit, full)


def _apart(values: list[Any], words: list[str]) -> Iterator[str]:
    """``words``, but numbers that differ are told with as many digits as tell them apart."""
    for value, word in zip(values, words, strict=True):
        alike = {v for v, w in zip(values, words, strict=True) if w == word and isinstance(v, float)}
        many = (n for n in range(4, 18) if len({f"{v:.{n}g}" for v in alike}) == len(alike))
        yield f"{value:.{next(many)}g}".replace("-", "−") if len(alike) > 1 else word


def _word(known: Param, value: Any) -> str:
    if known.scale == "switch":
        return "on" if value else "off"
    if value == known.off:
        return "off"
    return short_text(value) if known.numeric else paramnames.choice(value)


def _named(thing: Schedule) -> str:
    known = params(type(thing))
    told = [f"{paramnames.brief(p)} {_word(p, thing.hyper[name])}" for name, p in known.items() if thing.hyper[name]]
    return ", ".join([thing.title.lower(), *told])
