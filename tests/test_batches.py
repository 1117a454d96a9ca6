"""Which samples a step sees, and how far it strays for seeing no more."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from simulator.batches import DATA, WEIGHTS, batch, uniform
from simulator.landscape import Array, Facts
from simulator.network import Network
from simulator.optimizers import OPTIMIZERS
from simulator.problem import DataProblem, batch_size
from tests.alone import run_alone
from tests.problems import PROBLEMS

SIZES = [(4, 1), (4, 3), (16, 1), (64, 16), (64, 63)]


@pytest.mark.parametrize(("total", "size"), [(4, 4), (16, 16), (16, 99)])
@pytest.mark.parametrize("order", ["shuffled", "sampled"])
def test_a_batch_of_all_is_all_in_their_own_order(total: int, size: int, order: str) -> None:
    assert batch(3, 5, total, size, order).tolist() == list(range(total))


@pytest.mark.parametrize(("total", "size"), SIZES)
def test_a_shuffled_epoch_goes_once_through_all(total: int, size: int) -> None:
    turns = -(-total // size)
    for epoch in (0, 1, 200):
        parts = [batch(7, epoch * turns + turn, total, size, "shuffled") for turn in range(turns)]
        assert [len(part) for part in parts] == [size] * (total // size) + [total % size] * (total % size > 0)
        assert sorted(np.concatenate(parts)) == list(range(total))


def test_every_epoch_has_an_order_of_its_own() -> None:
    epochs = {tuple(np.concatenate([batch(7, 8 * e + k, 16, 2, "shuffled") for k in range(8)])) for e in range(300)}
    assert len(epochs) == 300


@pytest.mark.parametrize(("total", "size"), SIZES)
def test_a_sampled_batch_holds_different_samples(total: int, size: int) -> None:
    for step in (0, 1, 64, 10**6):
        assert len(np.unique(batch(7, step, total, size, "sampled"))) == size


def test_every_sample_is_drawn_equally_often() -> None:
    drawn = np.concatenate([batch(1, step, 16, 4, "sampled") for step in range(8000)])
    assert np.bincount(drawn, minlength=16) == pytest.approx(2000, abs=5 * np.sqrt(2000 * 0.75))


def test_every_pair_is_drawn_equally_often() -> None:
    """Nothing but the batch size and the number of samples decides who meets whom."""
    met = np.zeros((8, 8))
    for step in range(8000):
        rows = batch(2, step, 8, 2, "sampled")
        met[rows[0], rows[1]] += 1
    assert np.diag(met).sum() == 0
    assert met[~np.eye(8, dtype=bool)] == pytest.approx(8000 / 56, abs=5 * np.sqrt(8000 / 56))


def test_a_batch_depends_on_seed_and_step_alone() -> None:
    steps = [5, 700, 5, 0, 64, 63]
    first = {k: batch(11, k, 64, 8, "sampled").tolist() for k in steps}
    for k in reversed(steps):
        batch(12, k, 64, 8, "sampled")
        assert batch(11, k, 64, 8, "sampled").tolist() == first[k]
    assert batch(12, 5, 64, 8, "sampled").tolist() != first[5] != first[64]


def test_the_draws_are_the_same_in_every_version_and_on_every_processor() -> None:
    assert batch(7, 0, 16, 8, "shuffled").tolist() == [9, 6, 12, 5, 2, 15, 14, 8]
    assert uniform(0, WEIGHTS, 3).tolist() == [0.40879270340565266, 0.8154043035913369, 0.35385644727066]


def test_uniform_draws_are_uniform_and_of_their_purpose() -> None:
    draws = uniform(5, WEIGHTS, 20_000)
    assert (draws >= 0.0).all() and (draws < 1.0).all()
    assert np.histogram(draws, 20, (0.0, 1.0))[0] == pytest.approx(1000, abs=5 * np.sqrt(1000))
    assert not np.isin(uniform(5, DATA, 100), draws).any()
    assert not np.isin(uniform(6, WEIGHTS, 100), draws).any()


def test_the_largest_seed_of_a_race_is_a_seed() -> None:
    assert batch(2**63 - 1, 10**6, 4, 2, "shuffled").shape == (2,)


@dataclass(frozen=True)
class ManySamples(DataProblem):
    """y = θ·x + noise, so many samples that a batch is a draw from an endless stream."""

    dim = 1
    network = Network((1, 1), bias=False)
    batch_size: int = batch_size(16384, 64)

    def data(self) -> tuple[Array, Array]:
        x, noise = 2.0 * uniform(3, DATA, 2 * 16384).reshape(2, -1, 1) - 1.0
        return x, 1.5 * x + noise

    def facts(self) -> Facts:
        return Facts(((-3.0, 3.0),), ((0.0,),), 0.1)


class TestNoiseScale:
    """How far a step with a batch strays from the step with all the data."""

    def strays(self, problem: DataProblem, lr: float, steps: int = 512) -> float:
        """The standard deviation of a plain step at the first start, over the draws."""
        start = np.array(problem.starts[:1])
        step = lr * np.array([problem.shown(1, k).grad(start)[0] for k in range(steps)])
        assert step.mean() == pytest.approx(lr * problem.grad(start).mean(), abs=5.0 * step.std() / np.sqrt(steps))
        return float(step.std())

    def test_the_variance_falls_as_the_batch_grows(self) -> None:
        """1/B times (N − B)/(N − 1), as the samples of a batch differ: exactly, over all batches there are."""
        problem, start = PROBLEMS["line_fit_slope"](), np.array([[1.0]])
        assert [problem.only((i,)).grad(start)[0, 0] for i in range(4)] == [-2.0, -8.0, -12.0, -32.0]
        spread = np.var([-2.0, -8.0, -12.0, -32.0])
        for size in (1, 2, 3, 4):
            means = [problem.only(rows).grad(start)[0, 0] for rows in combinations(range(4), size)]
            assert np.mean(means) == pytest.approx(-13.5)
            assert np.var(means) == pytest.approx(spread / size * (4 - size) / 3)

    @pytest.mark.parametrize("size", [1, 4, 16])
    def test_sampled_batches_obey_it(self, size: int) -> None:
        problem = PROBLEMS["logistic"](order="sampled", batch_size=size)
        start = np.array(problem.starts[:1])
        drawn = np.array([problem.shown(2, k).grad(start)[0] for k in range(4096)])
        single = np.array([problem.only((i,)).grad(start)[0] for i in range(64)])
        expected = single.var(axis=0) / size * (64 - size) / 63
        assert drawn.var(axis=0) == pytest.approx(expected, rel=0.15)

    def test_sixteen_times_the_batch_and_four_times_the_rate_stray_alike(self) -> None:
        """Noise scale ∝ η/√B: the √-rule keeps it; the linear rule lets it grow, and keeps the way made per epoch."""
        small, large = (ManySamples(batch_size=size, order="sampled") for size in (64, 1024))
        base = self.strays(small, 0.1)
        assert self.strays(large, 0.4) / base == pytest.approx(1.0, rel=0.1)
        assert self.strays(large, 0.1) / base == pytest.approx(1.0 / 4.0, rel=0.1)
        assert self.strays(large, 1.6) / base == pytest.approx(4.0, rel=0.1)

    def test_the_linear_rule_keeps_the_way_made_per_epoch(self) -> None:
        start, epoch = (0.0,), 16384
        ends = [
            run_alone(ManySamples(batch_size=size), OPTIMIZERS["sgd"](lr=lr), start, epoch // size).theta[-1, 0, 0]
            for size, lr in ((64, 0.002), (512, 0.016), (512, 0.002 * 8**0.5))
        ]
        assert ends[1] == pytest.approx(ends[0], rel=0.05)
        assert ends[2] < 0.7 * ends[0]
