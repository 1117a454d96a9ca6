"""What each rule of the field costs beside plain gradient descent, and what it costs to step all of them together."""

from __future__ import annotations

import pytest
from conftest import Report
from pytest_benchmark.fixture import BenchmarkFixture
from test_engine_speed import best

from simulator.engine import Engine
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.race import MAX_ENTRANTS, Entrant, Race, suited

STEPS = 200
MANY = 64


def race(landscape: Landscape, *rules: type[Optimizer], starts: int = 1) -> Race:
    field = [Entrant(suited(cls(), landscape), cls.name, stream=i) for i, cls in enumerate(rules)]
    x, y = landscape.starts[0]
    return Race(landscape, tuple(field), tuple((x, y + i / 100.0) for i in range(starts)), steps=STEPS)


def seconds(it: Race) -> float:
    """Of a step."""
    return best(lambda: Engine(it).run(), repeats=3) / STEPS


def test_the_whole_field(benchmark: BenchmarkFixture, report: Report) -> None:
    landscape = LANDSCAPES["himmelblau"]()
    rules = [cls for cls in OPTIMIZERS.values() if cls.needs != "model"][:MAX_ENTRANTS]
    everyone = race(landscape, *rules)
    benchmark.pedantic(lambda: Engine(everyone).run(), rounds=3, warmup_rounds=1)
    together, plain = seconds(everyone), seconds(race(landscape, OPTIMIZERS["sgd"]))
    alone = {cls: seconds(race(landscape, cls)) for cls in rules}
    report(f"a step of {len(rules)} rules together / of SGD alone", f"{together / plain:.0f} ×", "for comparison")
    report("… / the sum of each alone", f"{together / sum(alone.values()):.2f} ×", "under 1")
    for cls, own in sorted(alone.items(), key=lambda pair: pair[1]):
        # A rule that looped over its lanes would pay for each of them.
        crowd = seconds(race(landscape, cls, starts=MANY)) / own
        loops = "under 4 ×, or a line search" if cls.cost.most is None else "a line search"
        report(f"a step of {cls.name} / of SGD", f"{own / plain:.1f} ×, {MANY} lanes {crowd:.1f} ×", loops)


@pytest.mark.parametrize("name", [name for name, cls in LANDSCAPES.items() if cls().dim > 2])
def test_the_whole_field_on_a_model(name: str, benchmark: BenchmarkFixture, report: Report) -> None:
    landscape = LANDSCAPES[name]()
    rules = [cls for cls in OPTIMIZERS.values() if cls.needs != "model" or landscape.model][:MAX_ENTRANTS]
    field = [Entrant(suited(cls(), landscape), cls.name, stream=i) for i, cls in enumerate(rules)]
    everyone = Race(landscape, tuple(field), landscape.starts[:1], steps=STEPS)
    benchmark.pedantic(lambda: Engine(everyone).run(), rounds=1)
    report(
        f"{len(rules)} rules, {STEPS} steps on {name} ({landscape.dim})",
        f"{seconds(everyone) * STEPS:.2f} s",
        "for comparison",
    )
