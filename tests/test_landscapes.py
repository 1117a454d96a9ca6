"""Laws over every landscape of the catalog that stands still, as it comes and with its parameters moved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.landscapes.formula import Formula
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.recording import Status
from simulator.referee import DIVERGED_DIAGONALS
from simulator.selfcheck import minima, slopes
from simulator.selfcheck.minima import ring
from simulator.selfcheck.slopes import somewhere
from tests.alone import run_alone
from tests.published import TABLE

STILL = {name: cls for name, cls in LANDSCAPES.items() if cls.family in ("classic", "teaching")}


def instances() -> Iterator[Landscape]:
    for cls in STILL.values():
        yield cls()
        for name, p in params(cls).items():
            if p.numeric:
                yield cls(**{name: p.from_track(0.3)})
                yield cls(**{name: p.from_track(0.8)})


every_instance = pytest.mark.parametrize("landscape", list(instances()), ids=lambda it: f"{it.name}-{it.hyper}")
as_it_comes = pytest.mark.parametrize("landscape", [cls() for cls in STILL.values()], ids=list(STILL))


def test_every_landscape_that_stands_still_is_in_the_table() -> None:
    assert set(TABLE) == set(STILL) - {"formula"}


@pytest.mark.parametrize("name", TABLE)
def test_formula_and_derivatives_are_those_of_the_published_one(name: str) -> None:
    landscape, (published, start) = LANDSCAPES[name](), TABLE[name]
    typed = Formula(published, landscape.box)
    assert landscape.starts[0] == start
    theta = somewhere(landscape, 2000)
    for of in ("loss", "grad", "hess"):
        expected = getattr(typed, of)(theta)
        # Terms that cancel leave their rounding behind.
        atol = 1e-13 * np.abs(expected).max()
        np.testing.assert_allclose(getattr(landscape, of)(theta), expected, rtol=1e-11, atol=atol, err_msg=of)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_the_loss_is_finite_as_far_as_nobody_has_diverged(name: str) -> None:
    landscape = LANDSCAPES[name]()
    if not landscape.finite:
        assert landscape.name == "formula"
        return
    draw, far = np.random.default_rng(0), DIVERGED_DIAGONALS * landscape.diagonal
    signs, spread = draw.choice([-1.0, 1.0], (500, landscape.dim)), 10.0 ** draw.uniform(-6.0, 0.0, (500, 1))
    spread[:50] = 1.0
    theta = np.asarray(landscape.box).mean(axis=1) + far * spread * signs
    for step in (0, 7):
        assert np.isfinite(landscape.at(step).loss(theta)).all()


@every_instance
def test_the_gradient_is_the_slope_of_the_loss(landscape: Landscape) -> None:
    theta = somewhere(landscape)
    assert landscape.grad(theta).shape == theta.shape and landscape.loss(theta).shape == theta.shape[:1]
    found = slopes.gradient(landscape)
    assert found.well, found


@every_instance
def test_the_hessian_is_the_slope_of_the_gradient(landscape: Landscape) -> None:
    theta = somewhere(landscape)
    hess = landscape.hess(theta)
    assert hess.shape == (*theta.shape, landscape.dim)
    assert np.array_equal(hess, np.swapaxes(hess, 1, 2))
    found = slopes.hessian(landscape)
    assert found.well, found


@as_it_comes
def test_leading_axes_are_free(landscape: Landscape) -> None:
    theta = somewhere(landscape, 12)
    folded = theta.reshape(3, 4, landscape.dim)
    assert np.array_equal(landscape.loss(folded).ravel(), landscape.loss(theta))
    assert np.array_equal(landscape.grad(folded).reshape(theta.shape), landscape.grad(theta))
    assert np.array_equal(landscape.hess(folded).reshape(12, -1), landscape.hess(theta).reshape(12, -1))


@pytest.mark.parametrize(
    ("name", "at", "grad"),
    [
        ("ackley", (0.0, 0.0), (0.0, 0.0)),
        ("drop_wave", (0.0, 0.0), (0.0, 0.0)),
        ("bukin6", (-10.0, 1.0), (0.0, 0.0)),
        ("bukin6", (0.0, 0.0), (0.01, 0.0)),
        ("bukin6", (-10.0, 2.0), (10.0, 50.0)),
        ("schwefel", (0.0, 0.0), (0.0, 0.0)),
        ("eggholder", (0.0, -47.0), (0.0, 0.0)),
    ],
)
def test_where_there_is_no_derivative_it_counts_as_none(
    name: str, at: tuple[float, ...], grad: tuple[float, ...]
) -> None:
    """And nothing warns: a warning would fail this."""
    landscape, theta = LANDSCAPES[name](), np.array([at])
    assert landscape.grad(theta)[0] == pytest.approx(grad, abs=1e-12)
    assert np.isfinite(landscape.hess(theta)).all() and np.isfinite(landscape.loss(theta)).all()


@pytest.mark.parametrize("y", [-97.0, 53.0])
def test_on_the_eggholders_creases_the_slope_is_that_of_the_other_wave(y: float) -> None:
    """At x = 100 the first root vanishes at y = −97, the second at y = 53."""
    landscape, v = LANDSCAPES["eggholder"](), y + 47.0
    other = 50.0 + v if y > 0 else 100.0 - v  # what is under the root that is left
    root = np.sqrt(other)
    wave, slope = np.sin(root), np.cos(root) / (2.0 * root)
    expected = (-0.5 * v * slope, -wave - v * slope) if y > 0 else (-wave - 100.0 * slope, 100.0 * slope)
    assert landscape.grad(np.array([[100.0, y]]))[0] == pytest.approx(expected, rel=1e-13)


@every_instance
def test_declared_minima_are_minima(landscape: Landscape) -> None:
    """Attained, level, shaped as they say, nothing lower in the box, and outside only what is said."""
    found = list(minima.findings(landscape))
    assert found and [str(finding) for finding in found if not finding.well] == []


@every_instance
def test_starts_are_in_the_box_and_on_no_axis_of_symmetry(landscape: Landscape) -> None:
    assert len(landscape.starts) >= (1 if landscape.name == "formula" else 2)
    for start in landscape.starts:
        assert all(low < x < high for x, (low, high) in zip(start, landscape.box, strict=True))
        assert (landscape.grad(np.array([start])) != 0.0).all(), "a coordinate that gets no gradient never moves"


@every_instance
def test_the_default_rate_works_for_plain_gradient_descent(landscape: Landscape) -> None:
    """From the first start it halves the gap, or comes to rest in a trap, or hardly finds a slope to begin with."""
    runs = [run_alone(landscape, OPTIMIZERS["sgd"](lr=landscape.lr), start) for start in landscape.starts]
    for run in runs:
        assert run.status_at(300, 0)[0] is not Status.DIVERGED
        assert run.loss[-1, 0] < run.loss[0, 0]
    gap, slope = runs[0].gap()[:, 0], runs[0].grad_norm[:, 0]
    flat = 300 * landscape.lr * slope[0] < 0.02 * landscape.diagonal
    assert gap[-1] < 0.5 * gap[0] or slope[-1] < 0.1 * slope[0] or flat


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


def test_the_published_ravines_are_half_of_ours() -> None:
    """(x² + 100y²)/2, straight and turned by 45°: the same paths at twice our rates."""
    for rotation, published in ((0.0, "(x^2 + 100*y^2)/2"), (45.0, "((x + y)^2/2 + 100*(y - x)^2/2)/2")):
        ravine = LANDSCAPES["ravine"](kappa=100.0, rotation=rotation)
        theta = somewhere(ravine)
        assert 0.5 * ravine.loss(theta) == pytest.approx(Formula(published, ravine.box).loss(theta), rel=1e-12)


def test_nobody_arrives_outside_the_box_where_lower_values_lie_outside() -> None:
    """Past the eggholder's border the loss goes on falling: that is not its minimum."""
    run = run_alone(LANDSCAPES["eggholder"](), OPTIMIZERS["sgd"](lr=0.1), (500.0, 404.0), 400)
    assert run.gap()[-1, 0] < 0.0
    assert not (run.status == Status.ARRIVED.value).any() and run.status_at(400, 0)[0] is Status.OUT_OF_VIEW


def test_the_sharp_minimum_is_the_lower_one_and_the_worse_to_be_near() -> None:
    """By the worst loss within 0.3 of each."""
    landscape = LANDSCAPES["sharp_wide"]()
    worst = [max(ring(landscape, m, r).max() for r in np.linspace(0.0, 0.3, 31)) for m in landscape.minima]
    assert worst == pytest.approx([0.043, -0.900], abs=1e-3)


def test_newton_only_comes_a_third_nearer_on_the_flower() -> None:
    run = run_alone(LANDSCAPES["flower"](), OPTIMIZERS["newton"](), (0.5, -0.5), 10)
    distance = np.hypot(*run.theta[:, 0].T)
    assert distance[1:] / distance[:-1] == pytest.approx(2.0 / 3.0, abs=0.03)


@as_it_comes
def test_it_draws_in_single_precision(landscape: Landscape) -> None:
    axes = [np.linspace(low, high, 101).astype(np.float32) for low, high in landscape.box]
    wide = [axes[0]] if landscape.dim == 1 else [axes[0][None], axes[1][:, None]]
    drawn = landscape.f(*wide)
    exact = landscape.f(*(axis.astype(np.float64) for axis in wide))
    assert drawn.dtype == np.float32
    assert drawn.shape == exact.shape == np.broadcast_shapes(*(axis.shape for axis in wide))
    close = np.isclose(drawn, exact, rtol=1e-4, atol=1e-4 + 1e-5 * np.ptp(exact))
    assert close.mean() > 0.999, "a crease may run closer than a coordinate is rounded"


@as_it_comes
def test_it_says_what_it_is(landscape: Landscape) -> None:
    cls = type(landscape)
    assert cls.title and cls.source and cls.doc() and cls.formula_text.startswith("f = ")
    assert cls.story.endswith((".", "?"))
    for p in params(cls).values():
        assert p.doc.endswith((".", "…"))
