"""Lists and calls as source text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

WIDTH = 88  # characters a line
END = (
    'if __name__ == "__main__":',
    "    path = run()",
    "    for step in range(max(0, len(path) - 5), len(path)):",
    "        print(step, *path[step])",
)
"""How every script ends: run as a file it prints the last points."""
OPENING, CLOSING = "([{", ")]}"


def wrapped(line: str, indent: str = "") -> list[str]:
    """``line`` as it is, or, where it is too long, what its first long pair of brackets holds on lines of its own."""
    if len(indent + line) <= WIDTH:
        return [indent + line]
    begin = next((i for i, c in enumerate(line) if c in OPENING and _end(line, i) - i > WIDTH // 2), None)
    if begin is not None and " for " in line[begin:]:
        begin = None
    if begin is None:
        return [indent + line]
    end = _end(line, begin)
    parts = _parts(line[begin + 1 : end])
    inner = indent + "    "
    packed = [""]
    if len(parts) == 1:  # no list: a comma would make it one
        return [f"{indent}{line[: begin + 1]}", *wrapped(parts[0], inner), f"{indent}{line[end:]}"]
    for part in parts:
        longer = f"{packed[-1]} {part}," if packed[-1] else f"{part},"
        if packed[-1] and len(inner + longer) > WIDTH:
            packed.append(f"{part},")
        else:
            packed[-1] = longer
    broken = [piece for row in packed for piece in wrapped(row, inner)]
    return [f"{indent}{line[: begin + 1]}", *broken, f"{indent}{line[end:]}"]


def indented(lines: Iterable[str]) -> Iterator[str]:
    """``lines`` one level further in, the long ones broken."""
    for line in lines:
        depth = len(line) - len(line.lstrip())
        yield from wrapped(line.lstrip(), " " * (depth + 4)) if line else [""]


def _end(line: str, begin: int) -> int:
    """Where the bracket at ``begin`` is closed."""
    depth = 0
    for i in range(begin, len(line)):
        depth += (line[i] in OPENING) - (line[i] in CLOSING)
        if depth == 0:
            return i
    return len(line) - 1


def _parts(inside: str) -> list[str]:
    """``inside`` cut at the commas that stand in no bracket."""
    parts, depth, begin = list[str](), 0, 0
    for i, c in enumerate(inside):
        depth += (c in OPENING) - (c in CLOSING)
        if c == "," and depth == 0:
            parts.append(inside[begin:i].strip())
            begin = i + 1
    return [*parts, inside[begin:].strip()]


def rows_text(rows: Sequence[Any]) -> tuple[str, str]:
    """``rows`` as a list, and the index of row ``k`` in it: one period where they repeat."""
    period = _period(rows)
    if period <= len(rows) // 2:
        return _listed(rows[:period]), f"k % {period}" if period > 1 else "0"
    return _listed(rows), "k"


def _period(rows: Sequence[Any]) -> int:
    candidates = (p for p in range(1, len(rows) // 2 + 1) if rows[p] == rows[0])
    return next((p for p in candidates if all(rows[i] == rows[i - p] for i in range(p, len(rows)))), len(rows))


def _listed(rows: Iterable[Any]) -> str:
    runs = [(row, len(list(same))) for row, same in groupby(rows)]
    plain = f"[{', '.join(repr(row) for row, count in runs for _ in range(count))}]"
    short = " + ".join(f"[{row!r}] * {count}" if count > 1 else f"[{row!r}]" for row, count in runs)
    return min(plain, short, key=len)
