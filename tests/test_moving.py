"""Landscapes that differ from step to step: what is shown, what is scored, and the stories they were made for."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from simulator.commands.run import summary
from simulator.engine import Engine
from simulator.export.table import rows
from simulator.keepers import Tally
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Entrant, Race
from simulator.recording import Recording, Status
from simulator.schedules import SCHEDULES
from tests.alone import run_alone


def test_the_bowl_goes_round_in_a_circle() -> None:
    bowl = LANDSCAPES["drifting_bowl"](radius=3.0, period=8)
    centres = [bowl.at(k).minima[0].theta for k in range(9)]
    assert centres[0] == pytest.approx(centres[8])
    assert centres[2] == pytest.approx((0.0, 3.0))
    for k in range(9):
        assert bowl.at(k).grad(np.array([centres[k]])) == pytest.approx(np.zeros((1, 2)))
    assert bowl.at(5).hyper == bowl.hyper


def test_a_step_is_shown_the_landscape_as_it_stands_and_a_row_is_scored_on_its_own() -> None:
    bowl = LANDSCAPES["drifting_bowl"](period=10)
    run = run_alone(bowl, OPTIMIZERS["sgd"](lr=0.1), (-4.0, 3.0), 30)
    theta = np.array([-4.0, 3.0])
    for k in range(30):
        assert run.loss[k, 0] == pytest.approx(bowl.at(k).loss(theta))
        assert run.grad_norm[k, 0] == pytest.approx(np.linalg.norm(bowl.at(k).grad(theta)))
        theta = theta - 0.1 * bowl.at(k).grad(theta)
        assert run.theta[k + 1, 0] == pytest.approx(theta)


def test_a_study_scores_every_step_on_the_landscape_as_it_stands() -> None:
    bowl = LANDSCAPES["drifting_bowl"](period=10)
    race = Race(bowl, (Entrant(OPTIMIZERS["sgd"](lr=0.1), "it"),), bowl.starts, steps=70)
    tally, record = Engine(race, Tally).run(), Engine(race).run()
    assert np.array_equal(tally.loss, record.loss[-1])
    assert np.array_equal(tally.best, record.loss.min(axis=0))


def test_nobody_arrives_where_the_target_moves_on() -> None:
    shift = LANDSCAPES["sudden_shift"](shift=80)
    run = run_alone(shift, OPTIMIZERS["newton"](), (5.0, 2.0), 200)
    assert run.loss[1, 0] == 0.0 and run.loss[80, 0] == pytest.approx(9.0 + 10.0 * 2.25) and run.loss[200, 0] == 0.0
    assert Status.ARRIVED.value not in run.status


@pytest.mark.parametrize(("lr", "beta"), [(0.05, 0.0), (0.005, 0.9), (0.0025, 0.95), (0.05, 0.9)])
def test_the_tracking_error_is_the_one_of_a_linear_filter(lr: float, beta: float) -> None:
    """θ follows c as H(z) = 2η/(z − 1 − β(1 − 1/z) + 2η) at z = exp(2πi/P), so f − f* settles at R²·|1 − H|²."""
    bowl = LANDSCAPES["drifting_bowl"](radius=2.0, period=100)
    run = run_alone(bowl, OPTIMIZERS["momentum"](lr=lr, beta=beta), (-4.0, 3.0), 2000)
    assert run.gap()[1000:].mean() == pytest.approx(tracking_error(lr, beta), rel=1e-6)


def tracking_error(lr: float, beta: float) -> float:
    z = cmath.exp(2j * math.pi / 100)
    return 4.0 * abs(1.0 - 2.0 * lr / (z - 1.0 - beta * (1.0 - 1.0 / z) + 2.0 * lr)) ** 2


def test_at_the_same_effective_rate_momentum_swings_wide() -> None:
    assert tracking_error(0.005, 0.9) > 1.2 * tracking_error(0.05, 0.0)


def test_stale_momentum_spikes_after_the_shift_and_a_restart_prevents_it() -> None:
    shift = LANDSCAPES["sudden_shift"](shift=100)
    boundary = SCHEDULES["step"](step_size=100, gamma=1.0)
    # At full speed towards the old place when the new one is announced.
    momentum = OPTIMIZERS["momentum"](lr=0.0005, beta=0.99)
    kept, fresh = (
        run_alone(shift, momentum, (5.0, 2.0), 101, schedule=boundary, restart=restart) for restart in (False, True)
    )
    assert np.array_equal(kept.theta[:101], fresh.theta[:101])
    assert fresh.theta[101, 0] == pytest.approx(fresh.theta[100, 0] - 0.0005 * fresh.grad[100, 0])
    assert not np.array_equal(kept.theta[101], fresh.theta[101])


def reddi(name: str, steps: int, **hyper: object) -> Recording:
    landscape = LANDSCAPES["reddi"](C=4.0)
    known = params(OPTIMIZERS[name])
    optimizer = OPTIMIZERS[name](lr=0.01, beta1=0.0, beta2=1.0 / 17.0, **({"eps": 1e-8} if "eps" in known else {}))
    racer = Entrant(optimizer, name, schedule=SCHEDULES["inverse_sqrt"](timescale=1))
    return Engine(Race(landscape, (racer,), ((0.0,),), steps=steps)).run()


def test_adam_walks_to_the_worst_point() -> None:
    """landscapes.md, 45: at +.78 after 30,000 steps, while AMSGrad is at −.60."""
    assert reddi("adam", 30_000).theta[-1, 0, 0] == pytest.approx(0.78, abs=0.005)
    assert reddi("amsgrad", 30_000).theta[-1, 0, 0] == pytest.approx(-0.60, abs=0.005)


def test_what_is_shown_on_reddis_problem_averages_to_what_is_scored() -> None:
    landscape = LANDSCAPES["reddi"](C=10.0)
    x = np.array([[0.3]])
    shown = [landscape.shown(0, k).grad(x)[0, 0] for k in range(6)]
    assert shown == [10.0, -1.0, -1.0] * 2
    assert np.mean(shown) == pytest.approx(landscape.grad(x)[0, 0])


def test_whoever_leaves_the_domain_is_put_back_on_its_edge() -> None:
    run = run_alone(LANDSCAPES["reddi"](C=4.0), OPTIMIZERS["sgd"](lr=0.5), (0.0,), 60)
    assert run.theta.min() == -1.0 and run.theta.max() <= 1.0
    assert math.isclose(run.loss[run.theta[:, 0, 0].argmin(), 0], LANDSCAPES["reddi"](C=4.0).lowest or 0.0)


def test_the_table_tells_how_well_a_moving_target_was_followed() -> None:
    run = run_alone(LANDSCAPES["drifting_bowl"](), OPTIMIZERS["sgd"](lr=0.05), (-4.0, 3.0), 300)
    (row,) = rows(run)
    assert row.mean_gap == pytest.approx(run.gap()[:, 0].mean())
    assert "mean loss − minimum" in summary(run) and f"{row.mean_gap:.4g}" in summary(run)
    (still,) = rows(run_alone(LANDSCAPES["bowl"](), OPTIMIZERS["sgd"](lr=0.05), (-4.0, 3.0), 300))
    assert still.mean_gap is None
