"""A Race as plain data (what TOML and JSON can hold) and back, with every fault named by its key path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import islice
from typing import Any, cast

from simulator.entrant import MAX_FORKS, Entrant, Fork
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import MOST_FAULTS, RaceError, build, did_you_mean, joined, no_others, params, resembling, shown
from simulator.race import MAX_ENTRANTS, Noise, Race, Tuning, coordinate, free_label
from simulator.schedule import Schedule
from simulator.schedules import SCHEDULES

FORMAT = 1
KEYS = ("format", "title", "steps", "seed", "starts", "landscape", "noise", "tuning", "entrant")
ENTRANT_KEYS = ("optimizer", "label", "clip_norm", "clip_value", "restart", "schedule", "stream", "forked")
# What is raced where the name itself was left out.
DEFAULT_LANDSCAPE, DEFAULT_OPTIMIZER, DEFAULT_SCHEDULE = "ravine", "momentum", "constant"
CALLED = {"landscape": "name", "noise": "kind"}  # what a table is known by

Table = Mapping[str, Any]


def to_data(race: Race) -> dict[str, Any]:
    """Every value of ``race``, in the order in which the race file is written."""
    return {
        "format": FORMAT,
        "title": race.title,
        "steps": race.steps,
        "seed": race.seed,
        "starts": [[float(x) for x in start] for start in race.starts],
        "landscape": {"name": race.landscape.name, **_plain(race.landscape.hyper)},
        "noise": {name: getattr(race.noise, name) for name in params(Noise)},
        **({} if race.tuning is None else {"tuning": asdict(race.tuning)}),
        "entrant": [_entrant(entrant) for entrant in race.entrants],
    }


def tuned(race: Race, key: str, runs: int) -> Race:
    """``race``, whose racers' ``key`` was chosen by ``runs`` runs each, with a note of that."""
    return replace(race, tuning=Tuning(key, runs, _digest(race)))


def is_tuned(race: Race) -> bool:
    """Whether nothing but names was changed since its racers were tuned."""
    return race.tuning is not None and race.tuning.of == _digest(race)


def _digest(race: Race) -> str:
    import hashlib  # not before a race says that it was tuned: the window opens without

    data = to_data(replace(race, title="", tuning=None))
    told = repr({**data, "entrant": [entrant | {"label": ""} for entrant in data["entrant"]]})
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _entrant(entrant: Entrant) -> dict[str, Any]:
    fork = entrant.forked
    return {
        "optimizer": entrant.optimizer.name,
        "label": entrant.label,
        **_plain(entrant.optimizer.hyper),
        "clip_norm": entrant.clip_norm,
        "clip_value": entrant.clip_value,
        "restart": entrant.restart,
        "schedule": {"name": entrant.schedule.name, **_plain(entrant.schedule.hyper)},
        "stream": entrant.stream,
    } | ({} if fork is None else {"forked": {"step": fork.step} | _entrant(fork.racer)})


def from_data(data: Table) -> Race:
    """The race described by ``data``; what is left out takes its default. Raises RaceError with every fault."""
    faults: list[str] = []
    no_others(data, KEYS, "", "a race", faults)
    version = data.get("format", FORMAT)
    if version != FORMAT or type(version) is not int:
        faults.append(f"format: must be {FORMAT}, the only format there is so far, got {shown(version)}")
    title = _text(data, "title", "", faults)
    numbers = _numbers(Race, data, "", faults)
    points = _starts(data["starts"], faults) if "starts" in data else None
    landscape = _landscape(_table(data, "landscape", faults), faults)
    noise = build(Noise, _table(data, "noise", faults), "noise", "noise", faults)
    tuning = build(Tuning, _table(data, "tuning", faults), "tuning", "tuning", faults) if "tuning" in data else None
    entrants = read_entrants(data.get("entrant", []), faults)
    if landscape is None:  # the rest can still be checked, on any landscape at a point of its own
        landscape, points = LANDSCAPES[DEFAULT_LANDSCAPE](), None
    starts = landscape.starts[:1] if points is None else points
    try:
        named = {} if title is None else {"title": title}
        race = Race(landscape, entrants, starts, noise, tuning=tuning, **named, **numbers)
    except RaceError as error:
        raise RaceError([*faults, *error.faults]) from None
    if faults:
        raise RaceError(faults)
    return race


def read_entrants(tables: Any, faults: list[str]) -> tuple[Entrant, ...]:
    """The entrants as far as they can be read, one a table, those without a label or stream given a free one."""
    if not isinstance(tables, list):
        faults.append(f"entrant: must be written [[entrant]], a table a racer, got {shown(tables)}")
        tables = [{}]
    racers = cast("list[Any]", tables)
    if len(racers) > MAX_ENTRANTS:
        faults.append(f"entrant: a race has 1 to {MAX_ENTRANTS} entrants, got {len(racers)}")
    rows = [_row(racer, f"entrant[{i}]", faults) for i, racer in enumerate(racers[:MAX_ENTRANTS])]
    labels = [label for _, label, _, _ in rows if label is not None]
    streams = {numbers["stream"] for _, _, _, numbers in rows if "stream" in numbers}
    entrants: list[Entrant] = []
    for i, (optimizer, label, schedule, numbers) in enumerate(rows):
        if label is None:
            label = free_label(optimizer.title, labels)
            labels.append(label)
        if "stream" not in numbers:
            numbers["stream"] = next(n for n in range(MAX_ENTRANTS) if n not in streams)
            streams.add(numbers["stream"])
        known: Table = racers[i] if isinstance(racers[i], dict) else {}
        fork = _forked({**known, "label": label, **numbers}, f"entrant[{i}]", faults)
        entrants.append(Entrant(optimizer, label, schedule, forked=fork, **numbers))
    return tuple(entrants)


def _row(racer: Any, where: str, faults: list[str]) -> tuple[Optimizer, str | None, Schedule, dict[str, Any]]:
    """Optimizer, label, schedule and numbers of one entrant; a stand-in for what cannot be read."""
    if not isinstance(racer, dict):
        faults.append(f"{where}: must be a table, got {shown(racer)}")
        racer = {}
    table = cast("dict[str, Any]", racer)
    try:
        kind = OPTIMIZERS.find(table.get("optimizer", DEFAULT_OPTIMIZER), f"{where}.optimizer")
    except RaceError as error:
        faults += error.faults
        kind = None
    hyper = {key: value for key, value in table.items() if key not in ENTRANT_KEYS}
    if kind is None:
        optimizer = OPTIMIZERS[DEFAULT_OPTIMIZER]()
    else:
        hyper = _no_misspelt(hyper, ENTRANT_KEYS, params(kind), where, kind.name, faults)
        optimizer = build(kind, hyper, where, kind.name, faults)
    label = _text(table, "label", where, faults)
    schedule = _schedule(table.get("schedule", DEFAULT_SCHEDULE), f"{where}.schedule", faults)
    return optimizer, label, schedule, _numbers(Entrant, table, where, faults)


def _forked(table: Table, where: str, faults: list[str], forks: int = 0) -> Fork | None:
    """What the racer of ``table`` was forked off, if it was; what is left out there is as in ``table``."""
    where, given = f"{where}.forked", table.get("forked")
    if given is None:
        return None
    if not isinstance(given, dict) or "step" not in given:
        example = "forked = { step = 100, lr = 0.01 }"
        faults.append(f"{where}: must be a table with a step, such as {example}, got {shown(given)}")
        return None
    if forks == MAX_FORKS:
        faults.append(f"{where}: at most {MAX_FORKS} forks may follow one another")
        return None
    own = cast("dict[str, Any]", given)
    whole = {key: value for key, value in {**table, "forked": None, **own}.items() if key != "step"}
    step, told = _numbers(Fork, {"step": own["step"]}, where, faults), list[str]()
    optimizer, label, schedule, numbers = _row(whole, where, told)
    # Faults of what is inherited have been told where it stands.
    faults += [fault for fault in told if fault.startswith(tuple(f"{where}.{key}" for key in own))]
    before = _forked(whole, where, faults, forks + 1)
    return Fork(Entrant(optimizer, label or "", schedule, forked=before, **numbers), **step) if step else None


def _schedule(given: Any, where: str, faults: list[str]) -> Schedule:
    """From ``"cosine"`` or ``{ name = "cosine", warmup = 20 }``."""
    stand_in = SCHEDULES[DEFAULT_SCHEDULE]()
    if not isinstance(given, (str, dict)):
        example = '"cosine" or { name = "cosine", warmup = 20 }'
        faults.append(f"{where}: must be a name or a table, such as {example}, got {shown(given)}")
        return stand_in
    table = {"name": given} if isinstance(given, str) else dict(cast("dict[str, Any]", given))
    name = table.pop("name", DEFAULT_SCHEDULE)
    try:
        kind = SCHEDULES.find(name, where if isinstance(given, str) else f"{where}.name")
    except RaceError as error:
        faults += error.faults
        return stand_in
    table = _no_misspelt(table, ("name",), params(kind), where, kind.name, faults)
    return build(kind, table, where, kind.name, faults)


def _landscape(table: Table, faults: list[str]) -> Landscape | None:
    """None where not even the dimension is known."""
    values = dict(table)
    try:
        kind = LANDSCAPES.find(values.pop("name", DEFAULT_LANDSCAPE), "landscape.name")
        values = _no_misspelt(values, ("name",), params(kind), "landscape", kind.name, faults)
        before = len(faults)
        landscape = build(kind, values, "landscape", kind.name, faults)
        # A box decides the dimension: one that was left out must not count against the starts.
        return None if "box" in values and len(faults) > before else landscape
    except RaceError as error:
        faults += error.faults
        return None


def _starts(given: Any, faults: list[str]) -> tuple[tuple[float, ...], ...] | None:
    if not isinstance(given, list) or not all(isinstance(point, list) for point in cast("list[Any]", given)):
        faults.append(f"starts: must be a list of points such as [[5.0, 2.0]], got {shown(given)}")
        return None
    points = cast("list[list[Any]]", given)
    return tuple(tuple(_coordinate(x, f"starts[{i}]", faults) for x in point) for i, point in enumerate(points))


def _coordinate(x: Any, where: str, faults: list[str]) -> float:
    try:
        return coordinate(x)
    except ValueError as error:
        faults.append(f"{where}: each coordinate {error}")
        return 0.0


def _numbers(cls: type, table: Table, where: str, faults: list[str]) -> dict[str, Any]:
    """Those of the dataclass's own Params that ``table`` gives a value it can take."""
    taken: dict[str, Any] = {}
    for name, p in params(cls).items():
        if name in table:
            try:
                taken[name] = p.coerce(table[name])
            except ValueError as error:
                faults.append(f"{joined(where, name)}: {error}")
    return taken


def _text(table: Table, key: str, where: str, faults: list[str]) -> str | None:
    value = table.get(key)
    if value is None or isinstance(value, str):
        return value
    faults.append(f"{joined(where, key)}: must be a text, got {shown(value)}")
    return None


def _table(data: Table, key: str, faults: list[str]) -> Table:
    value = data.get(key, {})
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    hint = f"; did you mean {key}.{CALLED[key]}?" if isinstance(value, str) and key in CALLED else ""
    faults.append(f"{key}: must be a table, written [{key}], got {shown(value)}{hint}")
    return {}


def _no_misspelt(
    values: Table, own: tuple[str, ...], hyper: Table, where: str, who: str, faults: list[str]
) -> dict[str, Any]:
    """``values`` without keys that resemble one of the table's ``own`` more than a hyperparameter; those are faults."""
    unknown = islice((key for key in values if key not in hyper), MOST_FAULTS)
    odd = [key for key in unknown if not did_you_mean(key, hyper) and resembling(key, own)]
    no_others(odd, own, where, who, faults)
    return {key: value for key, value in values.items() if key not in odd}


def _plain(values: Table) -> dict[str, Any]:
    """A box as lists, which is what a file gives back."""
    box = {"box": [list(pair) for pair in values["box"]]} if "box" in values else {}
    return {**values, **box}
