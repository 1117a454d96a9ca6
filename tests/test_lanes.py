"""Who steps with whom, and what a group of lanes is made of."""

from __future__ import annotations

import numpy as np

from simulator.landscapes import LANDSCAPES
from simulator.lanes import PACK, Group, alone, packs
from simulator.race import Entrant, Race
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
        [9, 10, 11],
        [12, 13, 14, 15, 16, 17],
        [18, 19, 20],
    ]
    assert [group.place if isinstance(group.place, slice) else group.place.tolist() for group in groups] == [
        [0, 1, 2, 6, 7, 8],
        slice(3, 6),
        slice(9, 12),
        slice(12, 18),
        slice(18, 21),
    ]
    assert groups[0].peak.tolist() == [[0.01] * 2] * 3 + [[0.5] * 2] * 3
    assert groups[0].theta.tolist() == [list(start) for start in STARTS * 2]
    assert groups[0].state["v"].shape == (6, 2) and groups[0].rule.hyper["weight_decay"] is None
    assert not any(group.bounded or group.restarts or group.factors is not None for group in groups)
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
    assert [group.lanes.tolist() for group in groups] == [[0, 3], [1, 2]]
    assert [set(group.restarts) for group in groups] == [{50, 100}, set()]
    assert [set(group.restarts) for group in grouped(*entrants, starts=STARTS[:1], steps=100)] == [{50}, set()]


def test_packs_hold_all_lanes_once_and_none_more_than_stay_in_the_cache() -> None:
    race = Race(RAVINE, (racer("sgd", 0), racer("sgd", 1)), STARTS[:1] * (PACK + 5), steps=1)
    cut = packs(race, np.zeros((race.lanes, 2)))
    assert [pack.place for pack in cut] == [slice(0, PACK), slice(PACK, 2 * PACK), slice(2 * PACK, 2 * PACK + 10)]
    assert [len(pack.groups[0].theta) for pack in cut] == [PACK, PACK, 10]
    lone = alone(race, PACK + 7, np.array([1.0, 2.0]))
    assert lone.lanes.tolist() == [PACK + 7] and lone.groups[0].theta.tolist() == [[1.0, 2.0]]
    assert lone.groups[0].part == slice(0, 1)


def test_a_kind_that_finds_no_room_in_a_pack_begins_one() -> None:
    """A few lanes of a kind cost as much as thousands: they are not cut off at a pack's end."""
    entrants = racer("sgd", 0), racer("momentum", 1), racer("momentum", 2, beta=0.5), racer("lion", 3), racer("sgd", 4)
    third = PACK // 3
    race = Race(RAVINE, entrants, STARTS[:1] * third, steps=1)
    cut = packs(race, np.zeros((race.lanes, 2)))
    assert [[len(group.theta) for group in pack.groups] for pack in cut] == [[third, 2 * third], [third, third]]
    assert np.concatenate([pack.lanes for pack in cut]).tolist() == list(range(race.lanes))


def test_a_group_that_begins_anew_forgets() -> None:
    (group,) = grouped(racer("momentum", 0), starts=STARTS[:1])
    group.state = {"v": np.ones((1, 2))}
    group.theta = np.array([[7.0, 7.0]])
    group.begin_anew(40)
    assert group.born == 40 and group.state["v"].tolist() == [[0.0, 0.0]] and group.theta.tolist() == [[7.0, 7.0]]
