"""What a race has cost, counted by hand beside `simulator.costs`."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.costs import AXES, Weights, spent
from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race, suited
from simulator.recording import Recording

HIMMELBLAU = LANDSCAPES["himmelblau"]()
NAMES = ("sgd", "sam", "newton", "armijo")


@pytest.fixture(scope="module")
def recording() -> Recording:
    entrants = tuple(Entrant(suited(OPTIMIZERS[n](), HIMMELBLAU), n, stream=i) for i, n in enumerate(NAMES))
    return Engine(Race(HIMMELBLAU, entrants, HIMMELBLAU.starts[:1], steps=20)).run()


def test_steps_are_alike_for_all(recording: Recording) -> None:
    assert spent(recording, "steps", 7, slice(None)).tolist() == [7.0] * 4
    assert spent(recording, "steps", slice(0, 3), slice(1, 2)).tolist() == [[0.0], [1.0], [2.0]]


def test_gradients_are_counted(recording: Recording) -> None:
    assert spent(recording, "evaluations", 10, slice(0, 3)).tolist() == [10.0, 20.0, 10.0]


def test_all_evaluations_have_their_weight(recording: Recording) -> None:
    cost = spent(recording, "cost", 10, slice(None), Weights(loss_weight=0.5, hessian_weight=3.0))
    asked = recording.evals[10, 3]
    assert cost.tolist() == [10.0, 20.0, 40.0, 1.5 * asked]
    assert spent(recording, "cost", 10, slice(0, 3)).tolist() == [10.0, 20.0, 30.0]


@pytest.mark.parametrize("against", AXES)
def test_any_rows_and_lanes_can_be_asked(recording: Recording, against: str) -> None:
    whole = spent(recording, against, slice(None), slice(None))  # type: ignore[arg-type]
    rows, lanes = np.array([3, 9]), np.array([0, 2])
    assert np.array_equal(spent(recording, against, rows, lanes), whole[np.ix_(rows, lanes)])  # type: ignore[arg-type]
    assert (np.diff(whole, axis=0) > 0).all()
