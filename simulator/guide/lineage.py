"""The family tree of the optimizers: every one in the catalog, with what it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.optimizer import Branch
from simulator.optimizers import OPTIMIZERS

BRANCHES: dict[str, Branch] = {name: cls.branch for name, cls in OPTIMIZERS.items() if cls.branch}


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


def source(name: str) -> str:
    """Whose paper it is, and who says what it is best for where that is somebody else."""
    says = BRANCHES[name].says
    paper = OPTIMIZERS[name].source.split("; form of")[0]
    return paper + (f"; best for: {says}" if says else "")
