"""Terms of rules that are off by default, thresholds, and what a step at rate 0 leaves alone, worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Optimizer, State
from simulator.optimizers import OPTIMIZERS
from simulator.optimizers.armijo import TRIALS
from simulator.optimizers.by_hand import MOST, ByHand, read_moves
from simulator.param import RaceError
from simulator.selfcheck.squares import Squares
from tests.alone import answer, bound, feed

PLACE = Squares()
MEMORY = LANDSCAPES["matrix_memory"]()
FAINT = 2.0**-26  # its square is the smallest step above 1, below which a slope is none


def rule(name: str, **hyper: Any) -> Optimizer:
    return OPTIMIZERS[name](**hyper)


def stepped(optimizer: Optimizer, *told: Any, t: int = 1, state: State | None = None, start: Any = (0.0, 0.0)) -> Any:
    """(θ, state) after a step from ``start`` whose questions are answered so."""
    group = bound(optimizer, PLACE, (start,))
    return answer(group.rule, group.theta, group.state | (state or {}), group.peak, t, *told)


def test_adagrads_decay_and_falling_rate() -> None:
    path, states = feed(rule("adagrad", lr=0.1, weight_decay=0.5, eps=0.0), [1.0], start=2.0)
    assert states[0]["G"] == 4.0 and path[1] == pytest.approx(1.9)
    path, _ = feed(rule("adagrad", lr=0.1, lr_decay=1.0, eps=0.0), [3.0, 4.0])
    assert np.diff(path) == pytest.approx([-0.1, -0.05 * 4.0 / 5.0])


def test_the_first_slope_of_dadapt_sgd_is_that_of_the_loss_alone() -> None:
    for slope, first in ((3.0, 3.0), (0.0, 2.0)):
        _, states = feed(rule("dadapt_sgd", weight_decay=0.5), [slope], start=4.0)
        assert states[0]["g1"] == first
    _, states = feed(rule("dadapt_sgd", weight_decay=0.5), [-2.0], start=4.0)
    assert states[0]["g1"] == 0.0  # the two cancel: nobody moves, nothing is learnt


def test_the_decay_of_dadapt_adam_apart_from_its_slope() -> None:
    path, _ = feed(rule("dadapt_adam", lr=0.5, d0=0.1, weight_decay=2.0, decouple=True), [0.0, 0.0], start=4.0)
    assert path == pytest.approx([4.0, 3.6, 3.24])  # d·η·λ = 0.1 is taken off each time


@pytest.mark.parametrize(
    ("name", "gathered"),
    [
        ("dadapt_sgd", {"s": 10.0, "n": 50.0, "g1": 1.0}),
        ("dadapt_adagrad", {"s": 10.0, "n": -1.0, "G": 1.0}),
        ("dadapt_adam", {"s": 10.0, "n": 50.0, "v": 1.0, "m": 1.0, "k": 3.0}),
        ("prodigy", {"s": 10.0, "n": 50.0, "v": 1.0, "m": 1.0, "k": 3.0}),
    ],
)
def test_d_learns_nothing_at_a_rate_of_0(name: str, gathered: dict[str, float]) -> None:
    """Though what was gathered says that d could be larger."""
    hyper = {"bias_correction": True} if "k" in gathered else {"beta": 0.5} if name == "dadapt_sgd" else {}
    group = bound(rule(name, **hyper), LANDSCAPES["parabola"](), ((2.0,),))
    state = group.state | {letter: np.array([[value]]) for letter, value in gathered.items()}
    at, grad = np.array([[1.5]]), np.array([[0.0]])
    theta, after = answer(group.rule, at, state, np.zeros((1, 1)), 4, grad)
    assert after["d"] == state["d"]
    if name != "dadapt_adagrad":
        assert theta == at and after.keys() == state.keys()
        assert all(np.array_equal(after[letter], state[letter]) for letter in state)
    _, after = answer(group.rule, at, state, np.ones((1, 1)), 4, grad)
    assert after["d"] > 1.0


@pytest.mark.parametrize("name", ["dadapt_adam", "prodigy"])
def test_steps_before_the_first_slope_do_not_count(name: str) -> None:
    _, states = feed(rule(name, bias_correction=True), [0.0, 0.0, 3.0, 3.0])
    assert [state["k"] for state in states] == [0.0, 0.0, 1.0, 2.0]


def test_madgrad_at_a_rate_of_0_sums_up_nothing_and_without_momentum_keeps_no_start() -> None:
    group = bound(rule("madgrad", eps=0.1), PLACE, ((1.0, 2.0),))
    theta, state = answer(group.rule, group.theta, group.state, np.zeros((1, 2)), 1, np.ones((1, 2)))
    assert np.array_equal(theta, group.theta) and not state["s"].any()
    assert set(bound(rule("madgrad", beta=0.0), PLACE, ((1.0, 2.0),)).state) == {"s", "nu"}


@pytest.mark.parametrize("name", ["momo", "polyak"])
def test_polyaks_step_rests_where_the_slope_is_lost_in_rounding(name: str) -> None:
    for slope, rests in ((FAINT, True), (0.5 * FAINT, True), (2.0 * FAINT, False)):
        theta, _ = stepped(rule(name, lr=1.0), (np.array([[5.0]]), np.array([[slope, 0.0]])))
        assert theta.any() != rests


def test_momo_guesses_how_low_the_loss_can_be() -> None:
    """θ = (1, 0), f = 3, g = (2, 0): h = f − 2 + 2 = 3. A floor of 4 is above h, so h / 2 is, or f*₀."""
    told, start = (np.array([[3.0]]), np.array([[2.0, 0.0]])), (1.0, 0.0)
    for bound_, floor, wanted in ((-10.0, 4.0, 1.5), (2.0, 4.0, 2.0), (-10.0, 1.0, 1.0), (-10.0, 3.0, 3.0)):
        momo = rule("momo", lr=10.0, adapt_lower_bound=True, lower_bound=bound_)
        theta, state = stepped(momo, told, state={"lb": np.array([[floor]])}, start=start)
        rate = (3.0 - wanted) / 4.0
        assert theta[0] == pytest.approx([1.0 - 2.0 * rate, 0.0])
        assert state["lb"].item() == pytest.approx(max(3.0 - 2.0 * rate, bound_))
        assert set(state) == {"m", "f_avg", "gamma", "lb"}
    decaying = rule("momo", lr=0.1, weight_decay=1.0)
    assert stepped(decaying, told, start=start)[0][0] == pytest.approx([1.0 / 1.1 - 0.2, 0.0])


def test_radam_with_a_memory_hardly_long_enough() -> None:
    """β₂ = 0.7: ρ∞ = 17/3. After 30 equal slopes m̂ is 1, and so is √v/√(1 − β₂ᵗ): the step is η·r."""
    path, _ = feed(rule("radam", lr=1.0, beta2=0.7, eps=0.0), [1.0] * 30)
    longest, power = 17.0 / 3.0, 0.7**30
    rho = longest - 60.0 * power / (1.0 - power)
    r = np.sqrt((rho - 4.0) * (rho - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * rho))
    assert path[29] - path[30] == pytest.approx(r, rel=1e-9)


def test_barzilai_borwein_where_the_curvature_is_too_small_for_a_number() -> None:
    last = {"x": np.zeros((1, 2)), "g": np.array([[0.0, 5.0]])}
    theta, _ = stepped(rule("barzilai_borwein", lr=0.1), np.array([[1e-310, 5.0]]), state=last, start=(1.0, 0.0), t=2)
    assert theta[0] == pytest.approx([1.0, -0.5])


def test_armijo_halves_as_often_as_it_may() -> None:
    group = bound(rule("armijo"), PLACE, ((0.0, 0.0),))
    step = group.rule.step(group.theta, group.state, group.peak, 1)
    next(step)
    asked = 0
    with pytest.raises(StopIteration):
        while True:
            step.send((np.array([[float(asked > 0)]]), np.array([[1.0, 0.0]])))
            asked += 1
    assert asked == TRIALS


def test_k_fac_leaves_alone_what_no_slope_was_seen_of() -> None:
    """G = diag(1, 0) and δ = 0: the one direction is divided by 1, the other was never moved along."""
    factors = [(np.ones((1, 1, 1)), np.diag([1.0, 0.0])[None])]
    for across in (0.0, 5.0):
        theta, _ = stepped(rule("kfac", lr=0.5, damping=0.0), (np.array([[1.0, across]]), factors))
        assert theta[0] == pytest.approx([-0.5, 0.0], abs=1e-12)


def test_k_fac_solves_with_the_product_of_its_two_matrices() -> None:
    group = bound(rule("kfac", lr=0.5, damping=0.3, beta=0.5), MEMORY, MEMORY.starts[:1])
    (block,) = group.rule.blocks
    rows, columns = block.shape
    random = np.random.default_rng(5)
    theta, state, keep = group.theta, group.state, 0.0
    mean = [np.zeros((columns, columns)), np.zeros((rows, rows))]
    for t in (1, 2, 3):
        made = [random.normal(size=(size, size + 3)) for size in (columns, rows)]
        factors = [square @ square.T / len(square) for square in made]
        keep = min(0.5, 1.0 - 1.0 / t)
        mean = [keep * old + (1.0 - keep) * new for old, new in zip(mean, factors, strict=True)]
        grad = random.normal(size=(1, rows * columns))
        wanted = theta[0] - 0.5 * np.linalg.solve(np.kron(mean[1], mean[0]) + 0.3 * np.eye(rows * columns), grad[0])
        told = grad, [(factors[0][None], factors[1][None])]
        theta, state = answer(group.rule, theta, state, group.peak, t, told)
        assert theta[0] == pytest.approx(wanted, rel=1e-8)


def test_adafactor_shortens_steps_that_are_longer_than_d() -> None:
    """The first step is a sign, of root mean square 1; a slope 8 times as steep then stands out."""
    for d in (1.0, 2.0, 100.0):
        path, _ = feed(rule("adafactor", lr=0.1, d=d), [1.0, 8.0], start=1.0)
        weight = 2.0**-0.8
        unit = 8.0 / np.sqrt(1.0 + weight * 63.0)
        assert unit > 1.0
        size = path[1] * 0.1
        assert path[1] - path[2] == pytest.approx(size * min(unit, d), rel=1e-9)


def test_muons_epsilon_counts_beside_the_largest_singular_value() -> None:
    """One round of a·X + b·X³ + c·X⁵ on X = 1/(1 + ε) of a gradient whose only singular value is 1."""
    muon = rule("muon", lr=1.0, preconditioning="spectral", ns_steps=1, eps=0.25, nesterov=False)
    group = bound(muon, MEMORY, MEMORY.starts[:1])
    (block,) = group.rule.blocks
    grad = np.zeros(block.shape)
    grad[0, 0] = 1.0
    theta, _ = answer(group.rule, group.theta, group.state, group.peak, 1, grad.reshape(1, -1))
    x = 0.8
    assert group.theta[0, 0] - theta[0, 0] == pytest.approx(3.4445 * x - 4.7750 * x**3 + 2.0315 * x**5, rel=1e-9)


def test_moves_by_hand_at_their_limits() -> None:
    assert len(read_moves("; ".join(["1 0"] * MOST))) == MOST
    assert read_moves("1e12 -1e12;−3") == ((1e12, -1e12), (-3.0,))
    for text in ("1000000000001 0", "0 -1000000000001", "1; 2; three"):
        with pytest.raises(RaceError, match=f"move {text.count(';') + 1} must be numbers"):
            ByHand(moves=text)


def test_each_step_by_hand_takes_its_own_move() -> None:
    group = bound(ByHand(lr=0.5, moves="1 2; 3 -4"), PLACE, ((0.0, 0.0),))
    for t, move in enumerate(((1.0, 2.0), (3.0, -4.0), (0.0, 0.0)), start=1):
        theta, state = answer(group.rule, group.theta, group.state, group.peak, t, np.ones((1, 2)))
        assert np.array_equal(state["h"], [move]) and np.array_equal(theta, [[-0.5 * move[0], -0.5 * move[1]]])
