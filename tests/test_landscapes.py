"""Laws over every landscape of the catalog, as it comes and with its parameters moved."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Array
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.recording import Status
from tests.alone import run_alone

H = 6e-6  # the step of a central difference at which rounding and curvature disturb it equally

# Problems with data have laws of their own: test_problems.py.
FORMULAS = {name: cls for name, cls in LANDSCAPES.items() if cls.family != "data"}

TABLE: dict[str, tuple[Callable[..., float], tuple[float, ...]]] = {
    "parabola": (lambda x: (x - 3) ** 2, (0.0,)),
    "bowl": (lambda x, y: x**2 + y**2, (-4.0, 3.0)),
    "ravine": (lambda x, y: x**2 + 10 * y**2, (5.0, 2.0)),
    "saddle": (lambda x, y: x**2 - y**2, (-2.5, 0.01)),
    "bounded_saddle": (lambda x, y: x**2 - y**2 + y**4 / 4, (-2.5, 0.01)),
    "rosenbrock": (lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2, (-1.5, 2.5)),
    "beale": (
        lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
        (-3.0, 2.0),
    ),
    "himmelblau": (lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2, (-0.27, -0.92)),
    "rastrigin": (
        lambda x, y: 20 + x**2 + y**2 - 10 * math.cos(2 * math.pi * x) - 10 * math.cos(2 * math.pi * y),
        (-2.0, 3.5),
    ),
    "plateau": (lambda x, y: math.log(1 + x**2 + y**2), (-9.0, 8.0)),
    "two_wells": (
        lambda x, y: x**2 + y**2 - 2 * math.exp(-5 * ((x - 1) ** 2 + y**2)) - 3 * math.exp(-5 * ((x + 1) ** 2 + y**2)),
        (1.6, 1.1),
    ),
}
"""The formulas as published, and the starts."""


def instances() -> Iterator[Landscape]:
    for cls in FORMULAS.values():
        yield cls()
        for name, p in params(cls).items():
            if p.numeric:
                yield cls(**{name: p.from_track(0.3)})
                yield cls(**{name: p.from_track(0.8)})


every_instance = pytest.mark.parametrize("landscape", list(instances()), ids=lambda it: f"{it.name}-{it.hyper}")
as_it_comes = pytest.mark.parametrize("landscape", [cls() for cls in FORMULAS.values()], ids=list(FORMULAS))


def somewhere(landscape: Landscape, n: int = 200) -> Array:
    """Points all over the box and a little around it."""
    box = np.asarray(landscape.box)
    spread = np.random.default_rng(5).uniform(-0.6, 0.6, (n, landscape.dim))
    return box.mean(axis=1) + spread * (box[:, 1] - box[:, 0])


def difference(of: Callable[[Array], Array], theta: Array, axis: int) -> Array:
    shift = np.zeros(theta.shape[-1])
    shift[axis] = H
    return (of(theta + shift) - of(theta - shift)) / (2.0 * H)


def near(value: Array, expected: Array, scale: Array) -> None:
    """Equal as far as a central difference can tell, ``scale`` being the size of what was differenced."""
    assert (np.abs(value - expected) <= 2e-7 * (1.0 + np.abs(expected)) + 1e-9 * np.abs(scale)).all()


def test_every_landscape_is_in_the_table() -> None:
    assert set(TABLE) == set(FORMULAS) - {"formula"}


@pytest.mark.parametrize("name", TABLE)
def test_the_formula_is_the_published_one(name: str) -> None:
    landscape, (published, start) = LANDSCAPES[name](), TABLE[name]
    assert landscape.starts[0] == start
    theta = somewhere(landscape)
    assert landscape.loss(theta) == pytest.approx([published(*point) for point in theta.tolist()], rel=1e-12, abs=1e-12)


@every_instance
def test_the_gradient_is_the_slope_of_the_loss(landscape: Landscape) -> None:
    theta = somewhere(landscape)
    grad, loss = landscape.grad(theta), landscape.loss(theta)
    assert grad.shape == theta.shape and loss.shape == theta.shape[:1]
    for i in range(landscape.dim):
        near(difference(landscape.loss, theta, i), grad[:, i], loss)


@every_instance
def test_the_hessian_is_the_slope_of_the_gradient(landscape: Landscape) -> None:
    theta = somewhere(landscape)
    hess, grad = landscape.hess(theta), landscape.grad(theta)
    assert hess.shape == (*theta.shape, landscape.dim)
    assert np.array_equal(hess, np.swapaxes(hess, 1, 2))
    for i in range(landscape.dim):
        near(difference(landscape.grad, theta, i), hess[:, i], grad)


@as_it_comes
def test_leading_axes_are_free(landscape: Landscape) -> None:
    theta = somewhere(landscape, 12)
    folded = theta.reshape(3, 4, landscape.dim)
    assert np.array_equal(landscape.loss(folded).ravel(), landscape.loss(theta))
    assert np.array_equal(landscape.grad(folded).reshape(theta.shape), landscape.grad(theta))
    assert np.array_equal(landscape.hess(folded).reshape(12, -1), landscape.hess(theta).reshape(12, -1))


@every_instance
def test_declared_minima_are_minima(landscape: Landscape) -> None:
    assert (landscape.lowest is None) == (landscape.name == "saddle")
    for minimum in landscape.minima:
        theta = np.array([minimum.theta])
        curvatures = np.linalg.eigvalsh(landscape.hess(theta)[0])
        assert curvatures[0] > 0.0
        assert np.abs(landscape.grad(theta)).max() < 1e-9 * (1.0 + curvatures[-1])
        assert landscape.loss(theta)[0] == pytest.approx(minimum.loss, abs=1e-12)
        assert minimum.kind == "global" or minimum.loss > landscape.lowest
        assert all(low < x < high for x, (low, high) in zip(minimum.theta, landscape.box, strict=True))


@every_instance
def test_nothing_in_the_box_lies_lower(landscape: Landscape) -> None:
    axes = [np.linspace(low, high, 400) for low, high in landscape.box]
    grid = np.stack(np.meshgrid(*axes), axis=-1)
    lowest = landscape.loss(grid).min()
    if landscape.lowest is None:
        edge = np.array([[0.0, landscape.box[1][1]]])
        assert landscape.loss(edge)[0] - 0.1 < lowest < -8.9, "unbounded below: lowest on the border"
    else:
        assert lowest >= landscape.lowest - 1e-9


@every_instance
def test_starts_are_in_the_box_and_on_no_axis_of_symmetry(landscape: Landscape) -> None:
    assert len(landscape.starts) >= (1 if landscape.name == "formula" else 2)
    for start in landscape.starts:
        assert all(low < x < high for x, (low, high) in zip(start, landscape.box, strict=True))
        assert (landscape.grad(np.array([start])) != 0.0).all(), "a coordinate that gets no gradient never moves"


@every_instance
def test_the_default_rate_works_for_plain_gradient_descent(landscape: Landscape) -> None:
    for start in landscape.starts:
        run = run_alone(landscape, OPTIMIZERS["sgd"](lr=landscape.lr), start)
        assert run.status_at(300, 0)[0] is not Status.DIVERGED
        assert run.loss[-1, 0] < run.loss[0, 0]
    first = run_alone(landscape, OPTIMIZERS["sgd"](lr=landscape.lr), landscape.starts[0])
    assert first.gap()[-1, 0] < 0.5 * first.gap()[0, 0]


def test_on_the_ravine_gradient_descent_zig_zags_and_still_arrives() -> None:
    ravine = LANDSCAPES["ravine"]()
    run = run_alone(ravine, OPTIMIZERS["sgd"](lr=ravine.lr), ravine.starts[0])
    across = run.theta[:20, 0, 1]
    assert (across[1:] * across[:-1] < 0.0).all()
    assert np.abs(across[5]) > 0.5, "the swings are large enough to be seen"
    assert run.status_at(300, 0)[0] is Status.ARRIVED


@pytest.mark.parametrize("kappa", [1.0, 10.0, 1e4])
@pytest.mark.parametrize("rotation", [0.0, 30.0, 90.0])
def test_the_ravine_has_the_condition_number_it_declares(kappa: float, rotation: float) -> None:
    ravine = LANDSCAPES["ravine"](kappa=kappa, rotation=rotation)
    low, high = np.linalg.eigvalsh(ravine.hess(np.zeros((1, 2)))[0])
    assert (low, high / low) == pytest.approx((2.0, kappa))


@as_it_comes
def test_it_draws_in_single_precision(landscape: Landscape) -> None:
    axes = [np.linspace(low, high, 101) for low, high in landscape.box]
    wide = [axes[0]] if landscape.dim == 1 else [axes[0][None], axes[1][:, None]]
    drawn = landscape.f(*(axis.astype(np.float32) for axis in wide))
    exact = landscape.f(*wide)
    assert drawn.dtype == np.float32
    assert drawn.shape == exact.shape == np.broadcast_shapes(*(axis.shape for axis in wide))
    np.testing.assert_allclose(drawn, exact, rtol=1e-4, atol=1e-4)


@as_it_comes
def test_it_says_what_it_is(landscape: Landscape) -> None:
    cls = type(landscape)
    assert cls.title and cls.source and cls.doc() and cls.formula_text.startswith("f = ")
    assert cls.story.endswith((".", "?"))
    for p in params(cls).values():
        assert p.doc.endswith((".", "…"))
