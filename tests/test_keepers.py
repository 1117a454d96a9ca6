"""What is kept of a crowd is what recordings of the same runs show."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from simulator.engine import BLOCK, CROWD, Engine
from simulator.keepers import Curves, Finals, Tally, cheats, evaluations, lowest_of
from simulator.landscapes import LANDSCAPES
from simulator.optimizer import Value
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race
from simulator.recording import Recording, Status
from tests.alone import racer

STEPS = 2 * BLOCK + 7
COUNTS = ("evals", "loss_evals", "hess_evals")


class Choosy(OPTIMIZERS["sgd"]):
    """Gradient descent that asks for a second value in some steps, of some lanes."""

    def step(self, theta, state, lr, t):
        _, grad = yield Value(theta)
        yield Value(theta, (np.arange(len(theta)) + t) % 3 == 0)
        return theta - lr * grad, state


RACERS = (
    racer("momentum", 0, lr=0.02),
    racer("sam", 1, lr=0.02),
    racer("momentum", 2, lr=0.002, beta=0.5),
    Entrant(Choosy(lr=0.02), "choosy", stream=3),
    racer("newton", 4, lr=0.3),
    racer("momentum", 5, lr=9.0),  # is lost
    racer("sam", 6, lr=9.0),
)


class Hole(LANDSCAPES["ravine"]):
    """A bowl with no loss, yet a slope, left of −1."""

    finite = False

    def f(self, x, y):
        return np.where(x < -1.0, np.nan, super().f(x, y))


def race_on(name: str, *racers: Entrant, noise: Noise | None = None) -> Race:
    place = LANDSCAPES[name]()
    (a, b), (c, d) = place.starts[0], place.starts[-1]
    starts = ((a, b), (c, d), (0.5 * (a + c), 0.3 * b + 0.7 * d))
    return Race(place, racers or RACERS, starts, noise or Noise(), steps=STEPS)


RACES = {
    "bowl": replace(race_on("ravine"), starts=((5.0, 2.0), (0.0, 0.0), (-3.0, 1.0))),
    "valley": race_on("rosenbrock", noise=Noise(0.2, shared=False)),
    "lower outside": replace(
        race_on("schwefel", *(racer("momentum", i, lr=lr) for i, lr in enumerate((0.05, 0.5, 4.0)))),
        starts=((467.0, -497.0), (440.0, 425.0), (-300.0, -310.0)),
    ),
    "moving": race_on("drifting_bowl"),
    "below 0": race_on("styblinski_tang", *RACERS[:5]),
    "above 0": replace(
        race_on("goldstein_price", racer("newton", 0, lr=0.3), racer("sgd", 1, lr=1e-5)),
        starts=((0.08, -0.96), (-0.05, -1.05), (-1.2, 0.8)),
    ),
    "no minimum": race_on("saddle", *RACERS[:4]),
    "no number": replace(race_on("ravine", *RACERS[:3]), landscape=Hole(), starts=((5.0, 2.0), (-0.9, 1.0))),
    "gradients alone": race_on("himmelblau", *RACERS[:3]),
}


def come(run: Recording, share: float) -> list[int]:
    """For each lane the first row at which it is as near as ``share`` says, −1 for none."""
    place, near = run.race.landscape, np.zeros(run.loss.shape, np.bool_)
    if place.lowest is not None and not place.moving:
        near = run.gap() <= share * run.gap()[0]
        if place.known.lower_outside:
            near &= ~beyond(run)
    return [int(lane.argmax()) if lane.any() else -1 for lane in near.T]


def beyond(run: Recording) -> np.ndarray:
    low, high = np.array(run.race.landscape.box).T
    return ((run.theta < low) | (run.theta > high)).any(axis=-1)


@pytest.mark.parametrize("case", RACES)
@pytest.mark.parametrize("share", [0.5, 1e-3])
def test_keepers_of_crowds_hold_what_a_recording_shows(case: str, share: float) -> None:
    race = RACES[case]
    run, curves, counts = Engine(race).run(), Engine(race, Curves).run(), np.arange(race.lanes)
    lost = (run.status == Status.DIVERGED.value).any(axis=0)
    for keeper in (Finals, partial(Tally, share=share)):
        engine = Engine(race, keeper)
        for n in (1, BLOCK, 5, STEPS):
            engine.advance(n)
        kept = engine.recording
        assert np.array_equal(kept.theta, run.theta[-1], equal_nan=True)
        assert np.array_equal(kept.standing, run.standing(STEPS), equal_nan=True)
        assert kept.lost.tolist() == lost.tolist() and kept.done == STEPS
        assert kept.outside.tolist() == (beyond(run)[-1] & race.landscape.known.lower_outside).tolist()
        assert kept.outside.dtype == kept.lost.dtype == np.bool_
        assert kept.first.tolist() == run.loss[0].tolist()
    assert isinstance(kept, Tally)
    counted = np.where(beyond(run), np.inf, run.loss) if race.landscape.known.lower_outside else run.loss
    assert np.array_equal(kept.loss, run.loss[-1], equal_nan=True)
    assert kept.best.tolist() == np.fmin.reduce(counted).tolist()
    reached = np.array(come(run, share))
    assert kept.reached.tolist() == reached.tolist()
    assert np.array_equal(curves.loss, run.loss, equal_nan=True) and curves.done == STEPS
    for name, spent in zip(COUNTS, kept.spent, strict=True):
        rows = getattr(run, name)
        assert getattr(kept, name).tolist() == rows[-1].tolist()
        assert np.array_equal(getattr(curves, name), rows)
        assert getattr(curves, name).dtype == np.int32 and getattr(kept, name).dtype == np.int64
        assert spent.tolist() == np.where(reached < 0, -1, rows[reached, counts]).tolist()


def test_the_cases_have_runs_that_arrive_and_runs_that_are_lost() -> None:
    ends = {case: Engine(race).run() for case, race in RACES.items()}
    lost = {case for case, run in ends.items() if (run.status == Status.DIVERGED.value).any()}
    assert lost >= {"bowl", "valley", "moving"}
    for case in ("bowl", "below 0", "lower outside", "gradients alone"):
        assert len({row > 0 for row in come(ends[case], 0.5)}) == 2, case
    hole = ends["no number"].loss
    assert (np.isnan(hole).any(axis=0) & np.isfinite(hole[-1])).any() and np.isfinite(hole).all(axis=0).any()
    assert beyond(ends["lower outside"]).any(axis=0).any() and not beyond(ends["lower outside"]).all(axis=0).any()


def test_keepers_count_what_was_asked_for_a_row_a_step_and_a_column_a_lane() -> None:
    shapes = set[tuple[int, ...]]()

    class Counting(Finals):
        def write(self, pack, first, stop, grads):
            asked = evaluations(pack)
            shapes.update((stop - first - len(some), some.shape[1]) for some in asked)
            assert len(asked) == 3 and all(some.dtype == np.int32 for some in asked)

    for race in (RACES["bowl"], replace(RACES["bowl"], entrants=RACES["bowl"].entrants[:1])):
        Engine(race, Counting).run()
    assert shapes == {(0, 1), (0, RACES["bowl"].lanes)}


def test_a_column_stands_for_groups_that_ask_for_the_same() -> None:
    race = race_on("himmelblau", racer("momentum", 0), racer("adam", 1), racer("sgd", 2))
    (pack,) = Engine(race).packs
    for group, asked in zip(pack.groups, ([1, 1], [1, 1], [1, 2]), strict=True):
        group.evaluations = asked
    evals, losses, matrices = evaluations(pack)
    assert evals.tolist() == [[1] * 9, [1] * 6 + [2] * 3]
    assert losses.tolist() == matrices.tolist() == [[0], [0]]
    pack.groups[2].evaluations = [1, 1]
    assert [counts.tolist() for counts in evaluations(pack)] == [[[1], [1]], [[0], [0]], [[0], [0]]]


def test_keepers_let_nothing_outside_count_where_lower_values_lie_there_and_all_elsewhere() -> None:
    for case, cheating in (("lower outside", True), ("bowl", False)):
        run = Engine(RACES[case]).run()
        place, low = run.race.landscape, lowest_of(run.race.landscape, run.theta, run.loss)
        outside = cheats(place, run.theta)
        assert outside.shape == run.loss.shape and outside.dtype == np.bool_
        assert np.array_equal(outside, beyond(run)) == cheating and outside.any() == cheating
        assert low.tolist() == np.fmin.reduce(np.where(outside, np.inf, run.loss)).tolist()


@pytest.mark.parametrize("keeper", [Finals, Tally, Curves])
def test_for_keepers_that_read_no_state_none_is_kept(keeper: type[Finals] | type[Curves]) -> None:
    held = set[int]()

    class Looking(keeper):  # type: ignore[misc, valid-type]
        def write(self, pack, first, stop, grads):
            held.update(len(group.states) + len(group.by_letter) for group in pack.groups)
            super().write(pack, first, stop, grads)

    few = race_on("himmelblau", racer("momentum", 0), racer("soap", 1))
    many = replace(few, starts=tuple((0.01 * i - 1.0, 2.0) for i in range(CROWD)))
    for race in (few, many):
        Engine(race, Looking).run()
    assert held == {0}


def test_keepers_are_told_of_a_crowd_a_few_steps_at_a_time() -> None:
    """Whatever a pack's size, and so how many steps are written at once, each lane has what it has alone."""
    few = race_on("himmelblau", racer("momentum", 0), racer("sam", 1, lr=0.02))
    many = replace(few, starts=tuple((0.01 * i - 1.0, 2.0) for i in range(CROWD)))
    tally, curves, run = Engine(many, Tally).run(), Engine(many, Curves).run(), Engine(many).run()
    for lane in (0, 1, CROWD - 1, CROWD, 2 * CROWD - 1):
        entrant, start = divmod(lane, CROWD)
        alone = Engine(replace(few, entrants=(few.entrants[entrant],), starts=(many.starts[start],))).run()
        assert np.array_equal(run.theta[:, lane], alone.theta[:, 0])
        assert tally.theta[lane].tolist() == alone.theta[-1, 0].tolist()
        assert (tally.loss[lane], tally.best[lane]) == (alone.loss[-1, 0], alone.loss.min())
        assert np.array_equal(curves.loss[:, lane], alone.loss[:, 0])
        for name in COUNTS:
            assert np.array_equal(getattr(curves, name)[:, lane], getattr(alone, name)[:, 0])
            assert getattr(tally, name)[lane] == getattr(alone, name)[-1, 0]


@pytest.mark.parametrize(
    ("lanes", "spans"),
    [
        (3, [(0, 1), (1, 256), (256, 300)]),
        (4096, [(0, 1), (1, 17), (17, 33), (33, 49), (49, 64), (64, 80)]),
    ],
)
def test_keepers_are_told_of_the_first_step_by_itself_then_of_as_many_as_stay_in_the_cache(
    lanes: int, spans: list[tuple[int, int]]
) -> None:
    told = list[tuple[int, int]]()

    class Noting(Finals):
        def write(self, pack, first, stop, grads):
            told.append((first, stop))
            assert len(grads) == len(pack.path) == stop - first

    race = race_on("himmelblau", racer("sgd", 0))
    Engine(replace(race, starts=race.starts[:1] * lanes, steps=spans[-1][1]), Noting).run()
    assert told == spans
