"""What a rule says a step costs, against what it really asks for and keeps."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscape import Array, Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race, suited

STEPS = 60


class Silent:
    """A keeper that looks at nothing, so that whatever is evaluated was asked for by the rules."""

    def __init__(self, race: Race, theta: Array, packs: list[Any]):
        self.done = 0
        self.group = packs[0].groups[0]

    def write(self, pack: Any, first: int, stop: int, grads: list[Array]) -> None:
        pass

    def close(self, first: int, stop: int) -> None:
        self.done = stop


def counted(landscape: type[Landscape]) -> tuple[Landscape, Counter[str]]:
    """The landscape with a tally of the points at which its slopes and curvatures were evaluated."""

    class Counted(landscape):  # type: ignore[misc, valid-type]
        tally: ClassVar[Counter[str]] = Counter()

        def grad(self, theta: Array) -> Array:
            self.tally["grads"] += len(theta)
            return super().grad(theta)

        def hess(self, theta: Array) -> Array:
            self.tally["hessians"] += len(theta)
            return super().hess(theta)

        def gauss_newton(self, theta: Array) -> Array:  # of which Fisher matrices are made too
            self.tally["hessians"] += len(theta)
            return super().gauss_newton(theta)

    return Counted(), Counted.tally


def plane(cls: type[Optimizer]) -> type[Landscape]:
    """A landscape of two parameters on which the rule can race."""
    if cls.needs != "model":
        return LANDSCAPES["rosenbrock"]
    return next(landscape for landscape in LANDSCAPES.values() if landscape.model and landscape().dim == 2)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_rule_asks_for_what_it_says_and_keeps_no_more(name: str) -> None:
    cls = OPTIMIZERS[name]
    landscape, tally = counted(plane(cls))
    racer = Entrant(suited(cls(), landscape), "alone")
    race = Race(landscape, (racer,), landscape.starts[:1], steps=STEPS)
    engine = Engine(race, Silent)
    asked: list[int] = []
    for _ in range(STEPS):
        before = tally["grads"]
        engine.advance(1)
        asked.append(tally["grads"] - before)
    cost = cls.cost
    assert min(asked) >= cost.grads
    assert max(asked) <= (cost.most or cost.grads)
    assert tally["hessians"] / STEPS == pytest.approx(cost.hessians)
    kept = sum(values.size for values in engine.recording.group.state.values())
    assert kept / landscape.dim == cost.buffers
    assert np.array_equal(np.cumsum(asked), Engine(race).run().evals[1:, 0])
