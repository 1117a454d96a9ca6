"""An entrant as a script of its own for another library: start, landscape, schedule, clipping, noise and optimizer.

A library is a module here: a table of its optimizers (`entry.Entry`), and how a script of it is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from simulator.entrant import SETTINGS, Entrant
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
    (_, first), *turns = [(step, leg) for step, leg in entrant.legs if step < race.steps]
    at = Situation(race, replace(first, label=entrant.label), start, tuple(turns))
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
    if why := _unturnable(at, library):
        return [why]
    entry = module.entries.get(optimizer.name)
    if entry is not None:
        return [lack.why for lack in entry.lacks if lack.where(at)]
    title = type(optimizer).title
    forms = [
        f"{library}'s {title} is of another form: {d.form}; {d.difference}"
        for d in optimizer.dialects
        if d.library == library
    ]
    why = module.missing.get(optimizer.name) or next(iter(forms), f"{library} has no {title}")
    return [why + _elsewhere(library, at)]


def _unturnable(at: Situation, library: str) -> str:
    """Why the library cannot go on as a fork does, or ""."""
    for step, leg in at.turns:
        if library != "numpy":
            return f"it is a fork, its settings change at step {step}: only the script in plain NumPy writes that down"
        others = [key for key in SETTINGS if key != "optimizer" and getattr(leg, key) != getattr(at.entrant, key)]
        if others or not for_numpy.alike(at, leg.optimizer):
            what = others[0] if others else "the form of its rule"
            return f"it is a fork for which {what} changes at step {step}; a script writes down new numbers of the rule"
    return ""


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
    return entry is not None and not any(lack.where(at) for lack in entry.lacks)
