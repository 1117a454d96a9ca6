"""A walk by hand is a racer like the others, and what the walker knows is only what can be felt."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest

from simulator import fog, racefile
from simulator.commentary import comment
from simulator.engine import Engine
from simulator.export.csv import write_csv
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.optimizers.by_hand import MOST, ByHand, read_moves
from simulator.param import RaceError
from simulator.race import Entrant, Noise, Race

RAVINE = racefile.find("ravine")
LINE = racefile.find("step-size")


def walked(race, *moves):
    race = fog.begin(race)
    for move in moves:
        race = fog.stepped(race, move)
    return race


def by_slope(race, steps, eta):
    """A walk that goes by η times the slope felt, looked up at every step."""
    race = fog.begin(race)
    for _ in range(steps):
        race = fog.stepped(race, tuple(-eta * g for g in fog.look(race).slope))
    return race


def of(race):
    return race.entrants[fog.walker(race)].optimizer


@pytest.mark.parametrize("race", [RAVINE, LINE], ids=["plane", "line"])
def test_a_walker_stands_at_the_first_start_with_a_budget_for_all(race):
    begun = fog.begin(race)
    assert fog.walker(race) is None and fog.walker(begun) == len(race.entrants)
    assert begun.entrants[:-1] == race.entrants
    assert begun.starts == race.starts[:1] and begun.steps == fog.BUDGET == fog.look(begun).budget
    assert fog.taken(begun) == 0 and fog.look(begun).trail == ((0.0,) * race.landscape.dim,)


def test_a_short_race_keeps_its_length():
    assert fog.begin(replace(RAVINE, steps=12)).steps == 12


def test_nobody_walks_in_many_dimensions():
    race = racefile.find("flip-network")
    with pytest.raises(RaceError, match=r"one or two parameters; .* has 31"):
        fog.begin(race)


@pytest.mark.parametrize("name", ["ravine", "step-size", "saddle-noise", "mini-batches", "drifting-bowl", "sparse"])
def test_after_k_steps_everyone_has_asked_for_as_many_gradients(name):
    """The budget: the walker's k looks cost what k steps of gradient descent cost, and the race stands at step k."""
    race = racefile.find(name)
    race = by_slope(replace(race, entrants=race.entrants[:1]).with_new(OPTIMIZERS["sgd"](), "plain"), 5, 0.01)
    record = Engine(race).advance(fog.taken(race))
    asked = dict(zip([e.label for e in race.entrants], record.evals[5], strict=True))
    assert fog.taken(race) == 5 == asked[fog.LABEL] == asked["plain"]


@pytest.mark.parametrize(("name", "eta"), [("ravine", 0.03), ("step-size", 0.4), ("saddle-noise", 0.05)])
def test_a_walk_down_the_slope_by_eta_is_gradient_descent(name, eta):
    """Noise too is felt as the machine feels it."""
    race = by_slope(racefile.find(name).with_new(OPTIMIZERS["sgd"](lr=eta), "by rule"), 20, eta)
    record = Engine(race).advance(20)
    rule, hand = (next(i for i, e in enumerate(race.entrants) if e.label == x) for x in ("by rule", fog.LABEL))
    moved = np.abs(record.theta[20, rule] - record.theta[0, rule]).max()
    assert record.theta[:, hand][:21] == pytest.approx(record.theta[:21, rule], abs=1e-4 * moved)


def test_moves_that_are_the_gradient_are_gradient_descent_to_the_last_bit():
    bare = replace(RAVINE, entrants=(Entrant(OPTIMIZERS["sgd"](lr=0.03), "by rule"),), steps=15)
    grads = Engine(bare).run().grad[:, 0]
    moves = "; ".join(" ".join(map(repr, row)) for row in grads.tolist())
    record = Engine(bare.with_new(ByHand(lr=0.03, moves=moves))).run()
    assert np.array_equal(record.theta[:, 0], record.theta[:, 1])


def test_a_look_says_how_it_went_and_what_the_slope_promised():
    race = walked(RAVINE, (-0.5, -0.25), (0.1, -0.2))
    look, ground, start = fog.look(race), RAVINE.landscape, np.array(RAVINE.starts[0])
    places = start + np.array(look.trail)
    assert places == pytest.approx(start + np.array([(0, 0), (-0.5, -0.25), (-0.4, -0.45)]), abs=1e-5)
    assert look.heights == pytest.approx(ground.loss(places) - ground.loss(start))
    assert look.slope == pytest.approx(ground.grad(places[-1]))
    slopes = ground.grad(places[:-1])
    assert look.promised == pytest.approx((slopes * np.diff(places, axis=0)).sum(axis=1))
    assert look.step == 2 and look.steepness == pytest.approx(np.linalg.norm(look.slope))
    x, y = -np.array(look.slope)
    assert look.downhill == pytest.approx(np.degrees(np.arctan2(y, x)) % 360.0)
    assert look.promise((1.0, 2.0)) == pytest.approx(look.slope[0] + 2.0 * look.slope[1])


def test_a_look_says_nothing_of_where_on_the_landscape_it_is():
    """The same walk on the same ground moved elsewhere and lifted gives the same look."""
    formula = LANDSCAPES["formula"]
    here = formula(formula="x^2 + 10*y^2", box=((-6.0, 6.0), (-3.0, 3.0)))
    there = formula(formula="(x-40)^2 + 10*(y-8)^2 + 1000", box=((34.0, 46.0), (5.0, 11.0)))
    race = replace(RAVINE, landscape=here, starts=((5.0, 2.0),))
    moved = replace(RAVINE, landscape=there, starts=((45.0, 10.0),), title="Another")
    looks = [fog.look(walked(r, (-1.0, -0.5), (0.25, 0.125))) for r in (race, moved)]
    for field in ("trail", "heights", "promised", "slope"):
        assert np.array(getattr(looks[0], field)) == pytest.approx(np.array(getattr(looks[1], field)), abs=1e-4)
    assert looks[0].unit == looks[1].unit


def test_level_ground_has_no_direction():
    saddle = replace(RAVINE, landscape=LANDSCAPES["bounded_saddle"](), starts=((0.0, 0.0),))
    look = fog.look(fog.begin(saddle))
    assert look.steepness == 0.0 and look.downhill is None


@pytest.mark.parametrize(
    ("noise", "note"),
    [
        (Noise(), None), (Noise(sigma=0.5), "noisy"), (Noise(sigma=0.2, kind="student"), "noisy"),
        (Noise(kind="sparse"), "now and then"),
    ],
)  # fmt: skip
def test_noise_is_felt_and_said(noise, note):
    race = fog.begin(replace(RAVINE, noise=noise))
    look = fog.look(race)
    assert bool(look.notes) == (note is not None) and all(note in text for text in look.notes)
    true = RAVINE.landscape.grad(np.array(RAVINE.starts[0]))
    assert (look.slope == pytest.approx(true)) == (note is None)
    assert look == fog.look(race)  # to look again costs nothing and shows nothing new


def test_a_mini_batch_and_ground_that_moves_are_said():
    assert "mini-batch" in fog.look(fog.begin(racefile.find("mini-batches"))).notes[0]
    assert "moves" in fog.look(fog.begin(racefile.find("drifting-bowl"))).notes[0]


def test_the_machines_are_not_disturbed_by_the_walker():
    cut = replace(RAVINE, starts=RAVINE.starts[:1], steps=fog.BUDGET)
    alone, beside = Engine(cut).run(), Engine(walked(RAVINE, (-1.0, 0.0))).run()
    assert np.array_equal(alone.theta, beside.theta[:, :-1])


def test_a_walk_is_saved_with_the_race():
    race = walked(RAVINE, (-0.5, 0.25), (1e-7, -3.0))
    again = racefile.parse(racefile.dumps(race))
    assert again == race and fog.taken(again) == 2
    assert fog.look(fog.begin(again)) == fog.look(race)  # a walk that is not over goes on


def test_a_walk_is_in_the_table():
    race = fog.lifted(walked(RAVINE, (-0.5, 0.25), (0.0, -1.0)))
    stream = io.BytesIO()
    write_csv(Engine(race).run(), stream)
    rows = [line.split(",") for line in stream.getvalue().decode().splitlines() if line.startswith(fog.LABEL)]
    assert [tuple(map(float, row[4:6])) for row in rows] == [
        pytest.approx((x, y), abs=1e-5) for x, y in ((5.0, 2.0), (4.5, 2.25), (4.5, 1.25))
    ]


def test_a_walk_that_is_over_begins_anew():
    race = walked(replace(RAVINE, steps=2), (-0.5, 0.0), (-0.5, 0.0))
    assert fog.look(race).slope == () and fog.taken(race) == race.steps == 2
    assert of(fog.begin(race)).moves == ""


def test_whoever_walks_next_has_the_whole_budget():
    lifted = fog.lifted(walked(fog.begin(RAVINE), (-0.5, 0.0)))
    assert lifted.steps == 1
    begun = fog.begin(lifted)
    assert begun.steps == fog.BUDGET and fog.taken(begun) == 0


def test_the_fog_lifts_on_as_many_steps_as_were_walked():
    race = walked(RAVINE, (-0.5, 0.0), (-0.5, 0.0), (-0.5, 0.0))
    assert fog.lifted(race).steps == 3


@pytest.mark.parametrize("eta", [0.001, 0.7])
def test_a_move_is_as_long_as_it_was_clicked_whatever_eta_is(eta):
    race = fog.begin(RAVINE).with_hyper(-1, lr=eta)
    race = fog.stepped(race, (0.123, -4.0))
    assert fog.look(race).trail[1] == pytest.approx((0.123, -4.0), rel=1e-5)


def test_twice_the_eta_is_twice_as_far():
    race = walked(RAVINE, (0.5, -0.25))
    wider = race.with_hyper(-1, lr=2.0 * of(race).lr)
    assert fog.look(wider).trail[1] == pytest.approx((1.0, -0.5), rel=1e-5)


def test_a_schedule_at_zero_moves_nobody():
    cosine = racefile.parse('steps = 4\n[[entrant]]\noptimizer = "sgd"\nschedule = { name = "cosine", warmup = 2 }')
    race = fog.begin(cosine).with_entrant(-1, schedule=cosine.entrants[0].schedule)
    with pytest.raises(RaceError, match="Walker: its schedule has η = 0 in step 1"):
        fog.stepped(race, (1.0, 0.0))


# Who is lower.


def against(*labelled, moves="0 0", steps=3, floor=True):
    """A race of gradient descents by label and η, and a walker that makes these moves."""
    ground = LANDSCAPES["bowl"]() if floor else LANDSCAPES["saddle"]()
    racers = tuple(Entrant(OPTIMIZERS["sgd"](lr=lr), label, stream=i) for i, (label, lr) in enumerate(labelled))
    race = Race(ground, racers, ((2.0, 0.0),), steps=steps).with_new(ByHand(lr=1.0, moves=moves), fog.LABEL)
    return Engine(race).run()


def test_the_end_says_who_is_lower_and_by_how_much():
    # From (2, 0) on x² + y²: the walker goes to x = 1 (1), the machine at η 0.1 to 2·0.8³ (1.0486), at 0.01 higher.
    ahead = against(("A", 0.1), ("B", 0.01), moves="1 0")
    assert fog.compared(ahead, 3) == "Walker is lower than every machine, 0.0486 below A"
    behind = against(("A", 0.25), ("B", 0.01), moves="0 0")
    assert fog.compared(behind, 3) == "A is 3.94 lower than Walker, with 64 times less left to fall"
    alone = against(("A", 0.01), moves="1.5 0")
    assert fog.compared(alone, 3) == "Walker is 3.29 lower than A, with 14 times less left to fall"
    assert comment(behind, 3).startswith("Finished: A is 3.94 lower than Walker, with 64 times less left to fall. ")


def test_the_end_where_there_is_no_minimum_or_no_difference():
    assert fog.compared(against(("A", 0.1), moves="1 0", floor=False), 3) == "Walker is 0.0486 lower than A"
    assert fog.compared(against(("A", 0.5), moves="2 0"), 3) == "Walker and A are level"
    assert fog.compared(against(("A", 10.0), moves="0 0", steps=500), 500) == "Walker is far lower than A"


def test_without_a_walker_or_without_a_machine_nothing_is_compared():
    assert fog.compared(Engine(replace(RAVINE, steps=3)).run(), 3) == ""
    alone = against(("A", 0.1)).race.without(0)
    assert fog.compared(Engine(alone).run(), 3) == ""


# The rule.


def test_by_hand_is_found_by_name_and_on_no_list():
    assert "by_hand" not in OPTIMIZERS and OPTIMIZERS["by_hand"] is ByHand
    assert OPTIMIZERS.find("By hand", "entrant[0].optimizer") is ByHand


def test_after_the_last_move_it_stands_still():
    record = Engine(replace(walked(RAVINE, (-1.0, 0.5)), steps=10)).run()
    path = record.theta[:, -1]
    assert (path[1:] == path[1]).all() and not (path[0] == path[1]).all()
    h = record.states[-1]["h"][:, 0]
    assert h[1] * of(record.race).lr == pytest.approx([1.0, -0.5], rel=1e-5) and (h[2:] == 0.0).all()


def test_moves_of_another_dimension_leave_the_rest_alone():
    for moves, went in (("1", (-0.1, 0.0)), ("1 2 3", (-0.1, -0.2))):
        race = replace(RAVINE, entrants=(Entrant(ByHand(lr=0.1, moves=moves), "it"),), steps=1)
        record = Engine(race).run()
        assert record.theta[1, 0] - record.theta[0, 0] == pytest.approx(went)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1 2; 3 x", "moves: move 2 must be numbers from -1e+12 to 1e+12, got 'x'"),
        ("nan 0", "moves: move 1 must be numbers from -1e+12 to 1e+12, got 'nan'"),
        ("; ".join(["1 0"] * (MOST + 1)), f"moves: there can be {MOST} at most, got {MOST + 1}"),
    ],
)
def test_what_is_no_walk_is_refused(text, fault):
    with pytest.raises(RaceError, match=re.escape(fault)):
        ByHand(moves=text)
    with pytest.raises(RaceError, match=re.escape(fault)):
        racefile.parse(f'[[entrant]]\noptimizer = "by_hand"\nmoves = "{text}"')


def test_moves_are_read_as_people_write_them():
    assert read_moves(" 1  −2.5;0 3 ") == ((1.0, -2.5), (0.0, 3.0)) and read_moves("  ") == ()
