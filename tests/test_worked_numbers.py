"""Numbers that textbooks work out by hand, reproduced by the engine and by the rules themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.recording import Status
from tests.alone import answer, bound, feed, run_alone

PARABOLA = LANDSCAPES["parabola"]  # (x − 3)² as it comes
ADAGRAD, ADAM, ADAMW, RMSPROP = (OPTIMIZERS[name] for name in ("adagrad", "adam", "adamw", "rmsprop"))
MOMENTUM, SGD = OPTIMIZERS["momentum"], OPTIMIZERS["sgd"]


class TestGradientDescentOnAParabola:
    """(x − 3)² from x = 0."""

    def test_a_good_rate(self) -> None:
        x = run_alone(PARABOLA(), SGD(lr=0.1), (0.0,), 5).theta[1:, 0, 0]
        assert x == pytest.approx([0.6, 1.08, 1.464, 1.7712, 2.01696], abs=1e-12)

    def test_half_the_inverse_curvature_is_there_in_one_step(self) -> None:
        assert run_alone(PARABOLA(), SGD(lr=0.5), (0.0,), 1).theta[1, 0, 0] == 3.0

    def test_too_large_a_rate_climbs(self) -> None:
        run = run_alone(PARABOLA(), SGD(lr=1.1), (0.0,))
        assert run.loss[:3, 0] == pytest.approx([9.0, 12.96, 18.6624], abs=1e-12)
        assert run.status_at(300, 0)[0] is Status.DIVERGED

    def test_the_limit_is_two_over_the_curvature(self) -> None:
        at, below, above = (run_alone(PARABOLA(), SGD(lr=lr), (0.0,), 100).loss[:, 0] for lr in (1.0, 0.999, 1.001))
        assert (at == 9.0).all()
        assert (np.diff(below) < 0.0).all() and (np.diff(above) > 0.0).all()

    def test_too_small_a_rate_crawls(self) -> None:
        x = run_alone(PARABOLA(), SGD(lr=0.001), (0.0,), 1000).theta[:, 0, 0]
        assert x[100] == pytest.approx(0.5443, abs=5e-5)
        assert x[1000] == pytest.approx(2.5948, abs=5e-5)


class TestMomentumOnAParabola:
    def test_position_and_velocity(self) -> None:
        run = run_alone(PARABOLA(), MOMENTUM(lr=0.01, beta=0.9), (0.0,), 5)
        assert run.theta[1:, 0, 0] == pytest.approx([0.060, 0.1728, 0.3309, 0.5265, 0.7521], abs=5.1e-5)
        assert run.states[0]["v"][1:, 0, 0] == pytest.approx([-6.0, -11.28, -15.806, -19.564, -22.555], abs=5e-4)

    def test_plain_descent_beside_it(self) -> None:
        x = run_alone(PARABOLA(), SGD(lr=0.01), (0.0,), 5).theta[1:, 0, 0]
        assert x == pytest.approx([0.060, 0.119, 0.176, 0.233, 0.288], abs=5e-4)

    def test_eight_steps_on_w_squared(self) -> None:
        bowl = PARABOLA(centre=0.0)
        plain, heavy = (run_alone(bowl, rule, (5.0,), 8) for rule in (SGD(lr=0.01), MOMENTUM(lr=0.01, beta=0.9)))
        assert plain.theta[8, 0, 0] == pytest.approx(4.2538, abs=5e-5)
        assert plain.loss[8, 0] == pytest.approx(18.0949, abs=5e-5)  # 18.10 in print, rounded twice
        assert heavy.theta[8, 0, 0] == pytest.approx(2.4421, abs=5e-5)
        assert heavy.loss[8, 0] == pytest.approx(5.96, abs=5e-3)
        v = [10.0, 18.8, 26.344, 32.607, 37.591, 41.325, 43.859, 45.263]
        assert heavy.states[0]["v"][1:, 0, 0] == pytest.approx(v, abs=5.1e-4)


class TestLineFit:
    """y = θ·x through (1, 2), (2, 4), (3, 5), (4, 8), from θ = 1 with η = 0.01."""

    FIT = LANDSCAPES["line_fit_slope"](batch_size=4)

    def test_least_squares(self) -> None:
        assert self.FIT.grad(np.array([[1.9]]))[0, 0] == pytest.approx(0.0, abs=1e-12)

    def test_gradients_of_the_samples(self) -> None:
        slopes = [self.FIT.only((i,)).grad(np.array([[1.0]]))[0, 0] for i in range(4)]
        assert slopes == [-2.0, -8.0, -12.0, -32.0]

    def test_the_full_batch(self) -> None:
        run = run_alone(self.FIT, SGD(lr=0.01), (1.0,), 1)
        assert run.grad[0, 0, 0] == -13.5
        assert run.theta[1, 0, 0] == pytest.approx(1.135, abs=1e-12)

    def test_two_batches_each_at_the_point_it_meets(self) -> None:
        pairs = replace(self.FIT, batch_size=2)
        seed = next(s for s in range(100) if sorted(pairs.shown(s, 0).rows) == [0, 2])
        run = Engine(Race(pairs, (Entrant(SGD(lr=0.01), "alone"),), ((1.0,),), steps=2, seed=seed)).run()
        assert run.grad[0, 0, 0] == -7.0
        assert run.grad[1, 0, 0] == pytest.approx(-18.6, abs=1e-12)
        assert run.theta[1:, 0, 0] == pytest.approx([1.07, 1.256], abs=1e-12)


class TestAdaptiveRates:
    """The length of a step over the gradient it answers is the rate in effect."""

    GRADIENTS = (3.0, 2.5, 2.8, 3.1)

    def test_adagrad_only_ever_shrinks(self) -> None:
        path, states = feed(ADAGRAD(lr=0.1), self.GRADIENTS)
        assert [state["G"] for state in states] == pytest.approx([9.0, 15.25, 23.09, 32.70], abs=1e-12)
        effective = -np.diff(path) / self.GRADIENTS
        assert effective == pytest.approx([0.0333, 0.0256, 0.0208, 0.0175], abs=5e-5)

    def test_adagrad_keeps_a_large_rate_for_a_rare_gradient(self) -> None:
        path, _ = feed(ADAGRAD(lr=0.1), (0.0, 0.0, 0.0, 5.0))
        assert path[:4] == [0.0, 0.0, 0.0, 0.0]
        assert -path[4] / 5.0 == pytest.approx(0.02, abs=1e-9)

    def test_rmsprop_settles(self) -> None:
        path, states = feed(RMSPROP(lr=0.1, rho=0.9), self.GRADIENTS)
        assert [state["G"] for state in states] == pytest.approx([0.9, 1.435, 2.0755, 2.829], abs=5.1e-5)
        effective = -np.diff(path) / self.GRADIENTS
        assert effective == pytest.approx([0.1054, 0.0835, 0.0694, 0.0595], abs=5e-5)

    def test_adam(self) -> None:
        path, states = feed(ADAM(lr=0.001), (4.0, -1.0, 3.0))
        assert [state["m"] for state in states] == pytest.approx([0.4, 0.26, 0.534], abs=1e-12)
        assert [state["v"] for state in states] == pytest.approx([0.016, 0.016984, 0.025967], abs=5e-7)
        assert -np.diff(path) == pytest.approx([0.001, 0.000469468, 0.000669429], abs=5e-10)


class TestWeightDecay:
    """θ = 5, λ = 0.1, η = 0.001 and √v̂ = 2, in the long run and with no slope but the decay's own."""

    def shrinkage(self, optimizer: Any, mean: float, square: float) -> float:
        group = bound(optimizer, PARABOLA(), ((5.0,),))
        state = {"m": np.array([[mean]]), "v": np.array([[square]])}
        went, _ = answer(group.rule, group.theta, state, group.rule.hyper["lr"], 30_000, np.array([[0.0]]))
        return float(1.0 - went[0, 0] / 5.0)

    def test_decoupled(self) -> None:
        assert self.shrinkage(ADAMW(lr=0.001, weight_decay=0.1), 0.0, 4.0 / 0.999) == pytest.approx(1e-4, rel=1e-9)

    def test_as_a_term_of_the_gradient_it_is_divided_by_the_root(self) -> None:
        pull = 0.1 * 5.0
        before = (4.0 - 0.001 * pull**2) / 0.999  # so that v̂ is 4 in this step
        assert self.shrinkage(ADAM(lr=0.001, weight_decay=0.1), pull, before) == pytest.approx(5e-5, rel=1e-6)


class TestMomentumInTheLongRun:
    @pytest.mark.parametrize(("beta", "effective"), [(0.9, 0.1), (0.95, 0.2), (0.99, 1.0)])
    def test_the_rate_in_effect_on_a_steady_slope(self, beta: float, effective: float) -> None:
        path, _ = feed(MOMENTUM(lr=0.01, beta=beta), [1.0] * 4000)
        assert path[-2] - path[-1] == pytest.approx(effective, rel=1e-9)

    def test_ten_steps_later_a_third_is_left(self) -> None:
        _, states = feed(MOMENTUM(lr=0.01, beta=0.9), [1.0] + [0.0] * 10)
        assert states[10]["v"] == pytest.approx(0.35, abs=5e-3)

    @pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
    def test_slopes_that_agree_add_up_and_slopes_that_alternate_cancel(self, beta: float) -> None:
        rule = MOMENTUM(beta=beta)
        steady, swinging = (feed(rule, slopes)[1][-1]["v"] for slopes in ([1.0] * 4000, [1.0, -1.0] * 2000))
        assert steady == pytest.approx(1.0 / (1.0 - beta))
        assert abs(swinging) == pytest.approx(1.0 / (1.0 + beta))


BUFFERS = {"sgd": 0, "momentum": 1, "nesterov": 1, "adagrad": 1, "rmsprop": 1, "adam": 2, "adamw": 2, "lion": 1}


def buffers(name: str) -> int:
    """Numbers kept for each parameter."""
    return len(bound(OPTIMIZERS[name](), PARABOLA(), ((0.0,),)).state)


@pytest.mark.parametrize(("name", "count"), BUFFERS.items())
def test_extra_buffers_a_parameter(name: str, count: int) -> None:
    assert buffers(name) == count


@pytest.mark.parametrize(
    ("name", "parameters", "gigabytes"),
    [("momentum", 7e9, 28), ("adam", 7e9, 56), ("momentum", 13e9, 52), ("adam", 13e9, 104)],
)
def test_memory_in_single_precision(name: str, parameters: float, gigabytes: int) -> None:
    assert buffers(name) * 4 * parameters == gigabytes * 1e9
