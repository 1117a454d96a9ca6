"""How those who follow programs hold their numbers: lying where they are needed next, in as few arrays as will do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.fused import Fused
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.pack import FEW
from simulator.race import Entrant, Race
from simulator.registers import Registers
from tests.alone import racer

MANY = tuple((0.5 + 0.01 * i, 1.5) for i in range(FEW + 1))


def stepping(*entrants: Entrant, starts: tuple[tuple[float, ...], ...] = MANY[:2]) -> Any:
    """How they step once each rule has been asked for its first step."""
    engine = Engine(Race(LANDSCAPES["himmelblau"](), entrants, starts, steps=9))
    engine.advance(2)
    ((stepper,),) = [pack.steppers for pack in engine.packs]
    return stepper


def test_a_pack_of_few_lanes_a_rule_is_fused() -> None:
    entrants = racer("sgd", 0), racer("adam", 1)
    assert type(stepping(*entrants, starts=MANY[:FEW])) is Fused
    engine = Engine(Race(LANDSCAPES["himmelblau"](), entrants, MANY, steps=2))
    engine.run()
    assert [type(stepper) for pack in engine.packs for stepper in pack.steppers] == [Registers, Registers]


def test_fused_every_value_has_rows_of_its_own() -> None:
    fused = stepping(racer("sgd", 0), racer("momentum", 1), racer("adam", 2))
    assert type(fused) is Fused
    rows = sorted((rows.start, rows.stop) for rows in fused._rows.values())
    assert [first for first, _ in rows] == [0, *(stop for _, stop in rows[:-1])]
    assert fused._height == rows[-1][1] and fused._memory.shape == (fused._height, 2)


def test_fused_lanes_ask_where_they_stand_without_a_copy() -> None:
    fused = stepping(racer("sgd", 0), racer("momentum", 1), racer("adam", 2))
    assert fused._points.shape == (6, 2) and np.shares_memory(fused._points, fused._kept[:6])


def test_fused_racers_take_hardly_more_calls_than_one() -> None:
    def calls(*names: str) -> int:
        fused = stepping(*(racer(name, i) for i, name in enumerate(names)), starts=MANY[:1])
        return len(fused._before) + len(fused._after)

    everybody = ("sgd", "momentum", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adam", "adamw", "lion")
    assert calls(*everybody) < 2.5 * calls("adam")


class Ahead(OPTIMIZERS["sgd"]):  # type: ignore[misc, valid-type]
    """Reads again and again where it asked."""

    def init(self, theta: Any) -> Any:
        return {"a": np.zeros_like(theta)}

    def step(self, theta: Any, state: Any, lr: Any, t: Any) -> Any:
        ahead = theta + 0.5 * state["a"]
        grad = yield ahead
        product = ahead * grad
        both, size = product + ahead, np.abs(grad)
        return theta - lr * both / (size + size * size), {"a": 0.01 * both}


@pytest.mark.parametrize(
    ("rule", "spare"),
    [*((OPTIMIZERS[name](), spare) for name, spare in (("sgd", 1), ("nesterov", 2), ("adam", 2))), (Ahead(), 3)],
)
def test_registers_are_used_again(rule: Optimizer, spare: int) -> None:
    """However many operations a step takes, a rule computes in the arrays of its state and a few more."""
    registers = stepping(Entrant(rule, "it"), starts=MANY)
    assert type(registers) is Registers
    arrays = [held for held in registers._held if held.shape == (len(MANY), 2)]
    assert len(arrays) - len(registers._program.letters) == spare


def test_registers_hold_where_the_gradient_was_asked_for_as_long_as_it_is_read() -> None:
    few, many = (
        Engine(Race(LANDSCAPES["himmelblau"](), (Entrant(Ahead(lr=0.001), "it"),), starts, steps=8)).run()
        for starts in (MANY[:3], MANY)
    )
    assert np.isfinite(few.theta).all()
    assert np.array_equal(many.theta[:, :3], few.theta)
    assert np.array_equal(many.states[0]["a"][:, :3], few.states[0]["a"])
