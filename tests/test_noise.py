"""The four kinds of noise, and what each leaves alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.crowd import Crowd
from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.noise import noise_block
from simulator.optimizers import OPTIMIZERS
from simulator.race import NOISES, Entrant, Noise, Race
from simulator.recording import Recording

RAVINE = LANDSCAPES["ravine"]()
STILL = Entrant(OPTIMIZERS["sgd"](lr=1e-6), "still")


def felt(noise: Noise, steps: int = 20_000, seed: int = 1, start: tuple[float, float] = (5.0, 2.0)) -> Recording:
    return Engine(Race(RAVINE, (STILL,), (start,), noise, steps=steps, seed=seed)).run()


def true_gradients(run: Recording) -> np.ndarray:
    return RAVINE.grad(run.theta[:-1])


def test_multiplicative_noise_scales_with_the_gradient_and_dies_with_it() -> None:
    run = felt(Noise(0.5, kind="multiplicative"))
    factors = (run.grad / true_gradients(run))[:, 0]
    assert factors.mean(axis=0) == pytest.approx([1.0, 1.0], abs=0.02)
    assert factors.std(axis=0) == pytest.approx([0.5, 0.5], rel=0.03)
    assert not felt(Noise(0.5, kind="multiplicative"), 200, start=(0.0, 0.0)).grad.any()


def test_student_noise_is_heavy_tailed() -> None:
    """The quantiles of Student's t with 3 degrees of freedom: |τ| < 0.765 half of the time, < 5.841 but for 1 %."""
    run = felt(Noise(2.0, kind="student"))
    kicks = np.abs(run.grad - true_gradients(run)).ravel() / 2.0
    assert np.mean(kicks < 0.7649) == pytest.approx(0.5, abs=0.01)
    assert np.mean(kicks > 5.8409) == pytest.approx(0.01, abs=0.002)


def test_sparse_noise_hides_all_but_the_first_coordinate_and_is_right_on_average() -> None:
    run = felt(Noise(kind="sparse", probability=0.2))
    ratio = (run.grad / true_gradients(run))[:, 0]
    assert (ratio[:, 0] == 1.0).all()
    assert set(np.unique(np.round(ratio[:, 1], 9))) == {0.0, 5.0}
    assert (ratio[:, 1] > 0.0).mean() == pytest.approx(0.2, abs=0.01)


def test_on_a_line_the_only_coordinate_is_the_sparse_one() -> None:
    race = Race(LANDSCAPES["parabola"](), (STILL,), ((0.0,),), Noise(kind="sparse", probability=0.5), steps=500)
    seen = Engine(race).run().grad[:, 0, 0] != 0.0
    assert 200 < seen.sum() < 300


@pytest.mark.parametrize("kind", NOISES)
def test_every_kind_is_a_function_of_seed_and_step(kind: str) -> None:
    noise = Noise(0.5, kind=kind, probability=0.5)
    assert np.array_equal(felt(noise, 300).grad, felt(noise, 300).grad)
    assert not np.array_equal(felt(noise, 300).grad, felt(noise, 300, seed=2).grad)
    racers = (STILL, replace(STILL, label="other", stream=1))
    for shared in (True, False):
        run = Engine(Race(RAVINE, racers, ((5.0, 2.0),), replace(noise, shared=shared), steps=300)).run()
        assert np.array_equal(run.grad[:, 0], run.grad[:, 1]) == shared


@pytest.mark.parametrize("kind", ["gaussian", "multiplicative", "student"])
def test_no_size_is_no_noise(kind: str) -> None:
    run = felt(Noise(0.0, kind=kind), 100)
    assert np.array_equal(run.grad, true_gradients(run))


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("kind", NOISES)
def test_a_run_of_a_crowd_feels_the_noise_of_its_own_race(kind: str, shared: bool, alike: bool) -> None:
    """Whichever lanes a pack has, in any order; where starts are alike, each is the first of a race of its own."""
    racers = tuple(replace(STILL, label=str(i), stream=stream) for i, stream in enumerate((4, 2, 7)))
    starts, noise = ((5.0, 2.0), (-3.0, 1.0)), Noise(0.5, kind=kind, shared=shared, probability=0.5)
    race = Race(RAVINE, racers, starts, noise, steps=300)
    crowd = replace(Crowd.of(race, seeds=(5, 0, 9)), alike=alike)
    grad = np.arange(1.0, 5.0).reshape(2, 2)
    for lanes in ([17, 0, 10, 3, 12, 9, 5], [3, 4, 6, 0, 10], [8, 14], [4]):
        block = noise_block(crowd, np.array(lanes), 2, 8)
        assert block is not None
        for i, lane in enumerate(lanes):
            run, seed = divmod(lane, 3)
            there = run - run % 2 if alike else run
            alone = noise_block(replace(race, seed=crowd.seeds[seed]), np.array([there]), 2, 8)
            assert alone is not None
            for row in (0, 3, 7):
                felt = alone.felt(grad[:1], row)
                assert np.array_equal(block.felt(np.tile(grad[0], (len(lanes), 1)), row)[i], felt[0])
                assert np.array_equal(block.felt(grad[:1], row, slice(i, i + 1)), felt)
                for added in (block.added(row, slice(i, i + 1)), alone.added(row, slice(0, 1))):
                    assert np.array_equal(grad[:1] + added, felt) if kind in ("gaussian", "student") else added is None
