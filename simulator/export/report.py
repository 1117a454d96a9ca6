"""A race as one page of HTML for handing in: picture, results, what was the same for all, recipes, code, race file.

It needs nothing beside itself, not even a network, runs no script, and is well-formed XML too, so that any parser can
check it. The same race gives the same bytes.
"""

from __future__ import annotations

import base64
import html
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator import __version__, racefile
from simulator.export.code import LIBRARIES, script
from simulator.export.style import CSS
from simulator.export.table import cells, heads
from simulator.landscape import Landscape
from simulator.optimizer import Optimizer
from simulator.param import RaceError, params
from simulator.race import Entrant, Race
from simulator.recording import Recording
from simulator.schedule import Schedule
from simulator.studies.repeats import SAME, Repeats
from simulator.svg_text import allowed

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
SCRIPTS = ("torch", "numpy")  # the first that there is


@dataclass(frozen=True)
class Seen:
    """What only the picture knows: itself, what was the same for all, each racer's colour and recipe, and repeats."""

    png: bytes
    protocol: Sequence[str]
    colors: Sequence[str]
    recipes: Sequence[str]
    repeats: Repeats | None = None


def report(recording: Recording, step: int, seen: Seen) -> str:
    """The page on ``recording`` as it stands at ``step``."""
    return "\n".join(_page(recording, step, seen)) + "\n"


def _page(recording: Recording, step: int, seen: Seen) -> Iterator[str]:
    race = recording.race
    title = text(race.title)
    yield '<!DOCTYPE html>\n<html lang="en" xmlns="http://www.w3.org/1999/xhtml">\n<head>\n<meta charset="utf-8" />'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1" />'
    yield f"<title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<header>"
    yield '<p class="who"><label>Name <input type="text" /></label> <label>Date <input type="text" /></label></p>'
    landscape, formula = text(race.landscape.title), text(race.landscape.formula_text)
    yield f"<h1>{title}</h1>\n<p>{landscape}: {formula}</p>\n</header>\n<main>"
    image = base64.b64encode(seen.png).decode()
    racers = ", ".join(entrant.label for entrant in race.entrants)
    told = text(f"Map and curves of {racers} at step {step}")
    yield f'<figure><img src="data:image/png;base64,{image}" alt="{told}" /></figure>'
    yield f"<h2>Results at step {step:,}</h2>"
    yield from table([heads(recording), *cells(recording, step)], numbers=range(2, 6))
    if (found := seen.repeats) is not None:
        yield f"<h2>Repeats with {text(found.runs)}, at step {step:,}</h2>"
        yield from table(found.table(step), numbers=range(1, 7))
        yield f"<p>{text(found.note)}. {text(SAME)} A win is to be the lowest of all in a run.</p>"
    yield "<h2>The same for all</h2>\n<ul>"
    yield from (f"<li>{text(part)}</li>" for part in seen.protocol)
    yield f"</ul>\n<h2>Landscape</h2>\n<h3>{landscape}</h3>\n<p>{text(race.landscape.story)}</p>"
    yield f"<pre>{formula}</pre>"
    yield from _settings(race.landscape)
    yield "<h2>Racers</h2>"
    for entrant, color, recipe in zip(race.entrants, seen.colors, seen.recipes, strict=True):
        yield from _racer(race, entrant, color, recipe)
    yield from _file(race)
    yield "</main>\n<footer><p>"
    versions = {"optim-race": __version__, "Python": platform.python_version(), "NumPy": np.__version__}
    yield " · ".join(f"{name} {version}" for name, version in versions.items())
    yield "</p></footer>\n</body>\n</html>"


def _racer(race: Race, entrant: Entrant, color: str, recipe: str) -> Iterator[str]:
    optimizer = entrant.optimizer
    yield f'<section>\n<h3><span aria-hidden="true" style="color:{color}">●</span> {text(entrant.label)}</h3>'
    yield f"<p>{text(optimizer.title)} with {text(recipe)}. {text(optimizer.source)}.</p>"
    yield f"<pre>{text(optimizer.formula)}</pre>"
    yield from _settings(optimizer)
    if entrant.schedule.name != "constant" or entrant.schedule.warmup:
        yield f"<h4>Schedule: {text(entrant.schedule.title)}</h4>\n<pre>{text(entrant.schedule.formula)}</pre>"
        yield from _settings(entrant.schedule)
    found, reasons = "", list[str]()
    for library in SCRIPTS:
        try:
            found = script(race, entrant, library)
        except RaceError as error:
            reasons.append(error.plain)
        else:
            start = " from the first start" if len(race.starts) > 1 else ""
            summary = f"The same path{start} as a script for {LIBRARIES[library].name}"
            yield f"<details><summary>{text(summary)}</summary>\n<pre>{text(found)}</pre></details>"
            break
    if not found:
        yield f"<p>There is no script: {text(reasons[0])}.</p>"
    yield "</section>"


def _settings(thing: Landscape | Optimizer | Schedule) -> Iterator[str]:
    """Every parameter of a landscape, an optimizer or a schedule, to its last digit."""
    known = params(type(thing))
    if known:
        rows = [[p.symbol, _value(value), p.doc] for p, value in zip(known.values(), thing.hyper.values(), strict=True)]
        yield from table([["", "value", "what it is"], *rows])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.17g}" if isinstance(value, float) and value.is_integer() else str(value)


def _file(race: Race) -> Iterator[str]:
    content = racefile.dumps(race)
    link = base64.b64encode(content.encode()).decode()
    yield "<h2>The race file</h2>\n<p>It holds all that the race depends on."
    yield "Saved as a file and opened in optim-race it gives this race again:"
    yield f'<a download="race.toml" href="data:application/toml;base64,{link}">save race.toml</a>.'
    yield f"</p>\n<details><summary>Its text</summary>\n<pre>{text(content)}</pre></details>"


def table(rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> Iterator[str]:
    """``rows``, the first one the heads, with the columns ``numbers`` to the right."""
    right = set(numbers)
    yield '<div class="wide"><table>'
    for n, row in enumerate(rows):
        tag = "td" if n else "th"
        parts = (
            f"<{tag}{' class=' + chr(34) + 'n' + chr(34) if i in right else ''}>{text(cell)}</{tag}>"
            for i, cell in enumerate(row)
        )
        yield f"<tr>{''.join(parts)}</tr>"
    yield "</table></div>"


def text(content: str) -> str:
    """``content``, anybody's, as text and nothing else, in quotes too."""
    return html.escape(allowed(content))
