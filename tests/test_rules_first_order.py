"""What the first-order rules and those that find their own rate are, beyond the laws of the catalog."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Array
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race
from simulator.recording import Recording
from simulator.schedules import SCHEDULES
from tests.alone import feed, run_alone

START = (-4.0, 1.5)
RAVINE = LANDSCAPES["ravine"]()
BOWL = LANDSCAPES["bowl"]()
FINDERS = ("prodigy", "dadapt_sgd", "dadapt_adam", "dadapt_adagrad")


def run(rule: str, steps: int = 200, landscape: Any = RAVINE, **hyper: Any) -> Recording:
    return run_alone(landscape, OPTIMIZERS[rule](**hyper), START, steps)


def path(rule: str, steps: int = 200, **hyper: Any) -> Array:
    return run(rule, steps, **hyper).theta[:, 0]


def kept(recording: Recording, letter: str) -> Array:
    return recording.states[0][letter][:, 0]


def test_kinship() -> None:
    """Rules that differ by one idea are the same rule without it."""
    plain, heavy = path("sgd", lr=0.01), path("momentum", lr=0.01, beta=0.8)
    assert np.array_equal(path("signum", lr=0.01, beta=0.0), path("signsgd", lr=0.01))
    assert np.array_equal(path("asgd", lr=0.01, lambd=0.0), plain)
    assert np.array_equal(path("qhm", lr=0.01, nu=0.0), plain)
    assert np.array_equal(path("optimistic", lr=0.01, optimism=0.0), plain)
    assert np.array_equal(path("schedulefree_sgd", lr=0.01, beta=0.0), plain)
    assert np.array_equal(path("aggmo", lr=0.01, beta1=0.8, velocities=1), heavy)
    assert path("qhm", lr=0.05, beta=0.8, nu=1.0) == pytest.approx(heavy, abs=1e-12)
    assert path("aggmo", lr=0.01, beta1=0.8, beta2=0.8, velocities=2) == pytest.approx(heavy, abs=1e-12)
    short = path("polyak", lr=1.0, max_learning_rate=0.03, variant="sps+")
    assert path("momo", lr=0.03, beta=0.0) == pytest.approx(short, abs=1e-12)


@pytest.mark.parametrize(
    ("rule", "hyper"),
    [
        ("signsgd", {"lr": 0.03}),
        ("signum", {"lr": 0.03}),
        ("rprop", {"lr": 0.03}),
        ("polyak", {"lr": 0.5, "max_learning_rate": 1e6}),
        ("prodigy", {"lr": 1.0, "eps": 0.0}),
        ("dadapt_sgd", {"lr": 0.3}),
        ("dadapt_adam", {"lr": 1.0, "eps": 0.0}),
    ],
)
def test_the_height_of_the_landscape_plays_no_part(rule: str, hyper: dict[str, Any]) -> None:
    """Sixteen times as steep, and it goes the same way; plain descent does not."""
    low, high = (LANDSCAPES["formula"](formula=text) for text in ("x^2 + 10*y^2", "16*x^2 + 160*y^2"))
    assert run(rule, 60, high, **hyper).theta == pytest.approx(run(rule, 60, low, **hyper).theta, rel=1e-9)
    assert not np.allclose(run("sgd", 60, high, lr=0.001).theta, run("sgd", 60, low, lr=0.001).theta)


def test_signs_step_by_eta_however_small_the_slope() -> None:
    assert feed(OPTIMIZERS["signsgd"](lr=0.5), [7.0, -1e-12, 0.0, 3.0])[0] == [0.0, -0.5, 0.0, 0.0, -0.5]
    assert feed(OPTIMIZERS["signum"](lr=0.5), [1.0, -0.5, -0.5])[0] == [0.0, -0.5, -1.0, -0.5]


def test_rprop_lengthens_its_step_until_the_slope_turns_then_waits_once() -> None:
    rule = OPTIMIZERS["rprop"](lr=0.1, step_size_max=0.13)
    theta, states = feed(rule, [5.0, 0.2, 9.0, -1.0, -1.0, -1.0])
    assert [state["delta"] for state in states] == pytest.approx([0.1, 0.12, 0.13, 0.065, 0.065, 0.078])
    assert theta == pytest.approx([0.0, -0.1, -0.22, -0.35, -0.35, -0.285, -0.207])


def test_a_schedule_reaches_rprop_at_its_first_step_only_and_asgd_one_step_late() -> None:
    falling = SCHEDULES["step"](step_size=1, gamma=0.5)
    for name, lengths in (("rprop", [1.0, 1.2, 1.44]), ("asgd", [1.0, 1.0, 0.5])):
        rule = OPTIMIZERS[name](lr=0.001, **({"lambd": 0.0} if name == "asgd" else {}))
        rows = run_alone(RAVINE, rule, START, 3, schedule=falling)
        slopes = rows.grad[:, 0, 0] if name == "asgd" else np.sign(rows.grad[:, 0, 0])
        assert -np.diff(rows.theta[:, 0, 0]) / slopes == pytest.approx([0.001 * x for x in lengths])


def test_the_mean_of_asgd_begins_at_t0_and_is_calmer_than_its_path() -> None:
    rule = OPTIMIZERS["asgd"](lr=0.05, t0=50)
    rows = Engine(Race(RAVINE, (Entrant(rule, "alone"),), (START,), Noise(2.0), steps=300)).run()
    theta, mean = rows.theta[:, 0], kept(rows, "ax")
    assert np.array_equal(mean[1:53], theta[1:53])
    assert mean[-1] == pytest.approx(theta[52:].mean(axis=0), abs=1e-12)
    assert (np.abs(mean[-1]) < 0.3 * theta[52:].std(axis=0)).all()


def test_optimism_costs_two_thirds_of_the_stable_rates() -> None:
    """Plain descent is stable below 0.1 here, optimistic descent below a third of it."""
    assert np.abs(path("optimistic", 1000, lr=0.033)[-1]).max() < 1e-5
    assert np.abs(path("optimistic", 1000, lr=0.034)[-1]).max() > 1e3


def test_polyak_halves_the_way_on_a_bowl_and_never_moves_away_where_it_is_convex() -> None:
    halved = run("polyak", 20, BOWL, lr=1.0).theta[:, 0]
    assert halved == pytest.approx(np.array(START) * 0.5 ** np.arange(21)[:, None], rel=1e-12)
    far = np.hypot(*path("polyak", lr=1.0).T)
    assert (np.diff(far) <= 0.0).all() and far[-1] < 1e-3


def test_polyak_below_its_f_min_climbs_or_stops() -> None:
    low = {v: run("polyak", 100, BOWL, lr=1.0, f_min=20.0, variant=v).loss[:, 0] for v in ("sps", "sps+")}
    assert low["sps"][0] < 20.0 and low["sps"][-1] == pytest.approx(20.0)
    assert (low["sps+"] == low["sps+"][0]).all()


def test_momo_bears_any_rate_while_it_knows_how_low_the_loss_can_be() -> None:
    assert not np.abs(path("sgd", lr=0.11)[-1]).max() < 1e6
    assert run("momo", lr=10.0).loss[-1, 0] < 1e-3
    assert run("momo", lr=10.0, lower_bound=-1e3).loss[-1, 0] > 10.0


def test_madgrad_begins_with_the_cube_root_of_the_slope() -> None:
    for slope in (8.0, -27.0):
        theta, _ = feed(OPTIMIZERS["madgrad"](lr=0.001, beta=0.0, eps=0.0), [slope])
        assert theta[1] == pytest.approx(-(0.001 ** (2 / 3)) * np.cbrt(slope), rel=1e-12)


@pytest.mark.parametrize("rule", ["schedulefree_sgd", "schedulefree_adamw"])
def test_schedule_free_asks_between_the_steps_and_their_mean(rule: str) -> None:
    rows = run(rule, lr=0.02)
    z, x = kept(rows, "z"), kept(rows, "x")
    means = np.cumsum(z[1:], axis=0) / np.arange(1, len(z))[:, None]
    assert x[1:] == pytest.approx(means, abs=1e-12)
    assert rows.theta[:, 0] == pytest.approx(0.9 * x + 0.1 * z, abs=1e-12)


@pytest.mark.parametrize("rule", FINDERS)
def test_d_only_grows_no_faster_than_allowed_and_hardly_knows_its_start(rule: str) -> None:
    small, large = (kept(run(rule, 1000, lr=0.5, d0=d0), "d")[:, 0] for d0 in (1e-6, 1e-4))
    for d in (small, large):
        assert (np.diff(d) >= 0.0).all() and 0.1 < d[-1] < np.hypot(*START)  # of the way to the minimum
    assert 0.8 < large[-1] / small[-1] < 1.25
    slow = kept(run(rule, 300, lr=0.5, d0=0.01, growth_rate=1.02), "d")[:, 0]
    slow = slow[np.argmax(slow > 0.01) :] if rule == "prodigy" else slow  # whose first growth is free
    assert (slow[1:] / slow[:-1]).max() == pytest.approx(1.02, rel=1e-12)


@pytest.mark.parametrize("rule", FINDERS)
def test_a_step_at_rate_zero_moves_nobody_who_finds_his_rate(rule: str) -> None:
    rows = run_alone(RAVINE, OPTIMIZERS[rule](lr=1.0), START, 30, schedule=SCHEDULES["constant"](warmup=5))
    assert (rows.theta[1, 0] == START).all() and (rows.theta[2, 0] != START).any()
    assert (kept(rows, "d")[1] == kept(rows, "d")[0]).all()


def test_dadapt_sgd_diverges_on_a_ravine_as_its_library_does() -> None:
    """What it found on the way grows with every overshoot, and nothing takes it back."""
    assert not np.abs(path("dadapt_sgd", lr=1.0)[-1]).max() < 1e8
    assert np.abs(path("dadapt_sgd", 600, lr=0.1)[-1]).max() < 1e-3
