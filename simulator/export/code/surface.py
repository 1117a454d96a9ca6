"""A landscape as source: its loss, and for NumPy its gradient, as straight functions of the coordinates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator.export.code.pycode import Dialect, Printer
from simulator.export.code.text import rows_text, wrapped
from simulator.export.code.trace import Trace, Untraceable, traced
from simulator.formula import compiled
from simulator.graph import VARIABLES, Graph
from simulator.landscape import Landscape
from simulator.landscapes.formula import Formula
from simulator.param import RaceError
from simulator.race import Race

MOST_ROWS = 5000  # of a table of how a landscape moves


@dataclass(frozen=True)
class Surface:
    """What is computed at a point: ``roots`` of ``graph``, in step k with ``rows[k]`` for the constants ``free``."""

    graph: Graph
    roots: tuple[int, ...]
    moving: bool = False
    rows: tuple[tuple[float, ...], ...] = ()
    free: tuple[int, ...] = field(default=())


def moves(landscape: Landscape) -> bool:
    """Whether racers are shown another function at another step."""
    return landscape.moving or type(landscape).shown is not Landscape.shown


def surface(race: Race, what: str = "f") -> Surface:
    """The loss (``"f"``) or the gradient (``"df"``) of the race's landscape, or RaceError."""
    landscape = race.landscape
    try:
        if isinstance(landscape, Formula):
            program = compiled(landscape.formula, landscape.dim)
            return Surface(program.graph, (program.loss,) if what == "f" else program.slopes)
        if not moves(landscape):
            return Surface(*traced(getattr(landscape, what), landscape.dim))
        try:
            return Surface(*_in_time(race, what), moving=True)
        except Untraceable:
            return _by_steps(race, what)
    except Untraceable as error:
        raise RaceError([f"landscape: {landscape.title} cannot be written down for other libraries: {error}"]) from None


def _in_time(race: Race, what: str) -> tuple[Trace, tuple[int, ...]]:
    """With the step as one more variable."""

    def at(*x: Any) -> Any:
        *point, step = x
        return getattr(race.landscape.shown(race.seed, step), what)(*point)

    return traced(at, race.landscape.dim + 1)


def _by_steps(race: Race, what: str) -> Surface:
    """With a table of what changes from step to step."""
    if race.steps > MOST_ROWS:
        raise Untraceable(f"it moves at every one of {race.steps:,} steps, and a table has at most {MOST_ROWS:,} rows")
    seen: dict[int, tuple[Any, Trace, tuple[int, ...]]] = {}  # faces are kept, so that no two have one id
    numbers: list[list[float]] = []
    for k in range(race.steps):
        face = race.landscape.shown(race.seed, k)
        if id(face) not in seen:
            seen[id(face)] = (face, *traced(getattr(face, what), face.dim, apart=True))
        numbers.append([node.data for node in seen[id(face)][1].nodes if node.op == "const"])
    _, first, roots = next(iter(seen.values()))
    shape = [(node.op, node.args) for node in first.nodes]
    if any([(node.op, node.args) for node in other.nodes] != shape for _, other, _ in seen.values()):
        raise Untraceable("it is another function at every step")
    constants = [k for k, node in enumerate(first.nodes) if node.op == "const"]
    moved = [i for i in range(len(constants)) if any(row[i] != numbers[0][i] for row in numbers)]
    rows = tuple(tuple(row[i] for i in moved) for row in numbers)
    return Surface(first, roots, True, rows, tuple(constants[i] for i in moved))


def function(name: str, found: Surface, dim: int, dialect: Dialect, scalar: Dialect, array: str = "{}") -> list[str]:
    """The source of ``found`` as a function ``name`` of the coordinates, and of the step k where the landscape moves.

    ``array`` turns a list into what ``dialect`` can take a row of.
    """
    variables = (*VARIABLES[:dim], *(["k"] if found.moving else []))
    free, table, first = dict[int, str](), list[str](), list[str]()
    if found.free:
        one = len(found.free) == 1
        rows = [row[0] for row in found.rows] if one else list(found.rows)
        listed, index = rows_text(rows)
        table = [*wrapped(f"MOVES = {array.format(listed)}  # what changes from step to step"), "", ""]
        first = [f"c = MOVES[{index}]"]
        free = {k: "c" if one else f"c[{i}]" for i, k in enumerate(found.free)}
    printer = Printer(found.graph, variables, dialect, dim, scalar, free)
    lines = [*first, *printer.body(found.roots)]
    return [*table, f"def {name}({', '.join(variables)}):", *(f"    {line}" for line in lines)]
