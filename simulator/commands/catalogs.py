"""``optim-race list`` and ``optim-race describe``: what the program knows, as JSON, and as lists for people."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from simulator import racefile, resources
from simulator.catalog import Folder
from simulator.commands.page import page
from simulator.commands.text import columns, indented
from simulator.handbook import CATALOGS, COSTS, FAMILIES, Entry, described
from simulator.lessons import LESSONS
from simulator.param import RaceError, did_you_mean

KINDS = (*CATALOGS, "race", "lesson")
BRIEF = ("name", "kind", "title", "year", "family", "summary")


def show_list(args: argparse.Namespace) -> int:
    """``optim-race list``."""
    print(list_entries(args.what, args.json))
    return 0


def show(args: argparse.Namespace) -> int:
    """``optim-race describe``. Raises RaceError if there is no such thing."""
    print(describe(args.what, args.json))
    return 0


def list_entries(plural: str, as_json: bool) -> str:
    """The entries of ``optimizers``, ``landscapes``, ``schedules``, ``races`` or ``lessons``, by family and year."""
    kind = plural.removesuffix("s")
    entries = [described(kind, name) for name in _names(kind)]
    entries.sort(key=_place)
    if as_json:
        keys = (*BRIEF, *COSTS) if kind == "optimizer" else BRIEF
        return json.dumps([{key: e[key] for key in keys} for e in entries], ensure_ascii=False, indent=2)
    rows = columns([_row(entry) for entry in entries]).split("\n")
    parts: list[str] = []
    for family, some in groupby(zip(entries, rows, strict=True), lambda pair: pair[0]["family"]):
        lines = [row for _, row in some]
        parts.append("\n".join(indented(family.capitalize(), lines) if family else lines))
    return "\n\n".join(parts)


def _place(entry: Entry) -> tuple[int, int, str]:
    """By family, then by year, or by its place in the course."""
    family = FAMILIES.index(entry["family"]) if entry["family"] else 0
    return family, entry["year"] or entry.get("place", 0), entry["name"]


def _row(entry: Entry) -> list[str]:
    dated = [str(entry["year"])] if entry["kind"] == "optimizer" else []
    if entry["kind"] == "lesson":
        dated = [f"{entry['minutes']} minutes"]
    return [entry["name"], entry["title"], *dated, entry["summary"]]


def describe(name: str, as_json: bool) -> str:
    """All that is known of ``name``, or of ``kind:name`` where two kinds share it. Raises RaceError if unknown."""
    kind, _, rest = name.partition(":")
    wanted = [(kind, rest)] if kind in KINDS and rest else [(kind, name) for kind in KINDS]
    found = [(kind, real) for kind, asked in wanted if (real := _real_name(kind, asked))]
    found.sort(
        key=lambda it: it[1] != wanted[0][1]
    )  # what is called exactly this comes before what is called nearly so
    if not found:
        known = dict.fromkeys(name for kind in KINDS for name in _names(kind))
        hint = did_you_mean(wanted[0][1], known) or "; see optim-race list"
        raise RaceError([f"{name}: no optimizer, landscape, schedule, race or lesson is called this{hint}"])
    entry = described(*found[0])
    entry["also"] = [f"{kind}:{real}" for kind, real in found[1:]]
    return json.dumps(entry, ensure_ascii=False, indent=2) if as_json else "\n".join(page(entry))


def _names(kind: str) -> Iterable[str]:
    return resources.sample_races() if kind == "race" else _catalog(kind)


def _catalog(kind: str) -> Folder[Any]:
    return LESSONS if kind == "lesson" else CATALOGS[kind]


def _real_name(kind: str, name: str) -> str | None:
    """``name`` as the catalog spells it, None if it has no such entry."""
    if kind == "race":
        return racefile.sample_name(name)
    try:
        return _catalog(kind).find(name, kind).name
    except RaceError:
        return None
