"""Rules that search along a line: many at once go as each alone, at rest they ask once, and bad directions are left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Array, Value
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.selfcheck.squares import Squares
from tests.alone import bound, run_alone

HIMMELBLAU = Squares()
REST = (3.0, 2.0)
STARTS = ((-0.27, -0.92), REST, (0.5, 5.0), (-5.0, -0.5), (2.9999, 2.0001), (0.0, 0.0))
WAYS: list[tuple[str, dict[str, Any]]] = [
    ("armijo", {}),
    ("bfgs", {}),
    ("bfgs", {"c2": 0.1}),
    *(("ncg", {"form": form}) for form in ("fletcher_reeves", "polak_ribiere", "hestenes_stiefel", "dai_yuan")),
    ("lbfgs", {}),
    ("lbfgs", {"max_iter": 6, "max_eval": 9, "history_size": 2}),
    ("lbfgs", {"max_iter": 6, "tolerance_grad": 1.0}),
    ("lbfgs", {"max_iter": 6, "tolerance_change": 0.3}),
    ("lbfgs", {"max_iter": 5, "max_eval": 4, "line_search_fn": "none", "lr": 0.1}),
    ("lbfgs", {"max_iter": 5, "line_search_fn": "none", "lr": 0.1, "tolerance_change": 0.3}),
    ("newton", {"globalization": "line_search"}),
    ("newton", {"globalization": "trust_region"}),
    ("gauss_newton", {}),
]


@pytest.mark.parametrize(("name", "hyper"), WAYS, ids=[f"{name}-{i}" for i, (name, _) in enumerate(WAYS)])
def test_many_go_as_each_alone(name: str, hyper: dict[str, Any]) -> None:
    race = Race(HIMMELBLAU, (Entrant(OPTIMIZERS[name](**hyper), name),), STARTS, steps=12)
    together = Engine(race).run()
    for i, start in enumerate(STARTS):
        alone = Engine(replace(race, starts=(start,))).run()
        assert np.array_equal(together.theta[:, i], alone.theta[:, 0])
        assert np.array_equal(together.evals[:, i], alone.evals[:, 0])


@pytest.mark.parametrize("name", ["armijo", "bfgs", "lbfgs", "ncg"])
def test_at_rest_it_asks_once_a_step(name: str) -> None:
    run = run_alone(HIMMELBLAU, OPTIMIZERS[name](), REST, 7)
    assert run.evals[:, 0].tolist() == list(range(8))


@pytest.mark.parametrize("name", ["bfgs", "ncg"])
@pytest.mark.parametrize("c2", [0.5, 0.01])
def test_a_search_leaves_no_more_of_the_slope_than_c2(name: str, c2: float) -> None:
    rosenbrock = LANDSCAPES["rosenbrock"]()
    path = run_alone(rosenbrock, OPTIMIZERS[name](c2=c2), (-1.2, 1.0), 12).theta[:, 0]
    way, grad = np.diff(path, axis=0), rosenbrock.grad(path)
    before, after = (np.einsum("ki,ki->k", slope, way) for slope in (grad[:-1], grad[1:]))
    assert (before < 0.0).all() and (np.abs(after) <= c2 * np.abs(before) * (1.0 + 1e-9)).all()


def second_question(name: str, state: dict[str, Array], grad: Array, **hyper: Any) -> Array:
    """How θ = 0 would go to the first trial of a rule with this state, told this slope."""
    group = bound(OPTIMIZERS[name](**hyper), HIMMELBLAU, ((0.0, 0.0),) * len(grad))
    step = group.rule.step(group.theta, group.state | state, group.peak, 2)
    next(step)
    asked = step.send((np.zeros((len(grad), 1)), grad))
    assert isinstance(asked, Value)
    return asked.theta


@pytest.mark.parametrize("turn", [[[-1.0, 0.0], [0.0, -1.0]], [[0.0, 1.0], [-1.0, 0.0]]], ids=["uphill", "across"])
def test_bfgs_leaves_a_direction_that_does_not_go_down(turn: list[list[float]]) -> None:
    grad = np.array([[0.1, 0.2]])
    assert second_question("bfgs", {"H": np.array([turn])}, grad) == pytest.approx(-grad)


@pytest.mark.parametrize(
    ("s", "y", "curved"),
    [
        ((1.0, 0.0), (1e-15, 1.0), True),
        ((1.0, 0.0), (1e-16, 1.0), False),
        ((1e3, 0.0), (1e-13, 1e3), False),
        ((1e3, 0.0), (1e-12, 1e3), True),
        ((1.0, 0.0), (1e-12, 1e6), False),
        ((1e6, 0.0), (1e-10, 1e-6), True),
        ((1.0, 0.0), (0.0, 1.0), False),
        ((1.0, 0.0), (-1.0, 1.0), False),
    ],
)
def test_bfgs_learns_of_a_pair_only_where_rounding_leaves_a_curvature(s: Any, y: Any, curved: bool) -> None:
    group = bound(OPTIMIZERS["bfgs"](), HIMMELBLAU, (s,))
    known = np.array([[[2.0, 0.5], [0.5, 1.0]]])
    step = group.rule.step(group.theta, {"H": known, "x": np.zeros((1, 2)), "g": np.zeros((1, 2))}, group.peak, 2)
    next(step)
    try:
        while True:
            step.send((np.zeros((1, 1)), np.array([y])))
    except StopIteration as done:
        learnt = done.value[1]["H"]
    assert np.array_equal(learnt, known) != curved


def test_ncg_begins_anew_after_a_search_that_found_nothing() -> None:
    last, grad, d = np.array([[1.0, 0.0]]), np.array([[0.0, 0.5]]), np.array([[-1.0, 0.0]])
    still = second_question("ncg", {"d": d, "g": last, "alpha": np.zeros((1, 1))}, grad, form="fletcher_reeves")
    assert still == pytest.approx(-grad)
    went = second_question("ncg", {"d": d, "g": last, "alpha": np.ones((1, 1))}, grad, form="fletcher_reeves")
    assert went[0, 0] < 0.0  # β = ¼: d = (−¼, −½)
    assert went[0, 0] / went[0, 1] == pytest.approx(0.5)
    assert (went @ grad.T).item() == pytest.approx(-1.0)  # as much as the last move promised, ⟨g₋, d⟩·α
    # A direction across the slope is no way down.
    state = {"d": np.array([[2.0, 1.0]]), "g": last, "alpha": np.ones((1, 1))}
    across = second_question("ncg", state, np.array([[0.0, 1.0]]), form="fletcher_reeves")
    assert across == pytest.approx(np.array([[0.0, -1.0]]), abs=1e-12)


@pytest.mark.parametrize(
    ("form", "kept"),
    [("fletcher_reeves", 5 / 13), ("polak_ribiere", 9 / 13), ("hestenes_stiefel", 1.0), ("dai_yuan", 5 / 9)],
)
def test_the_forms_of_beta_in_ncg_by_hand(form: str, kept: float) -> None:
    """g₋ = (2, 3) and g = (1, −2): y = (−1, −5) and ⟨g, y⟩ = 9; with d = (−4, −1) ⟨d, y⟩ is 9 too."""
    for alpha in (0.1, 1.0):
        state = {"d": np.array([[-4.0, -1.0]]), "g": np.array([[2.0, 3.0]]), "alpha": np.array([[alpha]])}
        went = second_question("ncg", state, np.array([[1.0, -2.0]]), form=form)[0]
        assert went[0] / went[1] == pytest.approx((-4.0 * kept - 1.0) / (2.0 - kept), rel=1e-9)
        assert went @ [1.0, -2.0] == pytest.approx(-11.0 * alpha)  # as much as the last move promised


def test_polak_and_ribieres_beta_in_ncg_is_never_negative() -> None:
    state = {"d": np.array([[-4.0, -1.0]]), "g": np.array([[2.0, 3.0]]), "alpha": np.ones((1, 1))}
    went = second_question("ncg", state, np.array([[1.0, 0.5]]))[0]
    assert went[0] / went[1] == pytest.approx(2.0)
