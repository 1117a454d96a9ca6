"""What is peculiar to each adaptive rule: the facts its help states, and its kin."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Array, Optimizer
from simulator.optimizers import OPTIMIZERS
from tests.alone import feed, run_alone

START = (-1.2, 1.0)
GRADIENTS = (4.0, -1.0, 3.0, 0.5, -2.0, -2.5, 7.0, 0.1, 0.2, -0.3)


def rule(name: str, **hyper: Any) -> Optimizer:
    return OPTIMIZERS[name](**hyper)


def path(name: str, steps: int = 200, **hyper: Any) -> Array:
    return run_alone(LANDSCAPES["rosenbrock"](), rule(name, **hyper), START, steps).theta[:, 0]


def moves(name: str, gradients: Iterable[float], **hyper: Any) -> Array:
    return np.diff(feed(rule(name, **hyper), gradients)[0])


@pytest.mark.parametrize(
    ("name", "hyper", "kin", "same"),
    [
        ("nadam", {"beta1": 0.0}, "adam", {"beta1": 0.0}),
        ("adan", {"beta1": 0.9, "beta2": 0.0, "beta3": 0.99}, "adam", {"beta1": 0.9, "beta2": 0.99}),
        ("qhadam", {"beta1": 0.9, "nu1": 1.0, "nu2": 1.0}, "adam", {}),
        ("qhadam", {"beta1": 0.9, "nu1": 0.0}, "adam", {"beta1": 0.0}),
        ("ademamix", {"alpha": 0.0, "weight_decay": 0.1}, "adamw", {"weight_decay": 0.1}),
        ("ademamix", {"warmup": 1}, "ademamix", {}),
        ("amsgrad", {"weight_decay": 0.1, "beta2": 0.0}, "amsgrad", {"weight_decay": 0.1, "beta2": 0.0}),
        ("radam", {"beta2": 0.6}, "radam", {"beta2": 0.1}),
        ("adopt", {"beta1": 0.0, "nesterov": True}, "adopt", {"beta1": 0.0}),
    ],
)
def test_rules_that_differ_by_one_idea_are_the_same_without_it(name: str, hyper: Any, kin: str, same: Any) -> None:
    assert path(name, lr=0.001, **hyper) == pytest.approx(path(kin, lr=0.001, **same), abs=1e-12)


def test_sm3_on_a_vector_is_adagrad_with_epsilon_inside_the_root() -> None:
    G = np.cumsum(np.square(GRADIENTS))
    assert moves("sm3", GRADIENTS, lr=0.1, beta=0.0, eps=0.5) == pytest.approx(
        -0.1 * np.array(GRADIENTS) / np.sqrt(G + 0.5)
    )
    inside, outside = moves("sm3", GRADIENTS, lr=0.1, beta=0.0), moves("adagrad", GRADIENTS, lr=0.1)
    assert inside == pytest.approx(outside, rel=1e-6)


def test_adadelta_steps_in_the_unit_of_theta_and_begins_with_epsilon() -> None:
    first = moves("adadelta", [5.0], rho=0.9, eps=1e-6)[0]
    assert first == pytest.approx(-((1e-6 / 0.1) ** 0.5), rel=1e-5)
    steep = moves("adadelta", [100.0 * g for g in GRADIENTS])
    assert steep == pytest.approx(moves("adadelta", GRADIENTS), rel=1e-3)


def test_adamax_feels_a_rare_large_gradient_at_once_and_forgets_it_slowly() -> None:
    gradients = [1.0] * 5 + [100.0] + [1.0] * 20
    _, states = feed(rule("adamax", beta2=0.9, eps=0.0), gradients)
    u = [state["u"] for state in states]
    assert u[4] == 1.0 and u[5] == 100.0
    assert u[6:] == pytest.approx([100.0 * 0.9**k for k in range(1, 21)])
    longest = np.abs(moves("adamax", gradients, lr=0.1)).max()
    assert longest <= 0.1 * 0.1 / (1.0 - 0.9 / 0.999)  # a hundredth more than η


def test_nadams_memory_begins_at_half_and_its_product_is_kept() -> None:
    _, states = feed(rule("nadam", beta1=0.8, momentum_decay=0.5), GRADIENTS)
    mu = [0.8 * (1.0 - 0.5 * 0.96 ** (0.5 * t)) for t in range(1, 11)]
    assert [state["mu_product"] for state in states] == pytest.approx(np.cumprod(mu).tolist())
    _, states = feed(rule("nadam"), np.ones(100))
    product = [state["mu_product"] for state in states]
    assert product[0] == pytest.approx(0.9 / 2.0, rel=1e-3)
    assert product[99] / product[98] == pytest.approx(1.016 * 0.9 / 2.0, rel=1e-3)


def test_radam_begins_with_plain_momentum() -> None:
    walk, states = feed(rule("radam", lr=0.1), GRADIENTS)
    m_hat = np.array([state["m"] / (1.0 - 0.9 ** (t + 1)) for t, state in enumerate(states)])
    steps = -np.diff(walk)
    assert steps[:5] == pytest.approx(0.1 * m_hat[:5])
    lengths = [1999.0 - 2.0 * t * 0.999**t / (1.0 - 0.999**t) for t in range(1, 11)]
    assert lengths[4] < 5.0 < lengths[5]
    for t in range(6, 11):
        rho = lengths[t - 1]
        r = math.sqrt((rho - 4.0) * (rho - 2.0) * 1999.0 / (1995.0 * 1997.0 * rho))
        v_hat = states[t - 1]["v"] / (1.0 - 0.999**t)
        assert steps[t - 1] == pytest.approx(0.1 * r * m_hat[t - 1] / math.sqrt(v_hat), rel=1e-6)


def test_amsgrads_rate_never_grows_again_once_the_correction_has_faded() -> None:
    rng = np.random.default_rng(2)
    gradients = rng.standard_normal(600) * np.exp(rng.standard_normal(600))
    _, states = feed(rule("amsgrad", beta2=0.9), gradients)
    largest = np.array([state["v_max"] for state in states])
    assert (np.diff(largest) >= 0.0).all()
    assert (largest >= [state["v"] for state in states]).all()
    divisor = np.sqrt(largest / (1.0 - 0.9 ** np.arange(1, 601)))
    assert (np.diff(divisor)[:10] < 0.0).any()
    assert (np.diff(divisor)[350:] > -1e-14).all()  # 0.9³⁵⁰ is lost in 1


def test_adabelief_believes_a_foretold_gradient() -> None:
    hyper = {"lr": 0.01, "beta2": 0.9}
    steady, wild = np.full(100, 2.0), np.where(np.arange(100) % 2, -2.0, 2.0)
    assert abs(moves("adabelief", steady, **hyper)[-1]) > 10.0 * abs(moves("adam", steady, **hyper)[-1])
    assert abs(moves("adabelief", wild, **hyper)[-1]) < 1.2 * abs(moves("adam", wild, **hyper)[-1])
    _, states = feed(rule("adabelief", beta2=0.99, eps_root=1e-3), np.zeros(3000))
    assert states[-1]["s"] == pytest.approx(1e-3 / 0.01)  # ε_s gathers


def test_yogis_v_moves_by_no_more_than_the_square_it_meets() -> None:
    gradients = [*GRADIENTS, *[0.01] * 50]
    _, yogi = feed(rule("yogi", beta2=0.9), gradients)
    v = np.array([1e-6, *(state["v"] for state in yogi)])
    assert np.abs(np.diff(v)) == pytest.approx(0.1 * np.square(gradients))
    _, adam = feed(rule("adam", beta2=0.9), gradients)
    assert adam[-1]["v"] < 0.02 * adam[9]["v"] and yogi[-1]["v"] > 0.99 * yogi[9]["v"]


def test_adan_foresees_a_gradient_that_changes_evenly() -> None:
    """δ is then always the same, so that g + β₂·δ lies β₂ of a step ahead."""
    _, states = feed(rule("adan", beta2=0.5, beta3=0.0), [1.0, 2.0, 3.0, 4.0])
    assert [state["n"] for state in states] == pytest.approx([1.0, 2.5**2, 3.5**2, 4.5**2])
    assert [state["d"] for state in states] == pytest.approx([0.0, 0.5, 0.75, 0.875])
    assert [state["g_last"] for state in states] == [1.0, 2.0, 3.0, 4.0]


def test_adopt_looks_before_it_moves_and_its_clip_widens() -> None:
    walk, states = feed(rule("adopt", lr=0.1, beta1=0.0, beta2=0.9), [2.0, 50.0, -50.0, 1.0])
    assert walk[1] == 0.0 and states[0] == {"m": 0.0, "v": 4.0}
    assert np.diff(walk)[1:3] == pytest.approx([-0.1 * 1.0, 0.1 * 2.0**0.25])
    free = moves("adopt", [2.0, 50.0], lr=0.1, beta1=0.0, use_clipping=False)
    assert free == pytest.approx([0.0, -0.1 * 25.0])


@pytest.mark.parametrize("beta2", [0.1, 0.5, 0.9, 0.999])
def test_adopt_goes_down_with_any_beta2_where_adam_does_not(beta2: float) -> None:
    """Reddi's problem: β₂ = 0.1 lets Adam forget the rare steep step, and it climbs to the other end."""
    reddi = LANDSCAPES["reddi"](C=4.0)
    run = run_alone(reddi, rule("adopt", lr=0.01, beta1=0.0, beta2=beta2, use_clipping=False), (0.0,), 2000)
    assert run.theta[-1, 0, 0] < -0.9
    if beta2 == 0.1:
        adam = run_alone(reddi, rule("adam", lr=0.01, beta1=0.0, beta2=beta2), (0.0,), 2000)
        assert adam.theta[-1, 0, 0] > 0.9


def test_ademamixs_slow_mean_fills_slowly_and_its_memory_grows_evenly() -> None:
    _, states = feed(rule("ademamix", beta3=0.99), [1.0] * 100)
    assert states[9]["m_slow"] == pytest.approx(1.0 - 0.99**10)
    assert states[9]["m"] == pytest.approx(1.0 - 0.9**10)
    _, warming = feed(rule("ademamix", beta1=0.9, beta3=0.99, warmup=10), [1.0] * 10)
    slow = np.array([0.0, *(state["m_slow"] for state in warming)])
    beta = (1.0 - slow[1:]) / (1.0 - slow[:-1])  # M ← β·M + (1 − β)
    ends = [-1.0 / math.log(b) for b in (0.9, 0.99)]
    assert -1.0 / np.log(beta) == pytest.approx(np.linspace(*ends, 11)[1:])


def test_centred_rmsprop_survives_an_even_slope() -> None:
    """Round-off makes the spread of equal gradients negative, and its root nan."""
    for slope in (0.1, 0.3, 0.7, 1.1):
        assert np.isfinite(moves("rmsprop", [slope] * 400, rho=0.5, centered=True)).all()
