"""A ready race of every method against the one it comes from, where what it added shows.

Without an entry of its own a duel is run on the ravine, each at a sensible rate there. Tests run them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from simulator.guide.lineage import parent
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race, suited


def _none() -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Duel:
    """Where two meet. ``both``, ``own`` and ``parents`` are settings that are not what they would be by themselves."""

    landscape: str = "ravine"
    world: dict[str, Any] = field(default_factory=_none)
    both: dict[str, Any] = field(default_factory=_none)
    own: dict[str, Any] = field(default_factory=_none)
    parents: dict[str, Any] = field(default_factory=_none)
    start: tuple[float, ...] = ()  # the landscape's first, if not given
    sigma: float = 0.0
    steps: int = 300


_NOISY = Duel("bowl", sigma=5.0)
_IDLE = {"formula": "10*(y - 1)**2 + 0.001*x**2", "box": ((-2.0, 7.0), (-2.0, 4.0))}
_PAPER = {"lr": 0.01, "beta1": 0.0, "beta2": 1.0 / 17.0}  # 1/(1 + C²), for which Reddi et al. prove it

DUELS = {
    "momentum": Duel(world={"kappa": 100.0}),
    "polyak": Duel("rosenbrock"),
    "asgd": replace(_NOISY, own={"lambd": 0.2}),
    "rprop": Duel("plateau"),
    "signsgd": Duel("plateau"),
    "signum": _NOISY,
    "adagrad": Duel(world={"kappa": 100.0}),
    "adadelta": Duel("plateau"),
    "rmsprop": Duel("plateau"),
    "adamax": Duel("plateau"),
    "adam": Duel("rosenbrock"),
    "nadam": Duel(both={"lr": 0.4}),
    "amsgrad": Duel("reddi", both=_PAPER, steps=400),
    "adafactor": Duel("flip_network"),
    "yogi": Duel("plateau", both={"beta2": 0.9}),
    "adamw": Duel("formula", _IDLE, both={"lr": 0.05, "weight_decay": 0.2}, start=(5.0, 3.0), sigma=5.0),
    "novograd": Duel("matrix_memory"),
    "qhadam": Duel("rosenbrock"),
    "sm3": Duel("matrix_memory"),
    "adabelief": Duel("plateau"),
    "adan": Duel("rosenbrock"),
    "madgrad": Duel("rosenbrock"),
    "adopt": Duel("cliff"),
    "ademamix": Duel("matrix_memory"),
    "lamb": Duel("flip_network"),
    "asam": Duel("rosenbrock", both={"lr": 5e-4, "rho": 0.3}),
    "sam": Duel("sharp_wide", both={"lr": 0.05}, own={"rho": 1.5}, start=(1.2, -0.2), steps=600),
    "lion": Duel(sigma=3.0),
    "sophia": Duel("rosenbrock"),
    "dadapt_sgd": Duel("bowl"),
    "schedulefree_adamw": Duel("bowl", both={"lr": 0.2}, sigma=3.0, steps=600),
    "schedulefree_sgd": _NOISY,
    "gauss_newton": Duel("flip_network", own={"lr": 0.1}, parents={"damping": 1.0}),
    "ncg": Duel("rosenbrock"),
    "armijo": Duel("himmelblau"),
    "bfgs": Duel("rosenbrock", steps=60),
    "lbfgs": Duel("rosenbrock", steps=60),
    "natural_gradient": Duel("flip_network", own={"lr": 0.3}, parents={"damping": 1.0}),
    "kfac": Duel("flip_network"),
    "shampoo": Duel("flip_network"),
    "muon": Duel("flip_network", own={"lr": 0.01}),
    "soap": Duel("matrix_memory"),
}


def duel(name: str) -> Race | None:
    """``name`` in the first lane against its parent; None for a root, which has nobody to race."""
    other = parent(name)
    if not other:
        return None
    where = DUELS.get(name, Duel())
    landscape = LANDSCAPES[where.landscape](**where.world)
    settings = (where.both | where.own, where.both | where.parents)
    entrants = tuple(
        Entrant(replace(suited(OPTIMIZERS[who](), landscape), **values), OPTIMIZERS[who].title, stream=i)
        for i, (who, values) in enumerate(zip((name, other), settings, strict=True))
    )
    return Race(
        landscape=landscape,
        entrants=entrants,
        starts=(where.start,) if where.start else landscape.starts[:1],
        noise=Noise(sigma=where.sigma),
        title=f"{OPTIMIZERS[name].title} against {OPTIMIZERS[other].title}",
        steps=where.steps,
    )
