"""The help for teachers: pages of Markdown in assets/help, the same for the window, the command line and by hand.

README.md there lists the pages in their order. Comments in a page are for the tests, which run what it claims again.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from simulator import resources
from simulator.param import RaceError, did_you_mean

INDEX = "README"
LINK = re.compile(r"\[([^\]\[]+)\]\(([^()\s]+)\)")
_COMMENT = re.compile(r"\n?<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


class Section(NamedTuple):
    """A heading of a page: 1 is the page's title, ``anchor`` what a link says behind #."""

    level: int
    title: str
    anchor: str


def source(name: str) -> str:
    """The page ``name`` as it is written, comments and all."""
    return resources.asset("help", f"{name}.md").read_text(encoding="utf-8")


def text(name: str) -> str:
    """The page ``name`` for people, in Markdown."""
    return _COMMENT.sub("", source(name))


@cache
def pages() -> tuple[str, ...]:
    """The names of all pages in the order in which they are read, the index first."""
    listed = (target.removesuffix(".md") for _, target in LINK.findall(source(INDEX)) if target.endswith(".md"))
    return (INDEX, *dict.fromkeys(listed))


def sections(name: str) -> list[Section]:
    """The headings of a page, from its title on."""
    return [Section(len(marks), title, anchor(title)) for marks, title in _HEADING.findall(text(name))]


def title(name: str) -> str:
    return sections(name)[0].title


def anchor(heading: str) -> str:
    """What a link to a heading says behind #: as on the common hosts of Markdown."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def find(topic: str) -> str:
    """The page called ``topic``, by its file's name, with or without the ending. Raises RaceError with the nearest."""
    known = {name.lower(): name for name in pages()}
    asked = topic.strip().lower().removesuffix(".md").replace("_", "-").replace(" ", "-")
    if asked not in known:
        hint = did_you_mean(asked, known) or f"; there are {', '.join(pages()[1:])}"
        raise RaceError([f"{topic}: no page of the help is called this{hint}"])
    return known[asked]
