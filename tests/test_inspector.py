"""A step opened up: it is the step that was raced, bit by bit, whatever the rule and whatever it met."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.inspector import inspect
from simulator.landscapes import LANDSCAPES
from simulator.lanes import PACK
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race, obstacle, suited
from simulator.recording import Recording
from simulator.schedules import SCHEDULES

STEPS = 70  # more than a block of the engine


def races() -> Iterator[tuple[str, Race]]:
    """Everybody on landscapes of one, two and many dimensions, with noise, schedule, clipping and restarts."""
    everybody = [cls() for cls in OPTIMIZERS.values()]
    for name, noise in (
        ("ravine", Noise()),
        ("parabola", Noise(sigma=0.3, shared=False)),
        ("rosenbrock", Noise(sigma=0.2, kind="multiplicative")),
        ("reddi", Noise()),
        ("drifting_bowl", Noise(sigma=0.5, kind="student")),
        ("flip_network", Noise()),
        ("matrix_memory", Noise()),
    ):
        landscape = LANDSCAPES[name]()
        entrants = tuple(
            Entrant(
                suited(optimizer, landscape),
                optimizer.name,
                SCHEDULES["step"](step_size=20, gamma=0.5, warmup=3 * (i % 2)),
                clip_norm=5.0 * (i % 3 == 0),
                clip_value=2.0 * (i % 3 == 1),
                restart=i % 2 == 0,
                stream=i,
            )
            for i, optimizer in enumerate(o for o in everybody if not obstacle(type(o), landscape))
        )
        starts = (landscape.starts[0], landscape.starts[-1])
        yield name, Race(landscape, entrants, starts, noise, steps=STEPS, seed=3)


RACES = dict(races())


@cache
def raced(name: str) -> Recording:
    return Engine(RACES[name]).run()


@pytest.mark.parametrize(("name", "e"), [(name, e) for name, race in RACES.items() for e in range(len(race.entrants))])
def test_the_step_is_the_one_that_was_raced(name: str, e: int) -> None:
    recording = raced(name)
    for step in (0, 1, 2, 19, 20, 21, 63, 64, STEPS - 1):
        for start in (0, 1):
            lane = recording.lane(e, start)
            seen = inspect(recording, e, step, start)
            assert np.array_equal(seen.theta, recording.theta[step, lane], equal_nan=True)
            assert np.array_equal(seen.moved, recording.theta[step + 1, lane], equal_nan=True)
            assert np.array_equal(seen.asked[0].grad, recording.grad[step, lane], equal_nan=True)
            assert len(seen.asked) == len(seen.told) == recording.evals[step + 1, lane] - recording.evals[step, lane]
            assert seen.lr == recording.lr[step, e]
            assert seen.before.keys() == seen.after.keys() == recording.states[e].keys()
            for letter, value in seen.after.items():
                assert np.array_equal(value, recording.states[e][letter][step + 1, start], equal_nan=True)


def test_a_restart_is_seen_as_the_rules_first_step() -> None:
    race = replace(RACES["ravine"], entrants=RACES["ravine"].entrants[:1])
    racer = replace(race.entrants[0], optimizer=OPTIMIZERS["momentum"](), restart=True)
    recording = Engine(replace(race, entrants=(racer,))).run()
    assert recording.states[0]["v"][20, 0].any()
    seen = inspect(recording, 0, 20)
    assert seen.t == 1 and not seen.before["v"].any()
    assert inspect(recording, 0, 19).t == 20


@pytest.mark.usefixtures("no_collector")
def test_an_inspection_goes_with_whoever_has_it() -> None:
    """It knows its recording, which may be two gigabytes: no collector must be waited for."""
    seen = inspect(Engine(RACES["parabola"]).run(), 0, 5)
    assert seen.lines and seen.numbers(seen.lines[0], 0)
    recording = weakref.ref(seen.recording)
    del seen
    assert recording() is None


def test_no_step_leaves_the_last_row() -> None:
    recording = raced("ravine")
    seen = inspect(recording, 0, STEPS)
    assert seen.moved is None and seen.change is None and not seen.asked
    assert np.array_equal(seen.theta, recording.theta[-1, 0])


def test_a_row_that_is_not_raced_yet_is_refused() -> None:
    engine = Engine(RACES["ravine"])
    engine.advance(5)
    assert inspect(engine.recording, 0, 5).moved is not None
    for wrong, says in (((0, 6, 0), "step: must be 0 to 5, got 6"), ((0, 0, 2), "start: must be 0 to 1, got 2")):
        with pytest.raises(IndexError, match=says):
            inspect(engine.recording, *wrong)


def test_a_crowds_lane_is_seen_too() -> None:
    starts = tuple((float(x), 1.0) for x in range(PACK + 1))
    race = Race(LANDSCAPES["ravine"](), (Entrant(OPTIMIZERS["adam"](), "one"),), starts, steps=3)
    recording = Engine(race).run()
    assert recording.states == [{}]
    seen = inspect(recording, 0, 2, 2500)
    assert np.array_equal(seen.moved, recording.theta[3, 2500]) and seen.before["v"].any()
