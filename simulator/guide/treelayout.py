"""Where the family tree is drawn: years from left to right, a child on its parent's row or below, no lines crossing.

Sizes are in device-independent pixels at scale 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from simulator.guide.lineage import BRANCHES, children, parent, roots
from simulator.optimizers import OPTIMIZERS

# The last year of each column, and what stands above it.
ERAS = ((1951, "to 1951"), (1998, "1963 – 98"), (2012, "2011 – 12"), (2017, "2015 – 17"), (2019, "2018 – 19"))
LATEST = "2020 – today"
WIDTH, HEIGHT = 148.0, 37.0  # of a box
ACROSS, DOWN = 172.0, 42.0  # from box to box
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
        return 2.0 * MARGIN + ACROSS * (columns - 1) + WIDTH, TOP + DOWN * rows

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
    packing = _Packing()
    for root in roots():
        packing.add(root)
    places = packing.places
    return Layout(places, tuple(_line(name, places) for name in BRANCHES if parent(name)))


def column(name: str) -> int:
    return sum(OPTIMIZERS[name].year > year for year, _ in ERAS)


Cell = tuple[int, int]


class _Packing:
    """Puts each method, with all that come from it, into the highest row in which nothing meets anything else.

    ``boxes`` are cells (row, column) with a method, ``across`` cells that a line passes from left to right, ``down``
    those with a line down inside the column. ``gutters`` are the gaps right of a cell: by whose line they are passed.
    """

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.boxes: set[Cell] = set()
        self.across: set[Cell] = set()
        self.down: set[Cell] = set()
        self.gutters: dict[Cell, str] = {}

    def add(self, name: str) -> bool:
        """False where its line is cut off from all rows: its parent must stand elsewhere."""
        row = self.places[parent(name)].row if parent(name) else 0
        while not self._cut_off(name, row):
            before = {key: value.copy() for key, value in vars(self).items()}
            if self._fits(name, row) and self._whole(name, row):
                return True
            vars(self).update(before)
            row += 1
        return False

    def _whole(self, name: str, row: int) -> bool:
        """Place ``name`` in ``row``, and all that come from it; those of its own column, who bar the way, last."""
        self._take(name, row)
        return all(self.add(child) for child in sorted(children(name), key=lambda other: column(other) == column(name)))

    def _fits(self, name: str, row: int) -> bool:
        passed, _, gutters = self._way(name, row)
        return (
            (row, column(name)) not in self.boxes | self.across | self.down
            and not passed & (self.boxes | self.down)
            and all(self.gutters.get(gutter, parent(name)) == parent(name) for gutter in gutters)
        )

    def _cut_off(self, name: str, row: int) -> bool:
        """Whether the way down from its parent meets something before ``row``: no lower row will do."""
        _, inside, gutters = self._way(name, row)
        way = {gutter for gutter in gutters if gutter[0] < row}
        return any(self.gutters.get(gutter, parent(name)) != parent(name) for gutter in way) or any(
            cell in self.across or self._stranger(cell, parent(name)) for cell in inside
        )

    def _stranger(self, cell: Cell, up: str) -> bool:
        """Whether somebody is in ``cell`` who is not moved in under ``up``, past whom its line would not come."""
        return any((at.row, at.column) == cell and at.indent <= self.places[up].indent for at in self.places.values())

    def _take(self, name: str, row: int) -> None:
        up = self.places.get(parent(name))
        indent = up.indent + 1 if up and up.column == column(name) else 0
        self.places[name] = Place(column(name), row, indent)
        self.boxes.add((row, column(name)))
        passed, inside, gutters = self._way(name, row)
        self.across |= passed
        self.down |= inside
        self.gutters |= dict.fromkeys(gutters, parent(name))

    def _way(self, name: str, row: int) -> tuple[set[Cell], set[Cell], set[Cell]]:
        """What the line from its parent passes: cells across, cells down, gutters."""
        if not parent(name):
            return set(), set(), set()
        start, end = self.places[parent(name)], column(name)
        rows = range(start.row, row + 1)
        if start.column == end:
            return set(), {(r, end) for r in rows[1:-1]}, set()
        crossed = {(row, c) for c in range(start.column + 1, end)}
        gutters = {(r, start.column) for r in rows} | {(row, c) for c in range(start.column, end)}
        return crossed, set(), gutters


def _line(name: str, places: dict[str, Place]) -> Line:
    start, end = places[parent(name)].box, places[name].box
    if places[parent(name)].column == places[name].column:  # down inside the column
        spine = start.x + INDENT / 2.0
        points = ((spine, start.y + start.height), (spine, end.middle), (end.x, end.middle))
    else:
        spine = start.right + (ACROSS - WIDTH) / 2.0
        points = ((start.right, start.middle), (spine, start.middle), (spine, end.middle), (end.x, end.middle))
    return Line(parent(name), name, points)
