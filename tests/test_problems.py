"""Laws over every landscape that is a data set and a model, and what each of them says of itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError, params
from simulator.problem import DataProblem
from simulator.race import Entrant, Race
from simulator.racedata import from_data, to_data
from simulator.recording import Status
from simulator.schedules import SCHEDULES
from tests.alone import run_alone
from tests.problems import PROBLEMS, as_it_comes, every_variant, near, slope, somewhere

FLIP, MEMORY, SLOPE = (PROBLEMS[name] for name in ("flip_network", "matrix_memory", "line_fit_slope"))
SGD, MOMENTUM = OPTIMIZERS["sgd"], OPTIMIZERS["momentum"]


@every_variant
def test_the_gradient_is_the_slope_of_the_loss(problem: DataProblem) -> None:
    near(slope(problem.loss, somewhere(problem)), problem.grad(somewhere(problem)))


@every_variant
def test_the_hessian_is_the_slope_of_the_gradient(problem: DataProblem) -> None:
    theta = somewhere(problem)
    hess = problem.hess(theta)
    np.testing.assert_allclose(hess, hess.swapaxes(1, 2), rtol=1e-12, atol=1e-15)
    near(hess, slope(problem.grad, theta))


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


@as_it_comes
def test_it_says_what_it_is(problem: DataProblem) -> None:
    assert problem.title and problem.source and problem.doc() and problem.formula_text.startswith("f = mean ")
    assert problem.family == "data" and problem.story.endswith((".", "?"))
    assert all(p.doc.endswith((".", "…")) for p in params(type(problem)).values())


class TestMinima:
    @every_variant
    def test_declared_minima_are_minima(self, problem: DataProblem) -> None:
        whole = problem.only(None)
        assert (whole.lowest is None) == (whole.name == "spirals")
        for minimum in whole.minima:
            theta = np.array([minimum.theta])
            curvatures = np.linalg.eigvalsh(whole.hess(theta)[0])
            assert minimum.shape == ("flat" if abs(curvatures[0]) < 1e-12 else "bowl") and curvatures[0] > -1e-12
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

    @pytest.mark.parametrize("name", ["line_fit_slope", "line_fit", "matrix_memory"])
    @pytest.mark.parametrize("rule", ["natural_gradient", "gauss_newton"])
    def test_a_whole_step_of_rules_that_know_the_model_solves_least_squares(self, name: str, rule: str) -> None:
        problem = PROBLEMS[name](batch_size=params(PROBLEMS[name])["batch_size"].high)
        run = run_alone(problem, OPTIMIZERS[rule](lr=1.0, damping=0.0), problem.starts[0], 1)
        assert run.gap()[1, 0] == pytest.approx(0.0, abs=1e-14)

    def test_where_the_view_follows_the_race_nobody_is_out_of_it(self) -> None:
        problem = PROBLEMS["spirals"](turns=0.5)
        run = run_alone(problem, OPTIMIZERS["adam"](lr=0.3), problem.starts[0], 500)
        assert np.abs(run.theta[-1]).max() > problem.box[0][1] and run.status_at(500, 0)[0] is Status.RACING

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
