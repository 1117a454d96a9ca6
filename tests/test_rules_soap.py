"""SOAP beside the same steps written for one lane with a matrix and a vector in it, its axes turned every few steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.optimizer import Array, Optimizer, blocks_of
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from tests.alone import answer

BLOCKS = blocks_of(((3, 4), (2,)))  # small enough for all axes to be told after two gradients
DIM = 14
STEPS, ETA, EPS, DECAY = 13, 0.05, 1e-3, 0.1


def slopes(lanes: int) -> Array:
    """Gradients (steps, lanes, dim) whose strong directions change on the way."""
    random = np.random.default_rng(7)
    strength = np.exp(1.5 * random.normal(size=(STEPS, 1, DIM)))
    return strength * random.normal(size=(STEPS, lanes, DIM))


def soap(lanes: int, **hyper: Any) -> Optimizer:
    """The rule on these blocks, as the engine hands it its lanes."""
    rule, known = OPTIMIZERS["soap"](**hyper), params(OPTIMIZERS["soap"])

    def told(name: str, value: Any) -> Any:
        if known[name].off is not None and value == known[name].off:
            return None
        return np.full((lanes, DIM), value) if known[name].per_lane else value

    return rule.bind(**{name: told(name, value) for name, value in rule.hyper.items()}, blocks=BLOCKS)


class Plain:
    """One block of SOAP, a matrix; a vector is one of a single column, without axes for that."""

    def __init__(
        self, shape: tuple[int, ...], beta1: float, beta2: float, beta3: float, k: int, unit: bool, turns: bool
    ):
        rows, columns = (*shape, 1)[:2]
        self.m, self.v = np.zeros((rows, columns)), np.zeros((rows, columns))
        self.gram = [np.zeros((rows, rows)), np.zeros((columns, columns))]
        self.axes = [np.eye(rows), np.eye(columns)]
        self.turning = (0, 1) if len(shape) == 2 else (0,) if turns else ()
        self.betas, self.k, self.unit = (beta1, beta2, beta3), k, unit

    def step(self, g: Array, t: int) -> Array:
        beta1, beta2, beta3 = self.betas
        for side, square in enumerate((g @ g.T, g.T @ g)):
            self.gram[side] = beta3 * self.gram[side] + (1.0 - beta3) * square
        if t == 1:
            for side in self.turning:
                self.axes[side] = np.linalg.eigh(self.gram[side])[1][:, ::-1]
            return np.zeros_like(g)
        left, right = self.axes
        self.m = beta1 * self.m + (1.0 - beta1) * g
        self.v = beta2 * self.v + (1.0 - beta2) * (left.T @ g @ right) ** 2
        s = left @ ((left.T @ self.m @ right) / (np.sqrt(self.v) + EPS)) @ right.T
        if self.unit:
            s = s / (np.sqrt(np.mean(s**2)) + EPS)
        if (t - 1) % self.k == 0:
            for side in self.turning:
                self._turn(side)
        return s

    def _turn(self, side: int) -> None:
        gram, axes = self.gram[side], self.axes[side]
        order = np.argsort([-(axis @ gram @ axis) for axis in axes.T])
        self.axes[side] = np.linalg.qr(gram @ axes[:, order])[0]
        self.v = np.take(self.v, order, axis=side)


@pytest.mark.parametrize(
    "hyper",
    [
        {"precondition_frequency": 3},
        {"precondition_frequency": 1, "precondition_1d": True},
        {"precondition_frequency": 2, "normalize_gradient": True, "bias_correction": False},
        {"precondition_frequency": 4, "precondition_1d": True, "shampoo_beta": 0.5, "weight_decay": DECAY},
    ],
    ids=["turned", "vectors-too", "unit", "memory"],
)
def test_soap_is_the_same_rule_written_for_one_block(hyper: dict[str, Any]) -> None:
    rule = soap(2, **{"lr": ETA, "eps": EPS, "beta1": 0.8, "beta2": 0.9, "weight_decay": 0.0} | hyper)
    theta = np.sin(np.arange(2.0 * DIM)).reshape(2, DIM)
    state, lr, wanted = rule.init(theta), np.full_like(theta, ETA), theta.copy()
    k, beta3 = hyper["precondition_frequency"], hyper.get("shampoo_beta", 0.9)
    turns, unit = "precondition_1d" in hyper, "normalize_gradient" in hyper
    plain = [[(block, Plain(block.shape, 0.8, 0.9, beta3, k, unit, turns)) for block in BLOCKS] for _ in theta]
    for t, grad in enumerate(slopes(2), start=1):
        corrected = 1.0
        if t > 1 and "bias_correction" not in hyper:
            corrected = np.sqrt(1.0 - 0.9 ** (t - 1)) / (1.0 - 0.8 ** (t - 1))
        for lane, blocks in enumerate(plain):
            for block, one in blocks:
                s = one.step(grad[lane, block.part].reshape((*block.shape, 1)[:2]), t)
                wanted[lane, block.part] -= ETA * corrected * s.ravel()
        if t > 1:
            wanted *= 1.0 - ETA * hyper.get("weight_decay", 0.0)
        theta, state = answer(rule, theta, state, lr, t, grad)
        assert theta == pytest.approx(wanted, rel=1e-8, abs=1e-10), t
        for lane, ((_, matrix), _) in enumerate(plain):
            for letter, axes in zip("LR", matrix.axes, strict=True):
                shown = state[letter + "_axes"][lane].reshape(axes.shape)
                assert np.abs(shown) == pytest.approx(np.abs(axes), abs=1e-6), t


def test_soaps_memory_of_the_squares_is_beta2_in_the_lanes_where_its_own_is_0() -> None:
    theta, grad = np.zeros((2, DIM)), np.ones((2, DIM))
    rule = soap(2, precondition_1d=True, beta2=0.9)
    mixed = rule.bind(**rule.__dict__ | {"shampoo_beta": np.repeat([[0.0], [0.5]], DIM, axis=1)})
    _, state = answer(mixed, theta, mixed.init(theta), theta, 1, grad)
    assert state["G"] == pytest.approx(np.repeat([[0.1], [0.5]], 4, axis=1))
