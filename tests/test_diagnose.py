"""The failure coach: how often it is right, whether what it suggests helps, and what it does at the edges."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from simulator import racefile, resources
from simulator.diagnose import FAILURES, KINDS, Change, beside, changed, diagnose, forkable
from simulator.diagnose.memory import memory
from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.manual import source
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race, obstacle, suited
from tests import diagnosed
from tests.commandline import ok, refused, without_qt
from tests.diagnosed import accuracy, cases, half, helped, lowered_by_fork, said
from tests.planted import run

# What the labelled set says of it.


def test_the_set_is_large_and_every_failure_is_in_both_halves() -> None:
    assert len(cases()) >= 100
    for odd in (False, True):
        labels = [case.label for case in half(odd)]
        assert all(labels.count(kind) >= 3 for kind in FAILURES)
        assert {"healthy", "arrived", "settled"} < {*labels}
    assert not {*half(True)} & {*half(False)}


def test_it_is_right_on_runs_that_set_no_threshold() -> None:
    assert accuracy(half(True)) >= 0.9


def test_it_is_right_on_runs_made_after_all_thresholds_stood() -> None:
    assert accuracy(diagnosed.fresh()) >= 0.9


@pytest.mark.parametrize("label", FAILURES)
def test_no_kind_is_always_mistaken(label: str) -> None:
    own = tuple(case for case in half(True) if case.label == label)
    assert accuracy(own) >= 0.7


def test_its_suggestion_lowers_the_final_loss() -> None:
    tried = helped()
    assert sum(bool(ok) for _, ok in tried) >= 0.8 * len(tried)


def test_a_fork_with_its_suggestion_lowers_the_final_loss() -> None:
    tried = [ok for case, _ in helped() if (ok := lowered_by_fork(case)) is not None]
    assert len(tried) >= 60 and sum(tried) >= 0.8 * len(tried)


def test_the_page_says_what_comes_out() -> None:
    assert source(diagnosed.PAGE) == diagnosed.as_markdown(), "stale: python -m tests.diagnosed"


# What it says.


def test_the_cause_has_the_numbers_of_the_limit() -> None:
    told = diagnose(Engine(run("parabola", "sgd", (0.0,), 100, lr=1.3)).run(), 0)
    assert told.kind == "divergence"
    assert told.cause.startswith("η·L/2 = 1.3 > 1")
    assert told.suggestion == "Lower η from 1.3 to 0.4."
    assert told.changes == (Change("optimizer", OPTIMIZERS["sgd"](lr=0.4)),)


def test_the_limit_of_heavy_ball_is_larger_by_its_memory() -> None:
    race = run("parabola", "momentum", (0.0,), 100, lr=1.2 * 2.0 * 1.5 / 2.0, beta=0.5)
    assert "η·L/(2(1+β)) = 1.2 > 1" in diagnose(Engine(race).run(), 0).cause


def test_the_floor_of_noise_is_that_of_theory() -> None:
    """Of θ ← θ − η(2θ + σξ) the mean of θ² is ησ²/(4(1 − η)): here 0.255 for both coordinates together."""
    recording = Engine(run("bowl", "sgd", (-0.4, 0.3), 3000, Noise(5.0), lr=0.02)).run()
    told = diagnose(recording, 0)
    assert told.kind == "noise floor"
    assert told.cause.startswith("A constant rate keeps a floor near η·σ²/4 = 0.2")
    assert 0.2 < recording.loss[500:].mean() < 0.3


def test_a_thrown_racer_is_told_to_clip() -> None:
    race = racefile.find("sparse")
    told = diagnose(Engine(race).run(), 0)
    assert told.kind == "divergence" and told.changes[0].key == "clip_norm"


@pytest.mark.parametrize(
    ("name", "racer", "kind", "suggestion"),
    [
        ("mini-batches", "Small steps", "crawl", "Raise η from 0.005 to 0.015."),  # noise is loud, and does not hold it
        ("mini-batches", "Large steps", "noise floor", "Let η fall to 0 on a cosine by the end."),
        ("flip-network", "SGD", "crawl", "Raise η from 0.05 to 0.2."),
        ("rastrigin", "SGD", "settled", ""),  # in noise
        ("crease", "SGD", "oscillation", "Let η fall to 0 on a cosine by the end."),
        ("ackley", "Momentum", "oscillation", "Let η fall to 0 on a cosine by the end."),
        ("crease", "SGD with cosine", "crawl", ""),  # what a rate can do has been done
        ("schedules", "Step", "healthy", ""),
        ("beale", "SGD", "divergence", "Lower η from 0.03 to 0.0011."),  # by the curvature where it began
    ],
)
def test_racers_of_the_samples(name: str, racer: str, kind: str, suggestion: str) -> None:
    recording = Engine(racefile.find(name)).run()
    index = [entrant.label for entrant in recording.race.entrants].index(racer)
    told = diagnose(recording, index)
    assert (told.kind, told.suggestion) == (kind, suggestion)
    if told.changes:
        after = Engine(changed(recording.race, index, told)).run().standing(recording.race.steps)[index]
        assert after < recording.standing(recording.race.steps)[index] or not np.isfinite(recording.loss[-1, index])


def test_no_fork_is_offered_once_another_start_is_lost() -> None:
    race = racefile.find("himmelblau").with_hyper(0, lr=0.05)
    recording = Engine(race).run()
    assert recording.since[race.steps, recording.lane(0, 1)] < recording.since[race.steps, recording.lane(0, 0)]
    told = diagnose(recording, 0)
    assert told.kind == "divergence" and not forkable(told)
    assert np.isfinite(Engine(changed(race, 0, told)).run().loss[-1, :4]).all()


def test_numbers_are_written_as_everywhere() -> None:
    told = diagnose(Engine(run("parabola", "sgd", (0.0,), 100, lr=1e3)).run(), 0)
    assert told.cause.startswith("η·L/2 = 1,000 > 1") and told.evidence[0].endswith("is no finite number")
    told = diagnose(Engine(run("parabola", "sgd", (0.0,), 100, lr=1e-5)).run(), 0)
    assert told.kind == "crawl" and told.suggestion == "Raise η from 1e−5 to 0.0003."
    assert told.evidence[0] == "f − f* falls by 0.004 % in a step"  # 1 − (1 − 2η)²


def test_who_follows_a_minimum_is_said_to() -> None:
    told = diagnose(Engine(racefile.find("drifting-bowl")).run(), 0)
    assert told.kind == "healthy" and told.cause == "It follows a minimum that moves."


def test_weight_decay_counts_as_curvature() -> None:
    told = diagnose(Engine(run("parabola", "sgd", (0.0,), 100, lr=1.0, weight_decay=0.4)).run(), 0)
    assert told.cause.startswith("η·(L + λ)/2 = 1.2 > 1")


def test_the_share_of_a_limit_is_its_formula_turned_over() -> None:
    names = ("sgd", "momentum", "nesterov", "newton", "optimistic")
    assert [limit and limit.share for name in names if (limit := OPTIMIZERS[name]().stable_lr(3.0))] == [
        "η·L/2", "η·L/(2(1+β))", "η·(1+2β)L/(2(1+β))", "η/2", "η·(α+2β)L/2",
    ]  # fmt: skip


def test_going_down_for_ever_is_right_where_there_is_no_bottom() -> None:
    race = run("saddle", "sgd", (-1.0, 0.5), 400, lr=0.1)
    assert diagnose(Engine(race).run(), 0).kind == "healthy"


def test_it_looks_no_farther_than_the_step_it_is_asked_about() -> None:
    race = run("parabola", "sgd", (0.0,), 100, lr=0.95)
    whole, part = Engine(race).run(), Engine(race).advance(40)
    assert diagnose(whole, 0, 40) == diagnose(part, 0)


def test_it_only_reads() -> None:
    recording = Engine(racefile.find("ravine")).run()
    before = recording.theta.copy(), recording.loss.copy(), recording.done
    for i in range(len(recording.race.entrants)):
        diagnose(recording, i)
    assert (recording.theta == before[0]).all() and (recording.loss == before[1]).all() and recording.done == before[2]


@pytest.mark.parametrize("step", [0, 1, 2, 5])
def test_a_few_steps_are_too_few(step: int) -> None:
    told = diagnose(Engine(racefile.find("ravine")).run(), 0, step)
    assert told.kind == "healthy" and not told.failed and not told.changes


@pytest.mark.parametrize("rule", OPTIMIZERS)
@pytest.mark.parametrize("ground", ["parabola", "ravine", "line_fit", "sudden_shift"])
def test_every_rule_can_be_read(rule: str, ground: str) -> None:
    landscape = LANDSCAPES[ground]()
    if obstacle(OPTIMIZERS[rule], landscape):
        pytest.skip("needs a model")
    race = Race(landscape, (Entrant(suited(OPTIMIZERS[rule](), landscape), rule),), landscape.starts[:1], steps=120)
    recording = Engine(race).run()
    for step in (0, 7, 60, 120):
        told = diagnose(recording, 0, step)
        assert told.kind in KINDS and told.evidence and told.cause.endswith(".")
        assert bool(told.suggestion) == bool(told.changes)
        assert 0 <= told.since <= step
        if told.changes:
            assert changed(race, 0, told) != race


@pytest.mark.parametrize("name", resources.sample_races())
def test_every_racer_of_the_samples_can_be_read(name: str) -> None:
    recording = Engine(racefile.find(name)).run()
    race = recording.race
    for i in range(len(race.entrants)):
        for step in (race.steps // 3, race.steps):
            told = diagnose(recording, i, step)
            arrived = recording.status_at(step, recording.lane(i))[0].words == "arrived"
            assert told.kind in KINDS
            assert not arrived or told.kind == "arrived"


def test_memory_knows_whose_velocity_is_a_sum() -> None:
    assert memory(OPTIMIZERS["momentum"](beta=0.8)) == ("beta", 0.8, True, "β")
    assert memory(OPTIMIZERS["adam"](beta1=0.8)) == ("beta1", 0.8, False, "β₁")
    assert memory(OPTIMIZERS["aggmo"]()) == ("beta3", 0.99, True, "β₃")
    assert memory(OPTIMIZERS["sgd"]()) is None and memory(OPTIMIZERS["kfac"]()) is None


# What is done with it.


def test_a_change_of_a_racer_is_raced_beside_it() -> None:
    race = run("parabola", "sgd", (0.0,), 100, lr=1.3)
    told = diagnose(Engine(race).run(), 0)
    both = beside(race, 0, told)
    assert both.entrants[0] == race.entrants[0]
    assert [e.optimizer.lr for e in both.entrants] == [1.3, 0.4]
    assert changed(race, 0, told).entrants[0].optimizer.lr == 0.4
    assert not forkable(told)  # it leaves at the very start


def test_noise_is_the_whole_race_s() -> None:
    race = run("bounded_saddle", "sgd", (-2.5, 0.0), 200)
    told = diagnose(Engine(race).run(), 0)
    assert told.kind == "saddle" and told.shared and not forkable(told)
    both = beside(race, 0, told)
    assert len(both.entrants) == 1 and both.noise.sigma > 0.0
    assert replace(both, noise=race.noise) == race


def test_a_fork_is_judged_by_its_own_way_and_settings() -> None:
    """It branches off a good racer with a rate above the limit."""
    race = run("parabola", "sgd", (0.0,), 120, lr=0.02).fork(0, 60, lr=1.3)
    recording = Engine(race).run()
    assert diagnose(recording, 1, 50).kind == diagnose(recording, 0, 50).kind
    told = diagnose(recording, 1)
    assert told.kind == "divergence" and told.cause.startswith("η·L/2 = 1.3 > 1")
    assert (told.begin, told.since, told.whence) == (60, 60, "from step 60 on") and not forkable(told)
    tried = beside(race, 1, told).entrants[2]
    assert tried.lr < 1.0 and tried.forked == race.entrants[1].forked


def test_of_a_fork_nothing_is_changed_before_it_is_one() -> None:
    """It is told what it does, and the change is its original's to make."""
    race = run("parabola", "sgd", (0.0,), 120, lr=1.3).fork(0, 60, lr=0.5)
    recording = Engine(race).run()
    original, fork = (diagnose(recording, e, 60) for e in (0, 1))
    assert fork.kind == original.kind == "divergence" and fork.cause == original.cause
    assert fork.racer == race.entrants[1].label and original.racer == race.entrants[0].label
    assert original.changes and original.whence == "from the start"
    assert (fork.changes, fork.suggestion) == ((), "") and not forkable(fork)


# The command.


def test_the_command_says_it_without_qt(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    without_qt(monkeypatch)
    said_ = ok(capsys, "diagnose", "edge-of-stability").splitlines()
    assert said_[0] == "The edge of stability: η = 2 / curvature: Ravine, at step 150"
    assert "Half the limit: Arrived: it has arrived." in said_
    at = said_.index("At the limit: Oscillation: it jumps from side to side, a few steps each way at most.")
    assert any(line.startswith("  η·L/2 = 1: ") for line in said_[at : at + 6])
    assert any(line.startswith("  Try: Lower η from 0.1 to 0.04, from the start") for line in said_[at : at + 6])


def test_the_command_gives_json_of_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(ok(capsys, "diagnose", "saddle", "--at", "50", "--json"))
    assert [(one["racer"], one["start"]) for one in data][:2] == [("SGD", 0), ("SGD", 1)]
    assert data[1]["kind"] == "saddle" and data[1]["step"] == 50


@pytest.mark.parametrize("given", ["-1", "x", "2.5", "9" * 12])
def test_a_step_that_is_none_is_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(capsys, "diagnose", "saddle", f"--at={given}")
    assert line == f"--at: must be a whole number from 0 on, got '{given}'"


def test_an_unknown_race_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "ravine" in refused(capsys, "diagnose", "ravin")[0]


def test_said_is_kept() -> None:
    assert said(cases()[0]) is said(cases()[0])


def test_a_crawl_above_the_limit_is_not_called_near_it() -> None:
    sgd = Entrant(OPTIMIZERS["sgd"](lr=0.00464), "SGD")
    told = diagnose(Engine(Race(LANDSCAPES["rosenbrock"](), (sgd,), ((0.5, -0.8),), steps=400)).run(), 0)
    assert told.kind == "crawl" and "above its limit of 1" in told.cause
