"""Laws of the engine, over every optimizer of the catalog."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.keepers import Tally
from simulator.landscapes import LANDSCAPES
from simulator.lanes import PACK
from simulator.noise import signs
from simulator.optimizer import Layers, Probe, Query, Value
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError
from simulator.race import MAX_NUMBERS, Entrant, Noise, Race, obstacle, sensible_lr
from simulator.recording import Recording, Status
from simulator.schedules import SCHEDULES
from tests.alone import bound

RAVINE = LANDSCAPES["ravine"]()
FIELDS = ("theta", "loss", "grad_norm", "status", "since", "evals", "grad")


def field(*names: str, **hyper: float) -> tuple[Entrant, ...]:
    """One entrant a name, streams and labels by position."""
    racers = []
    for i, name in enumerate(names or [name for name, cls in OPTIMIZERS.items() if not obstacle(cls, RAVINE)]):
        cls = OPTIMIZERS[name]
        racers.append(Entrant(cls(**{"lr": sensible_lr(cls, RAVINE), **hyper}), f"{name} {i}", stream=i))
    return tuple(racers)


def race(entrants: tuple[Entrant, ...], **changes: object) -> Race:
    return dataclasses.replace(Race(RAVINE, entrants, ((5.0, 2.0),), steps=150, seed=7), **changes)


def same(a: Recording, b: Recording) -> bool:
    return all(np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True) for name in FIELDS)


@pytest.mark.parametrize("noise", [Noise(), Noise(0.5), Noise(0.5, shared=False)])
def test_the_same_race_gives_the_same_bits_however_it_is_cut_up(noise: Noise) -> None:
    it = race(field(), noise=noise)
    whole = Engine(it).run()
    cut = Engine(it)
    for n in (1, 2, 60, 1, 64, 5):
        cut.advance(n)
    assert same(whole, cut.run())
    for one, other in zip(whole.states, cut.recording.states, strict=True):
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[letter], other[letter]) for letter in one)


@pytest.mark.parametrize("noise", [Noise(0.3), Noise(0.3, shared=False)])
def test_a_newcomer_disturbs_nobody(noise: Noise) -> None:
    some = race(field("momentum", "adam", "sgd"), noise=noise)
    alone = Engine(some).run()
    more = some.with_new(OPTIMIZERS["momentum"](lr=9.0, beta=0.99)).with_new(OPTIMIZERS["adam"](beta1=0.5))
    together = Engine(more).run()
    assert np.array_equal(alone.theta, together.theta[:, :3])
    fewer = Engine(more.without(0)).run()
    assert np.array_equal(fewer.theta, together.theta[:, 1:], equal_nan=True)


def test_a_racer_that_blows_up_does_not_touch_those_it_steps_with() -> None:
    calm = field("momentum", weight_decay=0.1)
    wild = dataclasses.replace(calm[0], optimizer=OPTIMIZERS["momentum"](lr=10.0), label="wild", stream=5)
    alone, together = Engine(race(calm)).run(), Engine(race((*calm, wild))).run()
    assert np.array_equal(alone.theta[:, 0], together.theta[:, 0])
    assert together.status_at(150, 1)[0] is Status.DIVERGED


def test_every_start_is_run_by_every_entrant_as_if_alone() -> None:
    starts = ((5.0, 2.0), (-3.0, 1.0), (0.5, -2.5))
    entrants = field("sgd", "adam")
    together = Engine(race(entrants, starts=starts)).run()
    for e in range(2):
        for s, start in enumerate(starts):
            alone = Engine(race(entrants[e : e + 1], starts=(start,))).run()
            assert np.array_equal(alone.theta[:, 0], together.theta[:, together.lane(e, s)])


def test_shared_noise_is_the_same_for_all_and_its_own_is_not() -> None:
    twins = field("sgd", "sgd")
    shared = Engine(race(twins, noise=Noise(1.0))).run()
    assert np.array_equal(shared.theta[:, 0], shared.theta[:, 1])
    own = Engine(race(twins, noise=Noise(1.0, shared=False))).run()
    assert not np.array_equal(own.theta[:, 0], own.theta[:, 1])


def test_noise_has_the_stated_standard_deviation_and_follows_the_seed() -> None:
    def draws(seed: int) -> np.ndarray:
        still = race(field("sgd", lr=1e-6), steps=4000, noise=Noise(2.0), seed=seed)
        recording = Engine(still).run()
        return (recording.grad - RAVINE.grad(recording.theta[:-1]))[:, 0]

    noise = draws(1)
    assert noise.std(axis=0) == pytest.approx([2.0, 2.0], rel=0.05)
    assert np.abs(noise.mean(axis=0)).max() < 0.12
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.05
    assert not np.allclose(noise, draws(2))


def test_both_gradients_of_sam_feel_the_same_draw() -> None:
    noisy = Engine(race(field("sam", rho=1e-12, lr=0.01), noise=Noise(1.0))).run()
    plain = Engine(race(field("sgd", lr=0.01), noise=Noise(1.0))).run()
    assert np.allclose(noisy.theta, plain.theta, atol=1e-9)


def test_evaluations_are_counted_for_each_rule() -> None:
    recording = Engine(race(field("sgd", "sam"))).run()
    assert recording.evals[:, 0].tolist() == list(range(151))
    assert recording.evals[:, 1].tolist() == list(range(0, 302, 2))


def test_schedule_scales_the_rate_and_is_recorded() -> None:
    cosine = SCHEDULES["cosine"](warmup=20)
    entrant = dataclasses.replace(field("sgd")[0], schedule=cosine)
    recording = Engine(race((entrant,))).run()
    factors = cosine.factors(150)
    assert np.allclose(recording.lr[:, 0], entrant.lr * factors, rtol=1e-15)
    assert np.array_equal(recording.theta[1], recording.theta[0]), "a warm-up from 0 makes the first step a null step"
    moved = recording.theta[1:] - recording.theta[:-1]
    assert np.allclose(moved, -recording.lr[:-1, :, None] * recording.grad, atol=1e-15)


def test_clipping_shortens_only_what_is_longer() -> None:
    clipped = dataclasses.replace(field("sgd")[0], clip_norm=3.0)
    free = dataclasses.replace(clipped, clip_norm=0.0, label="free", stream=1)
    recording = Engine(race((clipped, free))).run()
    norms = np.linalg.norm(recording.grad, axis=2)
    assert norms[0, 0] == pytest.approx(3.0)
    assert norms[0, 1] > 30
    long = recording.grad_norm[:-1, 0] > 3.0
    assert np.allclose(norms[long, 0], 3.0)
    assert np.allclose(norms[~long, 0], recording.grad_norm[:-1, 0][~long])
    alone = Engine(race((free,))).run()
    assert np.array_equal(alone.theta[:, 0], recording.theta[:, 1])


def test_statuses_say_when_and_never_alter_the_dynamics() -> None:
    parabola = LANDSCAPES["parabola"]()
    rates = {"arrives": 0.3, "diverges": 1.1}
    entrants = tuple(Entrant(OPTIMIZERS["sgd"](lr=lr), label, stream=i) for i, (label, lr) in enumerate(rates.items()))
    recording = Engine(Race(parabola, entrants, ((-2.5,),), steps=200)).run()
    names = [recording.status_at(200, lane)[0] for lane in range(2)]
    assert names == [Status.ARRIVED, Status.DIVERGED]
    gap = recording.gap()[:, 0]
    first = int(np.argmax(gap <= 1e-6 * gap[0]))
    assert recording.status_at(200, 0) == (Status.ARRIVED, first)
    x = -2.5
    for k in range(40):  # past divergence the numbers go on as they must
        assert recording.theta[k, 1, 0] == pytest.approx(x, rel=1e-12)
        x -= 1.1 * 2.0 * (x - 3.0)
    assert (recording.since <= np.arange(201)[:, None]).all()


def test_a_racer_that_hardly_moves_is_stalled() -> None:
    entrants = field("sgd", lr=1e-6)
    recording = Engine(Race(LANDSCAPES["parabola"](a=0.01), entrants, ((0.0,),), steps=80)).run()
    assert recording.status_at(49, 0) == (Status.RACING, 0)
    assert recording.status_at(80, 0) == (Status.STALLED, 50)


def test_out_of_view_ends_when_the_racer_is_back() -> None:
    entrants = field("sgd", lr=0.9)
    recording = Engine(Race(LANDSCAPES["parabola"](), entrants, ((-4.0,),), steps=5)).run()
    assert recording.status_at(0, 0) == (Status.OUT_OF_VIEW, 0)
    assert recording.status_at(3, 0) == (Status.RACING, 1)


def test_non_finite_is_diverged_from_its_first_step_on() -> None:
    recording = Engine(race(field("sgd", lr=10.0), steps=2000)).run()
    assert not np.isfinite(recording.theta[-1]).all()
    status, since = recording.status_at(2000, 0)
    assert status is Status.DIVERGED
    assert (recording.status[since:, 0] == Status.DIVERGED.value).all()
    assert (recording.status[:since, 0] != Status.DIVERGED.value).all()


def test_a_crowd_over_several_packs_steps_like_each_alone() -> None:
    starts = tuple((5.0, -3.0 + 6.0 * i / PACK) for i in range(PACK + 10))
    crowd = race(field("momentum", "adam"), starts=starts, steps=70)
    tally = Engine(crowd, Tally).run()
    assert isinstance(tally, Tally)
    for entrant, start in ((0, 3), (1, 0), (1, PACK + 9)):
        alone = Engine(
            dataclasses.replace(crowd, entrants=crowd.entrants[entrant : entrant + 1], starts=starts[start : start + 1])
        ).run()
        lane = entrant * len(starts) + start
        assert np.array_equal(tally.theta[lane], alone.theta[-1, 0])
        assert tally.loss[lane] == alone.loss[-1, 0]
        assert tally.best[lane] == alone.loss.min()
        assert tally.evals[lane] == alone.evals[-1, 0]


def test_recorded_states_recompute_the_step() -> None:
    recording = Engine(race(field("sgd", "momentum", "momentum", "adam"))).run()
    for e in (1, 2):
        v = recording.states[e]["v"][:, 0]
        lane = recording.lane(e)
        assert np.allclose(v[1:], 0.9 * v[:-1] + recording.grad[:, lane], rtol=1e-14)
        assert np.allclose(recording.theta[1:, lane], recording.theta[:-1, lane] - recording.lr[:-1, [e]] * v[1:])
    assert recording.states[0] == {}
    assert set(recording.states[3]) >= {"m", "v"}


def test_clipping_by_value_cuts_each_coordinate_before_the_norm_is_looked_at() -> None:
    free = field("sgd")[0]
    cut = dataclasses.replace(free, clip_value=2.0, label="cut", stream=1)
    both = dataclasses.replace(free, clip_value=2.0, clip_norm=1.0, label="both", stream=2)
    recording = Engine(race((free, cut, both))).run()
    assert recording.grad[0, 0] == pytest.approx([10.0, 40.0])
    assert recording.grad[0, 1] == pytest.approx([2.0, 2.0])
    assert recording.grad[0, 2] == pytest.approx([0.5**0.5, 0.5**0.5])
    true = RAVINE.grad(recording.theta[:-1, 1])
    assert np.array_equal(recording.grad[:, 1], np.clip(true, -2.0, 2.0))


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_a_restart_is_a_race_begun_anew_at_the_boundary(name: str) -> None:
    drops = SCHEDULES["step"](step_size=60, gamma=0.5)
    entrant = dataclasses.replace(field(name)[0], schedule=drops, restart=True)
    kept = dataclasses.replace(entrant, restart=False, label="kept", stream=1)
    recording = Engine(race((entrant, kept))).run()
    assert drops.boundaries(150) == (60, 120)
    half = dataclasses.replace(entrant.optimizer, lr=entrant.lr * 0.5)
    again = race((dataclasses.replace(entrant, optimizer=half, schedule=SCHEDULES["constant"]()),), steps=60)
    anew = Engine(dataclasses.replace(again, starts=(tuple(recording.theta[60, 0].tolist()),))).run()
    assert np.array_equal(recording.theta[60:121, 0], anew.theta[:, 0])
    assert np.array_equal(recording.theta[:61, 0], recording.theta[:61, 1])
    assert not np.array_equal(recording.theta[62, 0], recording.theta[62, 1])


def answers_of(query: type[Query], noise: Noise, **extra: object) -> list[tuple[np.ndarray, ...]]:
    """What a rule that stands still at (5, 2) and (1, −1) is told, step by step."""
    told: list[tuple[np.ndarray, ...]] = []

    class Asker(OPTIMIZERS["sgd"]):
        def step(self, theta, state, lr, t):
            told.append((yield query(theta, **extra)))
            return theta, state

    entrants = (Entrant(Asker(lr=0.1), "asker"),)
    Engine(race(entrants, starts=((5.0, 2.0), (1.0, -1.0)), steps=40, noise=noise)).run()
    return told


def test_a_value_tilts_with_the_noise_that_is_added() -> None:
    theta = np.array([[5.0, 2.0], [1.0, -1.0]])
    for loss, grad in answers_of(Value, Noise(0.5)):
        added = grad - RAVINE.grad(theta)
        assert loss[:, 0] == pytest.approx(RAVINE.loss(theta) + (added * theta).sum(axis=1))
    for loss, _ in answers_of(Value, Noise(0.5, kind="multiplicative")):
        assert np.array_equal(loss[:, 0], RAVINE.loss(theta))


def test_a_probe_is_the_curvature_seen_through_random_signs() -> None:
    """On a quadratic whose Hessian is diagonal every probe gives the diagonal itself; turned, the mean does."""
    for _, diag in answers_of(Probe, Noise()):
        assert diag == pytest.approx(np.array([[2.0, 20.0]] * 2))
    turned = LANDSCAPES["ravine"](rotation=30.0)
    hess = turned.hess(np.zeros((1, 2)))[0]
    told = np.array([z * (hess @ z) for z in (signs(3, step, 2) for step in range(4000))])
    assert told.mean(axis=0) == pytest.approx(np.diag(hess), abs=0.4)
    assert not np.array_equal(told[:50], np.broadcast_to(told[0], (50, 2)))


def test_a_block_that_is_no_layer_has_one_input_and_its_own_gradient() -> None:
    for grad, factors in answers_of(Layers, Noise()):
        ((a, g),) = factors
        assert np.array_equal(a, np.ones((2, 1, 1)))
        assert np.array_equal(g, grad[:, :, None] * grad[:, None, :])


def test_only_who_asks_is_counted() -> None:
    class Half(OPTIMIZERS["sgd"]):
        def step(self, theta, state, lr, t):
            yield Value(theta)
            _, grad = yield Value(theta, np.array([True, False]))
            return theta - lr * grad, state

    it = race((Entrant(Half(lr=0.01), "half"),), starts=((5.0, 2.0), (1.0, 1.0)), steps=100)
    assert Engine(it).run().evals[100].tolist() == [200, 100]
    assert Engine(it, Tally).run().evals.tolist() == [200, 100]


def test_a_rule_that_needs_a_model_races_only_where_there_is_one() -> None:
    class Modelled(OPTIMIZERS["sgd"]):
        needs = "model"

    with pytest.raises(RaceError, match=r"entrant\[0\]\.optimizer: .* needs a model of data, and ravine is a bare"):
        race((Entrant(Modelled(), "it"),))


def test_a_race_in_many_dimensions_may_be_as_long_as_its_numbers_allow() -> None:
    flip = LANDSCAPES["flip_network"]()
    for name, numbers in (("sgd", 4 + 2 * 31), ("adam", 4 + 4 * 31)):
        most = MAX_NUMBERS // numbers
        entrants = (Entrant(OPTIMIZERS[name](), name),)
        assert Race(flip, entrants, flip.starts[:1], steps=min(most, 1_000_000)).numbers == numbers
    bfgs = tuple(Entrant(OPTIMIZERS["bfgs"](), str(i), stream=i) for i in range(4))
    with pytest.raises(RaceError, match=r"steps: must be at most .* as a step of 4 runs keeps"):
        Race(flip, bfgs, flip.starts[:1], steps=100_000)


def test_what_a_race_keeps_is_counted_before_it_is_run() -> None:
    for cls in OPTIMIZERS.values():
        memory = LANDSCAPES["matrix_memory"]()
        group = bound(cls(), memory, memory.starts[:2])
        assert cls().kept(memory.blocks) == sum(value[0].size for value in group.state.values()), cls.name
