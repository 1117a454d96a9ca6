"""Bugs planted in landscapes, rules, schedules and the engine: the self-check turns red and names the culprit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator import engine, lanes, racefile
from simulator.export import csv
from simulator.fused import Fused
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Array, Optimizer, State
from simulator.optimizers import OPTIMIZERS
from simulator.race import Race
from simulator.schedule import Schedule
from simulator.selfcheck import report
from simulator.selfcheck.checks import CHECKS
from simulator.selfcheck.examination import Examination
from tests.steppers import put_back

Plant = pytest.MonkeyPatch
KNOWN = {check.name: check for check in CHECKS}
every_rule = pytest.mark.parametrize("name", list(OPTIMIZERS))
every_landscape = pytest.mark.parametrize("name", list(LANDSCAPES))


def look(check: str, *subjects: str) -> Examination:
    return Examination([replace(KNOWN[check], subjects=lambda: subjects)]).run()


def assert_red(check: str, subject: str, culprit: str = "") -> str:
    """The check fails at the subject, and the report names the culprit in a line of its own; that line."""
    examination = look(check, subject)
    told = report.text(examination)
    assert not examination.passed and f"FAILED: 1 of 1 checks ({check})" in told, told
    lines = [line for line in told.splitlines() if line.startswith("      ✗ ") and (culprit or subject) in line]
    assert lines and "the check itself" not in told, told
    return lines[0]


def plant_in_step(plant: Plant, name: str, bug: Callable[..., Any]) -> None:
    """``bug(step, self, theta, state, lr, t)`` in place of a rule's step."""
    cls = OPTIMIZERS[name]
    step = cls.step
    plant.setattr(cls, "step", lambda self, *given: bug(step, self, *given))


def changed(rule: Optimizer, **hyper: Any) -> Optimizer:
    """A bound rule with other hyperparameters."""
    return rule.bind(**{**vars(rule), **hyper})


# Swept over the whole catalogs.


@every_rule
def test_a_tripled_rate(plant: Plant, name: str) -> None:
    assert look("reference steps", name).passed
    plant_in_step(plant, name, lambda step, self, theta, state, lr, t: step(self, theta, state, 3.0 * lr, t))
    assert f"✗ {name}: θ after step " in assert_red("reference steps", name)


@every_rule
def test_a_position_clamped_in_a_rule(plant: Plant, name: str) -> None:
    def clamped(step: Any, self: Optimizer, theta: Array, state: State, lr: Array, t: int) -> Iterator[Any]:
        went, state = yield from step(self, theta, state, lr, t)
        return np.clip(went, -6.0, 6.0), state

    plant_in_step(plant, name, clamped)
    assert_red("reference steps", name)


@every_landscape
def test_a_gradient_a_thousandth_too_long_in_one_coordinate(plant: Plant, name: str) -> None:
    assert look("gradients", name).passed
    cls = LANDSCAPES[name]
    grad = cls.grad
    for coordinate in sorted({0, cls.dim - 1}):
        scale = np.where(np.arange(cls.dim) == coordinate, 1.001, 1.0)
        plant.setattr(cls, "grad", lambda self, theta, scale=scale: grad(self, theta) * scale)
        assert f"✗ {name}: gradient at " in assert_red("gradients", name)


@pytest.mark.parametrize("name", [name for name in LANDSCAPES if name != "reddi"])  # a line
def test_a_hessian_a_thousandth_too_large_in_one_entry(plant: Plant, name: str) -> None:
    assert look("Hessians", name).passed
    cls = LANDSCAPES[name]
    hess, scale = cls.hess, np.ones((cls.dim, cls.dim))
    scale[-1, -1] = 1.001
    plant.setattr(cls, "hess", lambda self, theta: hess(self, theta) * scale)
    assert f"✗ {name}: Hessian at " in assert_red("Hessians", name)


def has_one_label(landscape: Landscape) -> bool:
    """Whether the last minimum can be called but one thing: one of several equals may be called either, and of what
    lies outside some boxes nothing is known."""
    known = landscape.minima
    if len(known) > 1:
        return known[-1].kind == "local"
    return not (landscape.domain or landscape.dim > 2 or landscape.known.lower_outside)


WITH_MINIMA = [name for name, cls in LANDSCAPES.items() if cls().minima]


@pytest.mark.parametrize("name", WITH_MINIMA)
def test_a_minimum_in_the_wrong_place(plant: Plant, name: str) -> None:
    assert look("minima", name).passed
    plant_minimum(plant, name, lambda it, landscape: replace(it, theta=shifted(it.theta, 0.01 * landscape.diagonal)))
    assert f"✗ {name}: " in assert_red("minima", name)


@pytest.mark.parametrize("name", WITH_MINIMA)
def test_a_minimum_of_the_wrong_height(plant: Plant, name: str) -> None:
    plant_minimum(plant, name, lambda it, landscape: replace(it, loss=it.loss + 1e-6 * (1.0 + abs(it.loss))))
    assert f"✗ {name}: loss at the " in assert_red("minima", name)


@pytest.mark.parametrize("name", [name for name in WITH_MINIMA if has_one_label(LANDSCAPES[name]())])
def test_a_minimum_of_the_wrong_kind(plant: Plant, name: str) -> None:
    """A local one called global, and the only global one called local."""
    other = {"global": "local", "local": "global"}
    plant_minimum(plant, name, lambda it, landscape: replace(it, kind=other[it.kind]))
    assert f"✗ {name}: " in assert_red("minima", name)


def shifted(theta: tuple[float, ...], by: float) -> tuple[float, ...]:
    return theta[0] + by, *theta[1:]


def plant_minimum(plant: Plant, name: str, bug: Callable[..., Any]) -> None:
    """``bug(minimum, landscape)`` in place of the last declared minimum."""
    cls = LANDSCAPES[name]
    facts, whole = cls.facts, cls()
    assert whole.known  # before the bug is in

    def wrong(self: Landscape) -> Any:
        true = facts(self)
        return replace(true, minima=(*true.minima[:-1], bug(true.minima[-1], whole)))

    plant.setattr(cls, "facts", wrong)


# One by one.


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


@pytest.mark.parametrize("name", ["rosenbrock", "rastrigin", "parabola", "himmelblau"])
def test_a_gradient_by_differences_of_a_step_of_1e_12(plant: Plant, name: str) -> None:
    cls, h = LANDSCAPES[name], 1e-12

    def df(self: Landscape, *x: Any) -> tuple[Any, ...]:
        ahead = [[value + h * (i == j) for j, value in enumerate(x)] for i in range(len(x))]
        return tuple((self.f(*point) - self.f(*x)) / h for point in ahead)

    plant.setattr(cls, "df", df)
    line = assert_red("gradients", name)
    assert "expected " in line and "got " in line and "tolerance 2e-07" in line


def test_a_position_clamped_in_the_engine(plant: Plant) -> None:
    lockstep = engine.lockstep

    def clamped(pack: lanes.Pack, k: int, race: Race, draws: Any) -> Array:
        grads = lockstep(pack, k, race, draws)
        put_back(pack, *np.asarray(race.landscape.box).T)
        return grads

    plant.setattr(engine, "lockstep", clamped)
    for subject in ("ravine", "spirals", "a diverging racer"):
        assert_red("no clamping", subject)


def test_a_gradient_changed_for_who_is_not_asked(plant: Plant) -> None:
    go = Fused.go
    plant.setattr(Fused, "go", lambda self, answer: go(self, answer * (1.0 + 1e-15)))
    assert "step 2 of" in assert_red("engine", "a step asked for again")


def test_a_domain_that_a_landscape_does_not_have(plant: Plant) -> None:
    plant.setattr(LANDSCAPES["rosenbrock"], "domain", ((-2.0, 2.0), (-1.0, 3.0)))
    assert "✗ rosenbrock: is posed in no box" in assert_red("no clamping", "rosenbrock")


def test_a_rate_tripled_by_the_engine(plant: Plant) -> None:
    factors = lanes._factors

    def tripled(race: Race, racers: list[Any], who: Any) -> Array:
        true = factors(race, racers, who)
        return np.full((race.steps + 1, len(who), 1), 3.0) if true is None else 3.0 * true

    plant.setattr(lanes, "_factors", tripled)
    assert "✗ constant: the rate that is used" in assert_red("rates used", "constant")
    assert "η in step 1" in assert_red("formulas", "sgd")
    assert_red("reference steps", "lion")


def test_adam_without_bias_correction(plant: Plant) -> None:
    plant_in_step(plant, "adam", lambda step, self, *given: step(changed(self, bias_correction=False), *given))
    assert "by torch 2.13.0" in assert_red("reference steps", "adam")
    assert_red("formulas", "adam")


@pytest.mark.parametrize("name", ["adam", "adamw", "lion", "adabelief", "yogi", "adan"])
def test_swapped_betas(plant: Plant, name: str) -> None:
    plant_in_step(
        plant, name, lambda step, self, *given: step(changed(self, beta1=self.beta2, beta2=self.beta1), *given)
    )
    assert_red("reference steps", name)
    assert_red("formulas", name)


@pytest.mark.parametrize("name", ["sgd", "momentum", "adamw", "lion"])
def test_weights_that_grow_where_they_should_decay(plant: Plant, name: str) -> None:
    def grows(step: Any, self: Optimizer, *given: Any) -> Any:
        decay = self.weight_decay
        return step(self if decay is None else changed(self, weight_decay=-decay), *given)

    plant_in_step(plant, name, grows)
    assert_red("reference steps", name)
    assert_red("formulas", name)
    assert "decays towards 0" in assert_red("rest", name)


def test_nesterov_with_the_gradient_at_theta(plant: Plant) -> None:
    def momentum(step: Any, self: Any, theta: Array, state: State, lr: Array, t: int) -> Iterator[Any]:
        v = self.beta * state["v"] + (yield theta)
        return theta - lr * v, {"v": v}

    plant_in_step(plant, "nesterov", momentum)
    assert_red("reference steps", "nesterov")
    assert_red("formulas", "nesterov")


def test_a_memory_shared_between_lanes(plant: Plant) -> None:
    def shared(step: Any, self: Any, theta: Array, state: State, lr: Array, t: int) -> Iterator[Any]:
        went, after = yield from step(self, theta, state, lr, t)
        return went, {key: np.broadcast_to(value.mean(axis=0), value.shape) for key, value in after.items()}

    plant_in_step(plant, "momentum", shared)
    assert "✗ momentum: theta of start 0 in company" in assert_red("company", "momentum")


def test_a_rule_that_cannot_rest(plant: Plant) -> None:
    def restless(step: Any, self: Any, theta: Array, state: State, lr: Array, t: int) -> Iterator[Any]:
        grad = yield theta
        return theta - lr * np.where(grad < 0.0, -1.0, 1.0), state

    plant_in_step(plant, "signsgd", restless)
    assert "rests at a minimum" in assert_red("rest", "signsgd")


@pytest.mark.parametrize("name", ["cosine", "constant", "linear"])
def test_a_warm_up_that_is_late_by_one(plant: Plant, name: str) -> None:
    factors = Schedule.factors
    plant.setattr(Schedule, "factors", lambda self, steps: np.concatenate([[0.0], factors(self, steps)[:-1]]))
    assert f"✗ {name}: η by " in assert_red("schedules", name)


def test_noise_that_is_not_shared(plant: Plant) -> None:
    block = engine.noise_block
    own = lambda race, *rest: block(replace(race, noise=replace(race.noise, shared=False)), *rest)  # noqa: E731
    plant.setattr(engine, "noise_block", own)
    assert "are those of lane 0" in assert_red("noise", "gaussian")


def test_noise_that_is_always_shared(plant: Plant) -> None:
    block = engine.noise_block
    one = lambda race, *rest: block(replace(race, noise=replace(race.noise, shared=True)), *rest)  # noqa: E731
    plant.setattr(engine, "noise_block", one)
    assert "the draws of all differ" in assert_red("noise", "student")


def test_noise_that_depends_on_who_asks_when(plant: Plant) -> None:
    block, dice = engine.noise_block, np.random.default_rng(1)
    plant.setattr(
        engine, "noise_block", lambda race, *rest: block(replace(race, seed=int(dice.integers(1 << 30))), *rest)
    )
    assert_red("engine", "same race, same bits")


def test_a_race_that_forgets_where_it_is_cut(plant: Plant) -> None:
    advance = engine.Engine.advance

    def forgetful(self: engine.Engine[Any], n: int) -> Any:
        for group in (group for pack in self.packs for group in pack.groups):
            group.state = group.rule.init(group.theta)
        return advance(self, n)

    plant.setattr(engine.Engine, "advance", forgetful)
    assert "and the rest: theta of adam: expected" in assert_red("engine", "however it is cut up", "of adam:")


def test_a_table_with_six_digits(plant: Plant) -> None:
    plant.setattr(csv, "repr", lambda x: f"{x:.6g}", raising=False)
    assert "written and read again" in assert_red("tables", "CSV")


def test_a_race_file_with_six_digits(plant: Plant) -> None:
    inline = racefile._inline
    plant.setattr(racefile, "_inline", lambda x: inline(float(f"{x:.6g}") if type(x) is float else x))
    assert "written and read again" in assert_red("race files", "every rule in one race")


def test_a_rule_that_is_not_recorded(plant: Plant) -> None:
    from simulator.selfcheck import recorded

    plant.setattr(recorded, "rules", lambda: {})
    assert "is recorded: expected some steps" in assert_red("reference steps", "sgd")
