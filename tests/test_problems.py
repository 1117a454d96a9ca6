"""Laws over every landscape that is a data set and a model, and what each of them says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from simulator.batches import DATA, uniform
from simulator.engine import Engine
from simulator.landscape import Array, Facts
from simulator.landscapes import LANDSCAPES
from simulator.network import Network
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError, params
from simulator.problem import DataProblem, batch_size
from simulator.race import Entrant, Race
from simulator.racedata import from_data, to_data
from simulator.recording import Status
from simulator.schedules import SCHEDULES
from tests.alone import run_alone

H = 6e-6  # the step of a central difference
PROBLEMS = {name: cls for name, cls in LANDSCAPES.items() if issubclass(cls, DataProblem)}
FLIP, MEMORY, SLOPE = (PROBLEMS[name] for name in ("flip_network", "matrix_memory", "line_fit_slope"))
SGD, MOMENTUM = OPTIMIZERS["sgd"], OPTIMIZERS["momentum"]

as_it_comes = pytest.mark.parametrize("problem", [cls() for cls in PROBLEMS.values()], ids=list(PROBLEMS))


def variants() -> Iterator[DataProblem]:
    """Each problem as it comes, on two mini-batches, and with its data changed."""
    for name, cls in PROBLEMS.items():
        problem = cls(batch_size=2)
        yield problem
        yield problem.shown(1, 0)
        yield problem.shown(1, 5)
        for changed in {"spirals": [{"turns": 0.4}], "matrix_memory": [{"kappa": 1.0}, {"kappa": 1e4}]}.get(name, []):
            yield cls(**changed)


every_variant = pytest.mark.parametrize(
    "problem", list(variants()), ids=lambda it: f"{it.name}-{it.rows or 'all'}-{list(it.hyper.values())[2:]}"
)


def somewhere(problem: DataProblem, n: int = 6) -> Array:
    """Points about the middle of the box, as far out as weights get."""
    box = np.asarray(problem.box)
    spread = np.random.default_rng(5).uniform(-0.3, 0.3, (n, problem.dim))
    return box.mean(axis=1) + spread * (box[:, 1] - box[:, 0])


def slope(of: Callable[[Array], Array], theta: Array) -> Array:
    """Central differences along every axis, last."""
    shifts = H * np.eye(theta.shape[-1])
    return np.stack([(of(theta + shift) - of(theta - shift)) / (2.0 * H) for shift in shifts], axis=-1)


def near(value: Array, expected: Array) -> None:
    assert value.shape == expected.shape
    assert np.abs(value - expected).max() <= 2e-8 * (1.0 + np.abs(expected).max())


@every_variant
def test_the_gradient_is_the_slope_of_the_loss(problem: DataProblem) -> None:
    near(slope(problem.loss, somewhere(problem)), problem.grad(somewhere(problem)))


@every_variant
def test_the_hessian_is_the_slope_of_the_gradient(problem: DataProblem) -> None:
    theta = somewhere(problem)
    hess = problem.hess(theta)
    assert np.array_equal(hess, hess.swapaxes(1, 2)) or np.abs(hess - hess.swapaxes(1, 2)).max() < 1e-15
    near(hess, slope(problem.grad, theta))


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


@as_it_comes
def test_leading_axes_are_free_and_a_lanes_bits_are_its_own(problem: DataProblem) -> None:
    crowd = somewhere(problem, 300)
    for of in (problem.loss, problem.grad):
        whole = of(crowd)
        assert np.array_equal(of(crowd.reshape(3, 100, -1)).reshape(whole.shape), whole)
        assert np.array_equal(of(crowd[::-1]), whole[::-1])
        assert all(np.array_equal(of(crowd[i]), whole[i]) for i in range(0, 300, 37))
    few = crowd[:12]
    for of in (problem.hess, problem.gauss_newton, problem.fisher):
        assert np.array_equal(of(few.reshape(3, 4, -1)).reshape(12, problem.dim, problem.dim), of(few))
        assert np.array_equal(of(few[5]), of(few)[5])


@as_it_comes
def test_the_mean_over_an_epoch_of_batches_is_the_whole(problem: DataProblem) -> None:
    theta, total = somewhere(problem), len(problem.whole[0])
    size = 3
    batches = [replace(problem, batch_size=size).shown(4, step) for step in range(-(-total // size))]
    for name in ("loss", "grad", "hess", "gauss_newton"):
        parts = [len(part.rows or ()) / total * getattr(part, name)(theta) for part in batches]
        np.testing.assert_allclose(sum(parts), getattr(problem, name)(theta), rtol=1e-12, atol=1e-12)


@as_it_comes
@pytest.mark.parametrize("order", ["shuffled", "sampled"])
def test_a_full_batch_is_the_problem_itself(problem: DataProblem, order: str) -> None:
    full = replace(problem, batch_size=len(problem.whole[0]), order=order)
    assert full.shown(3, 8) is full


@as_it_comes
def test_a_batch_is_another_landscape_of_the_same_facts(problem: DataProblem) -> None:
    part = replace(problem, batch_size=1).shown(3, 8)
    assert part != replace(problem, batch_size=1) and part == replace(problem, batch_size=1).shown(3, 8)
    assert part.known == problem.known and len(part.samples[0]) == 1
    assert part.hyper == {**problem.hyper, "batch_size": 1}
    np.testing.assert_array_equal(part.samples[0][0], problem.whole[0][part.rows[0]])


@as_it_comes
def test_the_limit_of_the_batch_size_is_the_data(problem: DataProblem) -> None:
    declared = params(type(problem))["batch_size"]
    assert (declared.low, declared.high) == (1, len(problem.whole[0])) and declared.integer


class TestModel:
    @every_variant
    def test_the_fisher_matrix_is_the_expected_square_of_the_slope(self, problem: DataProblem) -> None:
        """By its definition: targets drawn from the model whose −log p is the loss, sample by sample."""
        theta = somewhere(problem, 1)
        network, (x, _) = problem.network, problem.samples
        outputs = network.widths[-1]
        expected = np.zeros((problem.dim, problem.dim))
        for row in x:
            z = network._forward(theta, row[None])[1][0]
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
    def test_the_gauss_newton_matrix_is_the_hessian_less_the_networks_own_bend(self, problem: DataProblem) -> None:
        """JᵀH_outJ, J and H_out by differences."""
        theta = somewhere(problem, 1)
        network, x = problem.network, problem.samples[0]
        jacobian = slope(lambda at: network._forward(at, x)[1], theta)[0]
        out = network._forward(theta, x)[1][0]
        squares = network.head == "squares"
        bend = np.full_like(out, 2.0 / out.shape[1]) if squares else 1.0 / (2.0 + 2.0 * np.cosh(out))
        expected = np.einsum("sop,so,soq->pq", jacobian, bend, jacobian) / len(x)
        near(problem.gauss_newton(theta)[0], expected)

    @as_it_comes
    def test_one_layer_has_no_bend_of_its_own(self, problem: DataProblem) -> None:
        theta = somewhere(problem)
        same = np.allclose(problem.hess(theta), problem.gauss_newton(theta), rtol=1e-12)
        assert same == (len(problem.network.widths) == 2)

    @every_variant
    def test_factors_have_the_shapes_of_the_blocks(self, problem: DataProblem) -> None:
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
    def test_on_one_sample_the_factors_are_the_gauss_newton_blocks(self, problem: DataProblem) -> None:
        theta, part = somewhere(problem, 2), problem.only((len(problem.whole[0]) - 2,))
        self.compare(part, theta)

    @pytest.mark.parametrize("name", ["line_fit_slope", "line_fit", "matrix_memory"])
    def test_for_one_layer_under_squares_they_are_so_on_all(self, name: str) -> None:
        problem = PROBLEMS[name]()
        self.compare(problem, somewhere(problem))

    def compare(self, problem: DataProblem, theta: Array) -> None:
        whole, at = problem.gauss_newton(theta), 0
        for (a, g), shape in zip(problem.layers(theta), problem.blocks, strict=True):
            part = slice(at, at + int(np.prod(shape)))
            at = part.stop
            for lane in range(len(theta)):
                np.testing.assert_allclose(np.kron(g[lane], a[lane]), whole[lane, part, part], rtol=1e-9, atol=1e-14)

    def test_factors_are_means_over_the_samples(self) -> None:
        problem = FLIP()
        theta = somewhere(problem)
        singles = [problem.only((i,)).layers(theta) for i in range(16)]
        for block, (a, g) in enumerate(problem.layers(theta)):
            np.testing.assert_allclose(a, np.mean([s[block][0] for s in singles], axis=0), rtol=1e-12, atol=1e-15)
            np.testing.assert_allclose(g, np.mean([s[block][1] for s in singles], axis=0), rtol=1e-12, atol=1e-15)


class TestMinima:
    @every_variant
    def test_declared_minima_are_minima(self, problem: DataProblem) -> None:
        whole = problem.only(None)
        assert (whole.lowest is None) == (whole.name == "spirals")
        for minimum in whole.minima:
            theta = np.array([minimum.theta])
            curvatures = np.linalg.eigvalsh(whole.hess(theta)[0])
            assert curvatures[0] > 0.0 or (whole.name == "flip_network" and curvatures[0] > -1e-14)
            assert np.abs(whole.grad(theta)).max() < 1e-12 * (1.0 + curvatures[-1])
            assert whole.loss(theta)[0] == pytest.approx(minimum.loss, abs=1e-12)
            assert minimum.kind == "global"
            assert all(low < x < high for x, (low, high) in zip(minimum.theta, whole.box, strict=True))

    @pytest.mark.parametrize("name", ["line_fit_slope", "line_fit", "logistic", "matrix_memory"])
    def test_a_convex_problem_has_no_other(self, name: str) -> None:
        problem = PROBLEMS[name]()
        assert np.linalg.eigvalsh(problem.hess(somewhere(problem, 50))).min() > 0.0

    def test_no_network_of_three_units_flips_better(self) -> None:
        """The answers lie in three dimensions, and the best three leave the targets' smallest variance."""
        problem = FLIP()
        _, targets = problem.whole
        left = np.linalg.eigvalsh(np.cov(targets.T, bias=True))[0] / 4.0
        assert problem.lowest == pytest.approx(left, abs=1e-15) == 1.0 / 16.0
        theta = np.array([s for seed in range(0, 40, 4) for s in FLIP(init_seed=seed).starts])
        for _ in range(3000):
            theta = theta - 0.5 * problem.grad(theta)
        loss = problem.loss(theta)
        assert loss.min() >= 1.0 / 16.0 - 1e-12
        assert (loss < 1.0 / 16.0 + 1e-3).mean() > 0.8

    def test_least_squares(self) -> None:
        x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 4.0, 5.0, 8.0])
        assert SLOPE().minima[0].theta == pytest.approx((x @ y / (x @ x),), abs=1e-12) == (1.9,)
        assert PROBLEMS["line_fit"]().minima[0].theta == pytest.approx(np.polyfit(x, y, 1), abs=1e-12)

    def test_spirals_can_be_told_apart_ever_more_surely(self) -> None:
        problem = PROBLEMS["spirals"](turns=0.5)
        run = run_alone(replace(problem, batch_size=64), OPTIMIZERS["adam"](lr=0.05), problem.starts[0], 500)
        assert run.loss[-1, 0] < 0.01
        grown = run.theta[-1, 0].copy()
        grown[-9:] *= 10.0  # the last layer alone: every score ten times as sure
        assert problem.loss(grown[None])[0] < 1e-6


class TestStarts:
    @as_it_comes
    def test_several_and_inside(self, problem: DataProblem) -> None:
        assert len(set(problem.starts)) >= 3
        for start in problem.starts:
            assert len(start) == problem.dim
            assert all(low < x < high for x, (low, high) in zip(start, problem.box, strict=True))
            assert np.abs(problem.grad(np.array([start]))).max() > 1e-3

    @pytest.mark.parametrize("name", [name for name, cls in PROBLEMS.items() if "init_seed" in params(cls)])
    def test_a_seed_gives_its_weights_and_those_of_the_next_seeds(self, name: str) -> None:
        cls = PROBLEMS[name]
        assert cls(init_seed=5).starts[2] == cls(init_seed=6).starts[1] == cls(init_seed=7).starts[0]
        assert all(x == round(x, 4) for x in cls().starts[0]), "short enough to be read in a race file"

    def test_no_unit_of_the_flip_network_is_dead_at_the_start(self) -> None:
        for start in FLIP().starts:
            weights, bias = np.reshape(start[:12], (3, 4)), np.array(start[12:15])
            assert (weights > 0.0).all() and (bias == 0.0).all() and not any(start[27:])

    @as_it_comes
    def test_plain_gradient_descent_works_at_the_rate_it_is_given(self, problem: DataProblem) -> None:
        for start in problem.starts:
            run = run_alone(problem, SGD(lr=problem.lr), start, 480)
            assert run.status_at(480, 0)[0] is not Status.DIVERGED
            assert run.gap()[-64:, 0].mean() < 0.6 * run.gap()[0, 0]


class TestData:
    def test_the_flip_is_a_transposition_of_every_image(self) -> None:
        images, targets = FLIP().whole
        assert len({tuple(image) for image in images.tolist()}) == 16 and set(images.ravel()) == {0.0, 1.0}
        np.testing.assert_array_equal(targets.reshape(16, 2, 2), images.reshape(16, 2, 2).transpose(0, 2, 1))

    def test_the_clouds_come_from_the_seed_alone(self) -> None:
        x, y = PROBLEMS["logistic"]().whole
        assert x[:2].tolist() == [[2.32, 0.909], [0.924, 1.474]] and y.sum() == 32
        best = np.array(PROBLEMS["logistic"]().minima[0].theta)
        wrong = ((x @ best > 0.0) != (y[:, 0] > 0.5)).sum()
        assert 4 <= wrong <= 12, "the clouds overlap"

    def test_the_second_arm_is_the_first_turned_by_half(self) -> None:
        x, y = PROBLEMS["spirals"]().whole
        np.testing.assert_array_equal(x[32:], -x[:32])
        assert y[:32].min() == 1.0 and y[32:].max() == 0.0
        assert np.hypot(*x[31]) == pytest.approx(3.0, abs=1e-3)

    @pytest.mark.parametrize("kappa", [1.0, 30.0, 1e4])
    def test_the_memory_is_as_ill_conditioned_as_it_says(self, kappa: float) -> None:
        problem = MEMORY(kappa=kappa)
        curvatures = np.linalg.eigvalsh(problem.hess(np.zeros((1, 64)))[0])
        assert (curvatures[-1], curvatures[-1] / curvatures[0]) == pytest.approx((0.5, kappa), rel=1e-9)
        keys, values = problem.whole
        memory = np.reshape(problem.minima[0].theta, (8, 8))
        np.testing.assert_allclose(keys @ memory.T, values, atol=1e-12)
        np.testing.assert_array_equal(values @ values.T, 8.0 * np.eye(8))

    def test_one_kfac_step_solves_the_memory(self) -> None:
        problem = MEMORY()
        theta = np.array(problem.starts)
        ((a, g),) = problem.layers(theta)
        slopes = problem.grad(theta).reshape(-1, 8, 8)
        step = np.linalg.solve(g, slopes) @ np.linalg.inv(a)
        assert problem.loss(theta - step.reshape(-1, 64)).max() < 1e-18


class TestDrawing:
    @pytest.mark.parametrize("name", [name for name, cls in PROBLEMS.items() if cls.dim <= 2])
    def test_f_is_the_loss_in_either_precision(self, name: str) -> None:
        problem = PROBLEMS[name]()
        axes = [np.linspace(low, high, 33) for low, high in problem.box]
        wide = axes if problem.dim == 1 else [axes[0][None], axes[1][:, None]]
        exact = problem.f(*wide)
        drawn = problem.f(*(axis.astype(np.float32) for axis in wide))
        assert drawn.dtype == np.float32 and exact.dtype == np.float64
        assert drawn.shape == exact.shape == np.broadcast_shapes(*(axis.shape for axis in wide))
        np.testing.assert_allclose(drawn, exact, rtol=1e-4)

    def test_the_unit_of_distance_does_not_grow_with_the_number_of_weights(self) -> None:
        assert FLIP().diagonal == pytest.approx(6.0 * np.sqrt(2.0))
        assert PROBLEMS["line_fit"]().diagonal == pytest.approx(np.hypot(5.5, 10.0))
        assert SLOPE().diagonal == 4.0


class TestRacing:
    def race(self, problem: DataProblem, **race: int) -> Race:
        rules, steady = [OPTIMIZERS[name](lr=0.01) for name in ("sgd", "adam")], SCHEDULES["constant"]()
        entrants = tuple(Entrant(rule, rule.name, steady, stream=i) for i, rule in enumerate(rules))
        return Race(problem, entrants, problem.starts[:1], **race)

    @as_it_comes
    def test_everyone_is_shown_the_same_batch(self, problem: DataProblem) -> None:
        problem = replace(problem, batch_size=1)
        run = Engine(self.race(problem, steps=70, seed=9)).run()
        assert np.array_equal(run.grad[0, 0], run.grad[0, 1]), "they start together"
        for step in (0, 1, 63, 64, 69):
            assert np.array_equal(run.grad[step], problem.shown(9, step).grad(run.theta[step]))
        np.testing.assert_array_equal(run.loss, problem.loss(run.theta))

    def test_a_race_file_names_what_a_step_sees(self) -> None:
        race = self.race(FLIP(batch_size=4, order="sampled", init_seed=3), steps=10)
        data = to_data(race)
        assert data["landscape"] == {"name": "flip_network", "batch_size": 4, "order": "sampled", "init_seed": 3}
        assert from_data(data) == race
        data["landscape"] |= {"batch_size": 17, "order": "shuffle"}
        with pytest.raises(RaceError) as caught:
            from_data(data)
        size, order = caught.value.faults
        assert size.startswith("landscape.batch_size: ") and "from 1 to 16, got 17" in size
        assert order.startswith("landscape.order: ") and "did you mean 'shuffled'?" in order

    def test_from_equal_weights_momentum_is_far_ahead_on_the_flip_network(self) -> None:
        """η 0.05, batch size 1, 30 epochs of 16 updates."""
        problem = FLIP(batch_size=1)
        rules = (Entrant(SGD(lr=0.05), "plain"), Entrant(MOMENTUM(lr=0.05, beta=0.9), "momentum", stream=1))
        for seed in (0, 7, 8):
            starts = tuple(start for init in range(0, 20, 4) for start in FLIP(init_seed=init).starts)
            run = Engine(Race(problem, rules, starts, steps=30 * 16, seed=seed)).run()
            plain, heavy = run.gap()[-1].reshape(2, -1)
            assert (heavy < plain / 2.0).all()
            assert heavy.mean() < plain.mean() / 6.0


@dataclass(frozen=True)
class ManySamples(DataProblem):
    """y = θ·x + noise, so many samples that a batch is a draw from an endless stream."""

    dim = 1
    network = Network((1, 1), bias=False)
    batch_size: int = batch_size(16384, 64)

    def data(self) -> tuple[Array, Array]:
        x, noise = 2.0 * uniform(3, DATA, 2 * 16384).reshape(2, -1, 1) - 1.0
        return x, 1.5 * x + noise

    def facts(self) -> Facts:
        return Facts(((-3.0, 3.0),), ((0.0,),), 0.1)


class TestNoiseScale:
    """How far a step with a batch strays from the step with all the data."""

    def strays(self, problem: DataProblem, lr: float, steps: int = 512) -> float:
        """The standard deviation of a plain step at the first start, over the draws."""
        start = np.array(problem.starts[:1])
        step = lr * np.array([problem.shown(1, k).grad(start)[0] for k in range(steps)])
        assert step.mean() == pytest.approx(lr * problem.grad(start).mean(), abs=5.0 * step.std() / np.sqrt(steps))
        return float(step.std())

    def test_the_variance_falls_as_the_batch_grows(self) -> None:
        """1/B times (N − B)/(N − 1), as the samples of a batch differ: exactly, over all batches there are."""
        problem, start = SLOPE(), np.array([[1.0]])
        assert [problem.only((i,)).grad(start)[0, 0] for i in range(4)] == [-2.0, -8.0, -12.0, -32.0]
        spread = np.var([-2.0, -8.0, -12.0, -32.0])
        for size in (1, 2, 3, 4):
            means = [problem.only(rows).grad(start)[0, 0] for rows in combinations(range(4), size)]
            assert np.mean(means) == pytest.approx(-13.5)
            assert np.var(means) == pytest.approx(spread / size * (4 - size) / 3)

    @pytest.mark.parametrize("size", [1, 4, 16])
    def test_sampled_batches_obey_it(self, size: int) -> None:
        problem = PROBLEMS["logistic"](order="sampled", batch_size=size)
        start = np.array(problem.starts[:1])
        drawn = np.array([problem.shown(2, k).grad(start)[0] for k in range(4096)])
        single = np.array([problem.only((i,)).grad(start)[0] for i in range(64)])
        expected = single.var(axis=0) / size * (64 - size) / 63
        assert drawn.var(axis=0) == pytest.approx(expected, rel=0.15)

    def test_sixteen_times_the_batch_and_four_times_the_rate_stray_alike(self) -> None:
        """Noise scale ∝ η/√B: the √-rule keeps it; the linear rule lets it grow, and keeps the way made per epoch."""
        small, large = (ManySamples(batch_size=size, order="sampled") for size in (64, 1024))
        base = self.strays(small, 0.1)
        assert self.strays(large, 0.4) / base == pytest.approx(1.0, rel=0.1)
        assert self.strays(large, 0.1) / base == pytest.approx(1.0 / 4.0, rel=0.1)
        assert self.strays(large, 1.6) / base == pytest.approx(4.0, rel=0.1)

    def test_the_linear_rule_keeps_the_way_made_per_epoch(self) -> None:
        start, epoch = (0.0,), 16384
        ends = [
            run_alone(ManySamples(batch_size=size), SGD(lr=lr), start, epoch // size).theta[-1, 0, 0]
            for size, lr in ((64, 0.002), (512, 0.016), (512, 0.002 * 8**0.5))
        ]
        assert ends[1] == pytest.approx(ends[0], rel=0.05)
        assert ends[2] < 0.7 * ends[0]
