"""A line with its numbers in it: v ← 0.9·(−11.28) + (−5.6544) = −15.806."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.notation.evaluate import Worked, Worksheet
from simulator.notation.expr import ALONG, QUESTIONS, WHOLE, Expr, Name, Op
from simulator.notation.layout import Layout
from simulator.notation.square import Identity, Matrix, Square
from simulator.notation.terms import Terms, Unknown
from simulator.notation.text import number, written

NUMBERS = {*WHOLE, *ALONG, *QUESTIONS}
LARGEST = 3  # a matrix of more rows is not written out


def holds(worked: Worked, coordinate: int) -> bool:
    """Whether the line's conditions held for this coordinate."""
    return bool(_at(worked.active, (coordinate,)))


def substituted(worked: Worked, sheet: Worksheet, coordinate: int, digits: int = 5) -> str:
    """The line with the values of one coordinate in the places of its names, and what comes of it.

    Norms, sums and what the landscape answered stand there as the numbers they are. "" where nothing can be told: of
    another coordinate's line, or one of words whose target is not remembered.
    """
    line, found = worked.line, sheet.terms(worked, coordinate)
    if found is None or worked.value is None or not holds(worked, coordinate):
        return ""
    terms, place = found
    value = kept(sheet.layout, line.target, worked.value, coordinate)
    if value is None:
        return ""
    result = value_text(value, digits=digits)
    head = f"{line.target} {line.arrow} "
    if line.expr is None or isinstance(value, Matrix):
        return head + result
    try:
        right = written(line.expr, lambda expr: _leaf(expr, terms, place, digits))
    except Unknown:
        return head + result
    return head + (right if right == result else f"{right} = {result}")


def kept(layout: Layout, name: str, value: Any, coordinate: int) -> Any:
    """What ``value`` of ``name`` has for a coordinate: a number, or the matrix of its block; None where it has none."""
    if isinstance(value, Matrix) or np.size(value) == 1:
        return value
    if np.size(value) == layout.dim and not layout.is_square(name):
        return value[coordinate]
    if np.ndim(value) > 1:
        return Matrix(value)
    at, place = layout.place(coordinate)
    cut = layout.cut(name, value, at) if layout.has(name, np.size(value), at) else None
    return cut if cut is None or isinstance(cut, Matrix) else _at(cut, place)


def value_text(value: Any, place: tuple[int, ...] = (0,), digits: int = 5) -> str:
    """A value as ``place`` sees it, or as a small matrix row by row."""
    if isinstance(value, Matrix):
        rows = value.whole
        if max(rows.shape) > LARGEST:
            return " × ".join(map(str, rows.shape)) + " matrix"
        return "(" + "; ".join(", ".join(number(x, digits) for x in row) for row in rows) + ")"
    return "I" if isinstance(value, Identity) else number(float(_at(value, place)), digits)


def _leaf(expr: Expr, terms: Terms, place: tuple[int, ...], digits: int) -> str | None:
    with np.errstate(all="ignore"):
        if isinstance(expr, Op):
            if expr.op not in NUMBERS and not _is_matrix(expr, terms):
                return None
            return value_text(terms.of(expr), place, digits)
        return value_text(terms.of(expr), place, digits) if isinstance(expr, Name) else expr.text


def _is_matrix(expr: Op, terms: Terms) -> bool:
    """Whether matrices are at work in ``expr``: what comes of them is shown, not they."""
    return any(isinstance(terms.of(arg), Square) for arg in expr.args)


def _at(value: Any, place: tuple[int, ...]) -> Any:
    """The number of ``value`` at ``place``; what has one number along an axis has it for all."""
    array = np.asarray(value)
    place = place[len(place) - array.ndim :] if array.ndim < len(place) else place
    return array[tuple(i if n > 1 else 0 for i, n in zip(place, array.shape, strict=True))] if array.ndim else array
