"""``KEY=VALUE``: changes made to a race's data before it is checked, by ``run --set`` and by the pages of a lesson."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterable
from datetime import date, time
from typing import Any, cast

from simulator.param import RaceError, did_you_mean
from simulator.racedata import KEYS, read_entrants

Table = dict[str, Any]


def apply(data: Table, assignments: Iterable[str], faults: list[str], where: str = "--set ") -> None:
    """Make each assignment in ``data``; one that has no target adds a line to ``faults``. ``where`` says who asks,
    before what was asked.

    ``entrant.lr=0.1`` is for every entrant, ``entrant[0].lr=0.1`` for one, ``Momentum.lr=0.1`` for the entrant of that
    label or those of that optimizer; ``steps=100``, ``noise.sigma=0.5`` and ``entrant.schedule.name=cosine`` name any
    other value. A value is what TOML makes of it, otherwise a text.
    """
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        key = key.strip()
        try:
            if not equals or not key:
                raise RaceError([f"{where}{assignment}: write KEY=VALUE, such as entrant.lr=0.1"])
            if not _is_text(assignment):
                raise RaceError([f"{where}{key}: is not UTF-8 text"])
            tables, path = target(data, key)
            for table in tables:
                _put(table, path.split("."), value(text.strip()))
        except RaceError as error:
            faults += error.faults


def target(data: Table, key: str) -> tuple[list[Table], str]:
    """The tables that ``key`` speaks of, and the path inside them. Raises RaceError where there are none."""
    if key.split(".")[0] in KEYS and not key.startswith("entrant"):
        return [data], key
    if re.fullmatch(r"entrant(\[\d+\])?", key):
        raise RaceError([f"{key}: name a value of it, such as {key}.lr=0.1"])
    given = data.get("entrant")
    listed = cast("list[Any]", given) if isinstance(given, list) else []
    tables = [cast("Table", table) for table in listed if isinstance(table, dict)]
    if numbered := re.fullmatch(r"entrant\[(\d{1,9})\]\.(.+)", key):
        index, path = int(numbered[1]), numbered[2]
        if index >= len(tables):
            last = f"the last is entrant[{len(tables) - 1}]" if tables else "there are none"
            raise RaceError([f"{key}: there is no entrant[{index}], {last}"])
        return [tables[index]], path
    if key.startswith("entrant."):
        return tables, key.removeprefix("entrant.")
    return _named(tables, key)


def _named(tables: list[Table], key: str) -> tuple[list[Table], str]:
    """The entrants called by label or optimizer; a label may itself contain dots."""
    entrants = read_entrants(tables, [])
    for cut in reversed([i for i, c in enumerate(key) if c == "."]):
        who, path = key[:cut], key[cut + 1 :]
        for same in (
            [entrant.label == who for entrant in entrants],
            [entrant.optimizer.name == who.lower() for entrant in entrants],
            [entrant.label.casefold() == who.casefold() for entrant in entrants],
        ):
            if path and any(same):
                return [table for table, is_meant in zip(tables, same, strict=False) if is_meant], path
    who = key.rpartition(".")[0] or key
    known = [*KEYS, *(e.label.lower() for e in entrants), *(e.optimizer.name for e in entrants)]
    labels = ", ".join(entrant.label for entrant in entrants)
    hint = did_you_mean(who, known) or (f"; there are {labels}" if labels else "")
    raise RaceError([f"{key}: no entrant and no key of a race is called '{who}'{hint}"])


def _put(table: Table, path: list[str], value: Any) -> None:
    for key in path[:-1]:
        inner = table.get(key)
        if isinstance(inner, str):  # schedule = "cosine"
            inner = {"name": inner}
        table[key] = inner = cast("Table", inner) if isinstance(inner, dict) else {}
        table = inner
    table[path[-1]] = copy.deepcopy(value)


def value(text: str) -> Any:
    """What TOML makes of it, otherwise the text."""
    try:
        read = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return text if len(read) > 1 or isinstance(read["value"], (date, time)) else read["value"]


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
