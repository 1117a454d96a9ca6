"""One step in words and numbers, as a sheet of paper would have it: what views show of an `Inspection`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simulator.inspector import Inspection
from simulator.landscape import Landscape
from simulator.notation import FIRST, Line, holds, kept, letters, line_text, lines, number, rates, value_text, written
from simulator.optimizer import blocks_of
from simulator.words import count_text

FEW = 2  # coordinates of a point that are all told
KEPT = "\u00a0"  # a space at which no line breaks
MOST_ASKED = 6  # questions of one step that are all told


class SheetLine(NamedTuple):
    """A line of the formula; the same with this step's numbers, "" where it is not taken; and whether it is.

    Lines about other blocks than the coordinate's, and those of the first step in all others, are left out.
    """

    formula: str
    numbers: str
    taken: bool


class Sheet(NamedTuple):
    """What a step sheet says of one coordinate. All but the title and the lines are empty where no step is taken."""

    title: str
    lines: tuple[SheetLine, ...]
    states: tuple[str, ...]  # "v: −11.28 → −15.806"
    rate: str  # "η / (√v̂ + ε) = 0.0208"
    asked_of: str  # "Gradient, with noise"
    asked: tuple[str, ...]
    step: tuple[str, ...]


def coordinates(landscape: Landscape) -> list[str]:
    """What the coordinates of θ are called, in order: x and y, or by layer."""
    blocks = blocks_of(landscape.blocks)
    if landscape.dim <= FEW and len(blocks) == 1:
        return ["x", "y"][: landscape.dim]
    found: list[str] = []
    for i, block in enumerate(blocks):
        for place in np.ndindex(*block.shape):
            inside = ", ".join(f"{word} {n + 1}" for word, n in zip(("row", "column"), place, strict=False))
            inside = inside if len(block.shape) > 1 else f"entry {place[0] + 1}"
            layer = f"{'matrix' if len(block.shape) > 1 else 'vector'} {i + 1}, " if len(blocks) > 1 else ""
            found.append(f"θ{len(found) + 1}: {layer}{inside}")
    return found


def sheet(seen: Inspection, coordinate: int) -> Sheet:
    """The sheet of one step and one coordinate."""
    race = seen.recording.race
    title = f"Step {count_text(seen.step + 1)} of {count_text(race.steps)}, η = {number(seen.lr)}"
    scopes = _worth_saying(race.landscape)
    if seen.moved is None:
        shown = lines(seen.optimizer, race.landscape.blocks)
        plain = tuple(SheetLine(line_text(line, scopes), "", True) for line in shown)
        states = tuple(f"{letter}: {text}" for letter, text in _states(seen, seen.before, coordinate))
        return Sheet(f"After {count_text(race.steps)} steps: none leaves this point", plain, states, "", "", (), ())
    worked = tuple(
        SheetLine(line_text(w.line, scopes), seen.numbers(w, coordinate), taken)
        for w in seen.lines
        if (taken := holds(w, coordinate)) or w.line.tests != FIRST
        if _is_about(w.line, seen, coordinate)
    )
    again = f", the rule's step {count_text(seen.t)} since a restart" if seen.t != seen.step + 1 else ""
    return Sheet(
        title=f"{title}{again}",
        lines=worked,
        states=tuple(_changes(seen, coordinate)),
        rate=_rate(seen, coordinate),
        asked_of=_asked_of(seen),
        asked=tuple(_asked(seen, coordinate)),
        step=tuple(_step(seen, coordinate)),
    )


def _worth_saying(landscape: Landscape) -> tuple[str, ...]:
    """Which scopes of a line tell anything: where there is one vector, a line is about that."""
    kinds = {len(shape) > 1 for shape in landscape.blocks}
    return ("layer",) * (len(landscape.blocks) > 1) + ("matrix", "vector") * (len(kinds) > 1)


def _is_about(line: Line, seen: Inspection, coordinate: int) -> bool:
    """Whether a line is about blocks like the one that has this coordinate."""
    matrix = len(next(block for block in seen.blocks if coordinate < block.part.stop).shape) > 1
    return line.scope != ("vector" if matrix else "matrix")


def _states(seen: Inspection, state: dict[str, Any], coordinate: int) -> list[tuple[str, str]]:
    """What is remembered for this coordinate, letter and text; left out where it is of blocks of another kind."""
    found: list[tuple[str, str]] = []
    for letter, value in letters(seen.optimizer, state, seen.blocks).items():
        mine = kept(seen.layout, letter, value, coordinate)
        if mine is not None:
            found.append((letter, value_text(mine)))
    return found


def _changes(seen: Inspection, coordinate: int) -> list[str]:
    before, after = (_states(seen, state, coordinate) for state in (seen.before, seen.after))
    return [
        f"{letter}: {was} → {now}" if was != now else f"{letter}: {now}"
        for (letter, was), (_, now) in zip(before, after, strict=True)
    ]


def _rate(seen: Inspection, coordinate: int) -> str:
    said = rates(seen.optimizer, seen.recording.race.landscape.blocks)
    rate = seen.rate
    if not said or rate is None:
        return ""
    mine = [line for line in said if _is_about(line, seen, coordinate)]
    value, expr = number(float(rate[coordinate])), mine[-1].expr
    assert expr is not None
    return f"{written(expr)} = {value}"


def _asked_of(seen: Inspection) -> str:
    race = seen.recording.race
    entrant = seen.racer
    said = ["noise"] * (race.noise.sigma != 0.0 or race.noise.kind == "sparse")
    said += ["clipping"] * bool(entrant.clip_norm or entrant.clip_value)
    batch = race.landscape.shown(race.seed, seen.step) is not race.landscape.at(seen.step)
    shown = "on this step's mini-batch" if batch else ""
    return "Gradient asked" + (f" {shown}" if shown else "") + (f", with {' and '.join(said)}" if said else "")


def _asked(seen: Inspection, coordinate: int) -> list[str]:
    many = len(seen.asked) > 1
    told: list[str] = []
    for i, ((theta, grad), more) in enumerate(zip(seen.asked, seen.told, strict=True)):
        if i == MOST_ASKED - 1 and len(seen.asked) > MOST_ASKED:
            told.append(f"… and {len(seen.asked) - i} more")
            break
        loss = f", f = {number(more)}" if isinstance(more, float) else ""
        at, slope = (_point(x, coordinate) for x in (theta, grad))
        told.append(f"{f'{i + 1}. ' if many else ''}at {at}: {slope}{loss}")
    return told


def _step(seen: Inspection, coordinate: int) -> list[str]:
    assert seen.moved is not None and seen.went is not None and seen.change is not None
    said = [f"θ: {_point(seen.theta, coordinate)} → {_point(seen.moved, coordinate)}"]
    said.append(f"{_point(seen.change, coordinate)}, length {number(float(np.linalg.norm(seen.change)))}")
    if not np.array_equal(seen.went, seen.moved, equal_nan=True):
        said.append(f"put back into the box from {_point(seen.went, coordinate)}")
    return said


def _point(x: Any, coordinate: int) -> str:
    """All coordinates where there are few, else the one looked at."""
    if x.size > FEW:
        return number(float(x[coordinate]))
    told = f",{KEPT}".join(number(float(v)) for v in x)
    return f"({told})" if x.size > 1 else told
