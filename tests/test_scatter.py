"""The measure of how far sampled gradients lie from the true one."""

from math import isnan, sqrt

import pytest

from simulator.engine import Engine
from simulator.measure import Reading
from simulator.racedata import from_data

STILL = {"optimizer": "sgd", "label": "SGD", "lr": 1e-6}


def scatter(steps=2000, **race):
    """Of a racer that hardly moves, so that every step meets the gradients of one point."""
    return Reading("scatter").read(Engine(from_data({"entrant": [STILL], "steps": steps, **race})).run())


def test_it_is_the_size_of_the_noise():
    at_rest = {"landscape": {"name": "bowl"}, "starts": [[0.0, 0.0]]}
    assert scatter(noise={"sigma": 3.0}, **at_rest) == pytest.approx(3.0 * sqrt(2), rel=0.1)
    assert scatter(**at_rest) == 0.0


@pytest.mark.parametrize("size", [1, 2, 4])
def test_batches_scatter_as_samples_that_differ_do(size):
    one = sqrt((11.5**2 + 5.5**2 + 1.5**2 + 18.5**2) / 4)  # −2, −8, −12, −32 about −13.5
    found = scatter(landscape={"name": "line_fit_slope", "batch_size": size, "order": "sampled"}, starts=[[1.0]])
    assert found == pytest.approx(one / sqrt(size) * sqrt((4 - size) / 3), rel=0.1, abs=1e-9)


def test_before_the_first_steps_there_is_none():
    assert isnan(scatter(steps=4, landscape={"name": "bowl"}))
