"""What the step sheet says, in words and numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.inspector import inspect
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race, obstacle, suited
from simulator.recording import Recording
from simulator.schedules import SCHEDULES
from simulator.stepsheet import Sheet, coordinates, sheet


def raced(name: str, place: str = "parabola", steps: int = 5, **entrant: object) -> Recording:
    landscape = LANDSCAPES[place]()
    optimizer = OPTIMIZERS[name](lr=0.01) if place == "parabola" else suited(OPTIMIZERS[name](), landscape)
    racer = Entrant(optimizer, name, **entrant)  # type: ignore[arg-type]
    return Engine(Race(landscape, (racer,), landscape.starts[:1], steps=steps)).run()


def told(recording: Recording, step: int, coordinate: int = 0) -> Sheet:
    return sheet(inspect(recording, 0, step), coordinate)


def test_momentum() -> None:
    """(x − 3)² from 0 at η = 0.01: the third step of the worked example."""
    page = told(raced("momentum"), 2)
    assert page.title == "Step 3 of 5, η = 0.01"
    assert [tuple(line) for line in page.lines] == [
        ("v ← β·v + g", "v ← 0.9·(−11.28) + (−5.6544) = −15.806", True),
        ("θ ← θ − η·v", "θ ← 0.1728 − 0.01·(−15.806) = 0.33086", True),
    ]
    assert page.states == ("v: −11.28 → −15.806",)
    assert page.rate == "η = 0.01"
    assert (page.asked_of, page.asked) == ("Gradient asked", ("at 0.1728: −5.6544",))
    assert page.step == ("θ: 0.1728 → 0.33086", "0.15806, length 0.15806")


def test_adam_opened_up() -> None:
    """m and v begin at 0; corrected, the first step is η long."""
    page = told(raced("adam"), 0)
    assert [line.numbers for line in page.lines] == [
        "m ← 0.9·0 + (1 − 0.9)·(−6) = −0.6",
        "v ← 0.999·0 + (1 − 0.999)·(−6)² = 0.036",
        "m̂ = −0.6 / (1 − 0.9¹) = −6",
        "v̂ = 0.036 / (1 − 0.999¹) = 36",
        "θ ← 0 − 0.01·(−6) / (√36 + 1e−8) = 0.01",
    ]
    assert page.rate == "η / (√v̂ + ε) = 0.0016667"


def test_the_last_row_shows_what_is_remembered_and_no_step() -> None:
    page = told(raced("momentum"), 5)
    assert page.title == "After 5 steps: none leaves this point"
    assert [line.formula for line in page.lines] == ["v ← β·v + g", "θ ← θ − η·v"]
    assert not any(line.numbers for line in page.lines)
    assert page.states == ("v: −22.555",)
    assert not any((page.rate, page.asked, page.step))


def test_a_restart_is_told() -> None:
    page = told(raced("adam", steps=9, schedule=SCHEDULES["step"](step_size=4), restart=True), 5)
    assert page.title == "Step 6 of 9, η = 0.001, the rule's step 2 since a restart"


def test_lines_of_the_first_step_are_gone_later() -> None:
    recording = raced("asgd")
    assert "t = 1: η_t ← η" in [line.formula for line in told(recording, 0).lines]
    assert "t = 1: η_t ← η" not in [line.formula for line in told(recording, 1).lines]


def test_a_line_whose_condition_fails_is_there_without_numbers() -> None:
    lines = {line.formula: line for line in told(raced("rprop"), 3).lines}
    assert lines["s > 0: Δ ← Δ·η₊"].numbers == "Δ ← 0.0144·1.2 = 0.01728" and lines["s > 0: Δ ← Δ·η₊"].taken
    assert lines["s < 0: Δ ← Δ·η₋"].numbers == "" and not lines["s < 0: Δ ← Δ·η₋"].taken


def test_a_coordinate_sees_the_lines_of_its_block() -> None:
    recording = raced("adafactor", "flip_network")
    weight, bias = told(recording, 2, 0), told(recording, 2, 30)
    assert not any(line.formula.startswith("vector") for line in weight.lines)
    assert not any(line.formula.startswith("matrix") for line in bias.lines)
    assert [state[0] for state in weight.states] == ["C", "R"] and [state[0] for state in bias.states] == ["V"]


@pytest.mark.parametrize("rule", ["muon", "soap"])
def test_a_coordinate_sees_the_rate_of_its_block(rule: str) -> None:
    """Matrices take η, or η·c, as it is; vectors divide it by the size of their gradients."""
    recording = raced(rule, "flip_network")
    seen = inspect(recording, 0, 2)
    assert seen.rate is not None
    matrix, vector = seen.blocks[0].part, seen.blocks[1].part
    assert np.all(seen.rate[matrix] == seen.rate[0]) and seen.rate[0] >= seen.lr
    assert len(set(seen.rate[vector])) > 1
    assert "√" not in told(recording, 2, 0).rate and "√" in told(recording, 2, vector.start).rate


def test_a_step_by_hand_ends_where_it_went() -> None:
    race = replace(raced("sgd").race, entrants=(Entrant(OPTIMIZERS["by_hand"](lr=0.1, moves="-3; 2"), "it"),))
    recording = Engine(race).run()
    numbers = [[line.numbers for line in told(recording, step).lines] for step in range(3)]
    assert numbers[0] == ["h ← −3", "θ ← 0 − 0.1·(−3) = 0.3"]
    assert numbers[1] == ["h ← 2", "θ ← 0.3 − 0.1·2 = 0.1"]
    assert numbers[2] == ["h ← 0", "θ ← 0.1 − 0.1·0 = 0.1"]


def test_what_was_asked_and_how_it_was_felt() -> None:
    race = raced("sam", "ravine").race
    noisy = replace(race, noise=Noise(sigma=0.5), entrants=(replace(race.entrants[0], clip_norm=1.0),))
    page = told(Engine(noisy).run(), 1)
    assert page.asked_of == "Gradient asked, with noise and clipping"
    assert [line.split(" ")[:2] for line in page.asked] == [["1.", "at"], ["2.", "at"]]
    assert told(raced("sgd", "flip_network"), 0).asked_of == "Gradient asked on this step's mini-batch"


def test_a_search_tells_its_first_questions_and_what_it_found() -> None:
    page = told(raced("armijo", "ravine"), 0)
    assert page.asked[0].startswith("1. at (") and "f = " in page.asked[0]
    assert len(page.asked) <= 6 and page.rate.startswith("α = ")


def test_a_step_put_back_into_the_box_says_so() -> None:
    landscape = LANDSCAPES["reddi"]()
    race = Race(landscape, (Entrant(OPTIMIZERS["sgd"](lr=1.0), "it"),), ((0.0,),), steps=10)
    recording = Engine(race).run()
    pages = [told(recording, step) for step in range(10)]
    assert any("put back into the box from" in page.step[-1] for page in pages)


def test_coordinates_are_called() -> None:
    assert coordinates(LANDSCAPES["parabola"]()) == ["x"]
    assert coordinates(LANDSCAPES["ravine"]()) == ["x", "y"]
    network = coordinates(LANDSCAPES["flip_network"]())
    assert network[0] == "θ1: matrix 1, row 1, column 1" and network[-1] == "θ31: vector 4, entry 4"
    assert coordinates(LANDSCAPES["matrix_memory"]())[-1] == "θ64: row 8, column 8"


@pytest.mark.parametrize("place", ["parabola", "ravine", "flip_network", "matrix_memory"])
def test_every_rule_has_a_sheet(place: str) -> None:
    landscape = LANDSCAPES[place]()
    entrants = tuple(
        Entrant(suited(cls(), landscape), name, stream=i)
        for i, (name, cls) in enumerate(OPTIMIZERS.items())
        if not obstacle(cls, landscape)
    )
    recording = Engine(Race(landscape, entrants, landscape.starts[:1], steps=4)).run()
    for e, entrant in enumerate(entrants):
        for step in (0, 3, 4):
            for coordinate in {0, landscape.dim - 1}:
                page = sheet(inspect(recording, e, step), coordinate)
                assert page.lines and page.title, entrant.label
                assert len(page.step) == (0 if step == 4 else 2)
                assert not np.isfinite(recording.theta[step + (step < 4)]).all() or "nan" not in "".join(page.step)
