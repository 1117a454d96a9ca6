"""Answers are computed, and scored."""

import math

import pytest

from simulator.engine import Engine
from simulator.measure import Reading
from simulator.param import RaceError
from simulator.question import Number, Pick, Ranking, number_text, value
from simulator.racedata import from_data
from simulator.recording import Recording


@pytest.fixture(scope="module")
def four() -> Recording:
    """Who arrives: second, first, third, never."""
    racers = [{"optimizer": "sgd", "label": str(lr), "lr": lr} for lr in (0.3, 0.4, 0.95, 1.05)]
    data = {"steps": 150, "starts": [[0.0]], "landscape": {"name": "parabola"}, "entrant": racers}
    return Engine(from_data(data)).run()


def test_a_ranking_is_scored_by_pairs(four):
    asks = Ranking("?", "arrival")
    assert asks.right(four) == [1, 0, 2, 3]
    assert asks.score([1, 0, 2, 3], four).share == 1.0
    assert asks.score([0, 1, 2, 3], four).share == pytest.approx(5 / 6)
    assert asks.score([3, 2, 0, 1], four) == (
        0.0,
        "0 of 6 pairs are in the right order. It came out: 0.4, 0.3, 0.95, 1.05.",
    )
    assert Ranking("?", "arrival", highest=True).right(four)[0] == 3


def test_level_racers_may_stand_in_either_order(four):
    asks = Ranking("?", "diverged", at=0)
    assert asks.score([3, 2, 1, 0], four).share == 1.0


def test_a_pick(four):
    assert Pick("?", "turns", highest=True).right(four) == [2, 3]
    assert Pick("?", "arrival").score(1, four).share == 1.0
    assert Pick("?", "arrival").score(0, four) == (0.0, "It is 0.4.")


@pytest.mark.parametrize(
    ("given", "share"), [(0.2, 1.0), (0.209, 1.0), (0.191, 1.0), (0.22, 0.0), (-0.2, 0.0), (math.inf, 0.0)]
)
def test_a_number_is_right_within_its_tolerance(given, share):
    assert Number("?", "0.01 / (1 - 0.95)", tolerance=0.05).score(given, None).share == share


def test_a_number_that_is_never(four):
    asks = Number("?", Reading("arrival", "1.05"))
    assert asks.score(math.inf, four).share == 1.0
    assert asks.score(100.0, four) == (0.0, "It is never. You said 100.")


def test_a_number_says_how_far_off(four):
    assert Number("?", "100").score(150.0, None).says == "It is 100. You said 150, 50 % away."
    assert Number("?", "0", tolerance=0.1).score(0.05, None).share == 1.0


@pytest.mark.parametrize("text", ["x + 1", "1 +", "__import__('os')", "1/0", "9**9**9", ""])
def test_an_expression_is_arithmetic(text):
    with pytest.raises(RaceError):
        value(text)
    assert value("2·(3 − 1)²") == 8.0


def test_numbers_for_people():
    assert number_text(math.inf) == "never"
