"""What is read off a race: every measure against the recording, by hand where a number is known."""

import math

import numpy as np
import pytest

from simulator import racefile
from simulator.engine import Engine
from simulator.measure import MEASURES, Reading, check_name, described
from simulator.measurewords import EVENTS, SENTENCES, told, wanted
from simulator.param import RaceError
from simulator.racedata import from_data
from simulator.recording import Recording, Status


def run(
    *racers: dict, steps: int = 40, landscape: str = "parabola", start: tuple[float, ...] = (0.0,), **more
) -> Recording:
    data = {"steps": steps, "starts": [list(start)], "landscape": {"name": landscape}, "entrant": list(racers), **more}
    return Engine(from_data(data)).run()


@pytest.fixture(scope="module")
def slow() -> Recording:
    return run({"optimizer": "sgd", "label": "A", "lr": 0.1})


@pytest.fixture(scope="module")
def wild() -> Recording:
    """η = 0.9 jumps from side to side and arrives, η = 1.1 climbs out."""
    return run(
        {"optimizer": "sgd", "label": "In", "lr": 0.9}, {"optimizer": "sgd", "label": "Out", "lr": 1.1}, steps=80
    )


# Gradient descent and momentum on (x − 3)² from 0, by hand.
@pytest.mark.parametrize(
    ("measure", "at", "value"),
    [
        ("x", 5, 2.01696), ("theta.x", 1, 0.6), ("loss", 0, 9.0), ("gap", 1, 5.76), ("grad.x", 1, -6.0),
        ("move.x", 1, 0.6), ("rate.x", 3, 0.1), ("distance", 1, 2.4), ("grad_norm", 1, 4.8), ("curvature", 0, 2.0),
        ("limit", 0, 1.0), ("lr", 7, 0.1), ("evals", 7, 7), ("turns", 40, 0), ("overshoot", 40, 0.0),
        ("travelled", 2, 1.08), ("norm", 2, 1.08), ("best", 3, 1.536**2), ("peak", 3, 9.0), ("rises", 40, 0),
        ("arrival", 40, 31), ("diverged", 40, math.inf), ("left", 40, math.inf), ("hover", 0, 9.0), ("spread", 0, 0.0),
    ],
)  # fmt: skip
def test_of_a_slow_racer(slow, measure, at, value):
    assert Reading(measure, "A", at).read(slow) == pytest.approx(value, abs=1e-9)


def test_of_one_that_jumps_and_one_that_climbs_out(wild):
    assert Reading("turns", "In").read(wild) == 79
    assert Reading("overshoot", "In").read(wild) == pytest.approx(0.8 * 3.0)
    assert Reading("rises", "Out").read(wild) == 80
    assert Reading("left", "Out").read(wild) == np.flatnonzero(wild.status[:, 1] == Status.OUT_OF_VIEW.value)[0]
    assert Reading("diverged", "Out", at=10).read(wild) == math.inf
    assert Reading("below", "In", level=1.0).read(wild) == np.flatnonzero(wild.loss[:, 0] <= 1.0)[0]
    assert Reading("below", "Out", level=1.0).read(wild) == math.inf


def test_states_are_read_by_their_letters():
    momentum = run({"optimizer": "momentum", "label": "M", "lr": 0.01, "beta": 0.9})
    assert [round(Reading("v.x", at=k).read(momentum), 3) for k in range(1, 4)] == [-6.0, -11.28, -15.806]
    assert math.isnan(Reading("m.x").read(momentum)) and math.isnan(Reading("v.y").read(momentum))


def test_what_is_not_there_is_not_a_number(slow):
    assert math.isnan(Reading("loss", "nobody").read(slow))
    assert math.isnan(Reading("y").read(slow))
    assert math.isnan(Reading("grad.x", at=0).read(slow))


def test_late_measures_look_at_the_last_fifth():
    noisy = run({"optimizer": "sgd", "label": "A", "lr": 0.1}, steps=100, noise={"sigma": 2.0})
    late = noisy.loss[80:101, 0]
    assert Reading("hover").read(noisy) == pytest.approx(late.mean())
    assert Reading("spread").read(noisy) == pytest.approx(noisy.theta[80:101, 0].std())


@pytest.mark.parametrize("sample", ["ravine", "saddle", "flip-network", "drifting-bowl", "sharp-wide", "eggholder"])
def test_every_measure_reads_something_on_every_kind_of_landscape(sample):
    recording = Engine(racefile.find(sample)).advance(30)
    for name in MEASURES:
        value = Reading(name).of(recording, 0)
        unknown = not recording.race.landscape.minima and name in ("distance", "overshoot")
        assert isinstance(value, float) and (unknown or not math.isnan(value)), name


def test_every_measure_says_what_it_is():
    for name, text in described().items():
        check_name(name)
        assert text.endswith(".") and len(text) < 160


@pytest.mark.parametrize("name", ["arival", "los", "", "x.", "x.z"])
def test_a_name_that_is_none_is_answered(name):
    with pytest.raises(RaceError, match="no measure is called"):
        check_name(name)


def test_a_reading_says_what_is_wrong_with_it(slow):
    assert Reading("loss", "B").faults(slow.race) == ["no racer is called 'B'; there are A"]
    assert Reading("loss", at=41).faults(slow.race) == ["step 41 is not one of the race, which has 40"]


def test_readings_and_wishes_in_words():
    assert set(EVENTS) <= set(MEASURES)
    for name in SENTENCES:
        check_name(name)
    assert told("arrival", "A", 31.0) == "A arrives at step 31"
    assert told("diverged", "A", math.inf) == "A does not diverge"
    assert [told("turns", "A", n) for n in (1.0, 3.0)] == ["A turns back once", "A turns back 3 times"]
    assert told("grad_norm", "A", 0.5) == "grad norm of A is 0.5"
    assert told("hover", "A", math.nan) == "A is lost"
    assert [wanted("arrival", [(w, 9.0)]) for w in ("at most", "less than")] == ["by step 9", "before step 9"]
    assert wanted("diverged", [("at least", math.inf)]) == "never"
    assert wanted("loss", [("at most", 0.25)]) == "at most 0.25"
    assert wanted("loss", [("at most", 0.25), ("less than", 0.1)]) == "at most 0.25 and less than 0.1"
    assert wanted("x", [("at most", 3.0), ("at least", 2.0)]) == "from 2 to 3"
