"""How a crowd's numbers lie in memory makes them quick, and no bit of them another."""

from __future__ import annotations

import platform
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from simulator.crowd import Crowd, seeds_of
from simulator.engine import Engine
from simulator.keepers import Curves, Finals
from simulator.landscapes import LANDSCAPES
from simulator.layout import CROWD, laid
from simulator.optimizer import Array, Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race, suited

PLACE = LANDSCAPES["rosenbrock"]()
MANY = tuple((x / CROWD - 1.5, 0.3 + x / (2.0 * CROWD)) for x in range(CROWD + 4))


def lanewise(values: Array) -> bool:
    return values.flags.c_contiguous


@pytest.mark.parametrize("cls", [c for c in OPTIMIZERS.values() if not c.needs], ids=lambda cls: cls.__name__)
def test_a_lane_has_the_same_bits_in_a_crowd_and_among_few(cls: type[Optimizer]) -> None:
    """With limits, and noise that all feel or only those of a seed."""
    entrants = (Entrant(suited(cls(), PLACE), "it", clip_norm=30.0, clip_value=25.0),)
    race = Race(PLACE, entrants, MANY[:3], Noise(0.2), steps=12, seed=3)
    crowd = Engine(Crowd.of(race, starts=MANY), Curves).run()
    assert np.array_equal(crowd.loss[:, :3], Engine(race).run().loss, equal_nan=True)
    noisy = Crowd.of(race, seeds=seeds_of(race, CROWD))
    apart = Engine(Crowd.of(race, starts=MANY[2:3], seeds=seeds_of(race, 1)), Curves).run()
    assert np.array_equal(Engine(noisy, Curves).run().loss[:, 2 * CROWD], apart.loss[:, 0], equal_nan=True)


@pytest.mark.parametrize("noise", [Noise(), Noise(0.3), Noise(0.3, shared=False)], ids=["none", "shared", "own"])
@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lion"])
def test_a_crowd_lies_coordinate_by_coordinate_all_the_way(name: str, noise: Noise) -> None:
    rule = suited(OPTIMIZERS[name](), PLACE)
    entrants = tuple(
        Entrant(replace(rule, lr=rule.hyper["lr"] * f), f"{f}", stream=i) for i, f in enumerate((0.5, 1.0))
    )
    race = Race(PLACE, entrants, ((-1.2, 1.0),), noise, steps=70)
    engine = Engine(Crowd.of(race, seeds=seeds_of(race, CROWD)), Finals)
    engine.run()
    ((group,),) = (pack.groups for pack in engine.packs)
    for values in (group.theta, group.peak, *group.state.values()):
        assert not lanewise(values) and lanewise(values.T)


def test_few_lanes_and_those_of_many_coordinates_lie_lane_by_lane() -> None:
    for lanes, dim in ((CROWD, 2), (CROWD + 1, 3)):
        values = np.ones((lanes, dim))
        assert laid(values, lanes) is values
    few = np.ones((4, 2))  # of a crowd, in a pack of which they are a part
    assert not lanewise(laid(few, CROWD + 1)) and np.array_equal(laid(few, CROWD + 1), few)


CROWDED = """
import resource
from simulator.crowd import Crowd
from simulator.engine import Engine
from simulator.keepers import Tally
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race

race = Race(LANDSCAPES["ravine"](), (Entrant(OPTIMIZERS["sgd"](lr=0.01), "it"),), ((5.0, 2.0),), steps=128)
crowd = Crowd.of(race, starts=race.starts * 4096)
Engine(crowd, Tally).run()
engine = Engine(crowd, Tally)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
engine.run()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what is done with freed memory is the C library's")
def test_a_crowd_is_given_its_memory_once() -> None:
    told = subprocess.run([sys.executable, "-c", CROWDED], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 1000  # pages; each span of steps alone takes 128 for its path
