"""Basin maps: a pixel is the race started there, bit for bit; what is said of it is what its path did."""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from simulator import racefile
from simulator.engine import Engine
from simulator.optimizers import OPTIMIZERS
from simulator.referee import Status
from simulator.studies.arrivals import Arrivals
from simulator.studies.basins import (
    COARSEST,
    DIVERGED,
    OUT_OF_VIEW,
    TOLERANCE,
    UNDER_WAY,
    UNKNOWN,
    Basins,
    Mapping,
    basins,
    goals_of,
    tolerance_of,
)


def race_of(landscape: str = "himmelblau", *entrants: dict[str, Any], steps: int = 60, **more: Any):
    entrants = entrants or ({"optimizer": "adam", "lr": 0.1}, {"optimizer": "momentum", "lr": 0.005, "beta": 0.9})
    named = [{"label": f"Racer {i}", **entrant} for i, entrant in enumerate(entrants)]
    dim = 1 if landscape in ("parabola", "reddi", "line_fit_slope") else 2
    data = {"steps": steps, "landscape": {"name": landscape}, "starts": [[0.25] * dim], "entrant": named, **more}
    return racefile.from_data(data)


def outcome(made: Basins, entrant: int, start: tuple[float, ...]) -> tuple[int, int]:
    """The same read off a whole recording of a race of that racer alone, a point at a time."""
    race = replace(made.race, entrants=(made.entrants[entrant],), starts=(start,))
    recording, landscape = Engine(race).run(), race.landscape
    path, box = recording.theta[:, 0], np.asarray(landscape.box)
    spots = [
        landscape.at(k).minima[0].theta if landscape.moving else None for k in range(len(path))
    ]  # those that move have one

    def there(k: int, goal: int) -> bool:
        spot = spots[k] or made.goals[goal].minimum.theta
        off = path[k] - np.array(spot)
        return float((off * off).sum()) <= made.tolerance * made.tolerance

    last = len(path) - 1
    with np.errstate(all="ignore"):
        if recording.status[last, 0] == Status.DIVERGED.value:
            return DIVERGED, -1
        for goal in range(len(made.goals)):
            if there(last, goal):
                return goal, next(k for k in range(len(path)) if there(k, goal))
    inside = ((path[last] >= box[:, 0]) & (path[last] <= box[:, 1])).all()
    return (UNDER_WAY if inside else OUT_OF_VIEW), -1


RACES = {
    "himmelblau": race_of(),
    "noise": race_of(noise={"sigma": 3.0}, seed=4),
    "own noise": race_of(noise={"sigma": 3.0, "shared": False}, seed=4),
    "sparse": race_of(noise={"kind": "sparse", "probability": 0.5, "shared": False}),
    "schedule": race_of(
        "six_hump_camel",
        {"optimizer": "rmsprop", "lr": 0.05, "schedule": {"name": "cosine"}},
        {"optimizer": "nesterov", "lr": 0.02, "clip_norm": 1.0},
    ),
    "newton": race_of("himmelblau", {"optimizer": "newton"}, {"optimizer": "lbfgs"}, {"optimizer": "sam", "lr": 0.01}),
    "diverging": race_of("himmelblau", {"optimizer": "sgd", "lr": 0.03}, {"optimizer": "sgd", "lr": 0.01}),
    "out of view": race_of("saddle", {"optimizer": "sgd", "lr": 0.05}, steps=20),
    "found": race_of("rastrigin", {"optimizer": "sgd", "lr": 0.002}),
    "moving": race_of("drifting_bowl", {"optimizer": "adam", "lr": 0.2}),
    "batches": race_of("line_fit", {"optimizer": "sgd", "lr": 0.1}, steps=40),
    "one dimension": race_of("reddi", {"optimizer": "adam", "lr": 0.1}),
}


@pytest.mark.parametrize("name", RACES)
def test_a_pixel_is_the_race_started_there(name: str) -> None:
    made = basins(RACES[name], size=24)
    assert made.complete
    draw = np.random.default_rng(7)
    rows, columns = made.reached.shape[1:]
    for _ in range(25):
        entrant, row, column = (int(draw.integers(n)) for n in (len(made.entrants), rows, columns))
        got = int(made.reached[entrant, row, column]), int(made.steps[entrant, row, column])
        assert got == outcome(made, entrant, made.start(row, column)), (entrant, row, column)


exact_and_noisy = pytest.mark.parametrize("sigma", [0.0, 2.0], ids=["exact", "noisy"])
every_rule = pytest.mark.parametrize("name", [name for name, rule in OPTIMIZERS.items() if rule.needs != "model"])


def assert_a_pixel_is_the_race(name: str, sigma: float, steps: int) -> None:
    race = race_of("himmelblau", {"optimizer": name}, steps=steps, noise={"sigma": sigma, "shared": False}, seed=3)
    for part in (None, ((2.5, 3.5), (1.5, 2.5))):  # all of it, and about a minimum
        made = basins(race, size=8, part=part)
        for row, column in ((0, 0), (3, 4), (6, 1)):
            got = int(made.reached[0, row, column]), int(made.steps[0, row, column])
            assert got == outcome(made, 0, made.start(row, column)), (part, row, column)


@exact_and_noisy
@every_rule
def test_a_pixel_is_the_race_started_there_for_every_rule(name: str, sigma: float) -> None:
    assert_a_pixel_is_the_race(name, sigma, 24)


def test_who_was_where_the_loss_is_no_number_has_diverged_though_it_came_back() -> None:
    steep = {"name": "formula", "formula": "exp(x**4) + y**2"}  # infinite beyond x = 5.2, and the slope has a sign
    data = {"steps": 120, "landscape": steep, "starts": [[1.0, 1.0]], "entrant": [{"optimizer": "signsgd", "lr": 0.1}]}
    made = basins(racefile.from_data(data), size=24)
    edge = made.start(12, 0)
    assert edge[0] < -5.2 and outcome(made, 0, edge) == (DIVERGED, -1)
    assert (made.reached[0, 12, 0], made.steps[0, 12, 0]) == (DIVERGED, -1)
    assert 0.5 < made.share(0, 0) < 1.0


def test_where_racers_end_is_the_same_bit_for_bit() -> None:
    race = RACES["own noise"]
    mapping = Mapping(race, size=8)
    crowd = mapping.crowd(1, next(mapping.lots()))
    kept = Engine(crowd, partial(Arrivals, goals=mapping.goals, tolerance=mapping.tolerance)).run()
    for lane, start in enumerate(crowd.starts):
        alone = Engine(replace(race, entrants=(race.entrants[1],), starts=(start,))).run()
        assert kept.theta[lane].tobytes() == alone.theta[-1, 0].tobytes()


def test_himmelblau_has_four_basins_and_newton_reaches_what_is_no_minimum() -> None:
    made = basins(race_of("himmelblau", {"optimizer": "sgd", "lr": 0.01}, {"optimizer": "newton"}, steps=300), size=32)
    assert len(made.goals) == 4 and all(goal.known for goal in made.goals)
    assert sum(made.share(0, goal) for goal in range(4)) == 1.0
    assert all(0.1 < made.share(0, goal) < 0.45 for goal in range(4))


def test_a_start_at_a_minimum_needs_no_step_and_slow_ones_are_under_way() -> None:
    race = race_of("bowl", {"optimizer": "sgd", "lr": 1e-4}, steps=5)
    made = basins(race, size=9)
    middle = made.start(4, 4)
    assert np.allclose(middle, race.landscape.minima[0].theta)
    assert (made.reached[0, 4, 4], made.steps[0, 4, 4]) == (0, 0)
    assert made.reached[0, 0, 0] == UNDER_WAY and made.steps[0, 0, 0] == -1
    assert made.median(0, 0) == 0.0 and math.isnan(made.median(0, UNDER_WAY))


def test_starts_are_the_middles_of_the_cells() -> None:
    made = basins(race_of("himmelblau", steps=1), size=8, part=((0.0, 8.0), (-4.0, 4.0)))
    assert made.start(0, 0) == (0.5, -3.5) and made.start(7, 2) == (2.5, 3.5)


def test_coarse_first_then_all_the_gaps() -> None:
    mapping = Mapping(race_of(steps=10), size=20)
    work = mapping.work()
    seen = [mapping.result()]
    shares = []
    for share in work:
        shares.append(share)
        seen.append(mapping.result())
    seen.append(mapping.result())
    assert shares == sorted(shares) and shares[-1] == 1.0
    known = [np.count_nonzero(it.reached != UNKNOWN) for it in seen]
    assert known[0] == 0 and known == sorted(known) and known[-1] == 2 * 20 * 20
    coarse = next(it for it in seen if (it.reached[0] != UNKNOWN).any())
    first = coarse.reached[0] != UNKNOWN
    assert first.sum() == first[::COARSEST, ::COARSEST].sum() == 9
    reached, steps = coarse.filled(0)
    assert (reached != UNKNOWN).all() and reached[7, 15] == coarse.reached[0, 0, 8] and steps[9, 3] == steps[8, 0]
    end = seen[-1]
    assert (end.filled(0)[0] == end.reached[0]).all()
    whole = basins(race_of(steps=10), size=20)
    assert (whole.reached == end.reached).all() and (whole.steps == end.steps).all()


def test_work_that_is_closed_leaves_what_was_known() -> None:
    mapping = Mapping(race_of(steps=10), size=16)
    work = mapping.work()
    next(work)
    work.close()
    assert not mapping.result().complete


def test_over_another_map_a_start_stands_for_others_only_where_it_is_nearer() -> None:
    race = race_of("himmelblau", {"optimizer": "sgd", "lr": 0.01}, steps=20)
    whole = basins(race, size=16)

    def begun(share: float) -> Basins:
        wide = tuple((low, low + share * (high - low)) for low, high in race.landscape.box)
        mapping = Mapping(race, size=16, part=wide)
        work = mapping.work()
        while (mapping.result().reached == UNKNOWN).all():
            next(work)
        work.close()
        return replace(mapping.result(), under=whole)

    for share, known in ((1 / 1.5, 1), (0.5, 4), (0.25, 16), (0.1, 64)):
        reached, _ = begun(share).filled(0)
        assert np.count_nonzero(reached != UNKNOWN) == 4 * known, share
    assert begun(0.1).slowest == whole.slowest


def test_goals_are_those_known_then_those_found_lowest_first() -> None:
    goals = goals_of(race_of("rastrigin").landscape)
    assert goals[0].known and not any(goal.known for goal in goals[1:])
    losses = [goal.minimum.loss for goal in goals]
    assert losses == sorted(losses) and len(goals) == 24
    assert goals_of(race_of("saddle").landscape) == ()


def test_tolerance_tells_neighbours_apart() -> None:
    wide = race_of("himmelblau").landscape
    assert tolerance_of(wide, goals_of(wide)) == TOLERANCE * wide.diagonal
    close = race_of("eggholder").landscape
    goals = goals_of(close)
    tolerance = tolerance_of(close, goals)
    for i, a in enumerate(goals):
        assert all(math.dist(a.minimum.theta, b.minimum.theta) > 2 * tolerance for b in goals[:i])


def test_more_than_two_dimensions_are_refused_with_the_reason() -> None:
    race = racefile.from_data(
        {"landscape": {"name": "flip_network"}, "starts": [[0.1] * 31], "entrant": [{"optimizer": "sgd"}]}
    )
    with pytest.raises(ValueError, match="one or two coordinates; a start on this landscape has 31"):
        Mapping(race)


def test_names_say_where() -> None:
    made = basins(race_of(steps=1), size=8)
    assert made.name(0).startswith("A (3, 2)") and made.name(OUT_OF_VIEW) == "out of view"
    assert made.name(1) == "B (−2.81, 3.13)"
