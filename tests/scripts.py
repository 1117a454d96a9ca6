"""Scripts for other libraries, run: the path each takes, and how far it is from the program's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.crowd import Crowd
from simulator.engine import Engine
from simulator.export.code import LIBRARIES, script
from simulator.landscape import Array
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Entrant, Race, obstacle, suited
from simulator.recording import Recording

BOUND = 1e-9
NUDGE, SAFE = 1e-14, 1e-10  # as for the recorded runs of tests/data/reference: how long a run can be compared
MODULES = {"torch": ("torch",), "optax": ("jax", "optax"), "numpy": ()}


def need(library: str) -> None:
    """Skip the test where the library is not installed."""
    for module in MODULES[library]:
        pytest.importorskip(module)


def race_of(landscape: Any, optimizer: Optimizer, steps: int = 60, **entrant: Any) -> Race:
    where = LANDSCAPES[landscape]() if isinstance(landscape, str) else landscape
    return Race(where, (Entrant(optimizer, "alone", **entrant),), where.starts[:1], steps=steps)


# What the defaults must be changed to for a library to have the optimizer at all.
NEEDED = {
    ("optax", "prodigy"): {"bias_correction": True, "d0": 0.01},
    ("optax", "dadapt_adam"): {"bias_correction": True, "decouple": True, "d0": 0.01},
}


def suited_to(landscape: str, name: str, library: str = "", **hyper: Any) -> Optimizer:
    """The rule at a sensible rate there, with some other settings, and with those that ``library`` needs."""
    return replace(suited(OPTIMIZERS[name](), LANDSCAPES[landscape]()), **NEEDED.get((library, name), {}) | hyper)


def path(race: Race, library: str) -> Array:
    """What the script of the race's first entrant returns, (steps + 1, dim)."""
    names: dict[str, Any] = {"__name__": "script"}
    with np.errstate(all="ignore"):
        exec(compile(script(race, race.entrants[0], library), f"{library} script", "exec"), names)
        return np.array(names["run"]())


def compared(race: Race, library: str) -> tuple[float, int]:
    """The largest error of the script's path relative to max(1, |θ|), and over how many steps: as long as round-off
    is not amplified."""
    nudged = tuple(x + NUDGE * max(1.0, abs(x)) for x in race.starts[0])
    with np.errstate(all="ignore"):
        both = replace(Crowd.of(race, starts=(race.starts[0], nudged)), alike=True)
        ours, other = np.moveaxis(Engine(both, Recording).run().theta, 1, 0)
        size = np.maximum(1.0, np.abs(ours))
        apart = ~((np.abs(other - ours) / size).max(axis=1) < SAFE)
        steps = int(np.argmax(apart)) if apart.any() else len(ours)
        theirs = path(race, library)
        assert theirs.shape == ours.shape
        return float((np.abs(theirs - ours) / size)[:steps].max()), steps - 1


def agrees(race: Race, library: str) -> None:
    error, steps = compared(race, library)
    assert error < BOUND, f"{error:.1e} within {steps} steps"


def entries() -> list[tuple[str, str]]:
    """Every library with every optimizer it has."""
    return [(library, name) for library, known in LIBRARIES.items() for name in known.entries]


def varied(name: str) -> list[dict[str, Any]]:
    """Settings of an optimizer, each with one switch turned, one choice made, or one term on that is off by default."""
    cls, found = OPTIMIZERS[name], []
    for key, p in params(cls).items():
        if p.scale == "switch":
            found.append({key: not p.default})
        elif p.choices:
            found += [{key: choice} for choice in p.choices if choice != p.default]
        elif p.off is not None and p.numeric:
            value = 0.1 if p.low <= 0.1 <= p.high else p.high
            found.append({key: value if p.default == p.off else p.off})
    decays = [key for key in params(cls) if key == "weight_decay"]
    return [*found, *({key: 0.1} | other for key in decays for other in list(found) if key not in other)]


def races_there(name: str, landscape: str) -> bool:
    return obstacle(OPTIMIZERS[name], LANDSCAPES[landscape]()) is None
