"""The rules against recorded runs of the libraries that decide their form, and two against plain arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from simulator.landscape import Facts, Landscape
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.recording import Status
from tests import parity
from tests.alone import answer, bound, run_alone

CASES = parity.cases()
SAMPLE = {case["array"]: case for case in parity.index()["cases"]}
LEFT_OUT = {entry["array"]: entry for entry in parity.entries() if "left_out" in entry}


@pytest.mark.parametrize("case", CASES, ids=[f"{case['optimizer']}-{case['array']}" for case in CASES])
def test_the_library_takes_the_same_path(case: parity.Case) -> None:
    assert case["safe_steps"] >= 10, "such a case proves nothing"
    assert parity.error(case) < parity.BOUND, f"{case['library']}: {case['call']}"


def test_every_case_of_the_sample_is_covered_or_left_out_for_a_reason() -> None:
    covered = {case["array"] for case in CASES}
    assert not covered & set(LEFT_OUT)
    assert [name for name in SAMPLE if name not in covered | set(LEFT_OUT)] == []
    for name, entry in LEFT_OUT.items():
        assert len(entry["left_out"]) > 10
        assert name not in SAMPLE or SAMPLE[name]["safe_steps"] < 10, f"{name} proves something"


def test_a_case_of_the_sample_is_taken_as_it_is() -> None:
    for case in CASES:
        assert len(parity.reference(case)) > case["safe_steps"], case["array"]
        given = SAMPLE.get(case["array"])
        if given is None:
            continue
        for key in ("landscape", "start", "safe_steps"):
            assert case[key] == given[key], case["array"]
        assert case["call"] == given["call"].replace("'SGD_LR'", str(given["sgd_lr"])), case["array"]
        assert parity.library(case) == parity.library({"library": given["library"]}), case["array"]


def test_the_table_of_parity_is_what_the_cases_say() -> None:
    for name, text in (("parity.json", parity.as_json()), ("parity.md", parity.as_markdown())):
        written = (parity.HELP / name).read_text(encoding="utf-8")
        assert written == text, "run python -m tests.parity"


def _rosenbrock_slope(x: float, y: float) -> tuple[float, float]:
    return -2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)


@pytest.mark.parametrize("rho", [0.05, 0.3])
def test_sam_descends_on_the_slope_of_its_uphill_neighbour(rho: float) -> None:
    x, y, lr = -1.2, 1.0, 5e-4
    run = run_alone(LANDSCAPES["rosenbrock"](), OPTIMIZERS["sam"](lr=lr, rho=rho), (x, y), 100)
    for k in range(101):
        assert run.theta[k, 0] == pytest.approx([x, y], abs=1e-9)
        gx, gy = _rosenbrock_slope(x, y)
        length = (gx * gx + gy * gy) ** 0.5
        gx, gy = _rosenbrock_slope(x + rho * gx / length, y + rho * gy / length)
        x, y = x - lr * gx, y - lr * gy
    assert run.evals[100, 0] == 200


def test_sam_rests_where_the_gradient_vanishes_and_works_where_it_nearly_does() -> None:
    rule = OPTIMIZERS["sam"](lr=0.1, rho=0.5)
    theta, lr = np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]), np.full((3, 2), 0.1)
    step = rule.step(theta, {}, lr, 1)
    next(step)
    neighbour = step.send(np.array([[0.0, 0.0], [3e-200, 4e-200], [3e200, 4e200]]))
    assert neighbour == pytest.approx(np.array([[1.0, 1.0], [0.3, 0.4], [0.3, 0.4]]), abs=1e-15)


@pytest.mark.parametrize(("lr", "damping"), [(1.0, 0.0), (0.5, 0.0), (1.0, 30.0)])
def test_newton_solves_for_its_step(lr: float, damping: float) -> None:
    x = np.array([-1.2, 1.0])
    run = run_alone(LANDSCAPES["rosenbrock"](), OPTIMIZERS["newton"](lr=lr, damping=damping), x, 40)
    for k in range(41):
        assert run.theta[k, 0] == pytest.approx(x, abs=1e-8)
        grad = np.array(_rosenbrock_slope(*x))
        hess = np.array([[2.0 + 1200.0 * x[0] ** 2 - 400.0 * x[1], -400.0 * x[0]], [-400.0 * x[0], 200.0]])
        x = x - lr * np.linalg.inv(hess + damping * np.eye(2)) @ grad


def test_newton_is_there_in_one_step_on_any_quadratic() -> None:
    turned = LANDSCAPES["ravine"](kappa=1000.0, rotation=30.0)
    assert run_alone(turned, OPTIMIZERS["newton"](), (5.0, 2.0), 1).theta[1, 0] == pytest.approx([0.0, 0.0], abs=1e-11)
    line = run_alone(LANDSCAPES["parabola"](), OPTIMIZERS["newton"](), (0.0,), 1)
    assert line.theta[1, 0] == pytest.approx([3.0], abs=1e-14)


@dataclass(frozen=True)
class Valley(Landscape):
    """Three dimensions: x² + 2y² + 3z² + xy + yz, singular along x = y = z = 0 only where ``flat``."""

    dim = 3
    flat: bool = False

    def f(self, x: Any, y: Any, z: Any) -> Any:
        return x * x if self.flat else x * x + 2.0 * y * y + 3.0 * z * z + x * y + y * z

    def df(self, x: Any, y: Any, z: Any) -> tuple[Any, ...]:
        if self.flat:
            return 2.0 * x, 0.0, 0.0
        return 2.0 * x + y, 4.0 * y + x + z, 6.0 * z + y

    def d2f(self, x: Any, y: Any, z: Any) -> tuple[Any, ...]:
        return (2.0, 0.0, 0.0, 0.0, 0.0, 0.0) if self.flat else (2.0, 1.0, 0.0, 4.0, 1.0, 6.0)

    def facts(self) -> Facts:
        return Facts(((-5.0, 5.0),) * 3, ((1.0, 2.0, 3.0),), 0.1)


def test_newton_in_three_dimensions() -> None:
    run = run_alone(Valley(), OPTIMIZERS["newton"](), (1.0, 2.0, 3.0), 1)
    assert run.theta[1, 0] == pytest.approx([0.0, 0.0, 0.0], abs=1e-14)


def test_a_singular_hessian_is_a_diverged_racer_not_an_error() -> None:
    inflection = (1.0, (2.0 / 3.0) ** 0.5)  # of the bounded saddle, across
    for landscape, start in ((LANDSCAPES["bounded_saddle"](), inflection), (Valley(True), (1.0, 2.0, 3.0))):
        hess = landscape.hess(np.array([start]))
        assert np.linalg.det(hess)[0] == pytest.approx(0.0, abs=1e-12)
        run = run_alone(landscape, OPTIMIZERS["newton"](), start, 3)
        assert run.status_at(3, 0)[0] is Status.DIVERGED


def test_a_singular_lane_spoils_no_other() -> None:
    group = bound(OPTIMIZERS["newton"](), Valley(), ((1.0, 2.0, 3.0),) * 2)
    theta, lr = group.theta, np.ones((2, 3))
    hess = np.stack([Valley(True).hess(theta[:1])[0], Valley().hess(theta[:1])[0]])
    grad = np.concatenate([Valley(True).grad(theta[:1]), Valley().grad(theta[:1])])
    went, _ = answer(group.rule, theta, {}, lr, 1, (grad, hess))
    assert np.isnan(went[0]).all()
    assert went[1] == pytest.approx([0.0, 0.0, 0.0], abs=1e-14)
