"""The page of ``optim-race describe``."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from simulator.commands.text import columns, indented
from simulator.handbook import Entry, cost, known, parity, stability

WIDTH = 100  # characters of running text a line


def page(entry: Entry) -> Iterator[str]:
    """The lines of ``optim-race describe``. ``entry``: what `simulator.handbook.described` gives."""
    dated = f", {entry['year']}" if entry["year"] else ""
    family = f", {entry['family']}" if entry["family"] else ""
    yield f"{entry['title']}{dated} ({entry['kind']} {entry['name']}{family})"
    for paragraph in entry["doc"].split("\n\n"):
        yield ""
        yield textwrap.fill(" ".join(paragraph.split()), WIDTH)
    if entry["formula"]:
        yield from _section("Formula", entry["formula"].split("\n"))
    if entry["source"]:
        yield from _section("Source", textwrap.wrap(entry["source"], WIDTH - 2))
    if rows := [_parameter_row(p) for p in entry["parameters"]]:
        head = ["name", "symbol", "default", "range", "scale", ""]
        yield from _section("Parameters", columns([head, *rows]).split("\n"))
    if entry["kind"] == "optimizer":
        yield from _section("Cost of a step", cost(entry))
        yield from _section("Stability", stability(entry))
        yield from _section("Parity", textwrap.wrap(parity(entry), WIDTH - 2))
        if entry["dialects"]:
            yield from _section("Where libraries differ", _dialects(entry["dialects"]))
    if entry["kind"] == "landscape":
        yield from _section("Known", known(entry))
    if entry["kind"] == "race":
        field = [[e["label"], e["optimizer"]] for e in entry["race"]["entrant"]]
        yield from _section("Entrants", columns(field).split("\n"))
    if entry["kind"] == "lesson":
        for number, shown in enumerate(entry["pages"], start=1):
            lines = (line for part in shown["text"].split("\n") for line in textwrap.wrap(part, WIDTH - 2))
            yield from _section(f"{number}. {shown['title']}", lines)
    for other in entry["also"]:
        yield ""
        yield f"See also: optim-race describe {other}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield from indented(title, lines)


def _dialects(dialects: Iterable[dict[str, str]]) -> Iterator[str]:
    for dialect in dialects:
        difference = textwrap.wrap(dialect["difference"], WIDTH - 4)
        yield from indented(dialect["library"], [*dialect["form"].split("\n"), *difference])


def _parameter_row(p: dict[str, Any]) -> list[str]:
    default = p["default"]
    shown = f"{default:g}" if p["range"] else default if isinstance(default, str) else json.dumps(default)
    return [p["name"], p["symbol"], shown, f"{p['allowed']} {p['unit']}", p["scale"], p["doc"]]
