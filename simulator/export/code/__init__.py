"""An entrant as a script of its own for another library: start, landscape, schedule, clipping, noise and optimizer.

A library is a module here: a table of its optimizers (`entry.Entry`), and how a script of it is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from simulator.entrant import Entrant
from simulator.export.code import for_numpy, for_optax, for_torch, optax_rules, torch_rules
from simulator.export.code.entry import Entry, Situation
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError, did_you_mean
from simulator.race import Race


@dataclass(frozen=True)
class Library:
    """What a module of this package gives."""

    name: str  # for people
    entries: Mapping[str, Entry]
    missing: Mapping[str, str]  # why it has no entry for an optimizer, where there is more to say
    write: Callable[[Situation], list[str]]


LIBRARIES = {
    "torch": Library(for_torch.NAME, torch_rules.ENTRIES, torch_rules.MISSING, for_torch.write),
    "optax": Library(for_optax.NAME, optax_rules.ENTRIES, optax_rules.MISSING, for_optax.write),
    "numpy": Library(for_numpy.NAME, for_numpy.ENTRIES, for_numpy.MISSING, for_numpy.write),
}


def script(race: Race, entrant: Entrant, library: str, start: int = 0) -> str:
    """The source of a script that takes ``entrant``'s path from ``starts[start]`` with ``library``.

    Its function ``run`` returns the path; run as a file it prints the last points. Raises RaceError with the reason
    where the library, or what is written down of it here, cannot do it.
    """
    if library not in LIBRARIES:
        hint = did_you_mean(library, LIBRARIES) or f"; there are {', '.join(LIBRARIES)}"
        raise RaceError([f"library: there is no {library!r}{hint}"])
    legs = tuple((step, replace(leg, label=entrant.label)) for step, leg in entrant.legs if step < race.steps)
    at = Situation(race, legs[0][1], start, legs)
    if why := _obstacles(at, library):
        raise RaceError([f"{entrant.label}: {reason}" for reason in why])
    return "\n".join([*_needed(LIBRARIES[library].write(at)), ""])


def _needed(lines: list[str]) -> list[str]:
    """``lines`` without an import of math that nothing uses."""
    if any("math." in line for line in lines):
        return lines
    at = lines.index("import math")
    alone = lines[at - 1] == lines[at + 1] == ""
    return lines[:at] + lines[at + 1 + alone :]


def _obstacles(at: Situation, library: str) -> list[str]:
    """Why the library cannot take this path, a sentence each; nothing where it can."""
    module, optimizer = LIBRARIES[library], at.entrant.optimizer
    if optimizer.name not in OPTIMIZERS:
        return ["its steps were chosen by hand, there is no rule to write down"]
    entry = module.entries.get(optimizer.name)
    if entry is not None:
        lacking = [lack.why for leg in at.legs for lack in entry.lacks if lack.where(leg)]
        return [*dict.fromkeys([*lacking, *_unturnable(at, library)])]
    title = type(optimizer).title
    forms = [
        f"{library}'s {title} is of another form: {d.form}; {d.difference}"
        for d in optimizer.dialects
        if d.library == library
    ]
    why = module.missing.get(optimizer.name) or next(iter(forms), f"{library} has no {title}")
    return [why + _elsewhere(library, at)]


def _unturnable(at: Situation, library: str) -> list[str]:
    """Why the library cannot go on as a fork does: its memory is of one form. A script in NumPy keeps its own."""
    return [
        f"it is a fork that remembers other things from step {step} on, which {library} cannot go on with"
        + _elsewhere(library, at)
        for step in (_turned(at) if library != "numpy" else [])
    ]


def _turned(at: Situation) -> list[int]:
    """The steps from which on a fork's memory is of another form."""
    forms = [{key: value.shape for key, value in leg.memory.items()} for leg in at.legs]
    return [leg.first for leg, (before, after) in zip(at.legs[1:], pairwise(forms), strict=True) if before != after]


def _elsewhere(library: str, at: Situation) -> str:
    """Which others take this path."""
    able = [other for other in LIBRARIES if other != library and _takes(other, at)]
    others = [other for other in able if other != "numpy"]
    found = [f"{' and '.join(others)} {'have' if len(others) > 1 else 'has'} it"] if others else []
    if "numpy" in able:
        found.append("there is a script in plain NumPy")
    return "; " + ", and ".join(found) if found else ""


def _takes(library: str, at: Situation) -> bool:
    entry = LIBRARIES[library].entries.get(at.entrant.optimizer.name)
    if entry is None or any(lack.where(leg) for leg in at.legs for lack in entry.lacks):
        return False
    return library == "numpy" or not _turned(at)
