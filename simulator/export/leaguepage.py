"""A league as one page of HTML: its charts, who wins where, and what everyone was given. It needs nothing beside it.

Well-formed XML too, and it runs no script. The same league gives the same bytes.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator, Sequence

import numpy as np

from simulator import __version__
from simulator.export.report import POLICY, table, text
from simulator.export.style import CSS
from simulator.race import Entrant
from simulator.studies.standings import Entry, Row, Standings
from simulator.words import short_text

STYLE = "figure svg { display: block; width: 100%; height: auto; border: 1px solid var(--line); }\n"
NONE = "none solved"
STAR = (
    "In how many problems each is first, and the median of the cost; – where no more than half are solved. ★ is first "
    "most often. Who shares the first place is first."
)
READ = (
    "Each line says for which share of the problems an entrant needed at most τ times the cost of whoever was "
    "cheapest there. Where it begins, at τ = 1, is how often it was first; where it ends is how many problems it "
    "solves at all; a line above another is better. The area below it, of 1, is its score in this company: "
    "with other entrants it would be another."
)


def page(all_targets: Sequence[Standings], figures: Sequence[str], source: str) -> str:
    """The page on a league at each of its targets, with the ``figures`` of them; ``source`` is its file."""
    return "\n".join(_page(all_targets, figures, source)) + "\n"


def _page(all_targets: Sequence[Standings], figures: Sequence[str], source: str) -> Iterator[str]:
    first = all_targets[0]
    league, title = first.league, text(first.league.title)
    yield '<!DOCTYPE html>\n<html lang="en" xmlns="http://www.w3.org/1999/xhtml">\n<head>\n<meta charset="utf-8" />'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1" />'
    yield f"<title>{title}</title>\n<style>{CSS}{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>"
    starts = sum(len(place.starts) for place in league.places)
    yield f"<p>{len(league.entrants)} entrants, {len(league.places)} landscapes, {starts} starts,"
    yield f"{len(league.seeds)} seed{'s' * (len(league.seeds) > 1)}: {league.problems:,} problems for each,"
    yield f"{league.steps:,} steps a run. Cost: {text(first.measure)}.</p>\n</header>\n<main>"
    yield f"<h2>The same for all</h2>\n<p>{text(first.budget_text)}</p>"
    for standings, figure in zip(all_targets, figures, strict=True):
        yield f"<h2>Solved: {text(standings.target_text)}</h2>\n<figure>{figure}</figure>"
        yield from table([["", "area", "solved", "first", "median cost"], *_scores(standings)], numbers=range(1, 5))
        yield f"<h3>Who wins where</h3>\n<p>{STAR}</p>"
        yield from table(where(standings))
    yield f"<p>{text(READ)}</p>\n<h2>Entrants</h2>"
    yield from table([["", "rule", "rates raced", "settings"], *map(_entrant, league.entrants, first.whole.entries)])
    yield "<h2>Landscapes</h2>"
    places = league.places
    yield from table(
        [
            ["", "starts", "formula"],
            *([p.landscape.title, f"{len(p.starts)}", p.landscape.formula_text] for p in places),
        ]
    )
    yield f"<h2>The league file</h2>\n<details><summary>Its text</summary>\n<pre>{text(source)}</pre></details>"
    versions = {"optim-race": __version__, "Python": platform.python_version(), "NumPy": np.__version__}
    yield f"</main>\n<footer><p>{' · '.join(f'{name} {version}' for name, version in versions.items())}</p></footer>"
    yield "</body>\n</html>"


def _scores(standings: Standings) -> Iterator[list[str]]:
    """An entrant a row, the best first."""
    for i in standings.order:
        entry = standings.whole.entries[i]
        solved, first = (f"{count} of {entry.problems}" for count in (entry.solved, entry.first))
        yield [standings.league.entrants[i].label, f"{standings.areas[i]:.3f}", solved, first, entry.median_text]


def where(standings: Standings) -> list[list[str]]:
    """The table who wins where, its heads first: a row a landscape, a column an entrant."""
    rows = [["", *(entrant.label for entrant in standings.league.entrants)]]
    return rows + [[row.title, *cells(row)] for row in (*standings.rows, standings.whole)]


def cells(row: Row) -> list[str]:
    """How each entrant does there: ★ who is first most often, in how many problems, and the median cost."""
    pairs = zip(row.counts, row.entries, strict=True)
    return [f"{count} · {entry.median_text}" if entry.solved else NONE for count, entry in pairs]


def cell_words(row: Row, entrant: int) -> str:
    """The same of one entrant, and more, in words."""
    entry = row.entries[entrant]
    if not entry.solved:
        return NONE
    tied = f", {entry.tied} of them shared" * bool(entry.tied)
    half = f"median cost {entry.median_text}" if math.isfinite(entry.median) else "no more than half solved"
    return f"first in {entry.first} of {entry.problems}{tied}; {entry.solved} solved, {half}"


def _entrant(entrant: Entrant, entry: Entry) -> list[str]:
    low, high = map(short_text, entry.rates)
    rule = entrant.optimizer
    settings = ", ".join(f"{name} = {value}" for name, value in rule.hyper.items() if name != "lr")
    rates = f"η = {low}" if low == high else f"η = {low} to {high}"
    return [entrant.label, f"{rule.title}: {rule.source}", rates, settings]
