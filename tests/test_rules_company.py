"""No lane of a rule minds its company: neither on matrices nor among racers with other hyperparameters, 0 too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Entrant, Race, sensible_lr
from simulator.selfcheck.squares import Squares

HIMMELBLAU = Squares()
FLIP = LANDSCAPES["flip_network"](batch_size=16)
every_class = pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=list(OPTIMIZERS))


def bare(cls: type[Optimizer], **hyper: Any) -> Optimizer:
    """The rule without any memory where it can be, and with a large ε."""
    known = params(cls)
    free = {name: 0.0 for name, p in known.items() if name.startswith("beta") and p.off is None and p.low == 0.0}
    return cls(**free | ({"eps": 1e-3} if "eps" in known else {}) | hyper)


@every_class
def test_lanes_on_matrices_go_as_each_alone(cls: type[Optimizer]) -> None:
    race = Race(FLIP, (Entrant(cls(), "it"),), FLIP.starts[:3], steps=4)
    together = Engine(race).run()
    for i, start in enumerate(race.starts):
        assert np.array_equal(
            together.theta[:, i], Engine(replace(race, starts=(start,))).run().theta[:, 0], equal_nan=True
        )


@every_class
def test_racers_of_one_rule_go_as_each_alone(cls: type[Optimizer]) -> None:
    lr = sensible_lr(cls, HIMMELBLAU)
    dampened: dict[str, Any] = {name: 0.3 for name in ("dampening",) if name in params(cls)}
    rules = cls(lr=lr, **dampened), bare(cls, lr=lr, **dampened)
    entrants = tuple(Entrant(rule, label, stream=i) for i, (rule, label) in enumerate(zip(rules, "ab", strict=True)))
    race = Race(HIMMELBLAU, entrants, ((-0.27, -0.92), (0.5, 5.0)), steps=12)
    together = Engine(race).run()
    for i, entrant in enumerate(entrants):
        alone = Engine(replace(race, entrants=(entrant,))).run()
        assert np.array_equal(together.theta[:, 2 * i : 2 * i + 2], alone.theta, equal_nan=True)


def test_momentum_without_a_memory_is_not_dampened() -> None:
    race = Race(HIMMELBLAU, (Entrant(OPTIMIZERS["momentum"](beta=0.0, dampening=0.3), "it"),), ((0.5, 5.0),), steps=9)
    plain = replace(race, entrants=(Entrant(OPTIMIZERS["sgd"](lr=race.entrants[0].optimizer.lr), "plain"),))
    assert np.array_equal(Engine(race).run().theta, Engine(plain).run().theta)
