"""The lesson file, ``my-lesson.lesson.toml``: a lesson that a teacher writes without programming.

Reading finds all faults at once, each with its line::

    my.lesson.toml: line 23: page[1].goal.bounds[0]: no measure is called 'arival'; did you mean 'arrival'?

Keys are those of `simulator.lesson`, a table a part: ``[[page]]``, ``[page.goal]``, ``[page.prediction]``,
``[[page.question]]``, ``[[page.finding]]``; a question says its ``kind``. ``race`` is a sample's name or a table as in
a race file. A stranger's file is safe to open: it is data of bounded size, its texts are shown as texts, its formulas
walked against a whitelist, and no other file is read for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import tomli_w

from simulator import racefile
from simulator.lesson import Lesson
from simulator.lessondata import from_data, to_data
from simulator.param import RaceError
from simulator.tomllines import line_of, lines

ENDING = ".lesson.toml"
Check = Callable[[Lesson], list[str]]


def is_lesson(path: str | Path) -> bool:
    """Whether a file is a lesson, by its name."""
    return str(path).lower().endswith(ENDING)


def find(path: str | Path, check: Check) -> Lesson:
    """The lesson in a file. Raises RaceError with every fault, those that ``check`` finds in it among them."""
    return parse(racefile.read_text(Path(path)), str(path), check)


def parse(text: str, where: str, check: Check) -> Lesson:
    """The lesson written in ``text``; ``where`` names it in messages."""
    faults: list[str] = []
    lesson = from_data(racefile.parse_data(text, where), faults)
    # What cannot be read has a stand-in: of that, and of what stands on it, the check says nothing.
    spoilt = {path for fault in faults if (path := _page(fault))}
    own = {_path(fault) for fault in faults}
    faults += [f for f in check(lesson) if _path(f) not in own and _page(f) not in spoilt]
    if faults:
        found = lines(text)
        placed = sorted((_line(fault, found), i, fault) for i, fault in enumerate(faults))
        raise RaceError(f"{where}: line {line}: {fault}" for line, _, fault in placed)
    return lesson


def dumps(lesson: Lesson) -> str:
    """``lesson`` as the text of a lesson file; what has its default is left out. ``parse`` gives the same lesson."""
    return tomli_w.dumps(to_data(lesson), multiline_strings=True)


_PATH = re.compile(r"[A-Za-z_][\w.\[\]]*(?=: )")


def _path(fault: str) -> str:
    match = _PATH.match(fault)
    return match[0] if match else ""


def _page(fault: str) -> str:
    match = re.match(r"page\[\d+\]", fault)
    return match[0] if match else ""


def _line(fault: str, found: Mapping[str, int]) -> int:
    """The line of what a fault speaks of. One inside a page's race stands there, or in the lesson's own race."""
    path = _path(fault)
    inner = _path(fault[len(path) + 2 :]) if path.endswith("race") else ""
    page = path.removesuffix(".race") if path.endswith(".race") else ""
    for start in [path, *(["race"] if page and path not in found else [])]:
        if inner and f"{start}.{inner}" in found:
            return found[f"{start}.{inner}"]
    if page and path not in found:  # the lesson's race with the page's changes
        path = f"{page}.changes" if f"{page}.changes" in found else page
    return line_of(f"{path}.{inner}" if inner and path.endswith("race") else path, found)
