"""The engine beside a plain one that runs a single racer, a step at a time, and the parts it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.answers import answer
from simulator.crowd import Crowd
from simulator.engine import BLOCK, Engine
from simulator.fused import Fused
from simulator.keepers import Finals, Tally
from simulator.landscapes import LANDSCAPES
from simulator.lanes import PACK, packs
from simulator.lanewise import held
from simulator.noise import Draws, noise_block, signs
from simulator.optimizer import Array, Curvature, Model, Value, bound
from simulator.optimizers import OPTIMIZERS
from simulator.race import NOISES, Entrant, Noise, Race
from simulator.recording import Recording
from simulator.schedules import SCHEDULES
from tests.alone import racer

RAVINE = LANDSCAPES["ravine"]()
STARTS = ((5.0, 2.0), (-3.0, 1.5), (1.0, -2.0))


DROPS = SCHEDULES["step"](step_size=50, gamma=0.5)
FIELD = (
    racer("sgd", 4),
    racer("sam", 7, rho=0.3),
    racer("sgd", 2, lr=0.02, clip_value=1.5, clip_norm=1.8),
    racer("momentum", 0, schedule=DROPS, restart=True),
    racer("momentum", 9, beta=0.5, schedule=DROPS),
    racer("sam", 1, rho=0.1, clip_norm=2.0),
    racer("newton", 3, lr=0.3),
    racer("armijo", 5, lr=0.1),
    racer("adam", 6, schedule=SCHEDULES["cosine"](warmup=7)),
)


def philox(seed: int, stream: int, start: int, block: int, use: int = 0) -> np.random.Generator:
    """The recipe that keeps every race the same for good: who, where, and which block of steps."""
    bits = np.random.Philox(
        key=np.array([seed, stream], dtype=np.uint64), counter=np.array([0, use, start, block], dtype=np.uint64)
    )
    return np.random.Generator(bits)


def draws(race: Race, entrant: int, start: int) -> Iterator[tuple[Array, Array]]:
    """Step by step what is added to a gradient and what it is multiplied with."""
    noise, dim = race.noise, race.landscape.dim
    who = (0, 0) if noise.shared else (race.entrants[entrant].stream + 1, start)
    for block in range(race.steps // 64 + 1):
        source = philox(race.seed, *who, block)
        for _ in range(64):
            if noise.kind == "sparse":
                seen = np.where(source.random(dim) < noise.probability, 1.0 / noise.probability, 0.0)
                yield np.zeros(dim), np.array([1.0, *seen[1:]])
            elif noise.kind == "student":
                yield noise.sigma * source.standard_t(3.0, dim), np.ones(dim)
            elif noise.kind == "gaussian":
                yield noise.sigma * source.standard_normal(dim), np.ones(dim)
            else:
                yield np.zeros(dim), 1.0 + noise.sigma * source.standard_normal(dim)


def plainly(race: Race, entrant: int, start: int) -> tuple[Array, Array, list[int]]:
    """Path (steps + 1, dim), first gradients (steps, dim) and evaluations (steps + 1) of one racer from one start."""
    it, landscape = race.entrants[entrant], race.landscape
    rule = bound([it.optimizer], landscape.blocks)
    theta = np.array([race.starts[start]])
    state, born = rule.init(theta), 0
    path, first, evals = [theta[0]], list[Array](), [0]
    for k, (added, times) in zip(range(race.steps), draws(race, entrant, start), strict=False):
        if it.restart and k in it.schedule.boundaries(race.steps):
            state, born = rule.init(theta), k

        def felt(at: Array, added: Array = added, times: Array = times) -> Array:
            grad = (landscape.grad(at) + added) * times
            if it.clip_value:
                grad = np.maximum(np.minimum(grad, it.clip_value), -it.clip_value)
            length = float(np.hypot(*grad[0]))
            return grad * (it.clip_norm / length) if it.clip_norm and length > it.clip_norm else grad

        step = rule.step(theta, state, rule.hyper["lr"] * it.schedule.factors(race.steps)[k], k + 1 - born)
        ask, grads, asked = next(step), list[Array](), 0
        try:
            while True:
                at = ask if isinstance(ask, np.ndarray) else ask.theta
                grads.append(felt(at))
                given: Any = grads[-1]
                if isinstance(ask, Value):
                    given = (np.array([[landscape.loss(at)[0] + added @ at[0]]]), grads[-1])
                elif isinstance(ask, Curvature):
                    given = (grads[-1], landscape.hess(at))
                asked += int(not isinstance(ask, Value) or ask.asking is None or bool(ask.asking[0]))
                ask = step.send(given)
        except StopIteration as gone:
            theta, state = gone.value
        path.append(theta[0])
        first.append(grads[0][0])
        evals.append(evals[-1] + asked)
    return np.array(path), np.array(first), evals


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("kind", NOISES)
def test_whoever_runs_beside_it_a_racer_goes_as_in_the_plain_engine(kind: str, shared: bool) -> None:
    noise = Noise(0.1, kind=kind, probability=0.7, shared=shared)
    race = Race(RAVINE, FIELD, STARTS[:2], noise, steps=70, seed=11)
    run = Engine(race).run()
    for entrant in range(len(FIELD)):
        for start in range(2):
            lane = run.lane(entrant, start)
            path, first, evals = plainly(race, entrant, start)
            assert np.allclose(run.theta[:, lane], path, rtol=1e-7, atol=1e-7), FIELD[entrant].label
            assert np.allclose(run.grad[:, lane], first, rtol=1e-6, atol=1e-6), FIELD[entrant].label
            assert run.evals[:, lane].tolist() == evals, FIELD[entrant].label


def test_a_problem_posed_in_a_box_puts_every_step_back_into_it() -> None:
    class Boxed(LANDSCAPES["ravine"]):
        domain = ((-1.0, 4.0), (-2.0, 1.0))

    run = Engine(Race(Boxed(), (racer("sgd", 0, lr=0.9),), ((2.0, 0.5),), steps=6)).run()
    # x ← x − 1.8·x stays within; y ← y − 18·y leaves by turns at either side and is put on the border.
    assert run.theta[:4, 0, 0] == pytest.approx([2.0, -1.0, 0.8, -0.64])
    assert run.theta[:, 0, 1].tolist() == [0.5, -2.0, 1.0, -2.0, 1.0, -2.0, 1.0]
    far = Engine(Race(Boxed(), (racer("sgd", 0, lr=2.0),), ((2.0, 0.5),), steps=3)).run()
    assert far.theta[1:, 0, 0].tolist() == [-1.0, 3.0, -1.0]


@pytest.mark.parametrize("keeper", [Recording, Tally])
def test_a_start_where_the_loss_is_beyond_all_numbers_warns_nobody(keeper: Any) -> None:
    class Cliff(LANDSCAPES["ravine"]):
        def f(self, x, y):
            return np.exp(x) + y

    engine = Engine(Race(Cliff(), (racer("sgd", 0),), ((1e6, 0.0), (0.0, 2.0)), steps=3), keeper)
    assert np.asarray(engine.recording.loss).ravel()[:2].tolist() == [np.inf, 3.0]


def test_every_seed_begins_at_every_start_and_is_shown_its_own_part_of_the_data() -> None:
    place = LANDSCAPES["logistic"]()
    race = Race(place, (racer("sgd", 0), racer("sgd", 1, lr=0.2)), STARTS[:2], steps=5)
    crowd = Crowd.of(race, seeds=(3, 8, 5))
    engine, starts = Engine(crowd, Finals), np.repeat(np.tile(STARTS[:2], (2, 1)), 3, axis=0)
    assert engine.recording.theta.tolist() == starts.tolist()
    slopes = [place.shown(seed, 0).grad(start[None])[0] for start, seed in zip(starts, (3, 8, 5) * 4, strict=True)]
    rates = np.repeat([[0.01], [0.2]], 6, axis=0)
    assert engine.advance(1).theta == pytest.approx(starts - rates * np.array(slopes), rel=1e-12)
    assert len({tuple(slope) for slope in slopes}) == 6


def test_noise_is_added_or_multiplied_with_in_the_rows_of_whoever_asks() -> None:
    values = np.arange(12.0).reshape(2, 3, 2)
    grad = np.array([[10.0, 20.0]])
    added, times = Draws(values, additive=True), Draws(values, additive=False)
    assert added.felt(grad, 1, slice(2, 3)).tolist() == [[20.0, 31.0]]
    assert times.felt(grad, 1, slice(2, 3)).tolist() == [[100.0, 220.0]]
    assert added.felt(np.zeros((3, 2)), 1).tolist() == values[1].tolist()
    assert np.array_equal(added.added(1, slice(0, 2)), [[6.0, 7.0], [8.0, 9.0]])
    assert times.added(1, slice(0, 2)) is None
    common, pair = Draws(values[:, :1], additive=True), Draws(values[:, :2], additive=True)
    assert common.felt(np.zeros((2, 2)), 1, slice(1, 3)).tolist() == [[6.0, 7.0], [6.0, 7.0]]
    assert pair.felt(grad, 0, slice(1, 2)).tolist() == [[12.0, 23.0]]


def test_draws_are_a_block_of_steps_by_lanes_by_coordinates() -> None:
    race = Race(RAVINE, FIELD[:3], STARTS, Noise(1.0, shared=False), steps=200, seed=5)
    lanes = np.array([8, 1, 3])
    (block,) = [noise_block(race, lanes, 2, BLOCK)]
    assert block is not None and block.additive and block.values.shape == (64, 3, 2)
    for i, (stream, start) in enumerate([(3, 2), (5, 1), (8, 0)]):
        assert np.array_equal(block.values[:, i], philox(5, stream, start, 2).standard_normal((64, 2)))
    one = noise_block(replace(race, noise=Noise(2.0)), lanes, 1, BLOCK)
    assert one is not None and np.array_equal(one.values, 2.0 * philox(5, 0, 0, 1).standard_normal((64, 1, 2)))
    sparse = noise_block(replace(race, noise=Noise(kind="sparse", shared=False)), lanes, 0, BLOCK)
    assert sparse is not None and not sparse.additive and (sparse.values[..., 0] == 1.0).all()
    assert noise_block(replace(race, noise=Noise(0.0, kind="student")), lanes, 0, BLOCK) is None


def test_signs_are_drawn_by_seed_and_step_apart_from_all_noise() -> None:
    for step in (0, 3):
        low = philox(9, 0, 0, step, use=1).random(40) < 0.5
        assert np.array_equal(signs(9, step, 40), np.where(low, -1.0, 1.0))


def test_row_0_of_a_state_is_what_it_began_with() -> None:
    run = Engine(Race(RAVINE, (racer("adagrad", 0, initial_accumulator_value=0.3),), STARTS[:2], steps=3)).run()
    ((name, values),) = run.states[0].items()
    assert (values[0] == 0.3).all() and (values[1] > 0.3).all(), name
    assert run.state(1, 0)[name].tolist() == [0.3, 0.3]


def test_a_crowds_states_are_found_by_lane_where_its_starts_were_cut() -> None:
    race = Race(RAVINE, (racer("momentum", 0), racer("momentum", 1)), STARTS[:1] * (PACK - 1), steps=2)
    run = Engine(race).run()
    assert run.states[1] == {} and run.states[0]["v"].shape == (3, PACK - 1, 2)
    there = run.state(2 * PACK - 3, 2)["v"]
    assert there.tolist() == run.state(0, 2)["v"].tolist() and there.any()
    with pytest.raises(IndexError, match=rf"^lane: this race has lanes 0 to {2 * PACK - 3}, got -1$"):
        run.state(-1, 0)


@pytest.mark.parametrize("keeper", [Recording, Tally])
def test_evaluations_add_up_over_blocks_for_lanes_that_differ(keeper: Any) -> None:
    class Now(OPTIMIZERS["sgd"]):
        """The lane k asks for a second value in every step that 2 + k divides."""

        def step(self, theta, state, lr, t):
            yield theta
            yield Value(theta, np.array([t % 2 == 0, t % 3 == 0]))
            return theta, state

    race = Race(RAVINE, (Entrant(Now(lr=0.1), "now"), racer("sam", 1)), STARTS[:2], steps=150)
    engine = Engine(race, keeper)
    engine.advance(70)
    evals = engine.run().evals
    assert (evals if keeper is Tally else evals[150]).tolist() == [150 + 75, 150 + 50, 300, 300]
    if keeper is Recording:
        assert evals[:4].tolist() == [[0, 0, 0, 0], [1, 1, 2, 2], [3, 2, 4, 4], [4, 4, 6, 6]]


def test_advancing_by_nothing_or_less_or_beyond_the_end_does_what_can_be_done() -> None:
    engine = Engine(Race(RAVINE, FIELD[:1], STARTS[:1], steps=10))
    for n, step in ((0, 0), (-3, 0), (1, 1), (0, 1), (100, 10), (1, 10)):
        assert engine.advance(n) is engine.recording and engine.step == step == engine.recording.done


def test_a_model_is_asked_for_the_matrix_that_was_named() -> None:
    class Modelled(LANDSCAPES["ravine"]):
        def fisher(self, theta):
            return np.full((len(theta), 2, 2), 1.0)

        def gauss_newton(self, theta):
            return np.full((len(theta), 2, 2), 2.0)

    it = Modelled()
    race = Race(it, FIELD[:1], STARTS[:1])
    (group,) = packs(race, np.array(STARTS[:1]))[0].groups
    grad = np.array([[3.0, 4.0]])
    for kind, number in (("fisher", 1.0), ("gauss_newton", 2.0)):
        told, matrix = answer(Model(group.theta, kind), grad, group, it, race, 0, None)
        assert told is grad and (matrix == number).all()
    loss, told = answer(Value(group.theta), grad, group, it, race, 0, np.array([[0.5, -1.0]]))
    assert loss.tolist() == [[25.0 + 40.0 + 2.5 - 2.0]] and told is grad


def test_held_lanes_keep_what_they_had() -> None:
    new, old = {"m": np.array([[1.0], [2.0]]), "k": np.ones((2, 2))}, {"m": np.zeros((2, 1)), "k": np.zeros((2, 2))}
    some = held(np.array([[True], [False]]), new, old)
    assert some["m"].tolist() == [[1.0], [0.0]] and some["k"].tolist() == [[1.0, 1.0], [0.0, 0.0]]
    assert held(np.array([[True], [True]]), new, old)["m"].tolist() == [[1.0], [2.0]]


@pytest.mark.parametrize("where", ["grad", "step"])
def test_an_engine_that_failed_says_so_and_computes_nothing_wrong(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a step was taken: to go on from there would be another race."""
    race = Race(LANDSCAPES["ravine"](), (racer("momentum", 0),), ((5.0, 2.0),), steps=9)
    engine = Engine(race)
    engine.advance(1)
    row = engine.recording.theta[1].copy()

    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken, pytest.raises(MemoryError):
        broken.setattr(*((type(race.landscape), "df") if where == "grad" else (Fused, "go")), fail)
        engine.advance(1)
    for _ in range(2):
        with pytest.raises(
            RuntimeError, match="this engine failed after step 1 and does not go on; make a new one"
        ) as told:
            engine.advance(1)
        assert isinstance(told.value.__cause__, MemoryError)
    assert engine.step == 1 and np.array_equal(engine.recording.theta[1], row)
