"""The family tree of the optimizers: every one in the catalog, with what it comes from and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from simulator.guide.setting import kept_text
from simulator.optimizer import Branch
from simulator.optimizers import OPTIMIZERS

BRANCHES: dict[str, Branch] = {name: cls.branch for name, cls in OPTIMIZERS.items() if cls.branch}
MATRIX = 32, 64  # where a method keeps another number for each weight of a matrix than of a vector


def parent(name: str) -> str:
    """The one a method is drawn under and raced against; "" for a root."""
    return next(iter(BRANCHES[name].parents), "")


def children(name: str) -> list[str]:
    """Those drawn under it, the oldest first."""
    return in_order(other for other in BRANCHES if parent(other) == name)


def roots() -> list[str]:
    return in_order(name for name in BRANCHES if not parent(name))


def in_order(names: Iterator[str]) -> list[str]:
    """By year, and in one year by name."""
    return sorted(names, key=lambda name: (OPTIMIZERS[name].year, name))


def ancestors(name: str) -> set[str]:
    """All a method comes from, through whatever parent."""
    found: set[str] = set()
    for other in BRANCHES[name].parents:
        found |= {other} | ancestors(other)
    return found


def keeps(name: str) -> str:
    """What it keeps for every weight; where that depends on the shape, on a vector of two and on a matrix."""
    optimizer = OPTIMIZERS[name]()
    weights = prod(MATRIX)
    few, many = optimizer.cost.buffers, optimizer.kept((MATRIX,)) / weights
    whole = round(many)
    more = round(2 * (few - whole))  # on a vector of two
    if many * weights != whole * weights + more:
        shape = " × ".join(map(str, MATRIX))
        return f"{many:,.3g} numbers per weight on a {shape} matrix, {few:g} on a vector of two"
    if not more:
        return kept_text(whole)
    return f"{kept_text(whole)}, and {more} more in all" if whole else f"{more} number in all"


def source(name: str) -> str:
    """Whose paper it is, and who says what it is best for where that is somebody else."""
    says = BRANCHES[name].says
    paper = OPTIMIZERS[name].source.split("; form of")[0]
    return paper + (f"; best for: {says}" if says else "")
