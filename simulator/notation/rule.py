"""A rule's formula with its settings: which lines are in play, and what its symbols stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from simulator.notation.evaluate import Worked, Worksheet
from simulator.notation.expr import Line, names, vectorial
from simulator.notation.layout import Layout
from simulator.notation.parse import parse
from simulator.notation.settle import settle
from simulator.notation.square import Matrix
from simulator.notation.terms import Asks, Value
from simulator.optimizer import Block, Optimizer, blocks_of
from simulator.param import params

Shapes = tuple[tuple[int, ...], ...]
RATE = "ϱ"  # no formula has it


def words(optimizer: Optimizer) -> dict[str, bool]:
    """The words of switches and choices that conditions may name, and whether they are so."""
    said: dict[str, bool] = {}
    for name, p in params(type(optimizer)).items():
        value = getattr(optimizer, name)
        if p.scale == "switch":
            said[p.symbol] = value
        said |= {choice.replace("_", " "): choice == value for choice in p.choices}
    return said


def settings(optimizer: Optimizer) -> dict[str, float]:
    """Numeric hyperparameters by symbol; η, which a schedule moves, among them."""
    return {p.symbol: float(getattr(optimizer, n)) for n, p in params(type(optimizer)).items() if p.numeric}


@lru_cache(maxsize=256)
def lines(optimizer: Optimizer, shapes: Shapes) -> tuple[Line, ...]:
    """The lines of its formula that can come into play with these settings on blocks of these shapes."""
    return _settled(optimizer, optimizer.formula, shapes)


@lru_cache(maxsize=256)
def rates(optimizer: Optimizer, shapes: Shapes) -> tuple[Line, ...]:
    """Its effective rate likewise, as lines that set ``rate``; the last one whose conditions hold counts."""
    return _settled(optimizer, "\n".join(_named(line) for line in optimizer.rate.split("\n")), shapes)


def _named(line: str) -> str:
    before, colon, body = line.rpartition(": ")
    return f"{before}{colon}{RATE} = {body}"


def _settled(optimizer: Optimizer, formula: str, shapes: Shapes) -> tuple[Line, ...]:
    known = {symbol: value for symbol, value in settings(optimizer).items() if symbol != "η"}
    scopes = {"matrix" if len(shape) > 1 else "vector" for shape in shapes}
    return settle(parse(formula), words(optimizer), known, scopes)


def letters(
    optimizer: Optimizer, state: dict[str, Any], blocks: Sequence[Block], many: bool = False
) -> dict[str, Value]:
    """A state by the letters shown. What has a number a layer has it spread over the layer's parameters.

    ``many``: the first axis of every array is many steps; matrices are then left out.
    """
    dim = blocks[-1].part.stop
    shown: dict[str, Value] = {}
    for key, value in state.items():
        letter = optimizer.letters.get(key, key)
        if value.ndim == 2 + many:
            shown[letter] = None if many else Matrix(value)
        elif 1 < len(blocks) == value.shape[-1] != dim:
            shown[letter] = np.repeat(value, [block.part.stop - block.part.start for block in blocks], axis=-1)
        else:
            shown[letter] = value
    return shown


def work(
    optimizer: Optimizer,
    shapes: Shapes,
    values: dict[str, Value],
    before: dict[str, Any],
    after: dict[str, Any],
    asks: Asks,
    many: bool = False,
) -> tuple[list[Worked], Worksheet, Value | None]:
    """The formula's lines worked out, the sheet with what every symbol then stands for, and the effective rate.

    values: θ, g, η and t, and f where it was asked for. before, after: the state by key. ``many``: for many steps at
    once, along the first axis of all arrays. The rate is the one with which the last line that moves θ does so.
    """
    blocks = blocks_of(shapes)
    layout = Layout(blocks, sided=hasattr(optimizer, "of_matrix"))
    known = settings(optimizer) | letters(optimizer, before, blocks, many) | values
    sheet = Worksheet(known, layout, asks, letters(optimizer, after, blocks, many))
    in_play = lines(optimizer, shapes)
    if many:
        in_play = tuple(line if _plain(line, layout) else replace(line, expr=None) for line in in_play)
    last = max((i for i, line in enumerate(in_play) if line.target == "θ"), default=len(in_play))
    sheet.begin(in_play)
    worked = sheet.work(in_play[:last])
    sheet.values[RATE] = 0.0
    sheet.work(rates(optimizer, shapes))
    rate = sheet.values.pop(RATE)
    return worked + sheet.work(in_play[last:]), sheet, rate


def _plain(line: Line, layout: Layout) -> bool:
    """Whether no matrix stands in the line."""
    asked = [test.compare for test in line.tests if test.compare]
    everyone = names(line.expr).union({line.target}, *map(names, asked))
    return vectorial(line.expr) and all(map(vectorial, asked)) and not any(map(layout.is_square, everyone))
