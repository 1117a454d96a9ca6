"""The network behind every problem with data: its loss written out, its Fisher and Gauss–Newton matrix, its factors."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from simulator.landscape import Array
from simulator.problem import DataProblem
from tests.problems import PROBLEMS, as_it_comes, every_variant, near, slope, somewhere


@as_it_comes
def test_the_loss_is_the_one_written_out(problem: DataProblem) -> None:
    """Sample by sample and without any matrix trick."""
    theta = somewhere(problem, 1)
    total = 0.0
    for x, y in zip(*problem.whole, strict=True):
        at, parts = 0, [x]
        widths = problem.network.widths
        for layer, (n, m) in enumerate(pairwise(widths)):
            entering = parts[-1]
            if layer:
                entering = np.tanh(entering) if problem.network.bend == "tanh" else np.maximum(entering, 0.0)
            weights = theta[0, at : at + n * m].reshape(m, n)
            at += n * m
            bias = theta[0, at : at + m] if problem.network.bias else np.zeros(m)
            at += m * problem.network.bias
            parts.append(np.array([sum(w * e for w, e in zip(row, entering, strict=True)) for row in weights]) + bias)
        assert at == problem.dim
        if problem.network.head == "squares":
            total += ((parts[-1] - y) ** 2).mean()
        else:
            sign = 2.0 * y[0] - 1.0
            total += np.log(1.0 + np.exp(-sign * parts[-1][0]))
    assert problem.loss(theta)[0] == pytest.approx(total / len(problem.whole[0]), rel=1e-12)


@every_variant
def test_the_fisher_matrix_is_the_expected_square_of_the_slope(problem: DataProblem) -> None:
    """By its definition: targets drawn from the model whose −log p is the loss, sample by sample."""
    theta = somewhere(problem, 1)
    network, (x, _) = problem.network, problem.samples
    outputs = network.widths[-1]
    expected = np.zeros((problem.dim, problem.dim))
    for row in x:
        z = network.outputs(theta, row[None])[0]
        if network.head == "logistic":
            p = 1.0 / (1.0 + np.exp(-z[0, 0]))
            drawn = [(p, np.ones((1, 1))), (1.0 - p, np.zeros((1, 1)))]
        else:  # as many points as give the Gaussian's mean and variance, outputs/2, exactly
            away = outputs / np.sqrt(2.0) * np.eye(outputs)
            drawn = [(0.5 / outputs, z + sign * step) for step in away for sign in (1.0, -1.0)]
        for weight, y in drawn:
            g = network.grad(theta, row[None], y)[0]
            expected += weight * np.outer(g, g) / len(x)
    np.testing.assert_allclose(problem.fisher(theta)[0], expected, rtol=1e-9, atol=1e-12)


@every_variant
def test_the_gauss_newton_matrix_is_the_hessian_less_the_networks_own_bend(problem: DataProblem) -> None:
    """JᵀH_outJ, J and H_out by differences."""
    theta = somewhere(problem, 1)
    network, x = problem.network, problem.samples[0]
    jacobian = slope(lambda at: network.outputs(at, x), theta)[0]
    out = network.outputs(theta, x)[0]
    squares = network.head == "squares"
    bend = np.full_like(out, 2.0 / out.shape[1]) if squares else 1.0 / (2.0 + 2.0 * np.cosh(out))
    expected = np.einsum("sop,so,soq->pq", jacobian, bend, jacobian) / len(x)
    near(problem.gauss_newton(theta)[0], expected)


@as_it_comes
def test_one_layer_has_no_bend_of_its_own(problem: DataProblem) -> None:
    theta = somewhere(problem)
    same = np.allclose(problem.hess(theta), problem.gauss_newton(theta), rtol=1e-12)
    assert same == (len(problem.network.widths) == 2)


@every_variant
def test_factors_have_the_shapes_of_the_blocks(problem: DataProblem) -> None:
    theta = somewhere(problem)
    factors = problem.layers(theta)
    assert len(factors) == len(problem.blocks)
    assert sum(int(np.prod(shape)) for shape in problem.blocks) == problem.dim
    for (a, g), shape in zip(factors, problem.blocks, strict=True):
        outputs, inputs = shape if len(shape) == 2 else (*shape, 1)
        assert a.shape == (len(theta), inputs, inputs) and g.shape == (len(theta), outputs, outputs)
        for factor in (a, g):
            assert np.linalg.eigvalsh(factor).min() >= -1e-12 * np.abs(factor).max()


@as_it_comes
def test_on_one_sample_the_factors_are_the_gauss_newton_blocks(problem: DataProblem) -> None:
    theta, part = somewhere(problem, 2), problem.only((len(problem.whole[0]) - 2,))
    compare(part, theta)


@pytest.mark.parametrize("name", ["line_fit_slope", "line_fit", "matrix_memory"])
def test_for_one_layer_under_squares_they_are_so_on_all(name: str) -> None:
    problem = PROBLEMS[name]()
    compare(problem, somewhere(problem))


def compare(problem: DataProblem, theta: Array) -> None:
    whole, at = problem.gauss_newton(theta), 0
    for (a, g), shape in zip(problem.layers(theta), problem.blocks, strict=True):
        part = slice(at, at + int(np.prod(shape)))
        at = part.stop
        for lane in range(len(theta)):
            np.testing.assert_allclose(np.kron(g[lane], a[lane]), whole[lane, part, part], rtol=1e-9, atol=1e-14)


def test_factors_are_means_over_the_samples() -> None:
    problem = PROBLEMS["flip_network"]()
    theta = somewhere(problem)
    singles = [problem.only((i,)).layers(theta) for i in range(16)]
    for block, (a, g) in enumerate(problem.layers(theta)):
        np.testing.assert_allclose(a, np.mean([s[block][0] for s in singles], axis=0), rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(g, np.mean([s[block][1] for s in singles], axis=0), rtol=1e-12, atol=1e-15)
