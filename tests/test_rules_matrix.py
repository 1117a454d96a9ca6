"""Facts of the rules that see layers or matrices, and of those that look around before they step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from simulator.answers import answer
from simulator.engine import Engine
from simulator.group import Group
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.matrices import eigh, power, shape
from simulator.optimizer import Array, Block, Optimizer, Query
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Entrant, Race
from tests.alone import bound, run_alone

MEMORY = LANDSCAPES["matrix_memory"](kappa=10.0)
FLIP = LANDSCAPES["flip_network"](batch_size=16)
ROSENBROCK = LANDSCAPES["rosenbrock"]()
NAMES = ("lars", "lamb", "sophia", "sam", "asam", "shampoo", "soap", "muon", "kfac")


def variants() -> Iterator[Optimizer]:
    """Each rule as it comes, with each of its choices and switches, and with all optional terms."""
    for name in NAMES:
        known = params(OPTIMIZERS[name])
        yield OPTIMIZERS[name]()
        for key, p in known.items():
            for choice in p.choices or ((False, True) if p.scale == "switch" else ()):
                if choice != p.default:
                    yield OPTIMIZERS[name](**{key: choice})
        yield OPTIMIZERS[name](**{key: 0.1 for key, p in known.items() if p.off is not None})
    yield OPTIMIZERS["shampoo"](preconditioning_compute_steps=2)
    yield OPTIMIZERS["soap"](precondition_frequency=1, precondition_1d=True)


VARIANTS = list(variants())
every_variant = pytest.mark.parametrize("rule", VARIANTS, ids=[f"{v.name}-{i}" for i, v in enumerate(VARIANTS)])


def stepped(group: Group, landscape: Landscape, steps: int, wrong: dict[int, float]) -> Array:
    """Where the lanes are after some steps, while the lanes of ``wrong`` are told that all their slopes are so."""
    race = Race(landscape, (Entrant(OPTIMIZERS["sgd"](), "any"),), (tuple(group.theta[0]),))
    theta, state = group.theta, group.state

    def slopes(at: Array) -> Array:
        grad = landscape.grad(at)
        for lane, value in wrong.items():
            grad[lane] = value
        return grad

    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            step = group.rule.step(theta, state, group.peak, t)
            ask = next(step)
            try:
                while True:
                    at = ask.theta if isinstance(ask, Query) else ask
                    told: Any = slopes(at)
                    ask = step.send(answer(ask, told, group, landscape, race.seeds, t, None) if ask is not at else told)
            except StopIteration as done:
                theta, state = done.value
    return theta


@every_variant
def test_a_lane_that_is_not_finite_raises_nothing_and_disturbs_no_other(rule: Optimizer) -> None:
    lone = stepped(bound(rule, FLIP, FLIP.starts[:1]), FLIP, 4, {})
    starts = (FLIP.starts[1], FLIP.starts[0], FLIP.starts[2])
    among = stepped(bound(rule, FLIP, starts), FLIP, 4, {0: np.nan, 2: np.inf})
    assert np.isfinite(lone).all()
    assert np.array_equal(among[1], lone[0])


@every_variant
def test_on_a_network_it_rests_only_where_its_slope_does(rule: Optimizer) -> None:
    run = Engine(Race(FLIP, (Entrant(rule, "alone"),), FLIP.starts[:2], steps=5)).run()
    assert np.isfinite(run.theta).all()
    assert (run.theta[5] != run.theta[0]).any(axis=1).all()


def test_lamb_moves_every_layer_by_the_same_share_of_its_size() -> None:
    start = np.array(FLIP.starts[0]) + 0.1
    run = run_alone(FLIP, OPTIMIZERS["lamb"](lr=0.01, weight_decay=0.1), start, 30)
    for block in bound(OPTIMIZERS["lamb"](), FLIP, (tuple(start),)).rule.blocks:
        path = run.theta[:, 0, block.part]
        share = np.linalg.norm(np.diff(path, axis=0), axis=1) / np.linalg.norm(path[:-1], axis=1)
        assert share == pytest.approx(np.full(30, 0.01), rel=1e-12)


def test_at_the_origin_lars_and_lamb_step_as_if_there_was_no_ratio() -> None:
    slope = ROSENBROCK.grad(np.zeros(2))
    lars = run_alone(ROSENBROCK, OPTIMIZERS["lars"](lr=0.01), (0.0, 0.0), 1).theta[1, 0]
    assert lars == pytest.approx(-0.01 * slope)
    lamb = run_alone(ROSENBROCK, OPTIMIZERS["lamb"](lr=0.01, eps=0.0), (0.0, 0.0), 1).theta[1, 0]
    assert lamb == pytest.approx(-0.01 * np.sign(slope))


def test_the_length_of_a_lars_step_does_not_know_the_slope() -> None:
    for landscape in (ROSENBROCK, LANDSCAPES["ravine"](kappa=1000.0)):
        step = np.diff(run_alone(landscape, OPTIMIZERS["lars"](lr=2.0), (3.0, -4.0), 1).theta[:, 0], axis=0)
        assert np.linalg.norm(step) == pytest.approx(2.0 * 1e-3 * 5.0, rel=1e-12)


@dataclass(frozen=True)
class Slope(Landscape):
    """A plane over matrices: its gradient is ``matrix`` everywhere."""

    matrix: Any = None

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        return (self.matrix.shape,)

    @property
    def dim(self) -> int:
        return self.matrix.size

    def loss(self, theta: Array) -> Array:
        return theta @ self.matrix.ravel()

    def grad(self, theta: Array) -> Array:
        return np.broadcast_to(self.matrix.ravel(), theta.shape).copy()


@pytest.mark.parametrize(("outputs", "inputs"), [(5, 5), (4, 6), (6, 4)])
@pytest.mark.parametrize("scaled", params(OPTIMIZERS["muon"])["preconditioning"].choices)
def test_muons_step_on_a_matrix_has_singular_values_near_1(outputs: int, inputs: int, scaled: str) -> None:
    rng = np.random.default_rng(3)
    u, _ = np.linalg.qr(rng.normal(size=(outputs, outputs)))
    v, _ = np.linalg.qr(rng.normal(size=(inputs, inputs)))
    few = min(outputs, inputs)
    slope = (u[:, :few] * np.geomspace(1.0, 30.0, few)) @ v[:, :few].T
    group = bound(OPTIMIZERS["muon"](lr=1.0, preconditioning=scaled), Slope(slope), ((0.0,) * slope.size,))
    went = -stepped(group, Slope(slope), 1, {})[0].reshape(slope.shape)
    sizes = np.linalg.svd(went, compute_uv=False) / max(1.0, outputs / inputs) ** 0.5
    assert (sizes > 0.6).all() and (sizes < 1.25).all()
    if scaled != "aol":  # which scales each row by itself
        turned = (u.T @ went @ v)[:few, :few]
        assert turned == pytest.approx(np.diag(np.diag(turned)), abs=1e-12)


def test_on_a_vector_muon_without_nesterov_is_adamw() -> None:
    muon = OPTIMIZERS["muon"](lr=0.05, nesterov=False, adam_weight_decay=0.1)
    adamw = OPTIMIZERS["adamw"](lr=0.05, weight_decay=0.1)
    paths = [run_alone(ROSENBROCK, rule, (-1.2, 1.0), 100).theta for rule in (muon, adamw)]
    assert paths[0] == pytest.approx(paths[1], abs=1e-12)


def test_on_a_vector_shampoo_divides_by_the_root_of_the_summed_squares() -> None:
    run = run_alone(ROSENBROCK, OPTIMIZERS["shampoo"](lr=0.3, matrix_eps=0.1), (-1.2, 1.0), 40)
    summed = 0.1 * np.eye(2)
    for k in range(40):
        grad = run.grad[k, 0]
        summed = summed + np.outer(grad, grad)
        root = summed + np.sqrt(np.linalg.det(summed)) * np.eye(2)
        root /= np.sqrt(np.trace(summed) + 2.0 * np.sqrt(np.linalg.det(summed)))
        step = run.theta[k, 0] - run.theta[k + 1, 0]
        assert root @ step == pytest.approx(0.3 * grad, rel=1e-9, abs=1e-9)


def test_no_turning_of_the_axes_disturbs_shampoo() -> None:
    angle = np.radians(30.0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    start, rule = np.array([-4.0, 1.5]), OPTIMIZERS["shampoo"](lr=0.5)
    straight = run_alone(LANDSCAPES["ravine"](), rule, start, 50)
    turned = run_alone(LANDSCAPES["ravine"](rotation=30.0), rule, turn @ start, 50)
    assert turned.loss == pytest.approx(straight.loss, abs=1e-9)


def test_shampoo_stands_still_until_its_first_roots() -> None:
    path = run_alone(ROSENBROCK, OPTIMIZERS["shampoo"](preconditioning_compute_steps=4), (-1.2, 1.0), 4).theta[:, 0]
    assert (path[:4] == path[0]).all() and (path[4] != path[0]).any()


def test_soap_leaves_vectors_to_adam_a_step_late() -> None:
    soap = OPTIMIZERS["soap"](lr=0.05, weight_decay=0.0, eps=0.0)
    adam = OPTIMIZERS["adam"](lr=0.05, beta1=0.95, beta2=0.95, eps=0.0)
    late = run_alone(ROSENBROCK, soap, (-1.2, 1.0), 61).theta
    assert (late[1] == late[0]).all()
    assert late[1:] == pytest.approx(run_alone(ROSENBROCK, adam, (-1.2, 1.0), 60).theta, abs=1e-12)


def test_soaps_axes_are_orthonormal_and_find_those_of_the_gradients() -> None:
    rule = OPTIMIZERS["soap"](lr=1e-6, precondition_frequency=1, shampoo_beta=0.5)
    run = run_alone(MEMORY, rule, MEMORY.starts[0], 40)
    for side in "LR":
        axes = run.states[0][side + "_axes"][-1, 0].reshape(8, 8)
        assert axes.T @ axes == pytest.approx(np.eye(8), abs=1e-12)
        turned = axes.T @ run.states[0][side][-1, 0].reshape(8, 8) @ axes
        assert np.diag(turned) == pytest.approx(np.linalg.eigvalsh(turned)[::-1], rel=0.01, abs=1e-9)


def test_sophia_is_cut_off_where_the_curvature_says_too_little() -> None:
    rule = OPTIMIZERS["sophia"](lr=0.1, p=0.5, hessian="exact", update_period=1)
    run = run_alone(LANDSCAPES["bounded_saddle"](), rule, (-2.5, 0.01), 100)
    m, h = run.states[0]["m"][1:, 0], run.states[0]["h"][1:, 0]
    step = np.diff(run.theta[:, 0], axis=0)
    short = (h > 0.0) & (np.abs(m) < 0.5 * h)
    assert short.any() and not short.all() and (h < 0.0).any()
    assert step[short] == pytest.approx(-0.1 * m[short] / h[short], rel=1e-9)
    assert step[~short] == pytest.approx(-0.05 * np.sign(m[~short]), rel=1e-9)


def test_random_signs_tell_a_diagonal_hessian_exactly() -> None:
    for rotation, alike in ((0.0, True), (30.0, False)):
        ravine = LANDSCAPES["ravine"](rotation=rotation)
        rules = [OPTIMIZERS["sophia"](lr=0.1, p=10.0, hessian=kind) for kind in ("exact", "hutchinson")]
        exact, estimated = (run_alone(ravine, rule, (-4.0, 1.5), 100).theta for rule in rules)
        assert np.allclose(exact, estimated, atol=1e-12) == alike


@pytest.mark.parametrize("name", ["sam", "asam"])
@pytest.mark.parametrize("base", params(OPTIMIZERS["sam"])["base"].choices)
def test_without_a_neighbour_the_base_is_left(name: str, base: str) -> None:
    shared = {"lr": 1e-3, "weight_decay": 0.1}
    alone = run_alone(ROSENBROCK, OPTIMIZERS[base](**shared), (-1.2, 1.0)).theta
    still = run_alone(ROSENBROCK, OPTIMIZERS[name](rho=0.0, base=base, **shared), (-1.2, 1.0)).theta
    assert np.array_equal(still, alone)


def test_asam_measures_the_way_uphill_by_the_size_of_each_coordinate() -> None:
    theta, grad = np.array([[2.0, 0.0, -1.0]]), np.array([[3.0, 5.0, 4.0]])
    for xi, size in ((None, [2.0, 0.0, 1.0]), (np.full((1, 3), 0.5), [2.5, 0.5, 1.5])):
        rule = OPTIMIZERS["asam"]().bind(rho=np.full((1, 3), 0.1), xi=xi)
        step = rule.step(theta, {}, np.ones((1, 3)), 1)
        assert next(step) is theta
        scaled = np.array(size)
        way = 0.1 * scaled**2 * grad / np.linalg.norm(scaled * grad)
        assert step.send(grad) == pytest.approx(theta + way)


def test_k_fac_on_a_linear_layer_is_the_natural_gradient() -> None:
    theta = np.array(MEMORY.starts[:1])
    for lr, damping in ((1.0, 0.0), (0.3, 0.01)):
        run = run_alone(MEMORY, OPTIMIZERS["kfac"](lr=lr, damping=damping), MEMORY.starts[0], 1)
        curvature = MEMORY.gauss_newton(theta)[0] + damping * np.eye(MEMORY.dim)
        step = np.linalg.solve(curvature, MEMORY.grad(theta)[0])
        assert run.theta[1, 0] == pytest.approx(theta[0] - lr * step, abs=1e-9)
        assert (run.loss[1, 0] < 1e-20) == (lr == 1.0)  # and, the loss being quadratic, Newton's step


def test_k_fac_without_layers_divides_by_the_mean_of_the_squared_gradients() -> None:
    run = run_alone(ROSENBROCK, OPTIMIZERS["kfac"](lr=0.5, beta=0.6, damping=0.1), (-1.2, 1.0), 30)
    mean = np.zeros((2, 2))
    for k in range(30):
        grad, keep = run.grad[k, 0], min(0.6, 1.0 - 1.0 / (k + 1))
        mean = keep * mean + (1.0 - keep) * np.outer(grad, grad)
        step = np.linalg.solve(mean + 0.1 * np.eye(2), grad)
        assert run.theta[k + 1, 0] == pytest.approx(run.theta[k, 0] - 0.5 * step, rel=1e-9)


def test_more_than_two_axes_lie_side_by_side() -> None:
    assert shape(Block(slice(0, 24), (2, 3, 4))) == (2, 12)
    assert shape(Block(slice(0, 5), (5,))) == (5, 1)


def test_powers_of_matrices_leave_out_what_nothing_was_seen_of() -> None:
    stack = np.array([np.diag([4.0, 0.0]), [[np.nan, 0.0], [0.0, 1.0]], np.diag([16.0, 1.0])])
    roots = power(stack, -0.5)
    assert roots[0] == pytest.approx(np.diag([0.5, 0.0]))
    assert np.isnan(roots[1]).all()
    assert roots[2] == pytest.approx(np.diag([0.25, 1.0]))
    assert np.isnan(eigh(stack)[0][1]).all()


def test_a_matrix_without_eigenvectors_leaves_the_others_alone() -> None:
    awkward = np.zeros((5, 5))  # LAPACK gives up on entries so far apart
    awkward[np.triu_indices(5)] = [
        6.81225237e-120, 3.02961525e305, -1.25553241e228, -1.25764273e-03, -6.66958283e-125,
        7.95337646e180, 1.66296437e112, 2.50563372e-212, 2.18894300e034,
        -3.49579803e-255, 2.18001712e099, 3.23612995e084, -6.86503753e009, -2.28241311e-12, -2.28193917e-251,
    ]  # fmt: skip
    awkward = np.triu(awkward) + np.triu(awkward, 1).T
    values, vectors = eigh(np.stack([np.eye(5), awkward, 2.0 * np.eye(5)]))
    assert values[[0, 2]] == pytest.approx(np.array([[1.0] * 5, [2.0] * 5]))
    assert np.abs(vectors[[0, 2]]) == pytest.approx(np.stack([np.eye(5)] * 2))
    assert np.isnan(values[1]).all() or np.isfinite(values[1]).all()
