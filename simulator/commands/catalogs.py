"""``optim-race list`` and ``optim-race describe``: what the program knows, for people and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from simulator import racefile, resources
from simulator.catalog import Catalog
from simulator.commands.text import columns
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import Param, RaceError, did_you_mean, params
from simulator.race import Race
from simulator.schedule import Schedule
from simulator.schedules import SCHEDULES

Entry = dict[str, Any]
CATALOGS: dict[str, Catalog[Any]] = {"optimizer": OPTIMIZERS, "landscape": LANDSCAPES, "schedule": SCHEDULES}
KINDS = (*CATALOGS, "race")
WIDTH = 100  # characters of running text a line


def list_entries(plural: str, as_json: bool) -> str:
    """The entries of ``optimizers``, ``landscapes``, ``schedules`` or ``races``; optimizers in order of year."""
    kind = plural.removesuffix("s")
    entries = [_brief(described(kind, name)) for name in _names(kind)]
    entries.sort(key=lambda entry: (entry["year"] or 0, entry["name"]))
    if as_json:
        return json.dumps(entries, ensure_ascii=False, indent=2)
    dated = kind == "optimizer"
    rows = [[e["name"], e["title"], *([str(e["year"])] if dated else []), e["summary"]] for e in entries]
    return columns(rows)


def describe(name: str, as_json: bool) -> str:
    """All that is known of ``name``, or of ``kind:name`` where two kinds share it. Raises RaceError if unknown."""
    kind, _, rest = name.partition(":")
    wanted = [(kind, rest)] if kind in KINDS and rest else [(kind, name) for kind in KINDS]
    found = [(kind, real) for kind, asked in wanted if (real := _real_name(kind, asked))]
    if not found:
        known = dict.fromkeys(name for kind in KINDS for name in _names(kind))
        hint = did_you_mean(wanted[0][1], known) or "; see optim-race list"
        raise RaceError([f"{name}: no optimizer, landscape, schedule or race is called this{hint}"])
    entry = described(*found[0])
    entry["also"] = [f"{kind}:{real}" for kind, real in found[1:]]
    return json.dumps(entry, ensure_ascii=False, indent=2) if as_json else "\n".join(_page(entry))


def described(kind: str, name: str) -> Entry:
    """The entry as plain data; the same keys for all of a kind, ``year`` and ``formula`` null where there is none."""
    entry: Entry = {"name": name, "kind": kind}
    if kind == "race":
        return entry | _race(name)
    cls = CATALOGS[kind][name]
    thing: Optimizer | Landscape | Schedule = cls()
    entry |= {
        "title": cls.title,
        "year": getattr(cls, "year", None),
        "summary": cls.story if isinstance(thing, Landscape) else " ".join(cls.doc().split("\n\n")[0].split()),
        "doc": cls.doc(),
        "formula": cls.formula_text if isinstance(thing, Landscape) else cls.formula,
        "source": cls.source,
        "parameters": [_parameter(p) for p in params(cls).values()],
    }
    if isinstance(thing, Landscape):
        known = thing.known
        entry |= {"dim": thing.dim, "lr": known.lr, "box": known.box, "starts": known.starts}
        entry["minima"] = [asdict(minimum) for minimum in known.minima]
    return entry


def _race(name: str) -> Entry:
    path = resources.sample_races()[name]
    race = racefile.find(path)
    return {
        "title": race.title,
        "year": None,
        "summary": f"{_field(race)} on {race.landscape.title}, {race.steps} steps",
        "doc": race.landscape.story,
        "formula": race.landscape.formula_text,
        "source": str(path),
        "parameters": [],
        "race": racefile.to_data(race),
    }


def _field(race: Race) -> str:
    return ", ".join(entrant.label for entrant in race.entrants)


def _parameter(p: Param) -> dict[str, Any]:
    return {
        "name": p.name,
        "symbol": p.symbol,
        "default": p.default,
        "range": [p.low, p.high] if p.numeric else None,
        "choices": list(p.choices),
        "allowed": p.range_text(),
        "scale": p.scale,
        "unit": p.unit,
        "doc": p.doc,
    }


def _names(kind: str) -> Iterable[str]:
    return resources.sample_races() if kind == "race" else CATALOGS[kind]


def _real_name(kind: str, name: str) -> str | None:
    """``name`` as the catalog spells it, None if it has no such entry."""
    if kind == "race":
        return racefile.sample_name(name)
    try:
        return CATALOGS[kind].find(name, kind).name
    except RaceError:
        return None


def _brief(entry: Entry) -> Entry:
    return {key: entry[key] for key in ("name", "kind", "title", "year", "summary")}


def _page(entry: Entry) -> Iterable[str]:
    dated = f", {entry['year']}" if entry["year"] else ""
    yield f"{entry['title']}{dated} ({entry['kind']} {entry['name']})"
    for paragraph in entry["doc"].split("\n\n"):
        yield ""
        yield textwrap.fill(" ".join(paragraph.split()), WIDTH)
    yield from _section("Formula", entry["formula"].split("\n"))
    yield from _section("Source", textwrap.wrap(entry["source"], WIDTH - 2))
    if rows := [_parameter_row(p) for p in entry["parameters"]]:
        head = ["name", "symbol", "default", "range", "scale", ""]
        yield from _section("Parameters", columns([head, *rows]).split("\n"))
    if entry["kind"] == "landscape":
        minima = [f"{m['kind']} minimum {m['loss']:.6g} at {_point(m['theta'])}" for m in entry["minima"]]
        starts = "start " + ", ".join(map(_point, entry["starts"]))
        box = "view " + " × ".join(f"[{low:g}, {high:g}]" for low, high in entry["box"])
        yield from _section("Known", [box, starts, f"η {entry['lr']:.3g}", *(minima or ["no minimum"])])
    if entry["kind"] == "race":
        field = [[e["label"], e["optimizer"]] for e in entry["race"]["entrant"]]
        yield from _section("Entrants", columns(field).split("\n"))
    for other in entry["also"]:
        yield ""
        yield f"See also: optim-race describe {other}"


def _section(title: str, lines: Iterable[str]) -> Iterable[str]:
    yield ""
    yield title
    for line in lines:
        yield f"  {line}"


def _parameter_row(p: dict[str, Any]) -> list[str]:
    default = p["default"]
    shown = f"{default:g}" if p["range"] else default if isinstance(default, str) else json.dumps(default)
    return [p["name"], p["symbol"], shown, f"{p['allowed']} {p['unit']}", p["scale"], p["doc"]]


def _point(theta: Iterable[float]) -> str:
    return "(" + ", ".join(f"{x:.6g}" for x in theta) + ")"
