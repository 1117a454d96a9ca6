"""The page of ``optim-race describe``."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from simulator.commands.text import columns, indented

WIDTH = 100  # characters of running text a line


def page(entry: dict[str, Any]) -> Iterator[str]:
    """The lines of ``optim-race describe``. ``entry``: what `simulator.commands.catalogs.described` gives."""
    dated = f", {entry['year']}" if entry["year"] else ""
    family = f", {entry['family']}" if entry["family"] else ""
    yield f"{entry['title']}{dated} ({entry['kind']} {entry['name']}{family})"
    for paragraph in entry["doc"].split("\n\n"):
        yield ""
        yield textwrap.fill(" ".join(paragraph.split()), WIDTH)
    yield from _section("Formula", entry["formula"].split("\n"))
    yield from _section("Source", textwrap.wrap(entry["source"], WIDTH - 2))
    if rows := [_parameter_row(p) for p in entry["parameters"]]:
        head = ["name", "symbol", "default", "range", "scale", ""]
        yield from _section("Parameters", columns([head, *rows]).split("\n"))
    if entry["kind"] == "optimizer":
        yield from _section("Cost of a step", _cost(entry))
        yield from _section("Parity", textwrap.wrap(_parity(entry["parity"]), WIDTH - 2))
        if entry["dialects"]:
            yield from _section("Where libraries differ", _dialects(entry["dialects"]))
    if entry["kind"] == "landscape":
        yield from _section("Known", _known(entry))
    if entry["kind"] == "race":
        field = [[e["label"], e["optimizer"]] for e in entry["race"]["entrant"]]
        yield from _section("Entrants", columns(field).split("\n"))
    for other in entry["also"]:
        yield ""
        yield f"See also: optim-race describe {other}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield from indented(title, lines)


def _cost(entry: dict[str, Any]) -> Iterator[str]:
    few, most = entry["gradients"], entry["most_gradients"]
    yield f"{few if few == most else f'{few} to {most}'} gradient{'s' * (most != 1)}"
    if hessians := entry["hessians"]:
        yield f"{hessians:g} Hessian{'s' * (hessians != 1)}, or products with one"
    buffers = entry["buffers"]
    yield f"{buffers:g} number{'s' * (buffers != 1)} kept per parameter" if buffers else "nothing kept"
    if entry["needs"]:
        yield f"needs a landscape with a {entry['needs']}"


def _dialects(dialects: Iterable[dict[str, str]]) -> Iterator[str]:
    for dialect in dialects:
        difference = textwrap.wrap(dialect["difference"], WIDTH - 4)
        yield from indented(dialect["library"], [*dialect["form"].split("\n"), *difference])


def _parity(parity: dict[str, Any] | None) -> str:
    return parity["says"] if parity else "no run of a library to compare with"


def _known(entry: dict[str, Any]) -> Iterator[str]:
    """The facts of a landscape; where there are more than two parameters, without their coordinates."""
    small = entry["dim"] <= 2
    if not small:
        blocks = ", ".join(" × ".join(map(str, shape)) for shape in entry["blocks"])
        yield f"{entry['dim']} parameters in blocks of {blocks}"
    if entry["moving"]:
        yield "moves with the step"
    if entry["model"]:
        yield "has a model: its Fisher and Gauss–Newton matrices can be asked for"
    if entry["domain"]:
        yield f"every step is put back into {_box(entry['domain'])}"
    yield f"view {_box(entry['box'] if small else entry['box'][:1])}{'' if small else ' for every parameter'}"
    yield f"start {', '.join(map(_point, entry['starts']))}" if small else f"{len(entry['starts'])} starts"
    yield f"η {entry['lr']:.3g}"
    for m in entry["minima"]:
        where = f" at {_point(m['theta'])}" if small else ""
        yield f"{m['kind']} minimum {m['loss']:.6g}{where}{', at the border' if m['at_border'] else ''}"
    if not entry["minima"]:
        yield "no minimum"
    if entry["lower_outside"]:
        yield "outside the view lie lower values: nobody arrives there"


def _box(box: Iterable[tuple[float, float]]) -> str:
    return " × ".join(f"[{low:g}, {high:g}]" for low, high in box)


def _parameter_row(p: dict[str, Any]) -> list[str]:
    default = p["default"]
    shown = f"{default:g}" if p["range"] else default if isinstance(default, str) else json.dumps(default)
    return [p["name"], p["symbol"], shown, f"{p['allowed']} {p['unit']}", p["scale"], p["doc"]]


def _point(theta: Iterable[float]) -> str:
    return "(" + ", ".join(f"{x:.6g}" for x in theta) + ")"
