"""What a recording holds, row by row and lane by lane, whoever remembers how much of it."""

from __future__ import annotations

import weakref
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.engine import BLOCK, Engine
from simulator.keepers import Curves, Finals, Tally
from simulator.landscapes import LANDSCAPES
from simulator.race import Noise, Race
from simulator.recording import Recording, Status
from tests.alone import racer

RAVINE = LANDSCAPES["ravine"](kappa=10.0)
STARTS = ((5.0, 2.0), (-3.0, 1.5))
STEPS = BLOCK + 16
ROWS = ("theta", "loss", "grad_norm", "status", "since", "evals", "loss_evals", "hess_evals")


def recorded(race: Race, *steps: int) -> Recording:
    engine = Engine(race)
    for n in steps:
        engine.advance(n)
    return engine.recording


def test_a_recording_has_a_row_for_the_start_and_one_for_each_step() -> None:
    race = Race(RAVINE, (racer("sgd", 0), racer("armijo", 1), racer("newton", 2)), STARTS, steps=STEPS)
    begun, run = recorded(race), recorded(race, STEPS)
    for there, done in ((begun, 0), (run, STEPS)):
        assert (there.race, there.done) == (race, done)
        assert there.theta.shape == (STEPS + 1, 6, 2) and there.grad.shape == (STEPS, 6, 2)
        assert {getattr(there, name).shape for name in ROWS[1:]} == {(STEPS + 1, 6)}
        assert there.status.dtype == np.int8
        assert {getattr(there, name).dtype for name in ROWS[4:]} == {np.dtype(np.int32)}
        assert there.gap().shape == (done + 1, 6) and there.lr.shape == (STEPS + 1, 3)
        assert there.theta[0].tolist() == [list(start) for start in STARTS * 3]
        assert there.loss[0] == pytest.approx(RAVINE.loss(there.theta[0]))
        assert there.grad_norm[0] == pytest.approx(np.linalg.norm(RAVINE.grad(there.theta[0]), axis=1))
        assert not there.since[0].any() and (there.status[0] == Status.RACING.value).all()
        assert not any(numbers[0].any() for numbers in there.evaluations)
        assert there.state(5, 0).keys() == there.states[2].keys()
    assert [numbers[-1, 0].item() for numbers in run.evaluations] == [STEPS, 0, 0]
    assert run.loss_evals[-1, 2] > STEPS and run.hess_evals[-1, 4] == STEPS


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("keeper", [Recording, Finals, Tally, Curves])
def test_what_was_kept_goes_with_whoever_has_it_not_when_a_collector_comes_by(keeper: Any) -> None:
    """It may be two gigabytes."""
    engine = Engine(Race(RAVINE, (racer("momentum", 0), racer("armijo", 1)), STARTS, steps=STEPS), keeper)
    kept = weakref.ref(engine.run())
    del engine
    assert kept() is None


def test_what_a_recording_has_written_is_never_written_again() -> None:
    racers = (racer("momentum", 0), racer("sam", 1), racer("armijo", 2))
    race = Race(RAVINE, racers, STARTS, Noise(0.1), steps=STEPS).fork(0, BLOCK + 3, beta=0.5)
    whole, cut = recorded(race, STEPS), Engine(race)
    for done in (1, 2, BLOCK - 1, BLOCK, BLOCK + 1, BLOCK + 5, STEPS):
        there = cut.advance(done - cut.step)
        assert there.done == done and len(there.gap()) == done + 1
        for name in ROWS:
            assert np.array_equal(getattr(there, name)[: done + 1], getattr(whole, name)[: done + 1]), (name, done)
        assert np.array_equal(there.grad[:done], whole.grad[:done])
        for lane in range(race.lanes):
            for row in (0, done):
                mine, theirs = there.state(lane, row), whole.state(lane, row)
                assert mine.keys() == theirs.keys()
                assert all(np.array_equal(mine[letter], theirs[letter]) for letter in mine)


@pytest.mark.parametrize("sizes", [(3, 6), (6, 3), (2, 7, 4)])
def test_a_recording_has_room_for_the_longest_memory_of_a_fork(sizes: tuple[int, ...]) -> None:
    """Of each leg what a racer of its own remembers, as much of it as it has; NaN where nothing is kept."""
    race = Race(RAVINE, (racer("lbfgs", 0, lr=0.1, history_size=sizes[0]),), STARTS, steps=40)
    for i, size in enumerate(sizes[1:]):
        race = race.fork(i, 10 * (i + 1), history_size=size)
    run, last = recorded(race, 40), len(sizes) - 1
    kept, most = run.states[last]["S"], max(sizes)
    assert kept.shape == (41, 2, most, 2)
    for row in range(41):
        now = sizes[min(max(row - 1, 0) // 10, last)]
        assert run.state(run.lane(last, 1), row)["S"].shape == (now, 2)
        assert np.isfinite(kept[row, :, :now]).all() and np.isnan(kept[row, :, now:]).all(), row
    first = recorded(replace(race, entrants=race.entrants[:1]), 40).states[0]
    assert run.states[0].keys() == run.states[last].keys() == first.keys()
    for letter, values in first.items():
        part = tuple(map(slice, values.shape[1:]))
        assert np.array_equal(run.states[0][letter], values)
        assert np.array_equal(run.states[last][letter][:11][(slice(None), *part)], values[:11])


def test_a_recording_finds_a_lane_by_entrant_and_start() -> None:
    race = Race(RAVINE, (racer("adam", 0), racer("sgd", 1), racer("adam", 2, lr=0.3)), (*STARTS, (1.0, 1.0)), steps=30)
    run = recorded(race, 30)
    assert [run.lane(e, s) for e in range(3) for s in range(3)] == list(range(9)) and run.lane(2) == 6
    for e, entrant in enumerate(race.entrants):
        for s, start in enumerate(race.starts):
            alone = recorded(replace(race, entrants=(entrant,), starts=(start,)), 30)
            lane = run.lane(e, s)
            assert np.array_equal(run.theta[:, lane], alone.theta[:, 0])
            assert np.array_equal(run.lr[:, e], alone.lr[:, 0])
            assert run.states[e].keys() == run.state(lane, 9).keys() == alone.states[0].keys()
            for letter, values in alone.states[0].items():
                assert np.array_equal(run.states[e][letter][:, s], values[:, 0])
                assert np.array_equal(run.state(lane, 9)[letter], values[9, 0])
            for row in (0, 1, 30):
                assert run.standing(row, slice(lane, lane + 1)).tolist() == alone.standing(row).tolist()
                assert run.status_at(row, lane) == alone.status_at(row, 0)


def test_what_counts_in_a_recording_where_the_landscape_moves_is_the_mean_so_far() -> None:
    place = LANDSCAPES["drifting_bowl"]()
    run = recorded(Race(place, (racer("sgd", 0), racer("sgd", 1, lr=0.1)), place.starts[:1], steps=30), 30)
    for row in (0, 1, 2, 30):
        assert run.standing(row) == pytest.approx(run.loss[: row + 1].mean(axis=0))
        assert run.standing(row, slice(1, 2)) == pytest.approx(run.loss[: row + 1, 1:].mean(axis=0))
