"""Tables on a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from simulator.param import one_line


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """``rows`` with their columns aligned, those numbered in ``right`` to the right."""
    clean = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*clean, strict=True)]
    lines: list[str] = []
    for row in clean:
        cells: list[str] = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - _width(cell))
            cells.append(space + cell if i in right else cell + space)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def indented(title: str, lines: Iterable[str]) -> Iterator[str]:
    """``title``, and ``lines`` under it."""
    yield title
    for line in lines:
        yield f"  {line}"


def _width(text: str) -> int:
    """Columns of a terminal that ``text`` takes: two for a Chinese character, none for an accent put on another."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
