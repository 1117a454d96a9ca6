"""Where the family tree is drawn: years from left to right, a child on its parent's row or below, no lines crossing.

Sizes are in device-independent pixels at scale 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from simulator.guide.branches import BRANCHES
from simulator.guide.lineage import children, parent, roots
from simulator.optimizers import OPTIMIZERS

# The last year of each column, and what stands above it.
ERAS = ((1951, "to 1951"), (1998, "1963 – 98"), (2012, "2011 – 12"), (2017, "2015 – 17"), (2019, "2018 – 19"))
LATEST = "2020 – today"
WIDTH, HEIGHT = 148.0, 38.0  # of a box
ACROSS, DOWN = 172.0, 44.0  # from box to box
TOP = 30.0  # the headings' row
MARGIN, INDENT = 8.0, 16.0

Point = tuple[float, float]


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.y + self.height / 2.0


class Place(NamedTuple):
    """``indent``: how often a child of the same column is moved in under its parent."""

    column: int
    row: int
    indent: int

    @property
    def box(self) -> Box:
        moved = INDENT * self.indent
        return Box(MARGIN + ACROSS * self.column + moved, TOP + DOWN * self.row, WIDTH - moved, HEIGHT)


class Line(NamedTuple):
    """From a parent to a child, along the axes."""

    parent: str
    child: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Layout:
    places: dict[str, Place]
    lines: tuple[Line, ...]

    @property
    def size(self) -> Point:
        columns = 1 + max(place.column for place in self.places.values())
        rows = 1 + max(place.row for place in self.places.values())
        return 2.0 * MARGIN + ACROSS * columns, TOP + DOWN * rows

    def headings(self) -> list[tuple[float, str]]:
        """The left edge and the text of each column."""
        return [(MARGIN + ACROSS * i, text) for i, text in enumerate([*(text for _, text in ERAS), LATEST])]

    def step(self, name: str, way: str) -> str:
        """Who lies "left" (the parent), "right" (the first child), or next "up" or "down" the column; or itself."""
        here = self.places[name]
        if way == "left":
            return parent(name) or name
        if way == "right":
            return min(children(name), key=lambda other: self.places[other].row, default=name)
        sign = 1 if way == "down" else -1
        ahead = {
            sign * (place.row - here.row): other
            for other, place in self.places.items()
            if place.column == here.column and sign * (place.row - here.row) > 0
        }
        return ahead[min(ahead)] if ahead else name


@cache
def layout() -> Layout:
    places: dict[str, Place] = {}
    row = 0
    for root in roots():
        row = _place(root, row, 0, places)
    return Layout(places, tuple(_line(name, places) for name in BRANCHES if parent(name)))


def column(name: str) -> int:
    return sum(OPTIMIZERS[name].year > year for year, _ in ERAS)


def _place(name: str, row: int, indent: int, places: dict[str, Place]) -> int:
    """Place ``name`` in ``row`` and all that come from it; returns the first row that is free below."""
    here = column(name)
    places[name] = Place(here, row, indent)
    later = [other for other in children(name) if column(other) > here]
    free = row + 1
    for i, child in enumerate(later):
        free = _place(child, row if i == 0 else free, 0, places)
    for child in children(name):
        if column(child) == here:
            free = _place(child, free, indent + 1, places)
    return free


def _line(name: str, places: dict[str, Place]) -> Line:
    start, end = places[parent(name)].box, places[name].box
    if places[parent(name)].column == places[name].column:  # down inside the column
        spine = start.x + INDENT / 2.0
        points = ((spine, start.y + start.height), (spine, end.middle), (end.x, end.middle))
    else:
        spine = start.right + (ACROSS - WIDTH) / 2.0
        points = ((start.right, start.middle), (spine, start.middle), (spine, end.middle), (end.x, end.middle))
    return Line(parent(name), name, points)


def crossings(lines: tuple[Line, ...]) -> list[tuple[Line, Line]]:
    """Pairs of lines of different parents that meet."""
    return [(a, b) for i, a in enumerate(lines) for b in lines[:i] if a.parent != b.parent and _meet(a, b)]


def _meet(a: Line, b: Line) -> bool:
    return any(_touch(*p, *q) for p in pairwise(a.points) for q in pairwise(b.points))


def _touch(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two stretches along the axes have a point in common."""
    return all(max(min(a[i], b[i]), min(c[i], d[i])) <= min(max(a[i], b[i]), max(c[i], d[i])) for i in (0, 1))
