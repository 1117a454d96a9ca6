"""The controller, driven by ticks: no test sleeps."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.ui import controller as module
from simulator.ui.controller import Controller


@pytest.fixture
def race() -> Race:
    entrants = tuple(Entrant(OPTIMIZERS[name](lr=0.01), name, stream=i) for i, name in enumerate(("sgd", "adam")))
    return Race(LANDSCAPES["ravine"](), entrants, ((5.0, 2.0),), steps=300)


@pytest.fixture
def controller(qapp: object, race: Race) -> Iterator[Controller]:
    it = Controller(race)
    yield it
    it.pause()


def test_ticks_owe_steps_at_the_stated_speed(controller: Controller) -> None:
    controller.set_speed(100.0)
    controller.play()
    for _ in range(10):
        controller.tick(0.016)
    assert controller.step == 16
    controller.pause()
    controller.tick(1.0)
    assert controller.step == 16


def test_a_late_tick_does_not_jump(controller: Controller) -> None:
    controller.set_speed(100.0)
    controller.play()
    controller.tick(3600.0)
    assert controller.step == 25


def test_play_stops_at_the_end_and_begins_again(controller: Controller) -> None:
    controller.to_end()
    assert controller.step == 300
    controller.play()
    assert controller.step == 0
    controller.set_speed(5000)
    for _ in range(10):
        controller.tick(0.1)
    assert controller.step == 300
    assert not controller.playing


def test_rewinding_is_an_index_and_changes_nothing(controller: Controller) -> None:
    controller.to_end()
    recording = controller.recording
    before = recording.theta.copy()
    for step in (10, 299, 0, 42):
        controller.seek(step)
        assert controller.step == step
    assert controller.recording is recording
    assert np.array_equal(before, recording.theta)


def test_a_change_bends_the_path_up_to_the_step_on_screen(controller: Controller, race: Race) -> None:
    controller.seek(120)
    changed = race.with_hyper(0, lr=0.02)
    controller.set_race(changed, "lr/0")
    assert controller.step == 120
    assert np.array_equal(controller.recording.theta[:121], Engine(changed).advance(120).theta[:121])


def test_a_drag_is_one_entry_of_the_undo_list(
    controller: Controller, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    for lr in (0.011, 0.012, 0.013):
        now[0] += 0.1
        controller.set_race(controller.race.with_hyper(0, lr=lr), "lr/0")
    now[0] += 5.0
    controller.set_race(controller.race.with_hyper(0, lr=0.5), "lr/0")
    controller.undo()
    assert controller.race.entrants[0].lr == 0.013
    controller.undo()
    assert controller.race == race
    assert not controller.can_undo
    controller.redo()
    controller.redo()
    assert controller.race.entrants[0].lr == 0.5
    assert not controller.can_redo


def test_undo_brings_back_hidden_racers_and_the_shared_rate(controller: Controller, race: Race) -> None:
    controller.set_hidden(1, True)
    controller.set_race(race.with_hyper(1, lr=0.3))
    controller.set_shared_lr(True)
    assert [e.lr for e in controller.race.entrants] == [0.01, 0.01]
    controller.undo()
    assert [e.lr for e in controller.race.entrants] == [0.01, 0.3]
    assert not controller.shared_lr
    controller.undo()
    controller.undo()
    assert controller.hidden == frozenset()
    assert controller.race == race


def test_a_new_change_after_undo_forgets_what_was_undone(controller: Controller, race: Race) -> None:
    controller.set_race(race.with_hyper(0, lr=0.2))
    controller.undo()
    controller.set_race(race.with_hyper(0, lr=0.3))
    assert not controller.can_redo


def test_a_long_catch_up_is_sliced_over_ticks(
    controller: Controller, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLICE_SECONDS", 0.0)  # one block a slice
    controller.set_race(dataclasses.replace(race, steps=10_000))
    controller.seek(1000)
    assert controller.catching_up
    assert controller.step < 1000
    seen = []
    controller.moved.connect(lambda recording, step: seen.append(step))
    for _ in range(20):
        controller.tick(0.016)
    assert controller.step == 1000
    assert not controller.catching_up
    assert seen == sorted(seen)


def test_playing_goes_on_after_a_change_that_must_catch_up(
    controller: Controller, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller.set_race(dataclasses.replace(race, steps=10_000))
    controller.seek(2000)
    controller.play()
    monkeypatch.setattr(module, "SLICE_SECONDS", 0.0)
    controller.set_race(controller.race.with_hyper(0, lr=0.02))
    for _ in range(40):
        controller.tick(0.016)
    assert controller.step >= 2000
    assert controller.playing


def test_a_shorter_race_pulls_the_cursor_back(controller: Controller, race: Race) -> None:
    controller.to_end()
    controller.set_race(dataclasses.replace(race, steps=50))
    assert controller.step == 50


def test_modified_until_saved_or_undone(controller: Controller, race: Race) -> None:
    assert not controller.modified
    controller.set_race(race.with_hyper(0, lr=0.2))
    assert controller.modified
    controller.undo()
    assert not controller.modified
    controller.redo()
    controller.mark_saved()
    assert not controller.modified
    controller.undo()
    assert controller.modified


def test_signals_carry_the_new_race_and_step(controller: Controller, race: Race) -> None:
    races: list[Race] = []
    steps: list[int] = []
    playing: list[bool] = []
    controller.race_changed.connect(races.append)
    controller.moved.connect(lambda recording, step: steps.append(step))
    controller.playing_changed.connect(playing.append)
    changed = race.with_hyper(0, lr=0.2)
    controller.set_race(changed)
    controller.set_race(changed)
    controller.step_by(3)
    controller.step_by(-1)
    controller.toggle()
    controller.toggle()
    assert races == [changed]
    assert steps == [0, 3, 2]
    assert playing == [True, False]


def test_slow_rules_are_computed_a_few_steps_at_a_time(
    controller: Controller, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller.set_race(dataclasses.replace(race, steps=10_000))
    asked: list[int] = []
    clock = iter(range(10_000))
    monkeypatch.setattr(module.time, "perf_counter", lambda: float(next(clock)))  # every look at it a second later
    advance = controller._engine.advance
    monkeypatch.setattr(controller._engine, "advance", lambda n: asked.append(n) or advance(n))
    for step in (100, 200, 300, 400, 500, 600, 700):
        controller.seek(step)
    assert asked == sorted(asked, reverse=True) and asked[-1] == 1
