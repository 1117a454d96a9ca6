"""Rules that ask before they decide, answered by hand: when they stop asking, what they refuse, what they trust."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Model, Optimizer
from simulator.optimizers import OPTIMIZERS
from simulator.optimizers.gauss_newton import LEAST, MOST
from simulator.selfcheck.squares import Squares
from tests.alone import answer, bound, run_alone

PLACE = Squares()
Told = tuple[float, tuple[float, float]]  # a loss and its slope


def asked(told: Sequence[Told], **hyper: Any) -> int:
    """How many questions one step of L-BFGS from θ = 0 asks while it is answered so; one more where it wants more."""
    group = bound(OPTIMIZERS["lbfgs"](**hyper), PLACE, ((0.0, 0.0),))
    step = group.rule.step(group.theta, group.state, group.peak, 1)
    ask: Any = next(step)
    left, count, (loss, slope) = list(told), 0, told[0]
    try:
        while True:
            if ask.asking is None or ask.asking.any():
                count += 1
                if not left:
                    break
                loss, slope = left.pop(0)
            ask = step.send((np.array([[loss]]), np.array([slope])))
    except StopIteration:
        pass
    return count


FREE = {"line_search_fn": "none", "max_iter": 5, "tolerance_change": 0.1}


def test_an_iteration_of_lbfgs_without_gain_or_move_is_its_last() -> None:
    start = (5.0, (10.0, 10.0))
    assert asked([start, (4.0, (9.0, 9.0))], **FREE) == 3
    assert asked([start, (5.0, (9.0, 9.0)), (4.0, (9.0, 9.0))], **FREE) == 2  # no gain
    assert asked([start, (4.0, (9.0, 9.0))], **FREE | {"lr": 0.1}) == 2  # a move of 0.05
    assert asked([start, (4.0, (1e-8, -1e-8))], **FREE) == 2  # it rests
    assert asked([start, (4.9375, (9.0, 9.0))], **FREE | {"tolerance_change": 0.0625}) == 3  # a gain of just ω
    assert asked([(5.0, (0.2, 0.2))], **FREE) == 1  # a slope of −0.08
    assert asked([(5.0, (0.5, 0.0))], **FREE | {"tolerance_change": 0.25}) == 2  # and one of just −ω
    assert asked([(5.0, (0.5, 0.0))], **FREE | {"tolerance_grad": 0.5}) == 1
    assert asked([start, (4.0, (0.5, 0.0))], **FREE | {"tolerance_grad": 0.5, "tolerance_change": 1e-6}) == 2
    assert asked([start, (4.0, (0.5, 0.0))], **FREE | {"tolerance_grad": 0.25, "tolerance_change": 1e-6}) == 3
    # The first move is η/‖g‖₁·10 = ½ long.
    assert asked([start, (4.0, (9.0, 9.0))], **FREE | {"tolerance_change": 0.5}) == 2


def test_a_search_of_lbfgs_ends_where_its_bracket_is_narrower_than_omega() -> None:
    told = [(5.0, (1.0, 0.0)), (9.0, (1.0, 0.0)), (9.0, (1.0, 0.0))]
    assert asked(told, lr=0.2, tolerance_change=0.3) == 2
    assert asked(told, lr=0.2, tolerance_change=0.01) > 2


def test_lbfgs_leaves_at_most_nine_tenths_of_the_slope() -> None:
    for left, wanted in ((0.8, 2), (0.95, 3), (1.5, 3)):
        for sign in (-1.0, 1.0):
            assert asked([(5.0, (1.0, 0.0)), (4.0, (-sign * left, 0.0))]) == wanted


@pytest.mark.parametrize("most", [1, 2, 5])
def test_lbfgs_asks_no_more_in_a_step_than_it_may(most: int) -> None:
    place, start = LANDSCAPES["rosenbrock"](), (-1.2, 1.0)
    free = OPTIMIZERS["lbfgs"](line_search_fn="none", lr=0.1, max_iter=20, max_eval=most, tolerance_change=0.0)
    assert np.diff(run_alone(place, free, start, 10).evals[:, 0]).max() == max(most, 2)
    few = OPTIMIZERS["lbfgs"](line_search_fn="none", lr=0.1, max_iter=most, max_eval=200)
    assert (np.diff(run_alone(place, few, start, 10).evals[:, 0]) == most).all()
    for lr in (1e-3, 1.0, 10.0):
        searching = OPTIMIZERS["lbfgs"](lr=lr, max_iter=20, max_eval=most)
        assert np.diff(run_alone(place, searching, start, 10).evals[:, 0]).max() <= most + 1


def test_a_lane_of_lbfgs_that_rested_begins_like_any_other() -> None:
    group = bound(OPTIMIZERS["lbfgs"](line_search_fn="none"), PLACE, ((0.0, 0.0), (0.0, 0.0)))
    loss, rests = np.ones((2, 1)), np.array([[0.0, 0.0], [3.0, 1.0]])
    theta, state = answer(group.rule, group.theta, group.state, group.peak, 1, (loss, rests))
    assert theta == pytest.approx(np.array([[0.0, 0.0], [-0.75, -0.25]]))
    theta, _ = answer(group.rule, theta, state, group.peak, 2, (loss, np.array([[3.0, 1.0], [2.0, 0.5]])))
    assert theta[0] == pytest.approx([-0.75, -0.25])


@pytest.mark.parametrize(("move", "remembered"), [(1e-10, False), (2e-10, True)])
def test_lbfgs_remembers_a_pair_of_more_curvature_than_1e_10(move: float, remembered: bool) -> None:
    group = bound(OPTIMIZERS["lbfgs"](line_search_fn="none"), PLACE, ((0.0, 0.0),))
    last = {"d": np.array([[move, 0.0]]), "alpha": np.ones((1, 1)), "g": np.zeros((1, 2))}
    told = np.ones((1, 1)), np.array([[1.0, 0.0]])
    _, state = answer(group.rule, group.theta, group.state | last, group.peak, 2, told)
    assert state["S"].any() == remembered and state["Y"].any() == remembered


# A trust region and its kin. Of f = ½·‖θ‖² the model is right; what it is told of the loss is not.


def trusted(radius: float, share: float, slope: float = 3.0) -> tuple[float, float]:
    """Where a trust region goes along x, and its next radius, where the loss falls by that share of the foretold."""
    group = bound(OPTIMIZERS["newton"](globalization="trust_region"), PLACE, ((0.0, 0.0),))
    grad = np.array([[slope, 0.0]])
    reach = min(radius, slope)
    fall = share * (slope * reach - 0.5 * reach * reach)
    told = (grad, np.eye(2)[None]), (np.array([[0.0]]), grad), (np.array([[-fall]]), grad)
    theta, state = answer(group.rule, group.theta, {"radius": np.array([[radius]])}, group.peak, 1, *told)
    return float(theta[0, 0]), float(state["radius"][0, 0])


def test_the_radius_newton_trusts_by_hand() -> None:
    assert trusted(1.0, 1.0) == (-1.0, 2.0)
    assert trusted(1.0, 0.75) == (-1.0, 1.0)  # not over ¾
    assert trusted(1.0, 0.25) == (-1.0, 1.0)  # not less than ¼
    assert trusted(1.0, 0.2) == (-1.0, 0.25)
    assert trusted(1.0, 0.0) == (-1.0, 0.25)  # as high is not higher
    assert trusted(1.0, -0.1) == (0.0, 0.25)
    assert trusted(8.0, 1.0) == (-3.0, 8.0)  # it did not want to go farther
    assert trusted(8.0, 0.1) == (-3.0, 0.75)
    assert trusted(1.0, 1.0, 0.99) == (-0.99, 1.0)
    assert trusted(1e100, 1.0, 1e101)[1] == 1e100
    assert trusted(1e-100, -1.0)[1] == 1e-100


def test_newton_rests_where_the_slope_is_0_though_its_hessian_be_singular() -> None:
    group = bound(OPTIMIZERS["newton"](), PLACE, ((1.0, 2.0), (1.0, 2.0)))
    told = np.array([[0.0, 0.0], [2.0, 4.0]]), np.stack([np.zeros((2, 2)), 2.0 * np.eye(2)])
    theta, _ = answer(group.rule, group.theta, group.state, group.peak, 1, told)
    assert np.array_equal(theta, [[1.0, 2.0], [0.0, 0.0]])


def damped(damping: float, share: float) -> tuple[float, float]:
    """The same of Levenberg and Marquardt's damping δ. They go to −3 / (1 + δ)."""
    group = bound(OPTIMIZERS["gauss_newton"](), PLACE, ((0.0, 0.0),))
    grad, reach = np.array([[3.0, 0.0]]), 3.0 / (1.0 + damping)
    fall = share * (3.0 * reach - 0.5 * reach * reach)
    told = (grad, np.eye(2)[None]), (np.array([[0.0]]), grad), (np.array([[-fall]]), grad)
    theta, state = answer(group.rule, group.theta, {"damping": np.array([[damping]])}, group.peak, 1, *told)
    return float(theta[0, 0]), float(state["damping"][0, 0])


def test_gauss_newton_damps_as_levenberg_and_marquardt_by_hand() -> None:
    assert damped(1.0, 1.0) == (-1.5, pytest.approx(0.1))
    assert damped(1.0, 0.75) == (-1.5, 1.0)  # not over ¾
    assert damped(1.0, 0.0) == (-1.5, 1.0)  # as high is not higher
    assert damped(1.0, -0.1) == (0.0, 10.0)
    assert damped(MOST, -1.0)[1] == MOST
    assert damped(LEAST, 1.0)[1] == LEAST


@pytest.mark.parametrize(
    ("rule", "kind"),
    [(OPTIMIZERS["gauss_newton"](), "gauss_newton"), (OPTIMIZERS["natural_gradient"](), "fisher")],
    ids=["gauss_newton", "natural_gradient"],
)
def test_who_needs_a_model_asks_for_his_matrix(rule: Optimizer, kind: str) -> None:
    group = bound(rule, PLACE, ((1.0, 2.0),))
    ask = next(group.rule.step(group.theta, group.state, group.peak, 1))
    assert isinstance(ask, Model) and ask.kind == kind


def test_gauss_newton_remembers_a_damping_only_where_it_adapts_it() -> None:
    group = bound(OPTIMIZERS["gauss_newton"](adaptive=False), PLACE, ((1.0, 2.0),))
    assert group.state == {}
