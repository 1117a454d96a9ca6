"""Layers, lanes and coordinates that never feed one another, and rules that read the parameter blocks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Array, Block, Optimizer, State
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Entrant, Race
from tests.alone import answer

START = (-1.2, 1.0)
LAYERS = ((3, 2), (4,), (2, 5), (1,))
BLOCKWISE = ("adafactor", "novograd", "sm3")


def rule(name: str, **hyper: Any) -> Optimizer:
    return OPTIMIZERS[name](**hyper)


def blocks(shapes: Iterable[tuple[int, ...]]) -> tuple[Block, ...]:
    ends = list(itertools.accumulate((math.prod(shape) for shape in shapes), initial=0))
    return tuple(Block(slice(*ends[i : i + 2]), shape) for i, shape in enumerate(shapes))


def stacked(optimizers: Iterable[Optimizer], shapes: Iterable[tuple[int, ...]] = LAYERS) -> tuple[Optimizer, Array]:
    """One bound rule whose lanes are ``optimizers``, all of a kind, and their rates."""
    lanes, layers = list(optimizers), blocks(shapes)
    dim = layers[-1].part.stop
    values: dict[str, Any] = {}
    for name, p in params(type(lanes[0])).items():
        column = [lane.hyper[name] for lane in lanes]
        off = p.numeric and all(value == p.off for value in column)
        values[name] = None if off else np.repeat(np.array(column)[:, None], dim, axis=1) if p.numeric else column[0]
    return lanes[0].bind(**values, blocks=layers), values["lr"]


def walked(bound: Optimizer, lr: Array, theta: Array, slopes: Iterable[Array]) -> tuple[Array, State]:
    """Where the lanes stand after meeting ``slopes``, each (lanes, dim)."""
    state = bound.init(theta)
    for t, grad in enumerate(slopes, start=1):
        theta, state = answer(bound, theta, state, lr, t, grad)
    return theta, state


def test_adafactor_keeps_a_number_a_row_and_a_column() -> None:
    """Shazeer & Stern: of a 4096 × 4096 matrix 8,192 numbers, not 16.7 million."""
    layer = rule("adafactor").bind(blocks=blocks([(4096, 4096)]))
    theta = np.broadcast_to(0.0, (1, 4096 * 4096))
    assert sum(values.size for values in layer.init(theta).values()) == 8192
    vector = rule("adafactor").bind(blocks=blocks([(4096,)]))
    assert sum(values.size for values in vector.init(theta).values()) == 4096


def test_adafactor_is_exact_where_the_squares_have_rank_one() -> None:
    rows, columns = np.array([1.0, -2.0, 0.5]), np.array([3.0, 0.1])
    slope = np.outer(rows, columns).reshape(1, 6)
    theta = np.full((1, 6), 2.0)
    (matrix, lr), (vector, _) = (stacked([rule("adafactor", lr=0.1)], [s]) for s in ((3, 2), (6,)))
    for there in (matrix, vector):
        went, _ = walked(there, lr, theta, [slope, slope])
        # Each step is η of the size of θ in the direction of the signs: 0.1 of 2, then of the rms of where that led.
        first = theta - 0.2 * np.sign(slope)
        assert went == pytest.approx(first - 0.1 * math.sqrt(np.mean(first**2)) * np.sign(slope))


def test_adafactors_step_is_a_share_of_the_parameters_and_never_of_nothing() -> None:
    bound, lr = stacked([rule("adafactor", lr=0.1, eps2=0.01)] * 2, [(2,)])
    theta = np.array([[30.0, 40.0], [0.0, 0.0]])
    went, _ = walked(bound, lr, theta, [np.array([[1.0, -1.0]] * 2)])
    assert went - theta == pytest.approx(np.array([[-1.0, 1.0], [-1.0, 1.0]]) * [[0.1 * math.sqrt(1250.0)], [0.001]])


def test_novograd_goes_along_the_gradient_by_eta_a_layer() -> None:
    bound, lr = stacked([rule("novograd", lr=0.1, eps=0.0)])
    slope = np.random.default_rng(1).standard_normal((1, 21))
    went, state = walked(bound, lr, np.zeros((1, 21)), [slope])
    assert state["v"].shape == (1, len(LAYERS))
    for block in bound.blocks:
        here, step = slope[0, block.part], went[0, block.part]
        assert step == pytest.approx(-0.1 * here / np.linalg.norm(here))


def test_sm3s_sums_are_never_below_adagrads() -> None:
    bound, lr = stacked([rule("sm3")], [(3, 4)])
    slopes = [np.random.default_rng(k).standard_normal((1, 12)) for k in range(20)]
    _, state = walked(bound, lr, np.zeros((1, 12)), slopes)
    assert (state["R"].shape, state["C"].shape, "V" in state) == ((1, 3), (1, 4), False)
    true = sum(np.square(slope) for slope in slopes).reshape(3, 4)
    cover = np.minimum(state["R"][0][:, None], state["C"][0])
    assert (cover >= true).all()
    assert cover.max() == pytest.approx(true.max(), rel=0.5)


@pytest.mark.parametrize("name", BLOCKWISE)
def test_a_block_never_feels_another(name: str) -> None:
    bound, lr = stacked([rule(name)])
    rng = np.random.default_rng(4)
    theta, slopes = rng.standard_normal((1, 21)), [rng.standard_normal((1, 21)) for _ in range(5)]
    went, _ = walked(bound, lr, theta, slopes)
    for block in bound.blocks:
        others = np.ones(21)
        others[block.part] = 0.0
        changed, _ = walked(bound, lr, theta + others, [slope * (1.0 + 9.0 * others) for slope in slopes])
        assert np.array_equal(changed[:, block.part], went[:, block.part])
        assert not np.array_equal(changed, went)


@pytest.mark.parametrize("name", BLOCKWISE)
def test_a_block_alone_is_a_block_among_others(name: str) -> None:
    rng = np.random.default_rng(5)
    theta, slopes = rng.standard_normal((2, 21)), [rng.standard_normal((2, 21)) for _ in range(5)]
    together, lr = stacked([rule(name), rule(name, lr=0.03)])
    went, _ = walked(together, lr, theta, slopes)
    for block, shape in zip(together.blocks, LAYERS, strict=True):
        alone, rate = stacked([rule(name), rule(name, lr=0.03)], [shape])
        here, _ = walked(alone, rate, theta[:, block.part], [slope[:, block.part] for slope in slopes])
        assert here == pytest.approx(went[:, block.part], rel=1e-14)


MIXED = {
    "adam": [{"beta1": 0.5, "beta2": 0.9}, {"beta1": 0.9, "beta2": 0.99}, {"beta2": 0.999}],
    "nadam": [{"momentum_decay": 0.1}, {"momentum_decay": 0.004}, {"beta1": 0.5}],
    "radam": [{"beta2": 0.5}, {"beta2": 0.9}, {"beta2": 0.999}],
    "adafactor": [{"beta2_decay": -0.5}, {"beta2_decay": -0.8}, {"beta2_decay": -1.0, "d": 2.0}],
    "ademamix": [{"warmup": 5}, {"warmup": 50}, {"warmup": 100, "beta3": 0.999}],
    "novograd": [{"beta2": 0.1}, {"beta2": 0.5}, {"beta1": 0.5}],
    "adan": [{"beta3": 0.9}, {"beta3": 0.99}, {"beta2": 0.5}],
}


@pytest.mark.parametrize("name", MIXED)
def test_whoever_steps_beside_it_a_lane_takes_the_same_bits(name: str) -> None:
    rosenbrock = LANDSCAPES["rosenbrock"]()
    racers = tuple(Entrant(rule(name, lr=1e-3, **hyper), str(k), stream=k) for k, hyper in enumerate(MIXED[name]))
    together = Engine(Race(rosenbrock, racers, (START,), steps=80)).run()
    for k, racer in enumerate(racers):
        alone = Engine(Race(rosenbrock, (racer,), (START,), steps=80)).run()
        assert np.array_equal(alone.theta[:, 0], together.theta[:, k])


DIVIDING = {
    "adadelta": {"rho": 0.5},
    "adafactor": {"eps1": 0.0},
    "adagrad": {},
    "adam": {},
    "adamax": {},
    "adamw": {"weight_decay": 0.0},
    "adan": {},
    "ademamix": {},
    "adopt": {},
    "amsgrad": {},
    "nadam": {},
    "novograd": {},
    "qhadam": {},
    "radam": {"beta2": 0.9},
    "rmsprop": {},
    "sm3": {},
    "yogi": {"initial_accumulator_value": 0.0},
    "adabelief": {"eps_root": 0.0},
}


@pytest.mark.parametrize("name", DIVIDING)
def test_without_epsilon_nothing_over_nothing_is_nothing(name: str) -> None:
    """A coordinate that has never seen a slope stays where it is, whatever the others do."""
    hyper = DIVIDING[name] | ({"eps": 0.0} if "eps" in params(OPTIMIZERS[name]) else {})
    bound, lr = stacked([rule(name, **hyper)], [(2,)])
    slope = np.array([[3.0, 0.0]])
    went, _ = walked(bound, lr, np.array([[1.0, 1.0]]), [slope] * 4)
    assert np.isfinite(went).all()
    assert went[0, 1] == 1.0
    assert (went[0, 0] != 1.0) == (name != "adadelta")  # which begins with ε, or never
