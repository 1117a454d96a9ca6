"""What a rule is told, number by number, and who steps with whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from simulator.engine import BLOCK, Engine
from simulator.landscape import Array, Facts, Landscape
from simulator.landscapes import LANDSCAPES
from simulator.lanes import packs
from simulator.lanewise import held
from simulator.noise import SIGNS, signs
from simulator.optimizer import Layers, Model, Value
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race, obstacle, sensible_lr
from simulator.schedules import SCHEDULES
from tests.alone import bound, run_alone
from tests.test_optimizers import VARIANTS

RAVINE = LANDSCAPES["ravine"]()
STARTS = ((5.0, 2.0), (-3.0, 1.0))
SGD = OPTIMIZERS["sgd"]


@dataclass(frozen=True)
class Modelled(Landscape):
    """A plane whose two model matrices and whose layers are told apart at a glance."""

    model = True

    def loss(self, theta: Array) -> Array:
        return theta.sum(axis=-1)

    def grad(self, theta: Array) -> Array:
        return np.ones_like(theta)

    def fisher(self, theta: Array) -> Array:
        return np.full((*theta.shape, 2), 1.0)

    def gauss_newton(self, theta: Array) -> Array:
        return np.full((*theta.shape, 2), 2.0)

    def layers(self, theta: Array) -> Any:
        return [(np.full((len(theta), 1, 1), 3.0), np.full((len(theta), 2, 2), 4.0))]

    def facts(self) -> Facts:
        return Facts(((-9.0, 9.0), (-9.0, 9.0)), STARTS, 0.1)


def told(question: Any, landscape: Landscape = RAVINE, steps: int = 3, **race: Any) -> list[Any]:
    """What a rule that stands still is answered, step by step."""
    answers: list[Any] = []

    class Asker(SGD):
        def step(self, theta, state, lr, t):
            answers.append((yield question(theta)))
            return theta, state

    Engine(Race(landscape, (Entrant(Asker(lr=0.1), "asker"),), STARTS, steps=steps, **race)).run()
    return answers


def test_a_model_answers_with_the_matrix_that_was_asked_for() -> None:
    for kind, entry in (("fisher", 1.0), ("gauss_newton", 2.0)):
        for grad, matrix in told(lambda theta, kind=kind: Model(theta, kind), Modelled()):
            assert grad.tolist() == [[1.0, 1.0]] * 2
            assert np.array_equal(matrix, np.full((2, 2, 2), entry))


def test_layers_are_the_models_where_it_has_some() -> None:
    for _, ((inputs, outputs),) in told(Layers, Modelled()):
        assert (inputs == 3.0).all() and (outputs == 4.0).all()


def test_every_gradient_of_a_step_is_clipped_not_just_the_first() -> None:
    def gradients(theta: Array) -> Any:
        return theta

    class Twice(SGD):
        def step(self, theta, state, lr, t):
            seen.append((yield gradients(theta)))
            seen.append((yield gradients(theta * 2.0)))
            seen.append((yield Value(theta * 3.0))[1])
            seen.append((yield Value(theta * 4.0))[1])
            return theta, state

    seen: list[Array] = []
    racer = Entrant(Twice(lr=0.1), "twice", clip_value=30.0, clip_norm=1.5)
    starts = ((5.0, 2.0), (-5.0, -2.0), (1e-3, -2.0), (1e-3, 1e-3))
    Engine(Race(RAVINE, (racer,), starts, steps=1)).run()
    told = [grads for grads in seen if isinstance(grads, np.ndarray)]  # it is also read once, with symbols
    for factor, grads in zip((1.0, 2.0, 3.0, 4.0), told, strict=True):
        cut = np.clip(RAVINE.grad(factor * np.array(starts)), -30.0, 30.0)
        for mine, whole in zip(grads, cut, strict=True):
            assert mine == pytest.approx(whole * min(1.0, 1.5 / np.linalg.norm(whole)), rel=1e-14)


def generator(seed: int, stream: int, start: int, block: int, use: int = 0) -> np.random.Generator:
    key, counter = np.array([seed, stream], dtype=np.uint64), np.array([0, use, start, block], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


@pytest.mark.parametrize("kind", ["gaussian", "multiplicative", "student", "sparse"])
@pytest.mark.parametrize("shared", [True, False])
def test_a_seed_gives_the_same_noise_from_one_version_to_the_next(kind: str, shared: bool) -> None:
    """Whoever shares a race file shares its luck: drawn here as every version has drawn it."""
    racers = tuple(Entrant(SGD(lr=1e-3 * (i + 1)), str(i), stream=7 * i) for i in range(2))
    noise = Noise(0.3, shared=shared, kind=kind, probability=0.4)
    run = Engine(Race(RAVINE, racers, STARTS, noise, steps=BLOCK + 6, seed=11)).run()
    true = RAVINE.grad(run.theta[:-1])
    for lane in range(4):
        entrant, start = divmod(lane, 2)
        draws: list[Array] = []
        for block in range(2):
            source = generator(11, 7 * entrant + 1, start, block) if not shared else generator(11, 0, 0, block)
            shape = (BLOCK, 1, 2) if shared else (BLOCK, 2)
            drawn = {"student": lambda s, n: s.standard_t(3.0, n), "sparse": lambda s, n: s.random(n)}.get(
                kind, lambda s, n: s.standard_normal(n)
            )(source, shape)
            draws.append(drawn.reshape(BLOCK, 2))
        raw, slope = np.concatenate(draws)[: BLOCK + 6], true[:, lane]
        if kind == "multiplicative":
            wanted = slope * (1.0 + 0.3 * raw)
        elif kind == "sparse":
            wanted = slope * np.column_stack([np.ones(len(raw)), np.where(raw[:, 1] < 0.4, 1.0 / 0.4, 0.0)])
        else:
            wanted = slope + 0.3 * raw
        assert run.grad[:, lane] == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_signs_of_a_probe_are_drawn_apart_from_the_noise() -> None:
    for step in range(20):
        assert np.array_equal(signs(5, step, 3), np.where(generator(5, 0, 0, step, SIGNS).random(3) < 0.5, -1.0, 1.0))
    assert SIGNS == 1


def test_a_lane_that_is_held_keeps_its_state_and_the_others_move() -> None:
    new, old = {"m": np.array([[1.0, 2.0], [3.0, 4.0]])}, {"m": np.array([[5.0, 6.0], [7.0, 8.0]])}
    assert held(np.array([[True], [False]]), new, old)["m"].tolist() == [[1.0, 2.0], [7.0, 8.0]]
    assert held(np.array([[False], [False]]), new, old)["m"].tolist() == old["m"].tolist()
    assert held(np.array([[True], [True]]), new, old) is new


def test_what_nobody_uses_costs_no_step_anything() -> None:
    """A group has no table of factors where every schedule is constant, and no limits where nobody clips."""
    plain = bound(SGD(lr=0.1), RAVINE, STARTS)
    assert plain.factors is None and plain.clip is None and plain.cut is None
    assert not plain.bounded and not plain.restarts and plain.place == slice(0, 2)
    some = Entrant(SGD(lr=0.1), "a", clip_norm=2.0), Entrant(SGD(lr=0.2), "b", SCHEDULES["cosine"](), stream=1)
    race = Race(RAVINE, some, STARTS, steps=10)
    (pack,) = packs(race, np.array(STARTS * 2))
    (group,) = pack.groups
    assert group.clip is not None and group.clip[:, 0].tolist() == [2.0, 2.0, np.inf, np.inf]
    assert group.bounded and group.cut is None
    assert group.factors is not None and group.factors.shape == (11, 4, 1)
    assert (group.factors[:, :2] == 1.0).all()
    assert np.array_equal(group.factors[:, 2, 0], some[1].schedule.factors(10))


def test_lanes_of_a_rule_lie_side_by_side_and_know_where_they_came_from() -> None:
    names = ("sgd", "momentum", "sgd")
    racers = tuple(Entrant(OPTIMIZERS[name](), f"{i}", stream=i) for i, name in enumerate(names))
    (pack,) = packs(Race(RAVINE, racers, STARTS), np.array(STARTS * 3))
    assert [group.lanes.tolist() for group in pack.groups] == [[0, 1, 4, 5], [2, 3]]
    assert [group.part for group in pack.groups] == [slice(0, 4), slice(4, 6)]
    assert [type(group.place) for group in pack.groups] == [np.ndarray, slice]
    assert pack.lanes.tolist() == [0, 1, 4, 5, 2, 3] and pack.changing == []


@pytest.mark.parametrize("first", range(0, 150, 50))
def test_no_rule_steps_with_another_however_alike_they_are(first: int) -> None:
    """Every rule with every switch and term of its own, as many as a race holds, each as if alone."""
    rules = [rule for rule in VARIANTS if not obstacle(type(rule), RAVINE)][first : first + 50]
    racers = tuple(Entrant(rule, str(i), stream=i) for i, rule in enumerate(rules))
    race = Race(RAVINE, racers, STARTS, steps=4)
    together = Engine(race).run()
    for e, racer in enumerate(racers):
        alone = Engine(replace(race, entrants=(racer,))).run()
        assert np.array_equal(together.theta[:, 2 * e : 2 * e + 2], alone.theta, equal_nan=True), racer.optimizer


def test_advancing_by_nothing_or_less_takes_no_step() -> None:
    engine = Engine(Race(RAVINE, (Entrant(SGD(lr=0.1), "it"),), STARTS, steps=10))
    assert engine.advance(0).done == engine.advance(-3).done == 0
    assert engine.advance(4).done == engine.step == 4
    assert engine.advance(100).done == 10


def test_whole_numbers_as_starts_are_real_ones() -> None:
    run = run_alone(RAVINE, SGD(lr=0.1), (5, 2), 3)  # type: ignore[arg-type]
    assert run.theta.dtype == np.float64
    assert np.array_equal(run.theta, run_alone(RAVINE, SGD(lr=0.1), (5.0, 2.0), 3).theta)


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_a_suggested_rate_grows_with_what_it_is_measured_by(cls: Any) -> None:
    """It is a share of gradient descent's rate or of the way across, or a number of its own; never of both."""
    rate = cls.suggest_lr(0.01, 10.0)
    by_rate, by_way = cls.suggest_lr(0.02, 10.0) / rate, cls.suggest_lr(0.01, 20.0) / rate
    assert (by_rate, by_way) in ((pytest.approx(2.0), pytest.approx(1.0)), (1.0, pytest.approx(2.0)), (1.0, 1.0)), cls


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
@pytest.mark.parametrize("kind", ["gaussian", "multiplicative"])
def test_noise_of_ones_own_follows_into_every_question(cls: Any, kind: str) -> None:
    """Beside another rule, and from two starts: as if alone."""
    landscape = RAVINE if not obstacle(cls, RAVINE) else LANDSCAPES["line_fit"]()
    starts = (landscape.starts[0], (0.5, -0.25))
    other = Entrant(OPTIMIZERS["momentum" if cls.name == "sgd" else "sgd"](lr=1e-3), "other", stream=9)
    mine = Entrant(cls(lr=0.1 * sensible_lr(cls, landscape)), "mine", stream=4)
    noise = Noise(0.3, shared=False, kind=kind)
    race = Race(landscape, (other, mine), starts, noise, steps=8, seed=2)
    together, alone = Engine(race).run(), Engine(replace(race, entrants=(mine,))).run()
    assert np.array_equal(together.theta[:, 2:], alone.theta, equal_nan=True)
    assert np.array_equal(together.evals[:, 2:], alone.evals)
    first = Engine(replace(race, entrants=(mine,), starts=starts[:1])).run()
    assert np.array_equal(together.theta[:, 2:3], first.theta, equal_nan=True)
