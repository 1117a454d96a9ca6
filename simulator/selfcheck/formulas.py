"""The formulas that are shown, worked out beside the code that runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator.engine import Engine
from simulator.inspector import Inspection, inspect
from simulator.notation import letters, lines
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race
from simulator.selfcheck.finding import Array, Check, Finding, close, fact, same_bits
from simulator.selfcheck.racing import setting, variants
from simulator.selfcheck.squares import Squares

TOLERANCE = 1e-9
PLACE = Squares()
NEAR, FAR = "in the box", "far outside the box"
STARTS = (((-0.27, -0.92), NEAR), ((0.5, 5.0), NEAR), ((60.0, -90.0), FAR))
STEPS = (0, 1, 2, 5, 10, 11, 20, 44)
FAR_STEPS = (0, 1)  # what far out lies that steep may be lost soon, by right
NEAR_ONLY = ("kfac",)  # a matrix of slopes as steep as those far out is beyond what floating point can invert
LOOKED_AT = 3  # steps at least, or nothing has been shown


def in_words(optimizer: Optimizer) -> bool:
    """Whether a line of the formula has words in place of arithmetic, whose value is not worked out."""
    return any(line.expr is None for line in lines(optimizer, PLACE.blocks))


def compare(seen: Inspection, within: float = TOLERANCE) -> tuple[list[Finding], set[str]]:
    """Each letter the formula works out against what the step did, relative to its largest coordinate; the rest."""
    results = seen.results
    known: dict[str, Any] = letters(seen.optimizer, seen.after, seen.blocks) | {"θ": seen.went}
    found = [
        _same(seen, letter, results[letter], value, within)
        for letter, value in known.items()
        if results.get(letter) is not None
    ]
    return found, {letter for letter in known if results.get(letter) is None}


def _same(seen: Inspection, letter: str, said: Any, done: Any, within: float) -> Finding:
    said, done = (np.asarray(getattr(x, "whole", x), dtype=np.float64) for x in (said, done))
    largest = max(float(np.abs(done).max(initial=0.0)), 1e-300)
    where = f"{letter} in step {seen.step + 1} by the formula ({setting(seen.optimizer)})"
    return close(seen.optimizer.name, where, said, done, within, np.abs(done) + largest)


def findings(optimizer: Optimizer) -> Iterator[Finding]:
    """The formula beside every step looked at, a start at a time."""
    starts = tuple(start for start, _ in STARTS)
    recording = Engine(Race(PLACE, (Entrant(optimizer, "it"),), starts, Noise(sigma=0.1), steps=STEPS[-1] + 1)).run()
    looked = 0
    for i, (_, where) in enumerate(STARTS):
        far = where == FAR
        if far and optimizer.name in NEAR_ONLY:
            continue
        steps = [inspect(recording, 0, step, i) for step in (FAR_STEPS if far else STEPS)]
        found = [finding for seen in steps if _finite(seen) for finding in _of(seen)]
        looked += 0 if far else sum(map(_finite, steps))
        if found:
            yield max(found, key=lambda finding: finding.share)
    where = f"steps that are finite ({setting(optimizer)})"
    yield fact(optimizer.name, where, looked >= LOOKED_AT, f"at least {LOOKED_AT}", looked)


def _of(seen: Inspection) -> Iterator[Finding]:
    who, its = seen.optimizer.name, f"({setting(seen.optimizer)})"
    found, unknown = compare(seen)
    yield from found
    yield same_bits(who, f"η in step {seen.step + 1} {its}", seen.optimizer.hyper["lr"], seen.lr)
    if not in_words(seen.optimizer):
        yield fact(who, f"the formula says all {its}", not unknown, "every letter", f"not {', '.join(unknown)}")
        yield fact(who, f"a rate is told {its}", seen.rate is not None, "a rate", "none")


def _finite(seen: Inspection) -> bool:
    values: list[Array] = [seen.went if seen.went is not None else np.array(np.nan), *seen.after.values()]
    return all(bool(np.isfinite(value).all()) for value in values)


def _look(name: str) -> Iterator[Finding]:
    for optimizer in variants(OPTIMIZERS[name], PLACE):
        yield from findings(optimizer)


def _names() -> list[str]:
    return list(OPTIMIZERS)


FORMULAS = Check(
    "formulas",
    "Every rule does what its formula says",
    f"each letter within {TOLERANCE:.0e} of its size, under every switch",
    _names,
    _look,
)
