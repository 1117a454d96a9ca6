"""``optim-race list`` and ``optim-race describe``: what the program knows, as JSON, and as lists for people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from typing import Any, get_args

from simulator import racefile, resources
from simulator.catalog import Catalog
from simulator.commands.page import page
from simulator.commands.text import columns, indented
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Family, Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import Param, RaceError, did_you_mean, params
from simulator.race import Race
from simulator.schedule import Schedule
from simulator.schedules import SCHEDULES

Entry = dict[str, Any]
CATALOGS: dict[str, Catalog[Any]] = {"optimizer": OPTIMIZERS, "landscape": LANDSCAPES, "schedule": SCHEDULES}
KINDS = (*CATALOGS, "race")
FAMILIES = (*get_args(Family), "teaching", "classic", "moving", "data")  # in this order on a list
BRIEF = ("name", "kind", "title", "year", "family", "summary")
COSTS = ("gradients", "most_gradients", "hessians", "buffers", "needs")


def list_entries(plural: str, as_json: bool) -> str:
    """The entries of ``optimizers``, ``landscapes``, ``schedules`` or ``races``, by family and year."""
    kind = plural.removesuffix("s")
    entries = [described(kind, name) for name in _names(kind)]
    entries.sort(key=lambda e: (FAMILIES.index(e["family"]) if e["family"] else 0, e["year"] or 0, e["name"]))
    if as_json:
        keys = (*BRIEF, *COSTS) if kind == "optimizer" else BRIEF
        return json.dumps([{key: e[key] for key in keys} for e in entries], ensure_ascii=False, indent=2)
    rows = columns([_row(entry) for entry in entries]).split("\n")
    parts: list[str] = []
    for family, some in groupby(zip(entries, rows, strict=True), lambda pair: pair[0]["family"]):
        lines = [row for _, row in some]
        parts.append("\n".join(indented(family.capitalize(), lines) if family else lines))
    return "\n\n".join(parts)


def _row(entry: Entry) -> list[str]:
    dated = [str(entry["year"])] if entry["kind"] == "optimizer" else []
    return [entry["name"], entry["title"], *dated, entry["summary"]]


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
    return json.dumps(entry, ensure_ascii=False, indent=2) if as_json else "\n".join(page(entry))


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
        "family": getattr(cls, "family", None),
        "summary": cls.story if isinstance(thing, Landscape) else " ".join(cls.doc().split("\n\n")[0].split()),
        "doc": cls.doc(),
        "formula": cls.formula_text if isinstance(thing, Landscape) else cls.formula,
        "source": cls.source,
        "parameters": [_parameter(p) for p in params(cls).values()],
    }
    if isinstance(thing, Landscape):
        known = thing.known
        entry |= {"moving": thing.moving, "model": thing.model, "domain": thing.domain, "blocks": thing.blocks}
        entry |= {"dim": thing.dim, "lr": known.lr, "box": known.box, "starts": known.starts}
        entry["minima"] = [asdict(minimum) for minimum in known.minima]
        entry["lower_outside"] = known.lower_outside
    if isinstance(thing, Optimizer):
        entry |= _costs(thing)
        entry |= {"dialects": [dialect._asdict() for dialect in cls.dialects], "parity": resources.parity().get(name)}
    return entry


def _costs(optimizer: Optimizer) -> Entry:
    """What a step asks for, and the numbers kept per parameter; see `simulator.optimizer.Cost`."""
    cost = optimizer.cost
    counts = cost.grads, cost.most or cost.grads, cost.hessians, cost.buffers
    return dict(zip(COSTS, (*counts, optimizer.needs or None), strict=True))


def _race(name: str) -> Entry:
    path = resources.sample_races()[name]
    race = racefile.find(path)
    return {
        "title": race.title,
        "year": None,
        "family": None,
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
