"""Laws over every optimizer of the catalog, with its defaults and with every term switched on."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from simulator.answers import answer
from simulator.engine import Engine
from simulator.group import Group
from simulator.keepers import Finals
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Array, Optimizer, Query, State
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Entrant, Race, suited
from simulator.selfcheck import rest
from simulator.selfcheck.racing import variants
from simulator.selfcheck.squares import Squares
from tests.alone import bound, run_alone

HIMMELBLAU = Squares()
RACE = Race(HIMMELBLAU, (Entrant(OPTIMIZERS["sgd"](), "any"),), ((1.0, 1.0),))
STARTS = ((-0.27, -0.92), (0.5, 5.0), (-5.0, -0.5), (5.0, -4.5), (2.9, 2.1))


VARIANTS = [it for cls in OPTIMIZERS.values() for it in variants(cls, HIMMELBLAU)]
NAMES = [f"{v.name}-{i}" for i, v in enumerate(VARIANTS)]
every_rule = pytest.mark.parametrize("optimizer", VARIANTS, ids=NAMES)
every_class = pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=list(OPTIMIZERS))


def one_step(group: Group, theta: Array, state: State, lr: Array, t: int) -> tuple[Array, State]:
    step = group.rule.step(theta, state, lr, t)
    ask = next(step)
    try:
        while True:
            if isinstance(ask, Query):
                ask = step.send(answer(ask, HIMMELBLAU.grad(ask.theta), group, HIMMELBLAU, RACE.seeds, t, None))
            else:
                ask = step.send(HIMMELBLAU.grad(ask))
    except StopIteration as done:
        return done.value


def frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array


@every_rule
def test_a_step_modifies_nothing_and_can_be_taken_again(optimizer: Optimizer) -> None:
    group = bound(optimizer, HIMMELBLAU, STARTS)
    theta, state = frozen(group.theta), {letter: frozen(value) for letter, value in group.state.items()}
    lr = frozen(group.rule.hyper["lr"])
    for t in (1, 2, 3):
        once, then = one_step(group, theta, state, lr, t)
        again, too = one_step(group, theta, state, lr, t)
        assert np.array_equal(once, again)
        assert once.shape == theta.shape and once.dtype == np.float64
        assert then.keys() == too.keys() == state.keys()
        for letter, value in then.items():
            assert len(value) == len(theta) and value.dtype == np.float64
            assert np.array_equal(value, too[letter])
        theta, state = frozen(once), {k: frozen(v) for k, v in then.items()}
    assert not np.array_equal(theta, group.theta)


def assert_lane_order_is_irrelevant(optimizer: Optimizer, steps: int) -> None:
    order = [3, 0, 4, 2, 1]
    entrants = (Entrant(optimizer, "alone"),)
    run = Engine(Race(HIMMELBLAU, entrants, STARTS, steps=steps)).run()
    shuffled = Engine(Race(HIMMELBLAU, entrants, tuple(STARTS[i] for i in order), steps=steps)).run()
    assert np.array_equal(run.theta[:, order], shuffled.theta, equal_nan=True)


@every_rule
def test_lane_order_is_irrelevant(optimizer: Optimizer) -> None:
    assert_lane_order_is_irrelevant(optimizer, 100)


@every_rule
def test_it_rests_at_a_minimum_unless_its_weights_decay(optimizer: Optimizer) -> None:
    assert np.array_equal(HIMMELBLAU.grad(np.array([rest.MINIMUM])), [[0.0, 0.0]])
    found = rest.finding(optimizer)
    assert found.well, found


@every_rule
def test_a_term_that_is_off_is_none_and_changes_nothing(optimizer: Optimizer) -> None:
    group = bound(optimizer, HIMMELBLAU, STARTS)
    for name, p in params(type(optimizer)).items():
        value = getattr(group.rule, name)
        if p.scale == "switch":
            assert value is optimizer.hyper[name]
        elif p.shared or not p.numeric:
            assert value == optimizer.hyper[name]
        elif p.off is not None and optimizer.hyper[name] == p.off:
            assert value is None
        else:
            assert np.array_equal(value, np.full((len(STARTS), 2), optimizer.hyper[name]))
    known = params(type(optimizer))
    # With no term left out it goes the same way.
    shape = (len(STARTS), 2)
    full = optimizer.bind(
        **{k: np.full(shape, v) if known[k].numeric and not known[k].shared else v for k, v in optimizer.hyper.items()},
        blocks=group.rule.blocks,
    )
    complete = replace(group, rule=full)
    went, state, theta, whole = group.theta, group.state, group.theta, full.init(group.theta)
    for t in range(1, 6):
        went, state = one_step(group, went, state, group.rule.hyper["lr"], t)
        theta, whole = one_step(complete, theta, whole, full.hyper["lr"], t)
        assert went == pytest.approx(theta, rel=1e-12)


@every_class
def test_it_says_what_it_is(cls: type[Optimizer]) -> None:
    assert cls.title and cls.doc() and "θ ←" in cls.formula
    assert 1600 < cls.year < 2030
    assert str(cls.year) in cls.source
    shown = cls.formula + cls.doc()
    for p in params(cls).values():
        assert p.doc.endswith(".")
        said = [choice.replace("_", " ") for choice in p.choices] or [p.symbol]
        assert p.symbol in shown or all(symbol in shown for symbol in said), f"{p.name} is missing in the formula"
    for letter in bound(cls(), HIMMELBLAU, STARTS).state:
        assert cls.letters.get(letter, letter) in shown, f"{letter} is missing in the formula"


@every_class
def test_its_names_are_the_house_names(cls: type[Optimizer]) -> None:
    assert "lr" in params(cls)
    for name, p in params(cls).items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert name not in {"momentum", "gamma", "betas", "b1", "b2"}
        if re.fullmatch(r"beta\d?", name):
            assert (p.low, p.high, p.scale) == (0.0, 0.9999, "log1m")


GENTLE = 0.93
# By right: the one where the curvature is negative, the other on its way.
CLIMBERS = {"newton": 0.6, "barzilai_borwein": 0.85}


def assert_gets_lower_from_nearly_every_start(cls: type[Optimizer], steps: int) -> None:
    """Nobody is good everywhere: there are traps and kinks in the catalog. A rate that is wrong fails widely."""
    lower: list[bool] = []
    for landscape in (made() for made in LANDSCAPES.values() if made.family == ("data" if cls.needs else "classic")):
        if landscape.lowest is None:
            continue
        entrant = Entrant(suited(cls(), landscape), "it")
        run = Engine(Race(landscape, (entrant,), landscape.starts, steps=steps), Finals).run()
        lower += (run.standing < run.first).tolist()
    assert np.mean(lower) > CLIMBERS.get(cls.name, GENTLE)


@every_class
def test_the_suggested_rate_gets_lower_from_nearly_every_start(cls: type[Optimizer]) -> None:
    assert_gets_lower_from_nearly_every_start(cls, 60)


def test_newton_climbs_to_the_saddle_until_it_is_damped() -> None:
    saddle, newton = LANDSCAPES["bounded_saddle"](), OPTIMIZERS["newton"]
    assert run_alone(saddle, newton(), (-2.5, 0.01), 50).theta[-1, 0] == pytest.approx([0.0, 0.0], abs=1e-12)
    damped = run_alone(saddle, newton(damping=4.0), (-2.5, 0.01), 200)
    assert damped.theta[-1, 0] == pytest.approx([0.0, 2.0**0.5], abs=1e-9)


def test_kinship() -> None:
    """Rules that differ by one idea are the same rule without it."""
    start, lr = (-1.2, 1.0), 5e-4

    def path(name: str, **hyper: float) -> Array:
        return run_alone(LANDSCAPES["rosenbrock"](), OPTIMIZERS[name](lr=lr, **hyper), start).theta

    plain = path("sgd")
    assert np.array_equal(plain, path("momentum", beta=0.0))
    assert np.array_equal(plain, path("nesterov", beta=0.0))
    assert np.array_equal(plain, path("sam", rho=0.0))
    assert np.array_equal(path("adam"), path("adamw", weight_decay=0.0))
    assert not np.array_equal(path("adam", weight_decay=0.01), path("adamw"))


def test_without_bias_correction_adam_starts_wildly() -> None:
    """m is short of a tenth of g and √v of √0.001 of |g|: the first step is 0.1/√0.001 = 3.16 times too long."""
    landscape, adam = LANDSCAPES["parabola"](), OPTIMIZERS["adam"]
    right = run_alone(landscape, adam(lr=0.01), (0.0,), 1).theta[1, 0, 0]
    wild = run_alone(landscape, adam(lr=0.01, bias_correction=False), (0.0,), 1).theta[1, 0, 0]
    assert right == pytest.approx(0.01, rel=1e-6)
    assert wild == pytest.approx(0.01 * 0.1 / 0.001**0.5, rel=1e-6)
