"""What several rules share, each part by itself and worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from simulator import matrices
from simulator.distance import AdamDistance, Distance
from simulator.landscapes import LANDSCAPES
from simulator.layerwise import Factored, Layerwise
from simulator.layout import common
from simulator.matrices import Sided, eigh, power, stacked
from simulator.moments import Bias, Guarded
from simulator.optimizer import Array, blocks_of, bound
from simulator.optimizers import OPTIMIZERS
from tests.alone import answer, run_alone

SHAPES = ((3, 2), (4,), (2, 2), (1,))  # 15 numbers


def laid(kind: type, *shapes: tuple[int, ...]) -> Any:
    part = kind()
    part.blocks = blocks_of(shapes or SHAPES)
    return part


@pytest.mark.parametrize("beta", [0.9, np.full((3, 2), 0.9), np.array([[0.9, 0.9], [0.5, 0.5], [0.0, 0.0]])])
def test_a_bias_is_one_minus_a_power_at_whatever_step_it_is_asked_for(beta: Any) -> None:
    bias = Bias(beta)
    for t in [*range(1, 70), 1, 33, 32, 64, 500, 2, 31]:
        assert bias.at(t) == pytest.approx(1.0 - np.asarray(common(beta)) ** t, rel=1e-12), t
        assert np.broadcast_to(bias.at(t), (3, 2)) == pytest.approx(1.0 - np.broadcast_to(beta, (3, 2)) ** t)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_bias_lies_as_what_it_is_made_of(order: Any) -> None:
    beta = np.array([[0.9, 0.8], [0.5, 0.4], [0.1, 0.0]], order=order)
    bias = Bias(beta)
    there = bias.between(30, 70)
    assert there.shape == (40, 3, 2)
    for t in range(30, 70):
        assert np.array_equal(bias.at(t), there[t - 30])
        assert bias.at(t) == pytest.approx(1.0 - beta**t, rel=1e-12)
        assert bias.at(t).flags.c_contiguous == (order == "C") and bias.at(t).flags.f_contiguous == (order == "F")


def test_a_number_that_all_lanes_share_is_kept_once() -> None:
    assert common(0.9).shape == common(np.full((3, 2), 0.9)).shape == Bias(np.full((3, 2), 0.9)).at(3).shape == ()
    assert common(np.full((3, 2), 0.9)) == 0.9 and common(1).dtype == np.float64
    lanes = np.array([[0.9, 0.9], [0.5, 0.5]])
    assert np.array_equal(common(lanes), lanes) and Bias(lanes).at(2).shape == (2, 2)
    assert isinstance(Bias(0.9).at(1), np.ndarray)
    assert np.signbit(common(np.array([[0.0, -0.0]]))).tolist() == [[False, True]]  # which are equal, but not the same


def test_an_epsilon_of_0_guards_with_the_smallest_number() -> None:
    guarded = Guarded()
    guarded.eps = np.array([[0.0, 1e-8]])
    assert guarded.guard.tolist() == [[np.finfo(float).tiny, 1e-8]]


def test_the_guess_of_a_distance_grows_no_faster_than_it_may() -> None:
    part = Distance()
    part.d0, part.growth_rate = np.full((2, 3), 0.25), np.array([[2.0] * 3, [0.0] * 3])
    began = part.begin(np.full((2, 3), 9.0), "m", "s")
    assert list(began) == ["m", "s", "n", "d"]
    assert began["m"].tolist() == np.zeros((2, 3)).tolist() and began["n"].tolist() == [[0.0], [0.0]]
    assert began["d"].tolist() == [[0.25], [0.25]]
    assert part.grown(began["d"], np.array([[7.0], [7.0]])).tolist() == [[0.5], [7.0]]  # 0 is no limit
    assert part.grown(began["d"], np.array([[0.3], [0.1]])).tolist() == [[0.3], [0.25]]
    part = Distance()
    part.growth_rate = None
    assert part.grown(np.array([[0.25]]), np.array([[7.0]])).tolist() == [[7.0]]


def test_a_corrected_rate_counts_the_steps_it_was_asked_for() -> None:
    part = AdamDistance()
    part.d0, part.beta1, part.beta2 = 2.0, np.full((1, 2), 0.5), np.full((1, 2), 0.75)
    part.bias_correction = True
    state, lr = part.begin(np.zeros((1, 2)), "m"), np.full((1, 2), 0.1)
    rates = list[float]()
    for _ in range(3):
        rate, state = part.paced(state, lr)
        rates.append(float(rate[0, 0]))
    # √(1 − ¾ᵏ) / (1 − ½ᵏ) of d·η = 0.2
    assert rates == pytest.approx([0.2 * 0.5 / 0.5, 0.2 * 7**0.5 / 4 / 0.75, 0.2 * 37**0.5 / 8 / 0.875])
    assert state["k"].tolist() == [[3.0]] and set(state) == {"m", "n", "d", "k"}
    part.bias_correction = False
    state = part.begin(np.zeros((1, 2)))
    rate, after = part.paced(state, lr)
    assert rate.tolist() == [[0.2]] and set(after) == {"n", "d"} and after is not state


BASES = {
    "sgd": {},
    "momentum": {"beta": 0.7},
    "adam": {"beta1": 0.6, "beta2": 0.8, "eps": 0.01},
    "adamw": {"beta1": 0.6, "beta2": 0.8, "eps": 0.01},
}


@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("base", BASES)
def test_with_the_second_gradient_sam_does_what_its_base_would(base: str, decay: float) -> None:
    theta = np.array([[2.0, -1.0], [0.5, 3.0]])
    parabola = LANDSCAPES["ravine"]()
    hyper = {"lr": 0.1, "weight_decay": decay, **BASES[base]}
    sam = bound([OPTIMIZERS["sam"](base=base, **hyper)] * 2, parabola.blocks)
    plain = bound([OPTIMIZERS[base](**hyper)] * 2, parabola.blocks)
    here, there = (theta, sam.init(theta)), (theta, plain.init(theta))
    assert here[1].keys() == there[1].keys()
    for t, grad in enumerate(np.random.default_rng(2).standard_normal((5, 2, 2)), start=1):
        lr = np.full((2, 2), 0.1 * t)
        here = answer(sam, *here, lr, t, np.full((2, 2), 100.0), grad)
        there = answer(plain, *there, lr, t, grad)
        assert here[0] == pytest.approx(there[0], rel=1e-14)
        assert here[1].keys() == there[1].keys()
        for letter, value in there[1].items():
            assert here[1][letter] == pytest.approx(value, rel=1e-14)


def test_sums_and_means_are_taken_block_by_block() -> None:
    x = np.arange(30.0).reshape(2, 15)
    part = laid(Layerwise)
    assert part.firsts.tolist() == [0, 6, 10, 14] and part.sizes.tolist() == [6, 4, 4, 1]
    assert part.sums(x).tolist() == [[15.0, 30.0, 46.0, 14.0], [105.0, 90.0, 106.0, 29.0]]
    assert part.each(x).tolist() == [[0.0, 6.0, 10.0, 14.0], [15.0, 21.0, 25.0, 29.0]]
    assert part.rms(np.where(x < 6.0, 3.0, -4.0)).tolist() == [[3.0, 4.0, 4.0, 4.0], [4.0] * 4]
    assert part.spread(np.array([[1.0, 2.0, 3.0, 4.0]])).tolist() == [[1.0] * 6 + [2.0] * 4 + [3.0] * 4 + [4.0]]
    assert laid(Layerwise, (15,)).sums(x).tolist() == [[105.0], [330.0]]
    assert laid(Layerwise, (5,), (10,)).sums(x).tolist() == [[10.0, 95.0], [85.0, 245.0]]


def test_a_trusted_step_is_a_share_of_its_blocks_own_length_unless_one_of_them_is_0() -> None:
    part = laid(Layerwise, (2,), (2,), (2,), (1,), (1,))
    theta = np.array([[3.0, 4.0, 0.0, 0.0, 6.0, 8.0, 1.0, 5.0]])
    step = np.array([[0.0, 2.0, 3.0, 0.5, 0.0, 0.0, 4.0, 1.0]])
    trusted = part.trusted(theta, step)
    assert trusted[0] == pytest.approx([0.0, 5.0, 3.0, 0.5, 0.0, 0.0, 1.0, 5.0])
    some = part.trusted(theta, step, eps=0.5, share=0.1)
    assert some[0] == pytest.approx([0.0, 0.4, 3.0, 0.5, 0.0, 0.0, 0.1 * 4.0 / 4.5, 0.5 / 1.5])


def test_factors_stand_one_after_the_other_under_their_letters() -> None:
    part = laid(Factored)
    assert [place.factors for place in part.places] == [
        {"R": slice(0, 3), "C": slice(0, 2)},
        {"V": slice(0, 4)},
        {"R": slice(3, 5), "C": slice(2, 4)},
        {"V": slice(4, 5)},
    ]
    assert {letter: zeros.shape for letter, zeros in part.unseen(7).items()} == {"C": (7, 4), "R": (7, 5), "V": (7, 5)}
    assert not any(zeros.any() for zeros in part.unseen(7).values())
    assert list(laid(Factored, (2, 3)).unseen(1)) == ["C", "R"] and list(laid(Factored, (2,)).unseen(1)) == ["V"]


def test_every_side_of_every_matrix_has_its_own_square_in_the_state() -> None:
    part = laid(Sided)
    found = [[(s.axis, s.of, s.size, s.letter, s.place) for s in sides] for _, sides in part.sides]
    assert found == [
        [(0, 2, 3, "L", slice(0, 9)), (1, 2, 2, "R", slice(0, 4))],
        [(0, 1, 4, "G", slice(0, 16))],
        [(0, 2, 2, "L", slice(9, 13)), (1, 2, 2, "R", slice(4, 8))],
        [(0, 1, 1, "G", slice(16, 17))],
    ]
    x = np.random.default_rng(3).standard_normal((2, 15))
    state = part.squares(x)
    assert {letter: squares.shape for letter, squares in state.items()} == {"L": (2, 13), "R": (2, 8), "G": (2, 17)}
    for block, sides in part.sides:
        stack = stacked(x, block)
        assert stack.shape == (2, block.shape[0], block.shape[1] if len(block.shape) > 1 else 1)
        for side in sides:
            square = side.matrix(state)
            for lane in range(2):
                m = stack[lane] if side.axis == 0 else stack[lane].T
                assert square[lane] == pytest.approx(m @ m.T)
    marked = part.gathered(lambda side: np.full((2, side.size, side.size), 1.0 + side.axis), "+")
    assert sorted(marked) == ["G+", "L+", "R+"] and (marked["R+"] == 2.0).all() and (marked["L+"] == 1.0).all()
    assert part.sides[0][1][1].matrix(marked, "+").tolist() == np.full((2, 2, 2), 2.0).tolist()
    turned = part.applied(
        x, lambda side: np.broadcast_to(np.diag(1.0 + np.arange(side.size)), (2, side.size, side.size))
    )
    times = [1, 2, 2, 4, 3, 6, 1, 2, 3, 4, 1, 2, 2, 4, 1]  # row times column
    assert turned == pytest.approx(x * np.array(times, dtype=np.float64))


def test_a_vector_may_have_no_side() -> None:
    part = laid(Sided)
    part.of_vector = ""
    assert [len(sides) for _, sides in part.sides] == [2, 0, 2, 0]
    x = np.random.default_rng(3).standard_normal((2, 15))
    doubled = part.applied(x, lambda side: np.broadcast_to(2.0 * np.eye(side.size), (2, side.size, side.size)))
    assert doubled == pytest.approx(x * np.array([4.0] * 6 + [1.0] * 4 + [4.0] * 4 + [1.0]))


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    """LAPACK as it is where it fails: for a whole stack because of one matrix in it, here one with this entry."""
    true, entry = np.linalg.eigh, 13.0

    def picky(stack: Array) -> Any:
        if (stack == entry).any():
            raise np.linalg.LinAlgError
        return true(stack)

    monkeypatch.setattr(matrices.np.linalg, "eigh", picky)
    yield entry


@pytest.mark.parametrize("lanes", [1, 2, 3, 5, 6])
def test_a_matrix_on_which_lapack_fails_costs_no_other_its_eigenvalues(lanes: int, failing: float) -> None:
    draw = np.random.default_rng(lanes)
    for bad in range(lanes):
        stack = draw.standard_normal((lanes, 3, 3))
        stack = stack + stack.swapaxes(1, 2)
        stack[bad] = failing
        values, vectors = eigh(stack)
        assert values.shape == (lanes, 3) and vectors.shape == (lanes, 3, 3)
        assert np.isnan(values[bad]).all() and np.isnan(vectors[bad]).all()
        for lane in set(range(lanes)) - {bad}:
            assert stack[lane] @ vectors[lane] == pytest.approx(vectors[lane] * values[lane])
            assert (np.diff(values[lane]) > 0.0).all()


def test_a_power_of_a_matrix_is_that_of_its_eigenvalues_sizes() -> None:
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    for exponent in (-0.5, -1.0, -0.25):
        made = power(np.stack([turn @ np.diag([4.0, -9.0]) @ turn.T, np.diag([0.0, 16.0])]), exponent)
        assert made[0] == pytest.approx(turn @ np.diag([4.0**exponent, 9.0**exponent]) @ turn.T)
        assert made[1] == pytest.approx(np.diag([0.0, 16.0**exponent]), abs=1e-300)


def test_a_direction_that_nothing_was_seen_of_is_0_whatever_stood_in_memory() -> None:
    for lanes in range(1, 30):
        used = [np.full((lanes, 2), 7.0) for _ in range(6)]
        del used
        assert (
            power(np.broadcast_to(np.diag([0.0, 4.0]), (lanes, 2, 2)), -0.5).tolist()
            == [[[0.0, 0.0], [0.0, 0.5]]] * lanes
        )


def test_at_its_suggested_rate_sam_hops_about_the_bottom_and_does_not_leave_it() -> None:
    """Along y the slope is 20·(y ± ρ): at η = 0.045 what is left shrinks to a tenth, above 0.1 it would grow."""
    ravine, sam = LANDSCAPES["ravine"](), OPTIMIZERS["sam"]
    run = run_alone(ravine, sam(lr=sam.suggest_lr(ravine.lr, ravine.diagonal), rho=0.05), (5.0, 2.0))
    hops = np.abs(run.theta[-50:, 0, 1])
    assert hops.min() > 0.0 and hops.max() < 0.05
