"""What the help has from the catalogs: two whole pages, and in the others the titles of what they link to.

``python -m tests.helppages`` writes assets/help/landscapes.md and methods.md, and the titles of samples and lessons
into the links of all pages: after one of these, or an entry of a catalog, was added or changed.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from simulator import handbook, racefile, resources
from simulator.handbook import Entry, described, ordered
from simulator.lessons import LESSONS
from simulator.manual import LINK
from simulator.race import Race

HELP = Path(__file__).parents[1] / "assets" / "help"
WIDTH = 118
WRITTEN = "Written by `python -m tests.helppages` from the catalogs; do not edit."
LANDSCAPES = (
    "Every landscape: its formula, what to watch, what is known of it, and the sample races on it. A *view* is what "
    "the picture shows first. No racer is held inside it. η is a rate at which plain gradient descent works from the "
    "starts given. Parameters and their ranges are in the handbook (F2)."
)
METHODS = (
    "Every rule: what it does, its formula, what a step costs, and the sample races it runs in. Then the schedules. "
    "Hyperparameters, their ranges and where libraries differ are in the handbook (F2). How far each rule agrees with "
    "recorded runs of libraries is in [Parity](parity.md)."
)


def landscapes() -> str:
    families = groupby(ordered("landscape"), lambda cls: cls.family)
    parts = [part for family, some in families for part in _family(f"{family} landscapes", "landscape", some)]
    return _page("Landscapes", LANDSCAPES, parts)


def methods() -> str:
    families = groupby(ordered("optimizer"), lambda cls: cls.family)
    parts = [part for family, some in families for part in _family(f"{family} methods", "optimizer", some)]
    return _page("Methods", METHODS, [*parts, *_family("Schedules", "schedule", ordered("schedule"))])


PAGES: dict[str, Callable[[], str]] = {"landscapes": landscapes, "methods": methods}


def _page(title: str, about: str, parts: Iterable[str]) -> str:
    return "\n\n".join([f"# {title}", _filled(about), f"<!-- {WRITTEN} -->", *parts]) + "\n"


def _family(title: str, kind: str, some: Iterable[type]) -> Iterator[str]:
    yield f"## {title[:1].upper()}{title[1:]}"
    for cls in some:
        yield from _entry(described(kind, cls.name))


def _entry(entry: Entry) -> Iterator[str]:
    yield f"### {entry['title']}"
    yield f"```\n{entry['formula']}\n```"
    for paragraph in entry["doc"].split("\n\n"):
        if " ".join(paragraph.split()).rstrip(".") != entry["formula"]:
            yield _filled(_plain(paragraph))
    yield "\n".join(f"- {name}: {said}" for name, said in _facts(entry) if said)


def _facts(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry["kind"] == "landscape":
        yield "Watch", _plain(entry["summary"])
        yield "Known", re.sub(r"(?<![\w.])-(?=\d)", "−", _plain("; ".join(handbook.known(entry))))
    if entry["kind"] == "optimizer":
        yield "A step", _plain("; ".join(handbook.cost(entry)))
    yield "Sample races", ", ".join(f"[{_plain(race.title)}](race:{name})" for name, race in _races(entry))
    year = f"{entry['year']}: " if entry["year"] and str(entry["year"]) not in entry["source"] else ""
    yield "Source", year + _plain(entry["source"])
    yield "More", f"[{_plain(entry['title'])} in the handbook](handbook:{entry['name']})"


def _races(entry: Entry) -> Iterator[tuple[str, Race]]:
    """The samples in which it is raced, or raced on; of constant rates none is named, nearly all have them."""
    for name, race in _samples().items():
        used = {race.landscape.name, *(e.optimizer.name for e in race.entrants)}
        used |= {e.schedule.name for e in race.entrants} - {"constant"}
        if entry["name"] in used:
            yield name, race


@cache
def _samples() -> dict[str, Race]:
    return {name: racefile.find(path) for name, path in resources.sample_races().items()}


def _plain(text: str) -> str:
    """``text`` so that Markdown shows it as it is, on one line."""
    return re.sub(r"[\\*`]|<(?! )|\b_|_\b|\](?=\()", r"\\\g<0>", " ".join(text.split()))


def _filled(text: str) -> str:
    """A paragraph in lines, none of which Markdown would take for the beginning of a list or a heading."""
    lines = textwrap.fill(text, WIDTH, break_on_hyphens=False, break_long_words=False)
    return re.sub(r"^([-+#>=])(?= |$)", r"\\\1", lines, flags=re.MULTILINE)


def retitled(text: str) -> str:
    """``text`` with the titles of samples and lessons in its links, which are what a reader on paper looks for."""

    def link(found: re.Match[str]) -> str:
        title = titles().get(found[2])
        return f"[{_plain(title)}]({found[2]})" if title else found[0]

    return re.sub(LINK, link, text)


@cache
def titles() -> dict[str, str]:
    """By a link's target the title of the sample or lesson it opens."""
    races = {f"race:{name}": race.title for name, race in _samples().items()}
    return races | {f"lesson:{name}": lesson.title for name, lesson in LESSONS.items()}


def main() -> int:
    for path in sorted(HELP.glob("*.md")):
        text = PAGES[path.stem]() if path.stem in PAGES else retitled(path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
