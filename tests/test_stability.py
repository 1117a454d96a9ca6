"""The limits of η: each formula against runs of the rule itself, and what is said where there is none."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from simulator.crowd import Crowd
from simulator.engine import Engine
from simulator.keepers import Finals
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race
from simulator.referee import out_of_box
from simulator.schedules import SCHEDULES
from simulator.stability import Limits, Measurement, curvature, limits

RULES = [
    ("sgd", {}),
    ("sgd", {"weight_decay": 0.7}),
    *[("momentum", {"beta": beta}) for beta in (0.0, 0.5, 0.9, 0.97)],
    ("momentum", {"beta": 0.8, "dampening": 0.3, "weight_decay": 0.5}),
    ("momentum", {"beta": 0.0, "dampening": 0.3}),
    *[("nesterov", {"beta": beta}) for beta in (0.0, 0.5, 0.9, 0.97)],
    ("nesterov", {"beta": 0.8, "weight_decay": 0.5}),
    ("qhm", {"beta": 0.9, "nu": 0.7}),
    ("qhm", {"beta": 0.9, "nu": 1.0, "weight_decay": 0.5}),
    ("qhm", {"beta": 0.5, "nu": 0.0}),
    ("optimistic", {}),
    ("optimistic", {"optimism": 0.3, "weight": 2.0}),
    ("newton", {}),
    ("newton", {"damping": 3.0}),
]
LANDS = [LANDSCAPES["bowl"]()] + [
    LANDSCAPES["ravine"](kappa=kappa, rotation=turn) for kappa, turn in ((3.0, 0.0), (10.0, 25.0), (100.0, 70.0))
]
STEPS = 6000


def _race(optimizer: Optimizer, landscape: object, start: tuple[float, ...] = (1.0, 0.7), steps: int = 10) -> Race:
    return Race(landscape, (Entrant(optimizer, "A"),), (start,), steps=steps)  # type: ignore[arg-type]


def _all_rules(landscape: object, start: tuple[float, ...] = (1.0, 0.7), steps: int = 10) -> Race:
    """Each of ``RULES`` under a name that tells its settings."""
    racers = (Entrant(OPTIMIZERS[name](**hyper), f"{name} {hyper}", stream=i) for i, (name, hyper) in enumerate(RULES))
    return Race(landscape, tuple(racers), (start,), steps=steps)  # type: ignore[arg-type]


def _told(race: Race) -> list[Limits]:
    recording = Engine(race).recording
    told = [limits(recording, entrant, 0) for entrant in range(len(race.entrants))]
    assert all(one is not None and one.stable is not None and one.swings is not None for one in told)
    return told  # type: ignore[return-value]


def _at_rates(race: Race, rates: np.ndarray) -> tuple[Entrant, ...]:
    """Each entrant at each of its ``rates``, (entrants, rates)."""
    each = [(racer, float(lr)) for racer, own in zip(race.entrants, rates, strict=True) for lr in own]
    return tuple(
        replace(racer, optimizer=replace(racer.optimizer, lr=lr), label=f"{racer.label} {lr}", stream=i)
        for i, (racer, lr) in enumerate(each)
    )


def _settles(race: Race, rates: np.ndarray) -> np.ndarray:
    finals = Engine(Crowd.of(race, _at_rates(race, rates), steps=STEPS), Finals).run()
    size = np.hypot.reduce(finals.theta, axis=1)
    return (np.isfinite(size) & (size < 1.0)).reshape(rates.shape)


@pytest.mark.parametrize("landscape", LANDS, ids=lambda land: f"{land.name} {getattr(land, 'kappa', '')}")
def test_a_bisection_of_real_runs_finds_each_limit(landscape):
    """All rules at once: a step costs hardly more for many lanes than for one."""
    race = _all_rules(landscape)
    names = [racer.label for racer in race.entrants]
    told = np.array([one.stable for one in _told(race)])
    low, high = 0.3 * told, 3.0 * told
    for _ in range(3):  # 38 rates of each at once: each round divides what is left by 37
        rates = np.linspace(low, high, 38, axis=1)
        fine = _settles(race, rates)
        assert dict(zip(names, fine[:, 0], strict=True)) == dict.fromkeys(names, True)
        assert dict(zip(names, fine[:, -1], strict=True)) == dict.fromkeys(names, False)
        first = fine.argmin(axis=1)
        low, high = (np.take_along_axis(rates, at[:, None], axis=1)[:, 0] for at in (first - 1, first))
    found = dict(zip(names, 0.5 * (low + high), strict=True))
    assert found == pytest.approx(dict(zip(names, told, strict=True)), rel=1e-3)


def test_a_path_changes_sides_only_above_the_rate_told():
    """Along the steepest axis: below the limit it comes from one side, above it goes to the other."""
    race = _all_rules(LANDSCAPES["ravine"](kappa=10.0), (0.0, 1.0), 18_000)
    names = [racer.label for racer in race.entrants]
    told = np.array([one.swings for one in _told(race)])
    field = _at_rates(race, told[:, None] * [1.0 - 1e-3, 1.0 + 1e-3])
    path = Engine(replace(race, entrants=field)).run().theta[:, :, 1]
    path = np.where(np.abs(path) > 1e-250, path, np.nan)  # what is left is rounding
    crosses = (path[1:] * np.sign(path[:-1]) < 0.0).any(axis=0).reshape(-1, 2)
    assert dict(zip(names, crosses.tolist(), strict=True)) == {name: [False, True] for name in names}


def test_numbers_known_by_hand():
    race = _race(OPTIMIZERS["momentum"](beta=0.9), LANDSCAPES["ravine"](kappa=10.0))
    recording = Engine(race).recording
    told = limits(recording, 0, 0)
    assert curvature(recording, 0, 0) == 20.0
    assert told is not None
    assert told.stable == pytest.approx(0.19)
    assert told.swings == pytest.approx((1.0 - 0.9**0.5) ** 2 / 20.0)
    assert "2(1+β)/L = 0.19 with L = 20 here" in told.why


def test_a_schedule_counts_in_where_it_stands():
    race = _race(OPTIMIZERS["sgd"](), LANDSCAPES["bowl"]())
    schedule = SCHEDULES["cosine"]()
    race = race.with_entrant(0, schedule=schedule)
    recording = Engine(race).run()
    factor = schedule.factors(race.steps)[5]
    told = limits(recording, 0, 5)
    assert 0.0 < factor < 1.0
    assert told is not None
    assert told.stable == pytest.approx(1.0 / factor)


def test_where_nothing_curves_up_there_is_no_limit():
    race = _race(OPTIMIZERS["sgd"](), LANDSCAPES["formula"](formula="-(x^2+y^2)"))
    told = limits(Engine(race).recording, 0, 0)
    assert told == Limits(why="No limit: nothing curves up here, L = −2.")


def test_a_network_has_a_limit_too():
    race = _race(OPTIMIZERS["sgd"](), LANDSCAPES["flip_network"](), LANDSCAPES["flip_network"]().starts[0])
    told = limits(Engine(race).recording, 0, 0)
    assert told is not None
    assert told.stable is not None
    assert told.stable > 0.0


def _measured(race: Race, step: int = 0, entrant: int = 0) -> Limits:
    run = Measurement(Engine(race).run(), entrant, step).run()
    while True:
        try:
            assert 0.0 < next(run) <= 1.0
        except StopIteration as end:
            return end.value


def test_a_measurement_of_a_rule_with_a_formula_agrees_to_its_grain():
    race = _race(OPTIMIZERS["sgd"](), LANDSCAPES["ravine"](kappa=10.0))
    found = _measured(race)
    assert found.measured
    assert found.stable == pytest.approx(0.1, rel=0.1)


def test_leaving_a_box_with_lower_values_outside_is_beyond_the_limit():
    race = _race(OPTIMIZERS["adam"](), LANDSCAPES["schwefel"](), (467.0, -497.0))
    found = _measured(race)
    assert found.stable is not None
    run = Engine(replace(race, steps=300).with_hyper(0, lr=1.2 * found.stable)).run()
    assert out_of_box(race.landscape, run.theta[-1, 0])
    assert run.loss[-1, 0] < run.loss[0, 0], "it ends lower, but outside"


def test_a_rule_without_a_formula_is_measured():
    race = _race(OPTIMIZERS["adam"](), LANDSCAPES["ravine"](kappa=10.0), (5.0, 2.0))
    assert limits(Engine(race).recording, 0, 0) is None
    found = _measured(race)
    assert "measured: 300 steps from here" in found.why


@pytest.mark.parametrize("name", [n for n in OPTIMIZERS if OPTIMIZERS[n].needs == ""])
def test_every_rule_has_a_limit_or_is_measured(name):
    race = _race(OPTIMIZERS[name](), LANDSCAPES["ravine"](), (5.0, 2.0), steps=2)
    told = limits(Engine(race).run(), 0, 2)
    if told is None:
        told = _measured(race, 2)
    assert told.why
    assert told.stable is None or told.stable > 0.0


def test_describe_has_the_formula():
    from simulator.commands.catalogs import describe

    assert "2(1+β)/L" in describe("momentum", as_json=False)
    assert json.loads(describe("momentum", as_json=True))["stable"] == {"formula": "2(1+β)/L", "swings": "(1−√β)²/L"}
    assert json.loads(describe("adam", as_json=True))["stable"] is None
    assert "measured" in describe("adam", as_json=False)


def test_a_fork_is_measured_with_its_own_settings_from_the_first_step():
    race = _race(OPTIMIZERS["adam"](lr=0.01), LANDSCAPES["schwefel"](), (467.0, -497.0), steps=400)
    forked = race.fork(0, 350, lr=0.02)
    alone = _measured(race.with_hyper(0, lr=0.02))
    assert alone.stable is not None
    assert _measured(forked, entrant=1) == alone


def test_a_measurement_feels_the_noise_of_its_racer_at_every_rate():
    noise = Noise(0.5, shared=False)
    race = replace(_race(OPTIMIZERS["adam"](), LANDSCAPES["ravine"](kappa=10.0)), noise=noise)
    race = race.with_entrant(0, stream=5).fork(0, 3, lr=0.1)
    for entrant in (0, 1):
        measurement = Measurement(Engine(race).run(), entrant, 0)
        assert {measurement._variant(n).noise_stream for n in range(4)} == {5}
