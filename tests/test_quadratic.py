"""The local quadratic model, lane by lane, beside the same worked out for one lane by bisection."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.optimizer import Array
from simulator.quadratic import Eigen, foretold, gain, norm, within

DRAW = np.random.default_rng(8)
TURN = np.linalg.qr(DRAW.standard_normal((3, 3)))[0]


def symmetric(values: Array) -> Array:
    """Matrices with these eigenvalues (lanes, 3), all along the axes of TURN."""
    return np.einsum("ij,nj,kj->nik", TURN, values, TURN)


def random(lanes: int = 60) -> tuple[Array, Array, Array]:
    """Matrices of every signature and size, gradients, and radii from far too small to far too large."""
    size = 10.0 ** DRAW.uniform(-5.0, 5.0, (lanes, 1))
    values = np.sort(DRAW.uniform(-1.0, 2.0, (lanes, 3)) * size, axis=1)
    return symmetric(values), DRAW.standard_normal((lanes, 3)), 10.0 ** DRAW.uniform(-4.0, 4.0, (lanes, 1))


def bisected(matrix: Array, grad: Array, radius: float) -> Array:
    """−(M + μ·I)⁻¹·g with the μ ≥ 0 that makes it as long as the radius, or the bottom where that is nearer."""
    values, vectors = np.linalg.eigh(matrix)
    slopes = vectors.T @ grad

    def step(mu: float) -> Array:
        return -slopes / (values + mu)

    if values[0] > 0.0 and np.linalg.norm(step(0.0)) <= radius:
        return vectors @ step(0.0)
    low, high = max(0.0, -values[0]), max(0.0, -values[0]) + np.linalg.norm(grad) / radius
    for _ in range(200):
        mu = (low + high) / 2.0
        low, high = (mu, high) if np.linalg.norm(step(mu)) > radius else (low, mu)
    return vectors @ step(high)


def test_the_step_within_reach_is_the_one_bisection_finds() -> None:
    matrix, grad, radius = random()
    p = within(Eigen(matrix), grad, radius)
    for lane in range(len(p)):
        assert p[lane] == pytest.approx(bisected(matrix[lane], grad[lane], float(radius[lane, 0])), rel=1e-5), lane
    for lane in (0, 7):  # by itself as in the company of others a million times as large
        alone = within(Eigen(matrix[lane : lane + 1]), grad[lane : lane + 1], radius[lane : lane + 1])
        assert np.array_equal(alone[0], p[lane])


def test_where_the_slope_has_no_part_along_the_lowest_curvature_that_direction_fills_up() -> None:
    values = np.array([[-2.0, 1.0, 4.0], [-2.0, 1.0, 4.0], [0.0, 1.0, 4.0], [-2.0, 1.0, 4.0]])
    slopes = np.array([[0.0, 3.0, 0.0], [1e-12, 3.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 0.0]])
    eigen = Eigen(symmetric(values))
    p = eigen.along(within(eigen, eigen.back(slopes), np.full((4, 1), 5.0)))
    rest = np.sqrt(25.0 - 1.0)  # −3 / (1 + 2) along the second
    assert p[0] == pytest.approx([rest, -1.0, 0.0], abs=1e-9)
    assert p[1] == pytest.approx([-rest, -1.0, 0.0], abs=1e-5)
    assert p[2] == pytest.approx([0.0, -3.0, 0.0], abs=1e-9)  # along a flat direction nothing is to be had
    assert p[3] == pytest.approx([5.0, 0.0, 0.0], abs=1e-9)


def test_a_flat_direction_that_slopes_is_followed_to_the_edge() -> None:
    values, slopes = np.array([[0.0, 1.0, 4.0]]), np.array([[2.0, 0.5, 0.0]])
    eigen = Eigen(symmetric(values))
    p = within(eigen, eigen.back(slopes), np.array([[100.0]]))
    assert norm(p) == pytest.approx(100.0)
    assert eigen.along(p)[0] == pytest.approx([-100.0, -0.5 / 1.02, 0.0], rel=1e-4, abs=1e-9)


def test_of_an_eigenvectors_two_signs_the_one_whose_largest_coordinate_is_positive() -> None:
    matrix, _, _ = random()
    eigen = Eigen(matrix, 0.5)
    for lane, vectors in enumerate(eigen.vectors):
        for j in range(3):
            v = vectors[:, j]
            assert v[np.abs(v).argmax()] > 0.0
            assert matrix[lane] @ v == pytest.approx((eigen.values[lane, j] - 0.5) * v, rel=1e-6, abs=1e-4)
    assert (np.diff(eigen.values, axis=1) >= 0.0).all()
    skew = DRAW.standard_normal((50, 4, 4))
    for vectors in Eigen(skew + skew.swapaxes(1, 2)).vectors:
        assert (vectors[np.abs(vectors).argmax(axis=0), np.arange(4)] > 0.0).all()


def test_solving_leaves_out_the_flat_and_descending_turns_the_negative_round() -> None:
    values = np.array([[-2.0, 0.0, 4.0], [0.0, 0.0, 0.0], [1e6, 2e6, 3e6]])
    eigen = Eigen(symmetric(values))
    vector = eigen.back(np.array([[6.0, 5.0, 8.0]] * 3))
    assert eigen.along(vector) == pytest.approx(np.array([[6.0, 5.0, 8.0]] * 3))
    solved, descended = eigen.along(eigen.solved(vector)), eigen.along(eigen.descended(vector))
    assert solved[0] == pytest.approx([-3.0, 0.0, 2.0], abs=1e-12)
    assert solved[1] == pytest.approx([0.0, 0.0, 0.0])
    assert solved[2] == pytest.approx([6e-6, 2.5e-6, 8e-6 / 3.0])
    assert descended[0] == pytest.approx([3.0, 5.0 / 4e-8, 2.0], rel=1e-6)
    assert descended[1] == pytest.approx([6.0, 5.0, 8.0])
    assert descended[2] == pytest.approx([6e-6, 2.5e-6, 8e-6 / 3.0])
    assert eigen.solved(np.zeros((3, 3))).tolist() == np.zeros((3, 3)).tolist()


def test_what_a_matrix_that_is_none_gives_is_nan_and_quiet() -> None:
    eigen = Eigen(np.stack([np.full((2, 2), np.nan), np.eye(2)]))
    for found in (eigen.solved(np.ones((2, 2))), eigen.descended(np.ones((2, 2)))):
        assert np.isnan(found[0]).all() and found[1] == pytest.approx([1.0, 1.0])


def test_gain_is_how_far_the_model_falls_and_foretold_how_much_of_it_came() -> None:
    matrix, grad, _ = random(5)
    step = DRAW.standard_normal((5, 3))
    for lane in range(5):
        falls = -(grad[lane] @ step[lane]) - 0.5 * step[lane] @ matrix[lane] @ step[lane]
        assert gain(grad, matrix, step)[lane, 0] == pytest.approx(falls)
    loss, there = np.array([[4.0], [4.0], [4.0], [1e20]]), np.array([[1.0], [5.0], [np.nan], [1e20]])
    gained = np.array([[6.0], [2.0], [2.0], [1e3]])
    assert foretold(loss, there, gained)[:, 0] == pytest.approx([0.5, -0.5, np.nan, 1.0], nan_ok=True)
    assert norm(np.array([[3.0, -4.0]])).tolist() == [[5.0]]


def test_what_counts_as_flat_is_measured_by_the_largest_curvature_and_the_dimension() -> None:
    eps = float(np.finfo(np.float64).eps)
    for largest in (4.0, 1.0, 0.25):  # 10·ε, three times, of the largest
        small = np.array([29.0, 31.0]) * eps * largest
        eigen = Eigen(np.stack([np.diag([x, largest, largest]) for x in small]))
        solved = eigen.solved(np.array([[1.0, 0.0, largest]] * 2))
        assert solved[0].tolist() == [0.0, 0.0, 1.0]
        assert solved[1] == pytest.approx([1.0 / small[1], 0.0, 1.0])
    unit = Eigen(np.diag([0.5, -1.0])[None])
    assert unit.descended(np.array([[1.0, 3.0]]))[0] == pytest.approx([2.0, 3.0])
    assert Eigen(np.zeros((1, 2, 2))).descended(np.array([[1.0, 3.0]])).tolist() == [[1.0, 3.0]]


def test_a_model_of_tiny_curvatures_has_a_bottom_beside_one_of_huge_ones_too() -> None:
    eigen = Eigen(np.stack([np.diag([1e-8, 4e-8]), np.diag([1e8, 4e8])]))
    p = within(eigen, np.array([[1e-9, 1e-9], [1e8, 0.0]]), np.full((2, 1), 10.0))
    assert p[0] == pytest.approx([-0.1, -0.025]) and p[1] == pytest.approx([-1.0, 0.0])


def test_along_a_curvature_of_exactly_0_only_a_slope_leads_to_the_edge() -> None:
    eigen = Eigen(np.stack([np.diag([0.0, 1.0, 4.0])] * 2))
    p = within(eigen, np.array([[2.0, 0.5, 0.0], [0.0, 3.0, 0.0]]), np.array([[100.0], [5.0]]))
    assert p[0] == pytest.approx([-100.0, -0.5 / 1.02, 0.0], rel=1e-4)
    assert p[1].tolist() == [0.0, -3.0, 0.0]


def test_however_small_the_slope_on_a_saddle_it_says_which_way_is_down() -> None:
    eigen, tiny = Eigen(np.stack([np.diag([-2.0, 1.0])] * 2)), 1e-320
    p = within(eigen, np.array([[tiny, 0.0], [-tiny, 0.0]]), np.full((2, 1), 1e6))
    assert p.tolist() == [[-1e6, 0.0], [1e6, 0.0]]


def test_on_a_saddle_the_step_is_filled_up_to_a_radius_below_one_too() -> None:
    eigen = Eigen(np.diag([-2.0, 1.0, 4.0])[None])
    p = within(eigen, np.array([[0.0, 0.9, 0.0]]), np.array([[0.5]]))  # −0.9 / (1 + 2) along the second
    assert np.abs(p[0]) == pytest.approx([0.4, 0.3, 0.0]) and p[0, 1] < 0.0
    beyond = within(eigen, np.array([[0.0, 9.0, 0.0]]), np.array([[0.5]]))  # far enough by the second alone
    assert beyond[0] == pytest.approx([0.0, -0.5, 0.0], abs=1e-12)


def test_nothing_gained_where_nothing_was_promised_is_as_foretold() -> None:
    assert foretold(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1))).tolist() == [[1.0]]
