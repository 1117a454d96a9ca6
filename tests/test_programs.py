"""Rules that are asked once: what is carried out in their place has the bits of what they would have said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.keepers import Tally
from simulator.landscapes import LANDSCAPES
from simulator.lanes import packs
from simulator.layout import CROWD
from simulator.optimizer import LaterStep, Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.pack import Pack
from simulator.race import Entrant, Noise, Race, suited
from simulator.recording import Recording
from simulator.schedules import SCHEDULES
from simulator.trace import EXACT, Program, trace, writing
from tests.alone import bound, racer
from tests.scripts import varied

HIMMELBLAU = LANDSCAPES["himmelblau"]()
STEPS = 70
# Rules that have programs as they come. Those that step alike at every step must not lose theirs.
TOLD = {
    "adabelief", "adadelta", "adagrad", "adam", "adamax", "adamw", "adan", "ademamix", "amsgrad", "lion", "momentum",
    "nesterov", "optimistic", "qhadam", "qhm", "rmsprop", "sgd", "signsgd", "signum", "yogi",
}  # fmt: skip
ARRAYS = ("theta", "loss", "grad_norm", "status", "since", "evals", "loss_evals", "hess_evals", "grad")


def program(optimizer: Optimizer, lanes: int = 2) -> Program | None:
    if optimizer.needs:
        return None
    group = bound(optimizer, HIMMELBLAU, tuple((0.1 * i, 1.0) for i in range(lanes)))
    return trace(group.rule, group.theta, group.state, group.peak)


def asked(race: Race, keeper: Any = Recording) -> Any:
    """The race with every rule asked at every step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pack, "follow_programs", lambda _: None)
        return Engine(race, keeper).run()


def assert_same(race: Race) -> None:
    told, other = Engine(race).run(), asked(race)
    for name in ARRAYS:
        assert np.array_equal(getattr(told, name), getattr(other, name), equal_nan=True), name
    for mine, theirs in zip(told.states, other.states, strict=True):
        assert list(mine) == list(theirs)
        for letter, values in mine.items():
            assert np.array_equal(values, theirs[letter], equal_nan=True), letter


def optimizers() -> Iterator[Optimizer]:
    """All that have programs: as they come, and with each switch turned and each term on."""
    for name, cls in OPTIMIZERS.items():
        for hyper in ({}, *varied(name)):
            if program(optimizer := cls(**hyper)) is not None:
                yield optimizer


def known(optimizer: Optimizer) -> str:
    return f"{optimizer.name}-{[value for value in optimizer.hyper.values() if isinstance(value, bool | str)]}"


EVERY = list(optimizers())


def test_these_rules_have_programs() -> None:
    assert {name for name, cls in OPTIMIZERS.items() if program(cls()) is not None} >= TOLD
    assert not any(program(OPTIMIZERS[name]()) for name in ("armijo", "newton", "sam", "radam", "asgd", "muon", "lars"))


@pytest.mark.parametrize("optimizer", EVERY, ids=known)
def test_a_program_has_the_bits_of_its_rule(optimizer: Optimizer) -> None:
    """Alone and in company, few and many, with noise, a schedule and a limit on one of them, and when it runs away."""
    it = suited(optimizer, HIMMELBLAU)
    lr = it.hyper["lr"]
    entrants = (
        Entrant(it, "plain", stream=0),
        Entrant(replace(it, lr=2.0 * lr), "decaying", SCHEDULES["cosine"](warmup=5), stream=1),
        Entrant(replace(it, lr=0.5 * lr), "limited", clip_norm=1.0, stream=2),
        Entrant(replace(it, lr=min(1e3 * lr, 10.0)), "wild", stream=3),
        racer("adam", 4),
        racer("newton", 5),
    )
    race = Race(HIMMELBLAU, entrants, ((0.5, 1.5), (-3.0, -0.25)), Noise(0.2, shared=False), steps=STEPS)
    assert_same(race)
    assert_same(replace(race, entrants=entrants[:1], noise=Noise(), starts=((0.5, 1.5),)))
    crowd = replace(race, starts=tuple((0.01 * i - 1.0, 0.5) for i in range(CROWD // 2)), steps=20)
    assert_same(crowd)
    told, other = Engine(crowd, Tally).run(), asked(crowd, Tally)
    for name in ("theta", "loss", "best", "reached", "spent", "evals", "lost"):
        assert np.array_equal(getattr(told, name), getattr(other, name), equal_nan=True), name


@pytest.mark.parametrize("place", ["parabola", "flip_network", "drifting_bowl", "line_fit", "rastrigin"])
def test_programs_on_landscapes_of_all_kinds(place: str) -> None:
    """One coordinate and many, one that moves, one that shows a part of its data, one with functions."""
    landscape = LANDSCAPES[place]()
    entrants = tuple(
        Entrant(suited(OPTIMIZERS[name](), landscape), name, stream=i) for i, name in enumerate(sorted(TOLD))
    )
    for starts in (1, 20):
        near = tuple(tuple(x + 0.01 * i for x in landscape.starts[0]) for i in range(starts))
        assert_same(Race(landscape, entrants, near, steps=40))


@pytest.mark.parametrize("cut", [1, 2, 3, 64, 65])
def test_however_a_race_is_cut_up_it_has_the_same_bits(cut: int) -> None:
    race = Race(HIMMELBLAU, (racer("adam", 0), racer("rmsprop", 1), racer("sam", 2)), ((0.5, 1.5),), steps=STEPS)
    engine, whole = Engine(race), Engine(race).run()
    while engine.step < STEPS:
        engine.advance(cut)
    assert np.array_equal(engine.recording.theta, whole.theta)
    assert np.array_equal(engine.recording.states[0]["v"], whole.states[0]["v"])


class Own(OPTIMIZERS["sgd"]):  # type: ignore[misc, valid-type]
    """Rules made here, which belong to no catalog."""

    def init(self, theta):
        return {"a": np.zeros_like(theta), "b": np.ones_like(theta)}


class Swapped(Own):
    def step(self, theta, state, lr, t):
        grad = yield theta
        return theta - lr * grad * state["b"], {"a": state["b"], "b": state["a"]}


class Copied(Own):
    """Keeps what it was given, twice the same, and in another order."""

    def step(self, theta, state, lr, t):
        grad = yield state["b"]
        new = theta - lr * grad
        return new, {"b": new, "a": grad}


class Still(Own):
    """Asks elsewhere, stands still, keeps a constant and a number."""

    def step(self, theta, state, lr, t):
        yield -theta
        return theta, {"a": lr, "b": state["b"] * 0.5 + 3}


class Ahead(Own):
    """Knows where it goes before it asks (Popov 1980)."""

    def step(self, theta, state, lr, t):
        new = theta - lr * state["a"]
        grad = yield new
        return new, {"a": grad, "b": new - lr * grad}


class Beyond(Own):
    """Asks somewhere beyond where it goes."""

    def step(self, theta, state, lr, t):
        new = theta - lr * state["a"]
        grad = yield new - lr * state["b"]
        return new, {"a": grad, "b": state["a"]}


class Fixed(Own):
    """Asks at the same place always, which all lanes share."""

    def step(self, theta, state, lr, t):
        grad = yield lr
        return theta - lr * grad, {"a": grad, "b": state["b"]}


class Extremes(Own):
    def step(self, theta, state, lr, t):
        grad = yield np.minimum(theta, state["a"])
        a = np.maximum(np.square(grad), np.maximum(state["a"], np.minimum(state["b"], 2.0)))
        return theta - lr * np.sign(grad) / np.sqrt(a), {"a": a, "b": np.abs(-state["b"])}


@pytest.mark.parametrize("kind", [Swapped, Copied, Still, Ahead, Beyond, Fixed, Extremes])
@pytest.mark.parametrize("starts", [1, CROWD])
def test_a_program_of_any_form(kind: type[Optimizer], starts: int) -> None:
    assert program(kind(lr=0.01)) is not None
    entrants = (
        Entrant(kind(lr=0.01), "a", stream=0),
        Entrant(kind(lr=0.02), "b", SCHEDULES["linear"](), stream=1),
        racer("adam", 2),
    )
    assert_same(Race(HIMMELBLAU, entrants, tuple((1.0 + 0.01 * i, 0.5) for i in range(starts)), steps=20))


def traced(body: Any) -> Program | None:
    class Rule(Own):
        step = body

    return program(Rule(lr=0.1))


def test_a_rule_that_could_step_otherwise_another_time_is_asked() -> None:
    def of(change: Any) -> Program | None:
        def step(self, theta, state, lr, t):
            grad = yield theta
            return change(theta, grad, lr, t), state

        return traced(step)

    assert of(lambda x, g, lr, t: x - lr * g) is not None
    assert of(lambda x, g, lr, t: x - lr * g if t > 1 else x) is not None
    assert of(lambda x, g, lr, t: x if t == 1 else x - g) is not None
    otherwise = {
        "by a number": lambda x, g, lr, t: x - lr * g if (g > 0).all() else x,
        "by a loose truth": lambda x, g, lr, t: x - lr * g if g else x,
        "by its step": lambda x, g, lr, t: x - lr * g if t > 2 else x,
        "by equality of its step": lambda x, g, lr, t: x if t == 5 else x - g,
        "with its step": lambda x, g, lr, t: x - lr * g / t,
        "with a function of its step": lambda x, g, lr, t: x - lr * g * float(t) ** 0.5,
        "in a ufunc of its step": lambda x, g, lr, t: x - np.sqrt(t) * g,
        "by a place named by its step": lambda x, g, lr, t: x - np.ones(9)[t] * g,
        "a lane as a whole": lambda x, g, lr, t: x - lr * g.sum(axis=1, keepdims=True),
        "by one coordinate": lambda x, g, lr, t: x - lr * g[:, :1],
        "by a sum": lambda x, g, lr, t: x - lr * np.add.reduce([g, g]),
        "with a function that differs by company": lambda x, g, lr, t: x - lr * np.exp(g),
        "by a power": lambda x, g, lr, t: x - lr * g**2,
        "where": lambda x, g, lr, t: np.where(lr > 0.0, g, x),
        "in place": lambda x, g, lr, t: np.multiply(x, g, out=np.empty((2, 2))),
        "with numbers of another shape": lambda x, g, lr, t: x - np.ones((2, 1)) * g,
        "with whole numbers": lambda x, g, lr, t: x - np.ones((2, 2), int) * g,
        "no number": lambda x, g, lr, t: "nowhere",
    }
    for how, change in otherwise.items():
        assert of(change) is None, how


def test_a_rule_that_asks_for_more_or_keeps_something_else_is_asked() -> None:
    def twice(self, theta, state, lr, t):
        yield theta
        grad = yield theta
        return theta - lr * grad, state

    def forgetful(self, theta, state, lr, t):
        grad = yield theta
        return theta - lr * grad, {"a": grad}

    def faulty(self, theta, state, lr, t):
        yield theta
        raise ZeroDivisionError

    class Whole(Own):
        def init(self, theta):
            return {"a": np.zeros(theta.shape, np.int8), "b": np.ones_like(theta)}

    assert program(Whole(lr=0.1)) is None, "whole numbers reckon otherwise"
    assert traced(twice) is None and traced(forgetful) is None and traced(faulty) is None
    assert program(OPTIMIZERS["momo"]()) is None and program(OPTIMIZERS["newton"]()) is None


def test_a_step_not_yet_known_is_looked_up_ahead_and_compared_with_the_first_alone() -> None:
    seen: list[tuple[object, int]] = []
    step = LaterStep(lambda table, ahead: seen.append((table, ahead)))
    (step + 1 + 2).look_up(len)
    assert seen == [(len, 3)]
    assert step > 1 and step > 0 and step != 1 and not bool(step == 1)
    assert step + 1 > 2
    for wrong in (
        lambda: step > 2, lambda: step + 1 > 3, lambda: step == 2, lambda: (step + 1) == 1, lambda: step < 2,
        lambda: step + step, lambda: step + -1, lambda: step + 0.5, lambda: 1 + step,
    ):  # fmt: skip
        with pytest.raises(TypeError):
            wrong()


def test_a_rule_is_read_without_a_word() -> None:
    def nowhere(self, theta, state, lr, t):
        grad = yield theta
        return theta - np.sqrt(lr - 1.0) * grad, state

    assert traced(nowhere) is not None


@pytest.mark.parametrize("operation", sorted(EXACT, key=lambda it: it.__name__))
def test_an_operation_has_the_same_bits_in_whatever_company(operation: np.ufunc) -> None:
    values = np.array([0.0, -0.0, 1.5, -1.5, np.inf, -np.inf, np.nan, 5e-324, 1e308, 3.0])
    pairs = np.array(np.meshgrid(values, values)).reshape(2, -1)[: operation.nin]
    with np.errstate(all="ignore"):
        for of in pairs.T:
            alone = operation(*(np.array([[value]]) for value in of)).tobytes()
            for many in (2, 3, 7, 8, 9, 40):
                rows = [np.full((many, 2), value) for value in of]
                strided = [np.full((2, 2 * many), value)[:, ::2].T for value in of]
                numbers = [np.array(of[0]), *rows[1:]] if operation.nin > 1 else rows
                for operands in (rows, strided, numbers):
                    assert np.ascontiguousarray(operation(*operands)).tobytes() == alone * (2 * many), (of, many)


@pytest.mark.parametrize("operation", sorted(EXACT, key=lambda it: it.__name__))
def test_an_operation_writes_where_it_is_told_and_warns_of_nothing(operation: np.ufunc) -> None:
    of = [np.array([[-1.5, 0.0], [np.nan, np.inf]]), np.array([[2.0, -0.0], [1.0, 3.0]])][: operation.nin]
    out = np.empty((2, 2))
    with np.errstate(all="ignore"):
        writing(operation)(*of, out)
        assert out.tobytes() == operation(*of).tobytes()


def test_lanes_that_turn_restart_or_are_put_back_are_asked() -> None:
    drops = SCHEDULES["step"](step_size=20)
    for race in (
        Race(HIMMELBLAU, (racer("adam", 0),), ((0.5, 1.5),), steps=60).fork(0, 30, lr=0.1).without(0),
        Race(HIMMELBLAU, (racer("adam", 0, schedule=drops, restart=True),), ((0.5, 1.5),), steps=60),
        Race(LANDSCAPES["reddi"](), (racer("adam", 0),), ((0.5,),), steps=60),
    ):
        (pack,) = packs(race, np.array(race.starts))
        assert [group.program for group in pack.groups] == [None]
        assert_same(race)


def test_a_rule_that_has_a_program_is_asked_for_its_first_step_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    plain = OPTIMIZERS["adam"].step

    def step(self, theta, state, lr, t):
        if not isinstance(t, LaterStep):
            taken.append(t)
        return (yield from plain(self, theta, state, lr, t))

    monkeypatch.setattr(OPTIMIZERS["adam"], "step", step)
    Engine(Race(HIMMELBLAU, (racer("adam", 0), racer("sam", 1)), ((0.5, 1.5),), steps=20)).run()
    assert taken == [1]
