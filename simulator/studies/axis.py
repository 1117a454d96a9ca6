"""One Param of a race, and the values it takes in a study: what an axis of a sweep is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from simulator import changes, racedata
from simulator.param import Param, RaceError, did_you_mean, params
from simulator.race import Entrant, Noise, Race

Place = Literal["optimizer", "entrant", "schedule", "landscape", "noise", "race"]

UNSWEPT = {
    "seed": "a seed is no setting; --seeds repeats every value with several",
    "stream": "a stream only tells racers apart",
}
MOST = 10_000  # values of an axis
FEWEST, UNEVEN = 3, 0.05  # digits of a value on a grid, and by what share of a step they may move it


@dataclass(frozen=True)
class Axis:
    """``values`` of the Param ``name`` in ``place``, of the entrants numbered in ``who``."""

    key: str  # as a race file has it, without a number: lr, schedule.warmup, landscape.kappa
    place: Place
    name: str
    param: Param
    who: tuple[int, ...]
    values: tuple[Any, ...]

    @property
    def symbol(self) -> str:
        return self.param.symbol

    @property
    def numeric(self) -> bool:
        return self.param.numeric

    @property
    def shared(self) -> bool:
        """Whether it is the same for everyone: a value of the landscape, the noise, the race."""
        return self.place in ("landscape", "noise", "race")

    def entrant(self, entrant: Entrant, value: Any) -> Entrant:
        """``entrant`` at ``value``; as it was, where everyone shares the value."""
        if self.place == "optimizer":
            return replace(entrant, optimizer=replace(entrant.optimizer, **{self.name: value}))
        if self.place == "schedule":
            return replace(entrant, schedule=replace(entrant.schedule, **{self.name: value}))
        return replace(entrant, **{self.name: value}) if self.place == "entrant" else entrant

    def race(self, race: Race, value: Any) -> Race:
        """``race`` at ``value``, its entrants as they were. Raises RaceError, as where a start has no place there."""
        if self.place == "landscape":
            return replace(race, landscape=replace(race.landscape, **{self.name: value}))
        if self.place == "noise":
            return replace(race, noise=replace(race.noise, **{self.name: value}))
        return replace(race, **{self.name: value}) if self.place == "race" else race

    def along(self) -> tuple[float, ...]:
        """Where the values stand on the axis, in decades where it is logarithmic: what a width is measured in.

        −inf for a value that a logarithm has none for.
        """
        if not self.numeric:
            return tuple(range(len(self.values)))
        return tuple(_bend(self.param, value) for value in self.values)


def of(race: Race, key: str, where: str = "--param") -> Axis:
    """The axis that ``key`` speaks of, with no values yet. ``where`` says who asks, before a fault.

    A key is what ``--set`` takes: ``Adam.lr``, ``entrant[0].lr``, ``noise.sigma``; ``lr`` alone is that of everyone who
    has it, ``schedule.warmup`` and ``clip_norm`` likewise. Raises RaceError.
    """
    name = key.rpartition(".")[2]
    if name in UNSWEPT:
        raise RaceError([f"{where}: {UNSWEPT[name]}"])
    if key.startswith(("landscape.", "noise.")) or key in params(Race):
        place, _, rest = key.rpartition(".")
        owner: Any = race.landscape if place == "landscape" else Noise if place == "noise" else Race
        known = params(owner if isinstance(owner, type) else type(owner))
        who = race.landscape.name if place == "landscape" else place or "race"
        found = _one(known, rest, where, key, who)
        kind: Place = "landscape" if place == "landscape" else "noise" if place == "noise" else "race"
        return Axis(key, kind, rest, found, tuple(range(len(race.entrants))), ())
    data = racedata.to_data(race)
    own = _own(race)
    bare = "." not in key or key.startswith("schedule.")
    try:
        tables, path = changes.target(data, f"entrant.{key}" if bare else key)
    except RaceError as error:
        raise RaceError([f"{where}: {fault}" for fault in error.faults]) from None
    asked = [i for i, table in enumerate(data["entrant"]) if any(table is other for other in tables)]
    who = tuple(i for i in asked if path in own[i])
    if not who:
        everyone = dict.fromkeys(name for i in asked for name in own[i])
        others = [f"noise.{n}" for n in params(Noise)] + [f"landscape.{n}" for n in params(type(race.landscape))]
        hint = did_you_mean(path, [*everyone, *(others if bare else [])]) or f"; there are {', '.join(everyone)}"
        name = race.entrants[asked[0]].label if len(asked) == 1 else "nobody in this race"
        has = "has no" if len(asked) == 1 else "has a"
        raise RaceError([f"{where}: {name} {has} hyperparameter '{path}'{hint}"])
    place, param = own[who[0]][path]
    return Axis(path, place, param.name, param, who, ())


def _own(race: Race) -> list[dict[str, tuple[Place, Param]]]:
    """What each entrant has, by the path that a race file gives it."""
    owners: list[dict[str, tuple[Place, Param]]] = []
    for entrant in race.entrants:
        own: dict[str, tuple[Place, Param]] = {}
        own |= {name: ("optimizer", p) for name, p in params(type(entrant.optimizer)).items()}
        own |= {name: ("entrant", p) for name, p in params(Entrant).items() if name not in UNSWEPT}
        own |= {f"schedule.{name}": ("schedule", p) for name, p in params(type(entrant.schedule)).items()}
        owners.append(own)
    return owners


def _one(known: Mapping[str, Param], name: str, where: str, key: str, who: str) -> Param:
    if name in known:
        return known[name]
    hint = did_you_mean(name, known) or (f"; it has {', '.join(known)}" if known else "; it has none")
    raise RaceError([f"{where}: {key}: {who} has no value '{name}'{hint}"])


def with_values(race: Race, axis: Axis, values: Sequence[Any], where: str = "--param") -> Axis:
    """``axis`` with these values, each once. Raises RaceError for what somebody cannot take: who, what is allowed."""
    faults: list[str] = []
    taken: dict[Any, None] = {}
    if not 1 <= len(values) <= MOST:
        raise RaceError([f"{where}: {axis.key} must have 1 to {MOST:,} values, got {len(values):,}"])
    if axis.shared:
        whose = [(race.landscape.name if axis.place == "landscape" else axis.place, axis.param)]
    else:
        whose = [(race.entrants[i].label, _param(race, axis, i)) for i in axis.who]
    for value in values:
        for label, param in whose:
            try:
                value = param.coerce(value)
            except ValueError as error:
                faults.append(f"{where}: {label}'s {axis.key} {error}")
                break
        else:
            taken[value] = None
    if not faults and axis.shared:
        faults += _impossible(race, axis, tuple(taken), where)
    if faults:
        raise RaceError(faults)
    return replace(axis, values=tuple(taken))


def _param(race: Race, axis: Axis, entrant: int) -> Param:
    racer = race.entrants[entrant]
    owner = racer.optimizer if axis.place == "optimizer" else racer.schedule if axis.place == "schedule" else racer
    return params(type(owner))[axis.name]


def _impossible(race: Race, axis: Axis, values: tuple[Any, ...], where: str) -> list[str]:
    faults: list[str] = []
    for value in values:
        try:
            axis.race(race, value)
        except RaceError as error:
            faults += [f"{where}: at {axis.key} = {value}: {fault}" for fault in error.faults]
    return faults


def everything(axis: Axis) -> tuple[Any, ...]:
    """All values of a choice or a switch."""
    return (False, True) if axis.param.scale == "switch" else axis.param.choices


def span(param: Param) -> tuple[float, float]:
    """From where to where a numeric param is swept if nobody says so: its range, without the zero of a logarithm."""
    low = (param.floor or 1.0) if param.scale == "log" and param.low == 0.0 else param.low
    return low, param.high


def grid(param: Param, low: float, high: float, points: int) -> tuple[Any, ...]:
    """``points`` values from ``low`` to ``high``, evenly on the param's scale: linear, by decades, or by decades of
    1 − value. They have the few digits that leave them almost evenly. Whole numbers are rounded, each once. On a scale
    by decades that begins at 0, 0 comes first and the decades begin at the param's floor.

    Raises ValueError where there is no such grid.
    """
    if points == 1 or low == high:
        return (round(low) if param.integer else low,)
    zero = param.scale == "log" and low == 0.0
    begin = (1.0 if param.integer else param.floor or high * 1e-6) if zero else low
    a, b, count = _bend(param, begin), _bend(param, high), points - zero
    if not (math.isfinite(a) and math.isfinite(b)):
        raise ValueError(f"is on a scale by decades, which does not reach from {low:g} to {high:g}")
    places = [a + (b - a) * i / max(count - 1, 1) for i in range(1, count - 1)]
    step = (b - a) / max(count - 1, 1)
    inner: list[float] = []
    for digits in range(FEWEST, 16):
        inner = _read(param, places, digits)
        if _evenly(param, inner, places, step):
            break
    values = [*([0.0] if zero else []), begin, *inner, high][:points]
    return tuple(dict.fromkeys(map(round, values) if param.integer else values))


def _read(param: Param, places: list[float], digits: int) -> list[float]:
    """The values at ``places`` on the axis, to so many digits; of 1 − value where its decades count."""
    raw = [_unbend(param, place) for place in places]
    if param.scale == "log1m":
        return [float(f"{1.0 - float(f'{1.0 - value:.{digits}g}'):.15g}") for value in raw]
    return [float(f"{value:.{digits}g}") for value in raw]


def _evenly(param: Param, values: list[float], places: list[float], step: float) -> bool:
    near = (abs(_bend(param, value) - place) <= UNEVEN * abs(step) for value, place in zip(values, places, strict=True))
    return all(near)


def _bend(param: Param, value: float) -> float:
    if param.scale == "log":
        return math.log10(value) if value > 0.0 else -math.inf
    if param.scale == "log1m":
        return -math.log10(1.0 - value) if value < 1.0 else math.inf
    return float(value)


def _unbend(param: Param, at: float) -> float:
    if param.scale == "log":
        return 10.0**at
    return 1.0 - 10.0**-at if param.scale == "log1m" else at
