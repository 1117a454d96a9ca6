"""Forks: the original's path and its very state up to a step, from there on settings of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulator import racefile
from simulator.changes import apply
from simulator.crowd import Crowd
from simulator.engine import BLOCK, Engine
from simulator.entrant import MAX_FORKS, Entrant, Fork
from simulator.export.code import LIBRARIES, script
from simulator.inspector import inspect
from simulator.keepers import Tally
from simulator.landscapes import LANDSCAPES
from simulator.measure import Reading
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError, params
from simulator.race import MAX_ENTRANTS, Noise, Race, common_lrs, obstacle, one_lr, suited, with_lr
from simulator.racedata import from_data, to_data
from simulator.rates import Rates
from simulator.recording import Recording
from simulator.schedules import SCHEDULES
from simulator.studies import axis
from simulator.studies.basins import basins
from simulator.studies.repeats import repeats
from simulator.studies.scan import scan
from tests.alone import racer
from tests.scripts import agrees

RAVINE = LANDSCAPES["ravine"](kappa=10.0)
START = ((5.0, 2.0),)
STEPS = BLOCK + 16
AT = 40


def race(*entrants: Entrant, **more: Any) -> Race:
    return Race(RAVINE, entrants, **{"starts": START, "steps": STEPS} | more)


def run(whole: Race) -> Recording:
    return Engine(whole).run()


def bits(recording: Recording, e: int) -> Iterator[tuple[str, Any]]:
    """All that is recorded of an entrant, by name."""
    starts = len(recording.race.starts)
    lanes = slice(e * starts, (e + 1) * starts)
    for name in ("theta", "loss", "grad_norm", "status", "since", "evals", "grad"):
        yield name, getattr(recording, name)[:, lanes]
    yield "lr", recording.lr[:, e]
    yield from recording.states[e].items()


def assert_same(one: Recording, e: int, other: Recording, o: int, rows: slice = slice(None)) -> None:
    pairs = zip(bits(one, e), bits(other, o), strict=True)
    for (name, mine), (letter, theirs) in pairs:
        assert name == letter
        assert np.array_equal(mine[rows], theirs[rows], equal_nan=True), (name, one.race.entrants[e].label)


def places(steps: int = STEPS) -> Iterator[tuple[str, Race]]:
    """Everybody with noise of its own or mini-batches, a schedule with restarts, and clipping."""
    for place, noise in (
        ("ravine", Noise(0.3, shared=False)),
        ("rosenbrock", Noise(0.2, "multiplicative", shared=False)),
        ("reddi", Noise(kind="sparse", probability=0.5, shared=False)),
        ("flip_network", Noise(0.01, "student", shared=False)),
        ("line_fit", Noise()),
        ("matrix_memory", Noise()),
    ):
        landscape = LANDSCAPES[place]()
        if "batch_size" in landscape.hyper:
            landscape = replace(landscape, batch_size=4)  # type: ignore[call-arg]
        entrants = tuple(
            Entrant(
                suited(cls(), landscape),
                name,
                SCHEDULES["cosine_restarts"](T_0=25, warmup=3 * (i % 2)),
                clip_norm=5.0 * (i % 3 == 0),
                clip_value=2.0 * (i % 3 == 1),
                restart=i % 2 == 0,
                stream=i,
            )
            for i, (name, cls) in enumerate(OPTIMIZERS.items())
            if not obstacle(cls, landscape)
        )
        starts = (landscape.starts[0], landscape.starts[-1])
        yield place, Race(landscape, entrants, starts, noise, steps=steps, seed=3)


PLACES = dict(places())


def parts(whole: Race, forks: int) -> Iterator[Race]:
    """All racers of ``whole``, in as few races as have room for so many forks of each."""
    room = MAX_ENTRANTS // (1 + forks)
    for first in range(0, len(whole.entrants), room):
        yield replace(whole, entrants=whole.entrants[first : first + room])


def forked(original: Entrant, stream: int, *steps: int) -> Entrant:
    """A fork of a fork, and so on, none of which changes anything."""
    for step in steps:
        original = original.branch(step, lambda racer: racer)
    return replace(original, stream=stream, label=f"{original.label} from {steps}")


def assert_to_the_last_bit(whole: Race) -> None:
    assert any(entrant.restarts(whole.steps) for entrant in whole.entrants)
    for some in parts(whole, 2):
        forks = list[Entrant]()
        for entrant in some.entrants:
            # Early, at a restart, at the seam of two blocks; and before its own fork.
            restart = next(iter(entrant.restarts(whole.steps)), 30)
            forks.append(forked(entrant, 100 + entrant.stream, 1, restart, BLOCK, BLOCK + 5))
            forks.append(forked(entrant, 200 + entrant.stream, BLOCK, 7))
            assert [len(fork.legs) for fork in forks[-2:]] == [5, 3]
        there = run(replace(some, entrants=(*some.entrants, *forks)))
        for index in range(len(forks)):
            assert_same(there, index // 2, there, len(some.entrants) + index)
        before = run(replace(some, entrants=some.entrants[:1]))
        assert_same(before, 0, there, 0)  # nobody is disturbed


@pytest.mark.parametrize("place", PLACES)
def test_a_fork_without_a_change_is_its_original_to_the_last_bit(place: str) -> None:
    assert_to_the_last_bit(PLACES[place])


def assert_with_every_seed(whole: Race, seeds: tuple[int, ...]) -> None:
    for some in parts(whole, 1):
        many = len(some.entrants)
        for index in range(many):
            some = some.fork(index, AT if index % 2 else BLOCK)
        tally = Engine(Crowd.of(some, seeds=seeds), Tally).run()
        for name in ("theta", "loss", "best", "reached", "evals", "loss_evals", "hess_evals"):
            found = getattr(tally, name).reshape(len(some.entrants), -1)
            for index in range(many):
                same = np.array_equal(found[index], found[many + index], equal_nan=True)
                assert same, (name, some.entrants[index].label)


@pytest.mark.parametrize("place", PLACES)
def test_a_fork_without_a_change_is_its_original_with_every_seed(place: str) -> None:
    """In a crowd, where many lanes share arrays and nothing of the way is kept."""
    assert_with_every_seed(PLACES[place], seeds=(3, 4))


def test_a_fork_without_a_change_is_its_original_in_every_study() -> None:
    himmelblau = LANDSCAPES["himmelblau"]()
    entrants = tuple(
        Entrant(suited(OPTIMIZERS[name](), himmelblau), name, SCHEDULES["cosine"](), clip_norm=20.0, stream=i)
        for i, name in enumerate(("momentum", "adam", "lbfgs"))
    )
    whole = Race(himmelblau, entrants, himmelblau.starts[:2], Noise(0.5, shared=False), steps=STEPS)
    for index in range(3):
        whole = whole.fork(index, AT)
    again = repeats(whole, 4)
    for table in (again.low, again.median, again.high, again.wins, again.evals):
        assert np.array_equal(table[:, :3], table[:, 3:])
    assert np.array_equal(again.shared[:, 0], again.wins[:, 0])
    map_ = basins(whole, 12)
    assert np.array_equal(map_.reached[:3], map_.reached[3:]) and np.array_equal(map_.steps[:3], map_.steps[3:])
    lr = entrants[0].lr
    rates = axis.with_values(whole, axis.of(whole, "lr"), [lr, lr / 2])
    loss = scan(whole, [rates], seeds=(0, 1)).value.reshape(6, 2, 2, 2)  # entrants, rates, starts, seeds
    assert np.array_equal(loss[0, 0], loss[3, 0])
    # The rate of a fork is that from its step on: what is swept is the race with that one changed.
    changed = run(replace(whole.with_hyper(3, lr=lr / 2), seed=1))
    assert [*loss[3, 1, :, 1]] == [changed.loss[-1, changed.lane(3, start)] for start in (0, 1)]
    assert not np.array_equal(loss[0, 1], loss[3, 1])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_step_of_a_changed_fork_can_be_taken_again(name: str) -> None:
    """Whatever is changed: a rate, a schedule, clipping, and every switch and term at once."""
    cls = OPTIMIZERS[name]
    landscape = LANDSCAPES["flip_network" if cls.needs else "ravine"]()
    original = Entrant(suited(cls(), landscape), name, SCHEDULES["step"](step_size=30), restart=True)
    whole = Race(landscape, (original,), landscape.starts[:1], Noise(0.1, shared=False), steps=STEPS)
    whole = whole.fork(0, AT, lr=original.lr * 0.5, **{"clip_norm": 1.0, "schedule": SCHEDULES["cosine"]()})
    for key, p in params(cls).items():
        if p.scale == "switch":
            whole = whole.fork(0, AT, **{key: not p.default})
        elif p.numeric and not p.integer and (p.off is not None or p.default == 0.0):
            whole = whole.fork(0, AT, **{key: min(0.1, p.high)})
        elif p.integer:
            whole = whole.fork(0, AT, **{key: min(int(original.optimizer.hyper[key]) + 3, int(p.high))})
        elif p.choices:
            whole = whole.fork(0, AT, **{key: p.choices[-1]})
    there = run(whole)
    rates = Rates(there, 0)
    rates.extend()
    for e, entrant in enumerate(whole.entrants):
        assert np.array_equal(there.theta[: AT + 1, 0], there.theta[: AT + 1, e])
        for letter, value in there.state(0, AT).items():
            assert np.array_equal(value, there.state(e, AT)[letter], equal_nan=True)
        for step in (AT - 1, AT, AT + 1, 60, STEPS - 1):
            seen = inspect(there, e, step)
            lane = there.lane(e)
            assert np.array_equal(seen.moved, there.theta[step + 1, lane], equal_nan=True), (entrant.label, step)
            assert np.array_equal(seen.asked[0].grad, there.grad[step, lane], equal_nan=True)
            assert seen.optimizer == entrant.at(step).optimizer
            assert seen.lr == there.lr[step, e]
            for letter, value in there.state(lane, step + 1).items():
                assert np.array_equal(seen.after[letter], value, equal_nan=True)
            if np.isfinite(rates.values[step, e]) and seen.rate is not None and name != "bfgs":
                assert rates.values[step, e] == pytest.approx(seen.rate[0], rel=1e-9)
        assert inspect(there, e, STEPS).moved is None


def test_a_changed_fork_goes_as_worked_out_by_hand() -> None:
    original = racer("momentum", 0, lr=0.02, beta=0.5)
    there = run(race(original).fork(0, 3, lr=0.01, beta=0.9))
    theta, v, curvature = np.array(START[0]), np.zeros(2), np.array([2.0, 20.0])
    for k in range(8):
        lr, beta = (0.02, 0.5) if k < 3 else (0.01, 0.9)
        v = beta * v + curvature * theta
        theta = theta - lr * v
        assert there.theta[k + 1, 1] == pytest.approx(theta, rel=1e-12)
        assert there.states[1]["v"][k + 1, 0] == pytest.approx(v, rel=1e-12)
    assert there.lr[:6, 1].tolist() == [0.02, 0.02, 0.02, 0.01, 0.01, 0.01]
    assert Reading("lr", "momentum 0 from 3", 2).read(there) == 0.02
    assert Reading("lr", "momentum 0 from 3", 3).read(there) == 0.01


def test_a_schedule_runs_over_the_whole_race_and_steps_are_counted_on() -> None:
    original = racer("adam", 0, lr=0.1)
    cosine = SCHEDULES["cosine"]()
    there = run(race(original).fork(0, AT, schedule=cosine))
    factors = cosine.factors(STEPS)
    assert there.lr[:, 1].tolist() == [0.1] * AT + (0.1 * factors[AT:]).tolist()
    assert inspect(there, 1, AT).t == AT + 1


def test_restarts_are_those_of_the_settings_in_force() -> None:
    often, once = (SCHEDULES["step"](step_size=n) for n in (10, 40))
    original = racer("momentum", 0, schedule=often, restart=True)
    forked = race(original).fork(0, 25, schedule=once).entrants[1]
    assert forked.restarts(90) == (10, 20, 40, 80)
    still = race(original).fork(0, 25, restart=False).entrants[1]
    assert still.restarts(90) == (10, 20)
    there = run(race(original).fork(0, 20))
    assert not there.states[1]["v"][20].any() or np.array_equal(there.states[0]["v"], there.states[1]["v"])
    assert inspect(there, 1, 20).t == 1


def test_what_the_new_settings_do_not_share_begins_empty() -> None:
    original = racer("rmsprop", 0, lr=0.01)
    there = run(race(original).fork(0, AT, centered=True, beta=0.9))
    fresh, kept = inspect(there, 1, AT), there.states[1]
    assert set(fresh.before) == {"G", "g_avg", "v"} and set(there.states[0]) == {"G"}
    assert np.array_equal(kept["G"][: AT + 1], there.states[0]["G"][: AT + 1])
    for letter in ("g_avg", "v"):
        assert not fresh.before[letter].any()
        assert np.isnan(kept[letter][: AT + 1]).all() and np.isfinite(kept[letter][AT + 1 :]).all()
    assert set(there.state(1, AT)) == {"G"} and set(there.state(1, AT + 1)) == set(fresh.before)


def test_a_longer_history_begins_anew() -> None:
    original = racer("lbfgs", 0, lr=0.1, history_size=3)
    there = run(race(original).fork(0, 5, history_size=6))
    assert there.state(1, 5)["S"].shape == (3, 2) and there.state(1, 6)["S"].shape == (6, 2)
    assert np.count_nonzero(inspect(there, 1, 5).before["S"]) == 0
    assert np.array_equal(inspect(there, 1, 5).before["d"], there.state(0, 5)["d"])


def test_lanes_that_fork_together_share_arrays_and_no_others() -> None:
    a, b = racer("momentum", 0), racer("momentum", 1, lr=0.02)
    whole = race(a, b).fork(0, AT, lr=0.03).fork(1, AT, lr=0.04).fork(0, AT + 1)
    (pack,) = Engine(whole).packs
    assert [group.lanes.tolist() for group in pack.groups] == [[0, 1], [2, 3], [4]]
    assert [sorted(group.turns) for group in pack.groups] == [[], [AT], [AT + 1]]
    assert pack.changing == pack.groups[1:]
    together = run(whole)
    for e in range(5):
        assert_same(together, e, run(replace(whole, entrants=(whole.entrants[e],))), 0)


def test_a_fork_is_self_contained() -> None:
    original = racer("momentum", 0)
    whole = race(original, noise=Noise(0.5, shared=False)).fork(0, AT, lr=0.05)
    changed = whole.with_hyper(0, lr=0.5).with_entrant(0, label="Renamed", stream=9)
    for other in (changed, whole.without(0)):
        assert_same(run(whole), 1, run(other), len(other.entrants) - 1)


def test_a_new_name_of_the_original_is_known_to_its_forks() -> None:
    whole = race(racer("momentum", 0), racer("adam", 1)).fork(0, AT, lr=0.05).fork(2, 60).fork(1, AT)
    named = whole.renamed(0, "Heavy")
    assert [e.label for e in named.entrants[:2]] == ["Heavy", "adam 1"] and named.entrants[4] == whole.entrants[4]
    assert [leg.label for _, leg in named.entrants[3].legs[:2]] == ["Heavy", "momentum 0 from 40"]
    assert [leg.label for _, leg in named.renamed(2, "Branch").entrants[3].legs[:2]] == ["Heavy", "Branch"]
    assert named.without(0).renamed(0, "Heavier").entrants[1] == named.entrants[2]
    for e in range(5):
        assert_same(run(whole), e, run(named), e)


def test_a_newcomer_does_not_get_the_draws_of_an_original_that_is_gone() -> None:
    whole = race(racer("momentum", 0), racer("adam", 1), noise=Noise(0.5, shared=False)).fork(0, AT).without(0)
    grown = whole.with_new(racer("sgd", 0).optimizer)
    assert [e.stream for e in grown.entrants] == [1, 2, 3] and grown.entrants[1].noise_stream == 0


def test_a_fork_beyond_the_end_changes_nothing() -> None:
    whole = race(racer("adam", 0)).fork(0, AT, lr=0.5)
    short = run(replace(whole, steps=AT - 10))
    assert_same(short, 0, short, 1)
    just = run(replace(whole, steps=AT))
    assert np.array_equal(just.theta[:, 0], just.theta[:, 1])


def test_however_it_is_cut_up() -> None:
    whole = race(racer("rmsprop", 0), noise=Noise(0.1)).fork(0, AT, lr=0.5).fork(0, BLOCK, centered=True)
    engine = Engine(whole)
    for n in (AT - 1, 1, 1, 20, 5):
        engine.advance(n)
    cut, at_once = engine.run(), run(whole)
    for e in range(len(whole.entrants)):
        assert_same(cut, e, at_once, e)


def test_its_name_stream_and_settings() -> None:
    whole = race(racer("momentum", 0), racer("adam", 1)).fork(0, AT, clip_norm=2.0)
    fork = whole.fork(0, AT).entrants[3]
    assert [e.label for e in whole.fork(0, AT, "Mine").entrants[2:]] == ["momentum 0 from 40", "Mine"]
    assert (fork.label, fork.stream, fork.noise_stream) == ("momentum 0 from 40 2", 3, 0)
    assert fork.forked == Fork(whole.entrants[0], AT)
    assert whole.entrants[2].at(AT - 1) is whole.entrants[2].forked.racer  # type: ignore[union-attr]
    assert whole.entrants[2].at(AT).clip_norm == 2.0 and whole.entrants[2].at(AT - 1).clip_norm == 0.0


def test_a_fork_before_its_own_fork_changes_all_that_follows() -> None:
    whole = race(racer("momentum", 0, lr=0.02)).fork(0, 60, beta=0.5)
    early = whole.fork(1, 20, lr=0.01).entrants[2]
    assert [(k, e.lr, e.optimizer.hyper["beta"]) for k, e in early.legs] == [
        (0, 0.02, 0.9),
        (20, 0.01, 0.9),
        (60, 0.01, 0.5),
    ]
    again = whole.fork(1, 60, lr=0.01).entrants[2]
    assert [(k, e.lr) for k, e in again.legs] == [(0, 0.02), (60, 0.01)]


def test_one_rate_for_all_leaves_forks_theirs() -> None:
    before = race(racer("sgd", 0), racer("adam", 1)).fork(0, AT, lr=0.5)
    assert [e.lr for e in with_lr(before, 0.2).entrants] == [0.2, 0.2, 0.5]
    moved = before.with_hyper(1, lr=0.3)
    assert [e.lr for e in one_lr(before, moved).entrants] == [0.3, 0.3, 0.5]
    assert one_lr(before, before.with_hyper(2, lr=0.7)) == before.with_hyper(2, lr=0.7)
    assert common_lrs(before) == [0.01, 0.01]


def test_on_another_landscape_a_fork_keeps_its_share_of_the_rate() -> None:
    moved = race(racer("sgd", 0, lr=0.02)).fork(0, AT, lr=0.01).on(LANDSCAPES["rosenbrock"]())
    original, fork = moved.entrants
    assert fork.forked is not None and fork.forked.racer.optimizer == original.optimizer
    assert fork.lr == pytest.approx(original.lr / 2, rel=1e-2)


def test_faults_say_who_which_allowed_and_got() -> None:
    whole = race(racer("momentum", 0), racer("adam", 1))
    for step in (0, STEPS, -1):
        with pytest.raises(RaceError, match=rf"fork: step must be from 1 to {STEPS - 1}, got {step}"):
            whole.fork(0, step)
    with pytest.raises(RaceError, match=r"fork\.bta: momentum has no hyperparameter 'bta'; did you mean 'beta'\?"):
        whole.fork(0, AT, bta=0.5)
    with pytest.raises(RaceError, match=r"fork\.lr: momentum's lr must be a number from 1e-06 to 10, got 50"):
        whole.fork(0, AT, lr=50)
    adam, momentum = whole.entrants[1], whole.entrants[0]
    wrong = replace(momentum, label="x", stream=4, forked=Fork(adam, AT))
    late = whole.fork(0, AT).entrants[2]
    crossed = replace(momentum, label="y", stream=5, forked=Fork(late, AT))
    with pytest.raises(RaceError) as caught:
        race(wrong, crossed)
    assert caught.value.faults == [
        "entrant[0].forked.optimizer: must be momentum, as a fork goes on with what was remembered, got adam",
        f"entrant[1].forked.step: must be after step {AT}, its original's own fork, got {AT}",
    ]


def test_so_many_forks_may_follow_one_another() -> None:
    whole = race(racer("sgd", 0))
    for n in range(MAX_FORKS):
        whole = whole.fork(n, n + 1)
    assert racefile.parse(racefile.dumps(whole)) == whole
    wrong = f"entrant[{MAX_FORKS + 1}].forked: at most {MAX_FORKS} forks may follow one another"
    with pytest.raises(RaceError) as caught:
        whole.fork(MAX_FORKS, MAX_FORKS + 1)
    assert caught.value.faults == [wrong]


# In files.


@cache
def text(entrant: str) -> str:
    return f'steps = 200\n[[entrant]]\noptimizer = "momentum"\nlabel = "It"\nstream = 3\n{entrant}\n'


def test_written_and_read_to_the_last_bit() -> None:
    whole = race(racer("momentum", 0)).fork(0, AT, lr=0.05).fork(1, 60, schedule=SCHEDULES["cosine"]())
    written = racefile.dumps(whole)
    assert racefile.parse(written) == whole and racefile.dumps(racefile.parse(written)) == written
    assert "forked" not in racefile.dumps(race(racer("momentum", 0)))


def test_what_is_left_out_by_hand_is_as_the_racer_goes_on() -> None:
    (it,) = racefile.parse(text('lr = 0.02\nbeta = 0.5\nforked = { step = 50, lr = 0.01, label = "Was" }')).entrants
    assert it.forked is not None and it.forked.step == 50
    assert it.forked.racer == replace(it, optimizer=replace(it.optimizer, lr=0.01), label="Was", forked=None)
    (alike,) = racefile.parse(text("forked = { step = 50 }")).entrants
    assert alike.forked is not None and alike.forked.racer == replace(alike, forked=None)


def test_any_value_of_it_can_be_set() -> None:
    data, faults = to_data(racefile.parse(text("lr = 0.02\nforked = { step = 50, lr = 0.01 }"))), list[str]()
    apply(data, ["It.lr=0.03", "It.forked.step=70", "entrant[0].forked.beta=0.7"], faults)
    (it,) = from_data(data).entrants
    assert not faults and it.forked is not None
    assert (it.lr, it.forked.step, it.forked.racer.optimizer.hyper["beta"]) == (0.03, 70, 0.7)


@pytest.mark.parametrize(
    ("forked", "fault"),
    [
        ("5", "must be a table with a step, such as forked = { step = 100, lr = 0.01 }, got 5"),
        ("{ lr = 0.1 }", "must be a table with a step, such as forked = { step = 100, lr = 0.01 }, got {'lr': 0.1}"),
        ("{ step = 0 }", ".step: must be a whole number from 1 to 1,000,000, got 0"),
        ("{ step = 9, lr = 50 }", ".lr: momentum's lr must be a number from 1e-06 to 10, got 50"),
        ("{ step = 9, bta = 5 }", ".bta: momentum has no hyperparameter 'bta'; did you mean 'beta'?"),
        ('{ step = 9, schedule = "cosin" }', ".schedule: no schedule is called 'cosin'; did you mean 'cosine'?"),
        (
            '{ step = 9, optimizer = "adam" }',
            ".optimizer: must be momentum, as a fork goes on with what was remembered, got adam",
        ),
        ("{ step = 9, forked = { step = 9 } }", ".step: must be after step 9, its original's own fork, got 9"),
    ],
)
def test_faults_name_the_key(forked: str, fault: str) -> None:
    with pytest.raises(RaceError) as caught:
        racefile.parse(text(f"forked = {forked}"))
    colon = "" if fault.startswith(".") else ": "
    assert caught.value.faults == [f"entrant[0].forked{colon}{fault}"]


def test_a_fault_that_is_inherited_is_told_once() -> None:
    with pytest.raises(RaceError) as caught:
        racefile.parse(text("lr = 50\nforked = { step = 9 }"))
    assert caught.value.faults == ["entrant[0].lr: momentum's lr must be a number from 1e-06 to 10, got 50"]


# As a script.


@pytest.mark.parametrize("name", ["momentum", "adam", "nesterov", "rmsprop", "lion"])
def test_a_fork_as_a_script_takes_its_path(name: str) -> None:
    changes = {"beta": 0.5} if "beta" in params(OPTIMIZERS[name]) and name != "rmsprop" else {}
    for schedule in (SCHEDULES["constant"](), SCHEDULES["cosine"]()):
        original = racer(name, 4, lr=0.01, schedule=schedule)
        whole = race(original, noise=Noise(0.1, shared=False), steps=60).fork(0, 20, lr=0.004, **changes)
        whole = whole.fork(1, 35, lr=0.02)
        for e in (1, 2):
            agrees(replace(whole, entrants=(whole.entrants[e],)), "numpy")


def test_what_no_script_can_do_is_said_in_a_line() -> None:
    whole = race(racer("rmsprop", 0)).fork(0, 20, centered=True)
    with pytest.raises(RaceError) as refusal:
        script(whole, whole.entrants[1], "torch")
    assert refusal.value.faults == [
        "rmsprop 0 from 20: it is a fork that remembers other things from step 20 on, which torch cannot go on with; "
        "there is a script in plain NumPy"
    ]
    assert script(whole, whole.entrants[1], "numpy")
    assert script(replace(whole, steps=20), whole.entrants[1], "torch")
    again = race(racer("madgrad", 0)).fork(0, 20, beta=0.0).fork(1, 30, beta=0.9)
    assert script(again, again.entrants[1], "numpy")
    with pytest.raises(RaceError, match="a fork that begins to remember what its formula sets in the first step alone"):
        script(again, again.entrants[2], "numpy")


def test_a_script_says_where_it_turns_and_writes_what_legs_share_once() -> None:
    whole = race(racer("adam", 0), steps=60).fork(0, 20, lr=0.004, clip_norm=1.0).fork(1, 40, lr=0.002)
    for library in LIBRARIES:
        text = script(whole, whole.entrants[2], library)
        assert text.count("# Step 20, a fork: ") == text.count("# Step 40, a fork: ") == 2
        assert "for k in range(20, 40):" in text and "for k in range(40, 60):" in text
        assert "slope_40" not in text and ("def slope_20(" in text) == (library != "torch")
    whole = race(racer("adam", 0), steps=60).fork(0, 20, schedule=SCHEDULES["cosine"]()).fork(1, 40, lr=0.002)
    for library in LIBRARIES:
        text = script(whole, whole.entrants[2], library)
        assert text.count("def factor_20(k):") == 1 and "def factor(" not in text and "factor_40" not in text
