"""What a program notes of a rule: each value once, its order, and what it has for a step to come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.landscapes import LANDSCAPES
from simulator.moments import Bias
from simulator.optimizer import LaterStep, Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.trace import GRAD, Program, trace
from tests.alone import bound

THETA = 1


def noted(optimizer: Optimizer) -> Program:
    group = bound(optimizer, LANDSCAPES["himmelblau"](), ((0.5, 1.5), (-1.0, 0.0)))
    program = trace(group.rule, group.theta, group.state, group.peak)
    assert program is not None
    return program


def made(body: Any, letters: str = "") -> Any:
    """A rule that steps as ``body`` says and keeps ``letters``, all 0 at first."""

    def init(_: Any, theta: Any) -> Any:
        return dict.fromkeys(letters, np.zeros_like(theta))

    return type("Rule", (OPTIMIZERS["sgd"],), {"step": body, "init": init})()


def test_a_program_holds_a_step_in_order() -> None:
    program = noted(OPTIMIZERS["sgd"](lr=0.1))
    (step,) = [i for i, value in enumerate(program.nodes) if value.operation is np.multiply]
    (end,) = program.ends
    (lr,) = set(program.nodes[step].of) - {GRAD}
    assert program.nodes[end][:2] == (np.subtract, (THETA, step))
    assert np.array_equal(program.nodes[lr].constant, np.full((2, 2), 0.1))  # pyright: ignore[reportArgumentType]
    assert (program.ask, program.before, program.after) == (THETA, (), (step, end))


def test_the_way_of_a_value_is_how_many_operations_stand_between_it_and_the_end() -> None:
    program = noted(OPTIMIZERS["sgd"](lr=0.1))
    step, end = program.after
    assert [program.depths()[i] for i in (end, step, GRAD, THETA)] == [0, 1, 2, 1]


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam", "lion"])
def test_nothing_is_copied_that_an_operation_of_its_own_makes(name: str) -> None:
    assert np.positive not in [value.operation for value in noted(OPTIMIZERS[name]()).nodes]


def test_what_is_kept_twice_or_was_given_is_copied_each_time_for_itself() -> None:
    def step(self: Any, theta: Any, state: Any, lr: Any, t: Any) -> Any:
        grad = yield theta
        new = theta - lr * grad
        return new, {"a": new, "b": new, "c": grad, "d": grad}

    program = noted(made(step, "abcd"))
    of = [program.nodes[end][:2] for end in program.ends]
    assert of == [of[0], *[(np.positive, (program.ends[0],))] * 2, *[(np.positive, (GRAD,))] * 2]
    assert len(set(program.ends)) == 5


def test_a_table_is_looked_up_for_the_step_that_is_meant() -> None:
    bias = Bias(0.9)

    def step(self: Any, theta: Any, state: Any, lr: Any, t: Any) -> Any:
        grad = yield theta
        return theta - bias.at(t) * (grad / bias.at(t + 2)), {}

    tables = [value for value in noted(made(step)).nodes if value.table is not None]
    assert [value.at(5) for value in tables] == [bias.at(5), bias.at(7)]


class Tenths:
    """Of step t 0.1·t, of a shape."""

    def __init__(self, shape: tuple[int, ...]):
        self.shape = shape

    def at(self, t: int) -> Any:
        return np.full(self.shape, 0.1 * t)

    def between(self, first: int, stop: int) -> Any:
        return np.stack([self.at(t) for t in range(first, stop)])


@pytest.mark.parametrize("shape", [(), (2, 2), (2, 1), (2,)])
def test_a_table_has_one_number_or_one_of_each_coordinate(shape: tuple[int, ...]) -> None:
    def step(self: Any, theta: Any, state: Any, lr: Any, t: Any) -> Any:
        grad = yield theta
        return theta - grad * (t.look_up(Tenths(shape)) if isinstance(t, LaterStep) else 0.1), {}

    group = bound(made(step), LANDSCAPES["himmelblau"](), ((0.5, 1.5), (-1.0, 0.0)))
    assert (trace(group.rule, group.theta, {}, group.peak) is not None) == (shape in ((), (2, 2)))
