"""The referee beside a plain judge who looks at one row of one lane at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.engine import Engine
from simulator.keepers import Finals, Tally
from simulator.landscape import Array, Facts, Landscape, Minimum
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.recording import Recording, Status
from simulator.referee import confines, ever_gone, gone

STEPS, LANES = 300, 12
BOX = ((1.0, 9.0), (-8.0, 0.0), (2.0, 3.0))


@dataclass(frozen=True)
class Well(Landscape):
    """A bowl whose lowest loss is no 0, in a box that is not about the origin."""

    dim: int = 2
    moving: bool = False
    lower_outside: bool = False
    bottom: float | None = -5.0
    beside: float = 0.0  # how far along x the bottom is from where it is otherwise

    def loss(self, theta: Array) -> Array:
        return np.square(theta - self.centre).sum(axis=-1) - 5.0

    def grad(self, theta: Array) -> Array:
        return 2.0 * (theta - self.centre)

    @property
    def centre(self) -> Array:
        return np.array([4.0 + self.beside, -3.0, 2.5])[: self.dim]

    def facts(self) -> Facts:
        minima = () if self.bottom is None else (Minimum(tuple(self.centre.tolist()), self.bottom),)
        return Facts(BOX[: self.dim], ((3.0, -2.0, 2.2)[: self.dim],), 0.1, minima, lower_outside=self.lower_outside)


def path(dim: int, seed: int) -> Array:
    """Lanes that rest, crawl, leave, come back, arrive, and are lost, for a while each; (rows, lanes, dim)."""
    draw = np.random.default_rng(seed)
    centre, rows = np.array([4.0, -3.0, 2.5])[:dim], np.empty((STEPS + 1, LANES, dim))
    for lane in range(LANES):
        row = 0
        while row <= STEPS:
            span = int(draw.integers(1, 80))
            size = draw.choice([0.0, 3e-4, 0.4, 0.7, 6.0, 11.0] + [2e4, np.nan] * (lane % 3 == 2))
            spot = centre + size * draw.choice([-1.0, 1.0], dim)
            jitter = draw.choice([0.0, 1e-9, 1e-3]) * draw.standard_normal((min(span, STEPS + 1 - row), dim))
            rows[row : row + span, lane] = spot + jitter
            row += span
    rows[0] = centre + draw.uniform(0.5, 0.9, (LANES, dim))
    return rows


def walked(landscape: Well, rows: Array, keeper: type = Recording):
    class Walk(OPTIMIZERS["sgd"]):
        def step(self, theta, state, lr, t):
            yield theta
            return rows[t], state

    starts = tuple(map(tuple, rows[0].tolist()))
    return Engine(Race(landscape, (Entrant(Walk(lr=0.1), "walk"),), starts, steps=STEPS), keeper).run()


def judged(landscape: Well, rows: Array) -> tuple[list[Status], list[int]]:
    """Status and since of one lane, ``rows`` (rows, dim)."""
    box = np.array(landscape.box)
    diagonal, floor = float(np.sqrt(((box[:, 1] - box[:, 0]) ** 2).sum())), landscape.bottom
    statuses, since = list[Status](), list[int]()
    arrived = lost = False
    for row, theta in enumerate(rows):
        loss = float(landscape.loss(theta))
        status = Status.RACING
        if row >= 50 and np.abs(theta - rows[row - 50]).max() < 1e-5 * diagonal:
            status = Status.STALLED
        outside = bool(((theta < box[:, 0]) | (theta > box[:, 1])).any())
        if outside and landscape.dim <= 2:
            status = Status.OUT_OF_VIEW
        if floor is not None and not landscape.moving:
            there = loss - floor <= 1e-6 * (float(landscape.loss(rows[0])) - floor)
            arrived |= there and not (landscape.lower_outside and outside)
            status = Status.ARRIVED if arrived else status
        lost |= not np.isfinite(loss) or np.abs(theta - box.mean(axis=1)).max() > 1000.0 * diagonal
        status = Status.DIVERGED if lost else status
        since.append(since[-1] if statuses and statuses[-1] == status else row)
        statuses.append(status)
    return statuses, since


def named(codes: NDArray[np.int8]) -> list[Status]:
    return [Status(code) for code in codes.tolist()]


WELLS = [
    Well(),
    Well(dim=1),
    Well(dim=3),
    Well(lower_outside=True),
    Well(moving=True),
    Well(bottom=None),
    Well(bottom=-30.0),
    Well(bottom=95.0),
    Well(bottom=-5.0 + 100.0, lower_outside=True),  # lower than the box's own minimum, where it does not count
]


@pytest.mark.parametrize("landscape", WELLS, ids=range(len(WELLS)))
@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_judged_as_one_row_of_one_lane_would_be(landscape: Well, seed: int) -> None:
    rows = path(landscape.dim, seed)
    run = walked(landscape, rows)
    assert np.array_equal(run.theta, rows, equal_nan=True)
    assert np.array_equal(run.loss, landscape.loss(rows), equal_nan=True)
    assert run.grad_norm == pytest.approx(np.linalg.norm(landscape.grad(rows), axis=-1), nan_ok=True)
    for lane in range(LANES):
        statuses, since = judged(landscape, rows[:, lane])
        assert named(run.status[:, lane]) == statuses, lane
        assert run.since[:, lane].tolist() == since, lane
        assert run.status_at(STEPS, lane) == (statuses[-1], since[-1])


def test_however_often_the_referee_looks_it_says_the_same() -> None:
    rows = path(2, 0)
    whole = walked(Well(), rows)
    engine = Engine(whole.race)
    for n in (49, *[1] * 30, 7, *[1] * 60, STEPS):
        engine.advance(n)
    assert np.array_equal(engine.recording.status, whole.status)
    assert np.array_equal(engine.recording.since, whole.since)


def test_all_that_can_happen_happens() -> None:
    seen = {status for seed in range(3) for status in np.unique(walked(Well(), path(2, seed)).status).tolist()}
    assert seen == {status.value for status in Status}


def test_a_racer_that_has_not_moved_for_fifty_steps_has_stalled_and_one_that_did_just_so_has_not() -> None:
    diagonal = Well().diagonal
    rows = np.full((STEPS + 1, 2, 2), 5.0)
    rows[:, 0, 0] += 0.9e-5 * diagonal * np.arange(STEPS + 1) / 50
    rows[:, 1, 0] += 1.1e-5 * diagonal * np.arange(STEPS + 1) / 50
    rows[..., 1] = -4.0
    run = walked(Well(), rows)
    assert named(run.status[:, 0]) == [Status.RACING] * 50 + [Status.STALLED] * (STEPS - 49)
    assert not run.status[:, 1].any()


def test_who_stands_on_the_border_is_in_view() -> None:
    rows = np.full((STEPS + 1, 4, 2), 5.0)
    rows[1:] = [[1.0, -8.0], [9.0, 0.0], [0.999, -8.0], [9.0, 0.001]]
    assert named(walked(Well(), rows).status[1]) == [Status.RACING] * 2 + [Status.OUT_OF_VIEW] * 2


def test_who_begins_at_the_minimum_has_arrived() -> None:
    rows = np.full((STEPS + 1, 1, 2), [4.0, -3.0])
    assert (walked(Well(), rows).status == Status.ARRIVED.value).all()


def test_a_minimum_outside_the_box_is_arrived_at_unless_lower_values_lie_there() -> None:
    rows = np.full((STEPS + 1, 1, 2), [12.0, -3.0])
    rows[0] = [5.0, -4.0]
    for lower_outside, status in ((False, Status.ARRIVED), (True, Status.OUT_OF_VIEW)):
        run = walked(Well(beside=8.0, lower_outside=lower_outside), rows)
        assert named(run.status[:2, 0]) == [Status.RACING, status]


def test_words_of_a_status() -> None:
    assert [status.words for status in Status] == ["racing", "stalled", "out of view", "arrived", "diverged"]


def test_a_tally_keeps_the_last_place_and_the_best_loss_of_all() -> None:
    rows = path(2, 1)
    rows[np.isnan(rows)] = 7.5
    tally, losses = walked(Well(), rows, Tally), Well().loss(rows)
    assert np.array_equal(tally.theta, rows[-1]) and np.array_equal(tally.loss, losses[-1])
    assert np.array_equal(tally.best, losses.min(axis=0))
    assert tally.evals.tolist() == [STEPS] * LANES and tally.done == STEPS
    assert tally.evals.dtype == np.int64


@pytest.mark.parametrize("keeper", [Finals, Tally])
@pytest.mark.parametrize("finite", [True, False])
def test_who_has_once_diverged_stays_so_for_a_study_too(
    keeper: type[Finals], finite: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Well, "finite", finite)
    rows = path(2, 1)
    rows[-1] = [4.0, -3.0]
    lost = walked(Well(), rows).status[-1] == Status.DIVERGED.value
    assert lost.any() and not lost.all()
    assert np.array_equal(walked(Well(), rows, keeper).lost, lost)
    monkeypatch.setattr(Well, "loss_along", lambda self, there, first: np.where(first > 40, np.inf, self.loss(there)))
    assert walked(Well(), rows, keeper).lost.all() == (keeper is Tally or not finite)


@pytest.mark.parametrize("keeper", [Finals, Tally])
def test_outside_counts_where_lower_values_lie_there(keeper: type[Finals]) -> None:
    rows = path(2, 1)
    rows[-1, ::2], rows[-1, 1::2] = [4.0, -3.0], [9.5, -3.0]
    assert not walked(Well(), rows, keeper).outside.any()
    assert walked(Well(lower_outside=True), rows, keeper).outside.tolist() == [False, True] * (LANES // 2)


def test_what_stands_in_a_recording() -> None:
    run = walked(Well(), path(2, 1))
    loss, lanes = run.loss, slice(0, 3)
    assert np.array_equal(run.gap(), loss + 5.0, equal_nan=True) and run.floor == -5.0
    assert np.array_equal(run.standing(7, lanes), loss[7, lanes], equal_nan=True)
    moving = walked(Well(moving=True), path(2, 1))
    assert moving.standing(7, lanes) == pytest.approx(loss[:8, lanes].mean(axis=0), nan_ok=True)
    assert np.array_equal(walked(Well(bottom=None), path(2, 1)).gap(), loss, equal_nan=True)
    assert run.lane(0, 3) == 3 and run.lane(0) == 0
    assert (run.status.dtype, run.since.dtype, run.evals.dtype) == (np.int8, np.int32, np.int32)
    halfway = Engine(replace(run.race, steps=STEPS))
    assert len(halfway.advance(7).gap()) == 8
    with pytest.raises(IndexError, match=r"lane: this race has lanes 0 to 11, got 12"):
        run.state(12, 0)


def test_a_state_is_found_by_lane_and_by_entrant() -> None:
    momentum = OPTIMIZERS["momentum"]
    racers = tuple(Entrant(momentum(lr=0.01 * (i + 1)), str(i), stream=i) for i in range(3))
    starts = ((3.0, -2.0), (5.0, -6.0))
    race = Race(Well(), racers, starts, steps=40)
    run = Engine(race).run()
    for e in range(3):
        for s in range(2):
            alone = Engine(replace(race, entrants=racers[e : e + 1], starts=starts[s : s + 1])).run()
            assert np.array_equal(run.states[e]["v"][:, s], alone.states[0]["v"][:, 0])
            assert np.array_equal(run.state(run.lane(e, s), 17)["v"], alone.states[0]["v"][17, 0])
    assert run.lr.shape == (41, 3) and run.lr[:, 2] == pytest.approx(0.03)


def test_who_is_a_thousand_diagonals_from_the_boxs_centre_is_lost() -> None:
    """Along either axis, by a step to either side of the border, which is measured from (5, −4)."""
    far, rows = 1000.0 * Well().diagonal, np.full((STEPS + 1, 8, 2), [5.0, -4.0])
    away = [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]
    rows[1:] += np.array(
        [[(far - 1.0) * x, (far - 1.0) * y] for x, y in away] + [[(far + 1.0) * x, (far + 1.0) * y] for x, y in away]
    )
    assert named(walked(Well(), rows).status[1]) == [Status.OUT_OF_VIEW] * 4 + [Status.DIVERGED] * 4


def test_a_loss_or_a_place_that_is_not_finite_is_lost() -> None:
    class Pole(Well):
        def loss(self, theta: Array) -> Array:
            return np.where(theta[..., 0] > 6.0, -np.inf, super().loss(theta))

    rows = np.full((STEPS + 1, 2, 2), 5.0)
    rows[1:, 0, 0], rows[1:, 1, 0] = 6.5, 5.5
    rows[..., 1] = -4.0
    assert named(walked(Pole(), rows).status[1]) == [Status.DIVERGED, Status.RACING]


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_the_referee_says_of_a_whole_path_who_was_lost_at_any_of_its_steps(dim: int) -> None:
    place, draw = Well(dim=dim), np.random.default_rng(dim)
    centre, far = np.array(place.box).mean(axis=1), 1000.0 * place.diagonal
    seen = set[int]()
    for trial in range(60):
        rows, loss = centre + far * draw.uniform(-0.9999, 0.9999, (5, 6, dim)), np.zeros((5, 6))
        for _ in range(trial % 5):
            step, lane, axis = (int(draw.integers(n)) for n in rows.shape)
            away = [1.0001 * far, -1.0001 * far, np.inf, -np.inf, np.nan][int(draw.integers(5))]
            rows[step, lane, axis] = centre[axis] + away
            loss[tuple(draw.integers(loss.shape))] = draw.choice([np.inf, np.nan, 1.0])
        left = ~(np.abs(rows - centre) <= far).all(axis=2)
        lost = left | ~np.isfinite(loss)
        assert gone(place, rows, loss).tolist() == lost.tolist()
        for losses, expected in ((loss, lost), (None, left)):
            said = np.broadcast_to(ever_gone(confines(place), rows, losses), 6)
            assert said.tolist() == expected.any(axis=0).tolist()
        seen.add(int(lost.any(axis=0).sum()))
    assert seen >= {0, 1, 2, 3, 4}
