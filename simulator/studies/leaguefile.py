"""The league file: a League as TOML text. Reading finds all faults at once, each with its key path.

title = "Who wins where"
steps = 300
seeds = 5                     # how many; they count up from seed
starts = 4                    # random ones in each box; left out: each landscape's own
[budget]
kind = "tuned"                # or shared, defaults, given
rates = { from = 1e-4, to = 1.0, count = 13 }
[[landscape]]
name = "rosenbrock"
[[entrant]]
optimizer = "adam"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from simulator import racedata, racefile, resources
from simulator.files import FileError, read
from simulator.landscape import Landscape
from simulator.param import RaceError, did_you_mean, joined, no_others, number, params, shown
from simulator.race import Entrant, Race
from simulator.studies import league as limits
from simulator.studies.league import KINDS, MEASURES, TARGETS, Budget, League, Place, random_starts

ENDING = ".league.toml"
FORMAT = 1
KEYS = (
    "format", "title", "steps", "seed", "seeds", "starts", "targets", "measure", "budget", "noise", "landscape",
    "entrant",
)  # fmt: skip
BUDGET_KEYS = {"given": (), "shared": ("rate",), "tuned": ("rates", "seeds"), "defaults": ()}
SPAN = ("from", "to", "count")
Table = Mapping[str, Any]


def find(name: str | Path) -> League:
    """The league in a file, or the one that ships under that name. Raises RaceError."""
    path = locate(name)
    return from_data(racefile.parse_data(source(path), str(path)))


def source(path: Path) -> str:
    """The text of a league file. Raises RaceError."""
    try:
        return read(path, racefile.MAX_BYTES).decode("utf-8-sig")
    except FileError as error:
        raise RaceError([str(error)]) from None
    except UnicodeDecodeError as error:
        raise RaceError([f"{path}: byte {error.start} is not UTF-8 text"]) from None


def locate(name: str | Path) -> Path:
    """The path of a league file, or of the shipped one of that name. Raises RaceError with the nearest."""
    path = Path(name)
    if path.is_file():
        return path
    shipped = resources.leagues()
    key = str(name).strip().lower().replace("_", "-").replace(" ", "-")
    if key in shipped:
        return shipped[key]
    if path.is_dir():
        raise RaceError([f"{name}: is a folder, not a league file"])
    hint = did_you_mean(path.name.split(".")[0], shipped) or f"; there are {', '.join(shipped)}"
    raise RaceError([f"{name}: no such file, and no league of this name{hint}"])


def from_data(data: Table) -> League:
    """The league described by ``data``. Raises RaceError with every fault."""
    faults: list[str] = []
    no_others(data, KEYS, "", "a league", faults)
    if type(version := data.get("format", FORMAT)) is not int or version != FORMAT:
        faults.append(f"format: must be {FORMAT}, the only format there is so far, got {shown(version)}")
    steps = _whole(data, "steps", limits.STEPS, limits.MOST_STEPS, "", faults)
    count = _whole(data, "seeds", 1, limits.MOST_SEEDS, "", faults)
    targets = _targets(data.get("targets", list(TARGETS)), faults)
    measure = _choice(data, "measure", "gradients", MEASURES, "", faults)
    budget = _budget(data.get("budget", {}), faults)
    races = _races(data, faults)
    places = [_place(race, table, data, i, faults) for i, (race, table) in enumerate(races) if race is not None]
    first = next((race for race, _ in races if race is not None), None)
    if first is not None:
        faults += _rate_faults(data, first.entrants, budget)
    if faults or first is None:
        raise RaceError(dict.fromkeys(faults))
    league = League(
        title=first.title,
        places=tuple(places),
        entrants=first.entrants,
        noise=first.noise,
        steps=steps,
        seeds=tuple((first.seed + i) % 2**63 for i in range(count)),
        budget=budget,
        targets=targets,
        measure=cast("Any", measure),
    )
    if faults := _size(league):
        raise RaceError(faults)
    return league


def _races(data: Table, faults: list[str]) -> list[tuple[Race | None, Table]]:
    """For each landscape a race there with the league's entrants, noise and seed, which says what is wrong with them;
    None where it is no race."""
    tables = data.get("landscape", [])
    if not isinstance(tables, list) or not 1 <= len(cast("list[Any]", tables)) <= limits.MOST_LANDSCAPES:
        got = f"{len(cast('list[Any]', tables))} of them" if isinstance(tables, list) else shown(tables)
        faults.append(f"landscape: must be written [[landscape]], 1 to {limits.MOST_LANDSCAPES} tables, got {got}")
        tables = list[Any]([{}])
    common = {key: data[key] for key in ("title", "seed", "noise", "entrant") if key in data}
    found: list[tuple[Race | None, Table]] = []
    for i, given in enumerate(cast("list[Any]", tables)):
        if not isinstance(given, dict):
            faults.append(f"landscape[{i}]: must be a table, got {shown(given)}")
            continue
        table = cast("dict[str, Any]", given)
        landscape = {key: value for key, value in table.items() if key != "starts"}
        own = {"starts": table["starts"]} if isinstance(table.get("starts"), list) else {}
        try:
            found.append((racedata.from_data({**common, **own, "landscape": landscape, "steps": 1}), table))
        except RaceError as error:
            faults += [_renumbered(fault, i) for fault in error.faults]
            found.append((None, table))
    return found


def _renumbered(fault: str, i: int) -> str:
    """A fault of the race on landscape ``i`` with the key path it has in the league."""
    if fault.startswith("starts"):
        return f"landscape[{i}].{fault}"
    return re.sub(r"^landscape\b", f"landscape[{i}]", fault)


def _place(race: Race, table: Table, data: Table, i: int, faults: list[str]) -> Place:
    landscape = race.landscape
    if why := _no_goal(landscape):
        faults.append(f"landscape[{i}]: {landscape.name} {why}, and a league counts who arrives at the minimum")
    if isinstance(table.get("starts"), list):
        starts = race.starts
        if len(starts) > limits.MOST_STARTS:
            faults.append(f"landscape[{i}].starts: must be at most {limits.MOST_STARTS:,}, got {len(starts):,}")
    elif "starts" in table:
        count = _whole(table, "starts", 1, limits.MOST_STARTS, f"landscape[{i}]", faults)
        starts = random_starts(landscape, count, race.seed)
    elif "starts" in data:
        starts = random_starts(landscape, _whole(data, "starts", 1, limits.MOST_STARTS, "", faults), race.seed)
    else:
        starts = landscape.starts
    return Place(landscape, tuple(dict.fromkeys(starts)))


def _no_goal(landscape: Landscape) -> str:
    if landscape.moving:
        return "moves"
    return "has no minimum that is known" if landscape.lowest is None else ""


def _budget(given: Any, faults: list[str]) -> Budget:
    if not isinstance(given, dict):
        hint = f"; did you mean budget.kind = {shown(given)}?" if given in KINDS else ""
        faults.append(f"budget: must be a table, written [budget], got {shown(given)}{hint}")
        return Budget()
    table = cast("dict[str, Any]", given)
    kind = cast("Any", _choice(table, "kind", "given", KINDS, "budget", faults))
    no_others(table, ("kind", *BUDGET_KEYS[kind]), "budget", f'a budget of kind "{kind}"', faults)
    rate = _number(table["rate"], "budget.rate", faults) if kind == "shared" and "rate" in table else None
    if kind != "tuned":
        return Budget(kind, rate)
    if "rates" not in table:
        faults.append("budget.rates: needed; a list, or { from = 1e-4, to = 1.0, count = 13 }")
    rates = _rates(table.get("rates", [1e-3]), faults)
    return Budget(kind, None, rates, _whole(table, "seeds", 1, limits.MOST_SEEDS, "budget", faults))


def _rates(given: Any, faults: list[str]) -> tuple[float, ...]:
    """A list, or so many from one to another, evenly by decades, to three digits."""
    if isinstance(given, dict):
        span = cast("dict[str, Any]", given)
        no_others(span, SPAN, "budget.rates", "a span of rates", faults)
        if missing := [key for key in SPAN if key not in span]:
            faults.append(f"budget.rates.{missing[0]}: needed, as in {{ from = 1e-4, to = 1.0, count = 13 }}")
            return ()
        low, high = (_number(span[key], f"budget.rates.{key}", faults) for key in ("from", "to"))
        count = _whole(span, "count", 1, limits.MOST_RATES, "budget.rates", faults)
        if low > high:
            faults.append(f"budget.rates.from: must not be above to, {high:g}, got {low:g}")
        steps = range(count)
        given = [float(f"{low * (high / low) ** (i / max(count - 1, 1)):.3g}") for i in steps] if low > 0.0 else []
    if not isinstance(given, list) or not 1 <= len(cast("list[Any]", given)) <= limits.MOST_RATES:
        faults.append(f"budget.rates: must be 1 to {limits.MOST_RATES} rates, got {shown(given)}")
        return ()
    listed = cast("list[Any]", given)
    return tuple(dict.fromkeys(_number(rate, f"budget.rates[{i}]", faults) for i, rate in enumerate(listed)))


def _rate_faults(data: Table, entrants: tuple[Entrant, ...], budget: Budget) -> list[str]:
    """Entrants that name a rate which would not be raced, and rates that an entrant cannot take."""
    faults: list[str] = []
    if budget.kind != "given":
        tables = cast("list[dict[str, Any]]", data.get("entrant", []))
        reason = f'in a league of kind "{budget.kind}" {KINDS[budget.kind]}: leave it out'
        faults += [f"{key}: {reason}" for i, table in enumerate(tables) for key in _lrs(table, f"entrant[{i}]")]
    asked = budget.rates if budget.kind == "tuned" else (budget.rate,) if budget.rate is not None else ()
    for i, entrant in enumerate(entrants):
        known = params(type(entrant.optimizer))["lr"]
        for rate in asked:
            try:
                known.coerce(rate)
            except ValueError as error:
                faults.append(f"budget: entrant[{i}], {entrant.optimizer.name}: lr {error}")
                break
    return faults


def _lrs(table: Table, where: str) -> Iterator[str]:
    """The key paths of the rates that an entrant names, of those it was forked off too."""
    if "lr" in table:
        yield f"{where}.lr"
    if isinstance(table.get("forked"), dict):
        yield from _lrs(table["forked"], f"{where}.forked")


def _size(league: League) -> list[str]:
    runs, work = league.runs, league.runs * league.steps
    if runs > limits.MOST_RUNS:
        return [f"league: must be at most {limits.MOST_RUNS:,} runs, tuning included, got {runs:,}"]
    if work > limits.MOST_LANE_STEPS:
        return [f"league: must be at most {limits.MOST_LANE_STEPS:,} steps of all runs together, got {work:,}"]
    return []


def _targets(given: Any, faults: list[str]) -> tuple[float, ...]:
    if not isinstance(given, list) or not 1 <= len(cast("list[Any]", given)) <= 4:
        faults.append(
            f"targets: must be 1 to 4 shares of the gap at the start, such as [1e-3, 1e-6], got {shown(given)}"
        )
        return TARGETS
    listed = cast("list[Any]", given)
    return tuple(dict.fromkeys(_number(x, f"targets[{i}]", faults, 1e-12, 0.99) for i, x in enumerate(listed)))


def _number(value: Any, where: str, faults: list[str], low: float = 1e-6, high: float = 10.0) -> float:
    try:
        return number(value, low, high)
    except ValueError as error:
        faults.append(f"{where}: {error}")
        return high


def _whole(table: Table, key: str, otherwise: int, most: int, where: str, faults: list[str]) -> int:
    try:
        return number(table.get(key, otherwise), 1, most, integer=True)
    except ValueError as error:
        faults.append(f"{where}.{key}: {error}" if where else f"{key}: {error}")
        return otherwise


def _choice(table: Table, key: str, otherwise: str, known: Table, where: str, faults: list[str]) -> str:
    value = table.get(key, otherwise)
    if isinstance(value, str) and value in known:
        return value
    hint = did_you_mean(value, known) if isinstance(value, str) else ""
    path = joined(where, key)
    faults.append(f"{path}: must be one of {', '.join(known)}, got {shown(value)}{hint}")
    return otherwise
