"""What second-order rules promise: where they end on quadratics, what a search accepts, what never climbs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscape import Array, Facts, Landscape
from simulator.landscapes import LANDSCAPES
from simulator.linesearch import GRAD, LENGTH, LOSS, SLOPE, Line, armijo, strong_wolfe
from simulator.optimizer import Value
from simulator.optimizers import OPTIMIZERS
from simulator.quadratic import Eigen, gain, norm, within
from simulator.race import Entrant, Noise, Race
from simulator.recording import Recording
from tests.alone import run_alone

SEARCHING = ("armijo", "bfgs", "lbfgs", "ncg")
FORMS = ("fletcher_reeves", "polak_ribiere", "hestenes_stiefel", "dai_yuan")
CLASSIC = ("rosenbrock", "himmelblau", "beale", "rastrigin", "bounded_saddle")


@dataclass(frozen=True)
class Quadratic(Landscape):
    """½·θ·A·θ − b·θ in five dimensions, A positive with eigenvalues from 1 to 50."""

    dim = 5

    @property
    def matrix(self) -> Array:
        turn = np.linalg.qr(np.sin(np.arange(25.0).reshape(5, 5) ** 1.5))[0]
        return turn @ np.diag([1.0, 3.0, 7.0, 20.0, 50.0]) @ turn.T

    def loss(self, theta: Array) -> Array:
        return 0.5 * np.einsum("...i,ij,...j->...", theta, self.matrix, theta) - theta.sum(axis=-1)

    def grad(self, theta: Array) -> Array:
        return theta @ self.matrix - 1.0

    def hess(self, theta: Array) -> Array:
        return np.broadcast_to(self.matrix, (*theta.shape, 5)).copy()

    def facts(self) -> Facts:
        return Facts(((-5.0, 5.0),) * 5, ((3.0, -2.0, 1.0, 4.0, -1.0),), 0.02)


QUADRATIC = Quadratic()
FLOOR = float(QUADRATIC.loss(np.linalg.solve(QUADRATIC.matrix, np.ones(5))))


def grid(name: str, side: int = 5) -> tuple[tuple[float, ...], ...]:
    """Starts all over a landscape's box, off its axes."""
    (left, right), (low, high) = LANDSCAPES[name]().box
    at = (np.arange(side) + 0.4) / side
    return tuple((float(left + (right - left) * u), float(low + (high - low) * v)) for u in at for v in at)


def crowd(name: str, rule: str, steps: int = 60, **hyper: Any) -> Recording:
    landscape = LANDSCAPES[name]()
    return Engine(Race(landscape, (Entrant(OPTIMIZERS[rule](**hyper), rule),), grid(name), steps=steps)).run()


@pytest.mark.parametrize(
    ("rule", "hyper"),
    [("bfgs", {"c2": 1e-6}), *(("ncg", {"form": form, "c2": 1e-6}) for form in FORMS)],
    ids=["bfgs", *FORMS],
)
def test_with_an_exact_search_a_quadratic_takes_as_many_steps_as_dimensions(rule: str, hyper: dict[str, Any]) -> None:
    run = run_alone(QUADRATIC, OPTIMIZERS[rule](**hyper), QUADRATIC.starts[0], 6)
    gap = run.loss[:, 0] - FLOOR
    assert gap[4] > 1e-6
    assert gap[5] < 1e-11
    assert run.grad_norm[5, 0] < 1e-4 * run.grad_norm[4, 0]


def test_the_forms_of_conjugate_gradient_agree_on_a_quadratic_and_part_elsewhere() -> None:
    def paths(landscape: Landscape, start: tuple[float, ...], steps: int, c2: float) -> list[Array]:
        rules = [OPTIMIZERS["ncg"](form=form, c2=c2) for form in FORMS]
        return [run_alone(landscape, rule, start, steps).theta[:, 0] for rule in rules]

    first, *others = paths(QUADRATIC, QUADRATIC.starts[0], 4, 1e-6)
    assert all(other == pytest.approx(first, abs=1e-6) for other in others)
    # Under an exact search g·d₋ = 0, so that they agree in pairs; a looser search parts all.
    start = (-1.2, 1.0)
    fletcher, polak, hestenes, dai = paths(LANDSCAPES["rosenbrock"](), start, 4, 1e-6)
    assert fletcher == pytest.approx(dai, abs=1e-4)
    assert polak == pytest.approx(hestenes, abs=1e-4)
    assert np.abs(fletcher - polak).max() > 1e-2
    some = paths(LANDSCAPES["rosenbrock"](), start, 20, 0.1)
    assert all(np.abs(a - b).max() > 1e-2 for i, a in enumerate(some) for b in some[:i])


def test_directions_of_conjugate_gradient_are_conjugate() -> None:
    run = run_alone(QUADRATIC, OPTIMIZERS["ncg"](c2=1e-6), QUADRATIC.starts[0], 5)
    d = run.states[0]["d"][1:, 0]
    d = d / np.linalg.norm(d, axis=1, keepdims=True)
    assert d @ QUADRATIC.matrix @ d.T == pytest.approx(np.diag(np.diag(d @ QUADRATIC.matrix @ d.T)), abs=1e-5)


def test_bfgs_has_learnt_the_inverse_of_a_quadratic_and_always_explains_its_last_move() -> None:
    run = run_alone(QUADRATIC, OPTIMIZERS["bfgs"](c2=1e-6), QUADRATIC.starts[0], 6)
    assert run.states[0]["H"][6, 0] == pytest.approx(np.linalg.inv(QUADRATIC.matrix), abs=1e-4)
    run = run_alone(LANDSCAPES["rosenbrock"](), OPTIMIZERS["bfgs"](), (-1.2, 1.0), 30)
    slopes = run.race.landscape.grad(run.theta[:, 0])
    for k in range(2, 30):  # H of row k + 1 was made in step k, of the move that led to row k
        H = run.states[0]["H"][k + 1, 0]
        assert H @ (slopes[k] - slopes[k - 1]) == pytest.approx(run.theta[k, 0] - run.theta[k - 1, 0], rel=1e-6)
        assert np.linalg.eigvalsh(H).min() > 0.0


def test_lbfgs_that_forgets_nothing_is_bfgs_that_is_rescaled_only_once() -> None:
    """With one pair, and I scaled by it, both hold the same H: they part with the second pair, which rescales γ."""
    landscape, start = LANDSCAPES["himmelblau"](), (0.5, 5.0)
    full = run_alone(landscape, OPTIMIZERS["bfgs"](), start, 4).theta[:, 0]
    limited = run_alone(landscape, OPTIMIZERS["lbfgs"](), start, 4).theta[:, 0]
    assert limited[:3] == pytest.approx(full[:3], abs=1e-12)
    assert np.abs(limited[3] - full[3]).max() > 1e-6


def search(name: str, which: Any, **more: Any) -> tuple[Line, Array, Landscape]:
    """A line search straight downhill from all over a landscape, and where it ended."""
    landscape = LANDSCAPES[name]()
    theta = np.array(grid(name, 8))
    loss, grad = landscape.loss(theta)[:, None], landscape.grad(theta)
    line = Line(theta, -grad, loss, grad)
    asking = which(line, np.ones_like(loss), line.slope < 0.0, **more)
    try:
        ask = next(asking)
        while True:
            assert isinstance(ask, Value)
            ask = asking.send((landscape.loss(ask.theta)[:, None], landscape.grad(ask.theta)))
    except StopIteration as done:
        return line, done.value, landscape


@pytest.mark.parametrize("name", CLASSIC)
@pytest.mark.parametrize("c2", [0.9, 0.1, 1e-3])
def test_a_wolfe_search_ends_where_it_says(name: str, c2: float) -> None:
    line, found, landscape = search(name, strong_wolfe, c2=c2)
    length, loss, slope = found[:, LENGTH], found[:, LOSS], found[:, SLOPE]
    assert (length > 0.0).all()
    assert (loss <= line.start[:, LOSS] + 1e-4 * length * line.slope).all()
    assert (np.abs(slope) <= c2 * np.abs(line.slope)).all()
    there = line.theta + length * line.direction
    assert np.array_equal(loss[:, 0], landscape.loss(there))
    assert np.array_equal(found[:, GRAD], landscape.grad(there))
    assert line.asked.max() <= 26


@pytest.mark.parametrize("name", CLASSIC)
def test_an_armijo_search_takes_the_first_length_that_will_do(name: str) -> None:
    line, found, landscape = search(name, armijo, c1=0.3)
    length = found[:, LENGTH]
    assert (found[:, LOSS] <= line.start[:, LOSS] + 0.3 * length * line.slope).all()
    assert np.array_equal(length, 0.5 ** (line.asked - 1.0))
    longer = 2.0 * length
    above = landscape.loss(line.theta + longer * line.direction)[:, None]
    assert (above > line.start[:, LOSS] + 0.3 * longer * line.slope)[length < 1.0].all()


def test_a_lane_is_counted_only_for_the_trials_it_needed() -> None:
    """Alone or among others, each lane goes the same way and asks as often."""
    race = Race(LANDSCAPES["himmelblau"](), (Entrant(OPTIMIZERS["lbfgs"](), "any"),), grid("himmelblau"), steps=30)
    run = Engine(race).run()
    assert np.ptp(run.evals[30]) > 0
    for lane, start in enumerate(race.starts):
        alone = Engine(replace(race, starts=(start,))).run()
        assert np.array_equal(alone.evals[:, 0], run.evals[:, lane])
        assert np.array_equal(alone.theta[:, 0], run.theta[:, lane])


@pytest.mark.parametrize("name", CLASSIC)
@pytest.mark.parametrize(
    ("rule", "hyper"),
    [
        *((rule, {}) for rule in SEARCHING),
        ("newton", {"globalization": "line_search"}),
        ("newton", {"globalization": "trust_region"}),
        ("newton", {"globalization": "trust_region", "radius": 1e3, "damping": 0.5}),
    ],
    ids=[*SEARCHING, "newton-line-search", "newton-trust-region", "newton-far"],
)
def test_whoever_measures_never_climbs(name: str, rule: str, hyper: dict[str, Any]) -> None:
    run = crowd(name, rule, **hyper)
    assert (np.diff(run.loss, axis=0) <= 0.0).all()
    assert (run.loss[60] < run.loss[0]).all()


def test_barzilai_and_borwein_climb_on_the_way_and_leave_gradient_descent_behind() -> None:
    steep = LANDSCAPES["ravine"](kappa=100.0)
    for form in ("bb1", "bb2"):
        run = run_alone(steep, OPTIMIZERS["barzilai_borwein"](form=form, lr=0.009), (5.0, 2.0), 100)
        plain = run_alone(steep, OPTIMIZERS["sgd"](lr=0.009), (5.0, 2.0), 100)
        assert run.loss[100, 0] < 1e-12 * plain.loss[100, 0]
    run = run_alone(LANDSCAPES["rosenbrock"](), OPTIMIZERS["barzilai_borwein"](lr=1e-3), (-1.2, 1.0), 200)
    assert run.loss[200, 0] < 1e-20
    assert np.diff(run.loss[:, 0]).max() > 0.1


def test_barzilai_and_borwein_read_the_curvature_off_the_last_move() -> None:
    for form, rate in (("bb1", lambda s, y: s @ s / (s @ y)), ("bb2", lambda s, y: s @ y / (y @ y))):
        run = run_alone(QUADRATIC, OPTIMIZERS["barzilai_borwein"](form=form, lr=0.02), QUADRATIC.starts[0], 20)
        theta = run.theta[:, 0]
        slopes = QUADRATIC.grad(theta)
        assert theta[1] == pytest.approx(theta[0] - 0.02 * slopes[0], rel=1e-14)
        for k in range(1, 20):
            step = rate(theta[k] - theta[k - 1], slopes[k] - slopes[k - 1])
            assert theta[k + 1] == pytest.approx(theta[k] - step * slopes[k], rel=1e-9, abs=1e-12)
            assert 1.0 / 50.0 <= step <= 1.0
    # On the hump between two wells the slope falls along the move, so that η is used again.
    wells = LANDSCAPES["bounded_saddle"]()
    run = run_alone(wells, OPTIMIZERS["barzilai_borwein"](lr=0.01), (0.0, 0.1), 3).theta[:, 0]
    assert run[2] == pytest.approx(run[1] - 0.01 * wells.grad(run[1]), rel=1e-14)


def test_who_leaves_a_saddle() -> None:
    """Newton is drawn in, a line search is turned away unless it stands on the ridge, a trust region always leaves."""
    saddle, newton = LANDSCAPES["bounded_saddle"](), OPTIMIZERS["newton"]
    on, ridge, off = (0.0, 0.0), (-2.5, 0.0), (-2.5, 0.01)
    ends = {
        form: [run_alone(saddle, newton(globalization=form), start, 60).theta[60, 0] for start in (on, ridge, off)]
        for form in ("none", "line_search", "trust_region")
    }
    well, middle = [0.0, 2.0**0.5], [0.0, 0.0]
    for form, wanted in {
        "none": [middle, middle, middle],
        "line_search": [middle, middle, well],
        "trust_region": [well, well, well],
    }.items():
        assert np.abs(ends[form]) == pytest.approx(np.array(wanted), abs=1e-9), form


def test_a_trust_region_step_is_the_lowest_point_within_reach() -> None:
    """Against a fine grid of the disc, for bowls, saddles, hills and the hard case, where g misses the lowest slope."""
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    bends = [(1.0, 9.0), (-2.0, 3.0), (-4.0, -1.0), (0.0, 2.0), (-1.0, 0.0), (2.0, 2.0)]
    slopes = [(0.3, -1.0), (0.0, 0.7), (0.0, 0.0), (1e-9, 2.0)]
    matrix = np.stack([turn @ np.diag(bend) @ turn.T for bend in bends for _ in slopes])
    grad = np.stack([turn @ np.array(slope) for _ in bends for slope in slopes])
    angle, share = np.meshgrid(np.linspace(0.0, 2.0 * np.pi, 721), np.linspace(0.0, 1.0, 201))
    disc = (share[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)).reshape(-1, 2)
    for reach in (0.05, 0.5, 5.0):
        radius = np.full((len(grad), 1), reach)
        p = within(Eigen(matrix), grad, radius)
        assert (norm(p) <= reach * (1.0 + 1e-9)).all()
        mine = gain(grad, matrix, p)[:, 0]
        best = np.stack([gain(np.broadcast_to(g, disc.shape), np.broadcast_to(M, (len(disc), 2, 2)), reach * disc)
                         for g, M in zip(grad, matrix, strict=True)]).max(axis=(1, 2))  # fmt: skip
        assert (mine >= best - 1e-9 * (1.0 + np.abs(best))).all()


def test_a_trust_region_shrinks_where_its_model_lies_and_grows_where_it_holds() -> None:
    run = run_alone(LANDSCAPES["rosenbrock"](), OPTIMIZERS["newton"](globalization="trust_region"), (-1.2, 1.0), 40)
    radius, theta, loss = run.states[0]["radius"][:, 0, 0], run.theta[:, 0], run.loss[:, 0]
    refused = (theta[1:] == theta[:-1]).all(axis=1) & (loss[:-1] > 1e-20)
    assert refused.any()
    assert (radius[1:][refused] < radius[:-1][refused]).all()
    assert (radius[1:] > radius[:-1]).any()
    moved = np.linalg.norm(np.diff(theta, axis=0), axis=1)
    assert (moved <= radius[:-1] * (1.0 + 1e-9)).all()
    assert run.loss[40, 0] < 1e-25
    assert run.evals[40, 0] == 3 * 40


@dataclass(frozen=True)
class Growth(Landscape):
    """y = a·exp(b·x) through three points by least squares, in coordinates of one's choice: ``turn``·θ or log a."""

    turn: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))
    logarithmic: bool = False
    model = True
    x = np.array([0.0, 0.5, 1.0])
    y = np.array([1.0, 1.8, 2.5])

    def known_as(self, theta: Array) -> Array:
        """(a, b) for θ."""
        own = theta @ np.array(self.turn).T
        return np.stack([np.exp(own[..., 0]), own[..., 1]], axis=-1) if self.logarithmic else own

    def written_as(self, known: tuple[float, float]) -> tuple[float, ...]:
        """θ for (a, b)."""
        own = np.array([np.log(known[0]) if self.logarithmic else known[0], known[1]])
        return tuple(np.linalg.solve(np.array(self.turn), own).tolist())

    def _jacobian(self, theta: Array) -> tuple[Array, Array]:
        a, b = np.moveaxis(self.known_as(theta), -1, 0)[..., None]
        curve = np.exp(b * self.x)
        by_a = a * curve if self.logarithmic else curve
        return a * curve - self.y, np.stack([by_a, a * self.x * curve], axis=-1) @ np.array(self.turn)

    def loss(self, theta: Array) -> Array:
        return 0.5 * (self._jacobian(theta)[0] ** 2).sum(axis=-1)

    def grad(self, theta: Array) -> Array:
        wrong, jacobian = self._jacobian(theta)
        return np.einsum("...k,...ki->...i", wrong, jacobian)

    def gauss_newton(self, theta: Array) -> Array:
        jacobian = self._jacobian(theta)[1]
        return np.einsum("...ki,...kj->...ij", jacobian, jacobian)

    def fisher(self, theta: Array) -> Array:
        return self.gauss_newton(theta)

    def facts(self) -> Facts:
        return Facts(((-5.0, 5.0), (-5.0, 5.0)), ((0.5, 0.2),), 0.1)


def fitted(problem: Growth, rule: str, steps: int, **hyper: Any) -> Array:
    """The path of (a, b) from (2.0, -0.5)."""
    run = run_alone(problem, OPTIMIZERS[rule](**hyper), problem.written_as((2.0, -0.5)), steps)
    return problem.known_as(run.theta[:, 0])


def test_a_natural_path_does_not_depend_on_how_the_model_is_written() -> None:
    plain, turned = Growth(), Growth(turn=((1.0, 0.7), (-0.2, 3.0)))
    path = fitted(plain, "natural_gradient", 40, lr=0.2, damping=0.0)
    assert fitted(turned, "natural_gradient", 40, lr=0.2, damping=0.0) == pytest.approx(path, abs=1e-10)
    assert np.abs(fitted(turned, "sgd", 40, lr=0.05) - fitted(plain, "sgd", 40, lr=0.05)).max() > 0.1
    assert np.abs(fitted(turned, "natural_gradient", 40, lr=0.2, damping=1.0) - path).max() > 0.1
    # A change that bends the coordinates: the two paths close in as the steps become shorter.
    bent, apart = Growth(logarithmic=True), []
    for lr, steps in ((0.04, 25), (0.02, 50), (0.01, 100)):
        paths = [fitted(problem, "natural_gradient", steps, lr=lr, damping=0.0) for problem in (plain, bent)]
        apart.append(np.abs(paths[0][-1] - paths[1][-1]).max())
    assert apart[0] / apart[1] == pytest.approx(2.0, rel=0.1)
    assert apart[1] / apart[2] == pytest.approx(2.0, rel=0.1)


def test_a_direction_of_which_the_data_say_nothing_is_left_alone() -> None:
    """Two parameters that always act together: without damping the difference of the two never changes."""
    flat = Growth(turn=((1.0, 1.0), (0.0, 0.0)))
    path = run_alone(flat, OPTIMIZERS["natural_gradient"](lr=1.0, damping=0.0), (0.5, 0.2), 5).theta[:, 0]
    assert np.diff(path, axis=1) == pytest.approx(-0.3, abs=1e-12)
    assert path[1].sum() == pytest.approx(Growth.y.mean(), abs=1e-12)


def test_gauss_newton_is_there_in_one_step_where_the_model_is_linear() -> None:
    line = replace(LANDSCAPES["line_fit"](), batch_size=4)
    rule = OPTIMIZERS["gauss_newton"](lr=1.0, damping=0.0, adaptive=False)
    assert run_alone(line, rule, (-0.5, 2.5), 1).theta[1, 0] == pytest.approx([1.9, 0.0], abs=1e-12)


def test_levenberg_marquardt_refuses_what_climbs_and_damps_more() -> None:
    problem, far = Growth(), (9.0, -4.0)
    bold = run_alone(problem, OPTIMIZERS["gauss_newton"](damping=1e-2, adaptive=False, lr=1.0), far, 30)
    run = run_alone(problem, OPTIMIZERS["gauss_newton"](damping=1e-2, lr=1.0), far, 30)
    damping, loss = run.states[0]["damping"][:, 0, 0], run.loss[:, 0]
    assert np.diff(bold.loss[:, 0]).max() > 0.0
    assert (np.diff(loss) <= 0.0).all()
    stayed = (run.theta[1:, 0] == run.theta[:-1, 0]).all(axis=1) & (run.grad_norm[:-1, 0] > 1e-6)
    assert stayed.any()
    assert damping[1:][stayed] == pytest.approx(10.0 * damping[:-1][stayed])
    assert run.grad_norm[30, 0] < 1e-9
    assert run.evals[30, 0] == 3 * 30


every_lost = pytest.mark.parametrize(
    ("name", "rule"), list(product(["saddle", "monkey_saddle", "easom"], [*SEARCHING, "newton", "barzilai_borwein"]))
)


def assert_lost_lanes_spoil_no_other(name: str, rule: str, steps: int) -> None:
    """A slope without end, a plain without slope, and starts so far out that everything overflows."""
    landscape = LANDSCAPES[name]()
    starts = ((1e9, -1e9), (1.0, 0.5), (0.0, 0.0), (-1e9, 1.0))
    hypers = [{"globalization": form} for form in ("none", "line_search", "trust_region")] if rule == "newton" else [{}]
    for hyper in hypers:
        race = Race(landscape, (Entrant(OPTIMIZERS[rule](**hyper), rule),), starts, steps=steps)
        run = Engine(race).run()
        alone = Engine(replace(race, starts=starts[1:2])).run()
        assert np.array_equal(run.theta[:, 1], alone.theta[:, 0], equal_nan=True)
        assert run.evals[steps].max() <= steps * 101


@every_lost
def test_lost_lanes_end_quietly_and_spoil_no_other(name: str, rule: str) -> None:
    assert_lost_lanes_spoil_no_other(name, rule, 50)


@pytest.mark.parametrize("rule", SEARCHING)
def test_a_search_under_noise_is_bounded_and_repeatable(rule: str) -> None:
    entrant = Entrant(OPTIMIZERS[rule](), rule)
    race = Race(LANDSCAPES["rosenbrock"](), (entrant,), ((-1.2, 1.0),), Noise(sigma=5.0), steps=60, seed=3)
    run = Engine(race).run()
    assert np.isfinite(run.theta).all()
    assert np.array_equal(run.theta, Engine(race).run().theta)
