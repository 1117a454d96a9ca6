"""Who steps with whom, and what a group of lanes is made of."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from simulator.crowd import Crowd
from simulator.engine import BLOCK, Engine, lockstep
from simulator.group import Group
from simulator.landscape import Landscape
from simulator.landscapes import LANDSCAPES
from simulator.lanes import PACK, alone, packs
from simulator.noise import noise_block
from simulator.race import Entrant, Noise, Race
from simulator.schedules import SCHEDULES
from tests.alone import racer

RAVINE = LANDSCAPES["ravine"]()
STARTS = ((5.0, 2.0), (-3.0, 1.5), (1.0, -2.0))
DROPS = SCHEDULES["step"](step_size=50, gamma=0.5)


def grouped(*entrants: Entrant, starts: tuple[tuple[float, ...], ...] = STARTS, steps: int = 150) -> list[Group]:
    race = Race(RAVINE, entrants, starts, steps=steps)
    (pack,) = packs(race, np.tile(np.array(starts), (len(entrants), 1)))
    assert [group.part for group in pack.groups] == parts([len(group.lanes) for group in pack.groups])
    assert pack.lanes.tolist() == [lane for group in pack.groups for lane in group.lanes.tolist()]
    assert pack.changing == [group for group in pack.groups if group.restarts]
    return pack.groups


def halves(lanes: list[int]) -> list[list[int]]:
    return [lanes[: len(lanes) // 2], lanes[len(lanes) // 2 :]]


def parts(lengths: list[int]) -> list[slice]:
    ends = np.cumsum(lengths).tolist()
    return [slice(end - length, end) for length, end in zip(lengths, ends, strict=True)]


def test_entrants_share_a_group_if_they_differ_in_numbers_alone() -> None:
    groups = grouped(
        racer("momentum", 0),
        racer("sgd", 1),
        racer("momentum", 2, lr=0.5, beta=0.5),
        racer("sam", 3, base="momentum"),
        racer("momentum", 4, weight_decay=0.1),
        racer("momentum", 5, weight_decay=0.2),
        racer("sam", 6),
    )
    assert [group.lanes.tolist() for group in groups] == [
        [0, 1, 2, 6, 7, 8],
        [3, 4, 5],
        [12, 13, 14, 15, 16, 17],
        [9, 10, 11],
        [18, 19, 20],
    ], "those that have programs come first"
    assert [group.place if isinstance(group.place, slice) else group.place.tolist() for group in groups] == [
        [0, 1, 2, 6, 7, 8],
        slice(3, 6),
        slice(12, 18),
        slice(9, 12),
        slice(18, 21),
    ]
    assert groups[0].peak.tolist() == [[0.01] * 2] * 3 + [[0.5] * 2] * 3
    assert groups[0].theta.tolist() == [list(start) for start in STARTS * 2]
    assert groups[0].state["v"].shape == (6, 2) and groups[0].rule.hyper["weight_decay"] is None
    assert not any(group.bounded or group.restarts or group.factors is not None for group in groups)
    namesakes = grouped(racer("adamw", 0), racer("adamax", 1), racer("lamb", 2), starts=STARTS[:1])
    assert [group.rule.name for group in namesakes] == ["adamw", "adamax", "lamb"]
    gapped = grouped(racer("sgd", 0), racer("momentum", 1), racer("sgd", 2), starts=STARTS[:1])
    assert np.asarray(gapped[0].place).tolist() == [0, 2] and gapped[1].place == slice(1, 2)


def test_limits_are_infinite_where_they_are_off_and_none_where_nobody_has_any() -> None:
    (norm,) = grouped(racer("sgd", 0), racer("sgd", 1, clip_norm=3.0), starts=STARTS[:1])
    assert norm.clip is not None and norm.clip.tolist() == [[np.inf], [3.0]] and norm.cut is None and norm.bounded
    (cut,) = grouped(racer("sgd", 0, clip_value=2.0), starts=STARTS[:1])
    assert cut.cut is not None and cut.cut.tolist() == [[2.0]] and cut.clip is None and cut.bounded


def test_the_rates_of_a_group_are_a_column_a_lane_unless_all_are_constant() -> None:
    (group,) = grouped(racer("sgd", 0, schedule=DROPS), racer("sgd", 1), starts=STARTS[:2])
    assert group.factors is not None and group.factors.shape == (151, 4, 1)
    assert group.factors[[0, 50, 100], :, 0].tolist() == [[1.0] * 4, [0.5, 0.5, 1.0, 1.0], [0.25, 0.25, 1.0, 1.0]]


def test_who_restarts_steps_with_those_that_restart_with_it() -> None:
    entrants = (racer("sgd", 0, schedule=DROPS, restart=True), racer("sgd", 1, schedule=DROPS), racer("sgd", 2))
    again = racer("sgd", 3, lr=0.5, schedule=DROPS, restart=True)
    groups = grouped(*entrants, again, starts=STARTS[:1])
    assert [group.lanes.tolist() for group in groups] == [[1, 2], [0, 3]]
    assert [set(group.restarts) for group in groups] == [set(), {50, 100}]
    assert [set(group.restarts) for group in grouped(*entrants, starts=STARTS[:1], steps=100)] == [set(), {50}]


def test_packs_hold_all_lanes_once_and_none_more_than_stay_in_the_cache() -> None:
    race = Race(RAVINE, (racer("sgd", 0), racer("sgd", 1)), STARTS[:1] * (PACK + 5), steps=1)
    cut = packs(race, np.zeros((race.lanes, 2)))
    assert [pack.place for pack in cut] == [slice(0, PACK), slice(PACK, 2 * PACK), slice(2 * PACK, 2 * PACK + 10)]
    assert [len(pack.groups[0].theta) for pack in cut] == [PACK, PACK, 10]
    lone = alone(race, PACK + 7, np.array([1.0, 2.0]))
    assert lone.lanes.tolist() == [PACK + 7] and lone.groups[0].theta.tolist() == [[1.0, 2.0]]
    assert lone.groups[0].part == slice(0, 1)


@pytest.mark.parametrize(("most", "cuts"), [(10, (8, 12, 22)), (12, (12, 24)), (4, (4, 8, 12, 16, 20, 24)), (28, ())])
@pytest.mark.parametrize("seeds", [(0,), (4, 2)])
@pytest.mark.parametrize("place", [RAVINE, LANDSCAPES["logistic"]()])
def test_lanes_of_a_kind_that_finds_no_room_in_a_pack_begin_one(
    place: Landscape, seeds: tuple[int, ...], most: int, cuts: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few lanes of a kind cost as much as thousands: they are not cut off at a pack's end.

    Here two, one, three and one entrants of four rules, of four lanes each for every part of the data that is shown.
    """
    monkeypatch.setattr("simulator.lanes.PACK", most)
    names = ("sgd", "sgd", "momentum", "adam", "adam", "adam", "rmsprop")
    apart = len(seeds) if place is not RAVINE else 1
    starts = STARTS[:1] * (4 * apart // len(seeds))
    race = Race(place, tuple(racer(name, i) for i, name in enumerate(names)), starts, steps=5)
    crowd = Crowd.of(race, seeds=seeds)
    there = [pack.lanes.tolist() for pack in packs(crowd, np.ones((crowd.lanes, 2)))]
    few = [range(a, b) for a, b in pairwise([0, *cuts, 28])]
    assert there == [[apart * i + first for i in lanes] for first in range(apart) for lanes in few]


def test_a_group_that_begins_anew_forgets() -> None:
    (group,) = grouped(racer("momentum", 0), starts=STARTS[:1])
    group.state = {"v": np.ones((1, 2))}
    group.theta = np.array([[7.0, 7.0]])
    group.begin_anew(40)
    assert group.born == 40 and group.state["v"].tolist() == [[0.0, 0.0]] and group.theta.tolist() == [[7.0, 7.0]]


def test_a_step_taken_alone_is_that_of_the_race_with_the_settings_in_force() -> None:
    """Whichever lane: own rates, limits, noise and turns, before, at and after a fork."""
    often, never = {"schedule": DROPS, "restart": True}, {"clip_norm": 0.0, "clip_value": 0.0}
    whole = Race(
        RAVINE,
        (racer("momentum", 3, clip_norm=9.0, **often), racer("momentum", 1, lr=0.02, clip_value=8.0, **often)),
        STARTS[:2],
        Noise(0.3, shared=False),
        steps=110,
    )
    whole = whole.fork(1, 20, lr=0.03, **never).fork(2, 70, beta=0.5, clip_norm=2.0, schedule=SCHEDULES["cosine"]())
    run = Engine(whole).run()
    for lane in range(whole.lanes):
        for step in (0, 1, 19, 20, 49, 50, 69, 70, 71, 100, 109):
            pack = alone(whole, lane, run.theta[step, lane], step)
            (group,) = pack.groups
            entrant = whole.entrants[lane // 2]
            assert (pack.lanes.tolist(), group.lanes.tolist(), group.part) == ([lane], [lane], slice(0, 1))
            assert sorted(group.turns) == [k for k, _ in entrant.legs if k > step]
            assert group.rule.hyper["lr"].tolist() == [[entrant.at(step).lr] * 2]
            assert group.restarts == set(entrant.restarts(110))
            group.state = {letter: value[None] for letter, value in run.state(lane, step).items()}
            first = lockstep(pack, step, whole, noise_block(whole, pack.lanes, step // BLOCK, BLOCK))
            assert np.array_equal(first[0], run.grad[step, lane])
            assert np.array_equal(group.theta[0], run.theta[step + 1, lane])
            assert np.array_equal(group.state["v"][0], run.state(lane, step + 1)["v"])


def test_lanes_that_are_shown_other_parts_of_the_data_are_in_packs_of_their_own() -> None:
    batches = LANDSCAPES["logistic"]()
    racers = (racer("sgd", 0), racer("adam", 1))
    for place, expected in ((batches, [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]]), (RAVINE, [list(range(12))])):
        race = Race(place, racers, (place.starts[0], place.starts[0]), steps=20)
        crowd = replace(Crowd.of(race), seeds=(8, 3, 5))
        theta = np.tile(np.array(place.starts[0]), (12, 1))
        there = packs(crowd, theta)
        assert [pack.lanes.tolist() for pack in there] == expected
        assert [pack.seed for pack in there] == [8, 3, 5][: len(there)]
        assert [group.lanes.tolist() for group in there[-1].groups] == halves(expected[-1])
        for lane in range(12):
            pack = alone(crowd, lane, theta[lane])
            lockstep(pack, 0, crowd, None)
            assert pack.seed == crowd.seeds[lane % 3]
            run = Engine(replace(race, seed=pack.seed, entrants=racers[lane // 6 : lane // 6 + 1])).advance(1)
            assert np.array_equal(pack.groups[0].theta[0], run.theta[1, 0])


def test_a_fork_that_never_comes_is_in_the_lanes_of_its_original() -> None:
    whole = Race(RAVINE, (racer("momentum", 0),), STARTS[:1], steps=60).fork(0, 50, beta=0.5).fork(0, 40, lr=0.5)
    for steps, lanes, turns in ((60, [[0], [1], [2]], [[], [50], [40]]), (50, [[0, 1], [2]], [[], [40]])):
        (pack,) = packs(replace(whole, steps=steps), np.ones((3, 2)))
        assert [group.lanes.tolist() for group in pack.groups] == lanes
        assert [sorted(group.turns) for group in pack.groups] == turns
        assert pack.changing == [group for group in pack.groups if group.turns]
    ((lone,),) = [
        pack.groups for pack in packs(replace(whole, steps=50, entrants=whole.entrants[1:2]), np.ones((1, 2)))
    ]
    assert not lone.turns and len(lone.forms) == 1
    early = Race(RAVINE, (racer("momentum", 0),), STARTS[:1], steps=60).fork(0, 1, lr=0.5)
    for group in (packs(early, np.ones((2, 2)))[0].groups[1], alone(early, 1, np.ones(2)).groups[0]):
        assert sorted(group.turns) == [1] and group.peak.tolist() == [[0.01, 0.01]]


def test_lanes_go_on_with_what_both_settings_remember_and_the_rest_begins_anew() -> None:
    whole = Race(RAVINE, (racer("rmsprop", 0), racer("rmsprop", 1, lr=0.02)), STARTS[:2], steps=60)
    whole = whole.fork(0, 30, centered=True, beta=0.9).fork(1, 30, centered=True, beta=0.8, clip_norm=2.0)
    (pack,) = packs(whole, np.tile(np.array(STARTS[:2]), (4, 1)))
    (group,) = pack.changing
    assert group.lanes.tolist() == [4, 5, 6, 7]
    assert [set(form) for form in group.forms] == [{"G"}, {"G", "g_avg", "v"}]
    assert {shape for form in group.forms for shape in form.values()} == {(4, 2)}
    group.state = {"G": np.arange(8.0).reshape(4, 2)}
    group.arrive(29)
    assert set(group.state) == {"G"} and not group.bounded
    group.arrive(30)
    assert group.state["G"].tolist() == np.arange(8.0).reshape(4, 2).tolist() and group.bounded and group.born == 0
    assert group.state["g_avg"].tolist() == group.state["v"].tolist() == [[0.0, 0.0]] * 4
    assert group.rule.hyper["beta"].tolist() == [[0.9] * 2] * 2 + [[0.8] * 2] * 2
    assert group.peak.tolist() == [[0.01] * 2] * 2 + [[0.02] * 2] * 2
    assert group.clip is not None and group.clip.tolist() == [[np.inf], [np.inf], [2.0], [2.0]] and group.cut is None
