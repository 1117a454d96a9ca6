"""A crowd's runs are races: whoever runs beside, each has the bits it has alone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from simulator import racedata
from simulator.crowd import Crowd, seeds_of
from simulator.engine import Engine
from simulator.keepers import Curves, Finals, Tally
from simulator.landscapes import LANDSCAPES
from simulator.lanes import PACK
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError
from simulator.race import NOISES, Entrant, Noise, Race, suited
from simulator.recording import Recording
from simulator.referee import Status
from simulator.schedules import SCHEDULES
from simulator.studies.milestones import Milestones

HIMMELBLAU = LANDSCAPES["himmelblau"]()
STEPS = 70  # more than a block of the engine


def field_of(landscape: str, noise: Noise, **hyper: float) -> Race:
    """Three variants of four rules, two of them on a schedule and clipped, from two starts."""
    place = LANDSCAPES[landscape]()
    entrants: list[Entrant] = []
    for name in ("adam", "momentum", "sophia", "armijo"):
        for factor in (1.0, 0.5, 2.0):
            optimizer = suited(OPTIMIZERS[name](), place)
            entrants.append(
                Entrant(
                    replace(optimizer, lr=optimizer.hyper["lr"] * factor),
                    f"{name} {factor}",
                    SCHEDULES["cosine"]() if factor == 0.5 else SCHEDULES["constant"](),
                    clip_norm=1.0 if factor == 2.0 else 0.0,
                    stream=len(entrants),
                )
            )
    starts = (place.starts[0], tuple(x + 0.25 for x in place.starts[0]))
    return Race(place, tuple(entrants), starts, noise, steps=STEPS, seed=7)


CASES = {
    **{kind: ("himmelblau", Noise(0.3, kind, 0.3)) for kind in NOISES},
    "each its own": ("himmelblau", Noise(0.3, shared=False)),
    "mini-batches": ("line_fit", Noise()),
    "by the step alone": ("reddi", Noise()),
    "moving": ("drifting_bowl", Noise(0.1)),
    "calm": ("rosenbrock", Noise()),
}


@pytest.mark.parametrize("case", CASES)
def test_every_run_has_the_bits_of_its_own_race(case: str) -> None:
    landscape, noise = CASES[case]
    race = field_of(landscape, noise)
    crowd = Crowd.of(race, seeds=seeds_of(race, 3))
    tally, curves = Engine(crowd, partial(Tally, share=0.5)).run(), Engine(crowd, Curves).run()
    assert crowd.shape == (12, 2, 3) and crowd.lanes == 72
    differ = False
    for k, seed in enumerate(crowd.seeds):
        alone = Engine(replace(race, seed=seed)).run()
        assert same(tally.theta.reshape(*crowd.shape, -1)[:, :, k].reshape(alone.theta[-1].shape), alone.theta[-1])
        for name in ("loss", "evals", "loss_evals", "hess_evals"):
            all_rows = getattr(alone, name)
            assert same(
                getattr(curves, name).reshape(STEPS + 1, *crowd.shape)[..., k].reshape(all_rows.shape), all_rows
            )
            assert same(getattr(tally, name).reshape(crowd.shape)[:, :, k].ravel(), all_rows[-1])
        assert same(tally.best.reshape(crowd.shape)[:, :, k].ravel(), np.fmin.reduce(alone.loss))
        assert tally.reached.reshape(crowd.shape)[:, :, k].ravel().tolist() == halved(alone)
        differ |= not same(alone.theta[-1], Engine(race).run().theta[-1])
    assert differ == (case != "by the step alone")  # where it is calm, Sophia's probes differ


def halved(alone: Recording) -> list[int]:
    """For each lane the first step at which half of the gap was gone, −1 for never."""
    place = alone.race.landscape
    if place.moving or place.lowest is None:
        return [-1] * alone.race.lanes
    there = alone.gap() <= 0.5 * alone.gap()[0]
    if place.known.lower_outside:
        there &= alone.status != Status.OUT_OF_VIEW.value
    return [int(column.argmax()) if column.any() else -1 for column in there.T]


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b, equal_nan=True)


def test_the_lowest_on_the_way_is_none_outside_a_box_beyond_which_lie_lower_values() -> None:
    place = LANDSCAPES["schwefel"]()
    race = Race(place, (Entrant(OPTIMIZERS["sgd"](lr=0.05), "sgd"),), ((467.0, -497.0),), steps=40)
    alone = Engine(race).run()
    inside = alone.status[:, 0] != Status.OUT_OF_VIEW.value
    within = alone.loss[inside, 0].min()
    assert 1 < inside.sum() < 41 and alone.loss.min() < within < alone.loss[0, 0]
    for keeper in (Tally, partial(Milestones, shares=(0.1,))):
        assert Engine(race, keeper).run().best.tolist() == [within]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_rule_is_not_disturbed_by_its_own_variants(name: str) -> None:
    kind = OPTIMIZERS[name]
    place = LANDSCAPES["flip_network"]() if kind.needs else HIMMELBLAU
    own = suited(kind(), place)
    rates = [own.hyper["lr"] * factor for factor in (0.3, 1.0, 1.7)]
    variants = tuple(Entrant(replace(own, lr=lr), f"{lr:g}", stream=0) for lr in rates)
    race = Race(place, variants[:1], place.starts[:1], Noise(0.1), steps=20)
    crowd = Crowd.of(race, entrants=variants, seeds=seeds_of(race, 2))
    curves = Engine(crowd, Curves).run()
    for i, variant in enumerate(variants):
        for k, seed in enumerate(crowd.seeds):
            alone = Engine(replace(race, entrants=(variant,), seed=seed)).run()
            assert same(curves.loss.reshape(21, *crowd.shape)[:, i, 0, k], alone.loss[:, 0])


def test_many_packs_are_one_crowd() -> None:
    """Seeds are spread over packs unevenly: 5 does not divide a pack."""
    race = field_of("himmelblau", Noise(0.3))
    count = PACK // 4
    assert PACK % 5 and 5 * count > PACK
    starts = tuple((x / 80.0 - 5.0, 1.0) for x in range(count))
    crowd = Crowd.of(race, race.entrants[:2], starts, seeds_of(race, 5), steps=9)
    tally = Engine(crowd, Tally).run()
    for lane in (0, 1, PACK - 1, PACK, PACK + 1, crowd.lanes - 1):
        run, k = divmod(lane, 5)
        entrant, start = divmod(run, count)
        alone = replace(
            race, entrants=crowd.entrants[entrant : entrant + 1], starts=(starts[start],), steps=9, seed=7 + k
        )
        # A schedule is as long as its race.
        assert same(tally.theta[lane], Engine(alone).run().theta[-1, 0])


def test_a_recording_counts_losses_and_matrices() -> None:
    names = ("sgd", "newton", "sophia", "armijo", "sam")
    entrants = tuple(Entrant(suited(OPTIMIZERS[n](), HIMMELBLAU), n, stream=i) for i, n in enumerate(names))
    run = Engine(Race(HIMMELBLAU, entrants, HIMMELBLAU.starts[:1], steps=30)).run()
    assert run.evals[-1].tolist()[:3] == [30, 30, 30] and run.evals[-1, 4] == 60
    assert run.hess_evals[-1].tolist() == [0, 30, 3, 0, 0]
    assert run.loss_evals[-1].tolist()[:3] == [0, 0, 0]
    assert run.loss_evals[-1, 3] == run.evals[-1, 3] >= 30  # a line search asks for both
    assert (np.diff(run.loss_evals, axis=0) >= 0).all() and (np.diff(run.hess_evals, axis=0) >= 0).all()


def test_the_first_seed_is_the_races_own() -> None:
    race = replace(field_of("himmelblau", Noise()), seed=2**63 - 1)
    assert seeds_of(race, 3) == (2**63 - 1, 0, 1)
    assert race.seeds == Crowd.of(race).seeds == (2**63 - 1,)
    with pytest.raises(RaceError):
        replace(race, entrants=race.entrants * 9)  # what a race refuses, a crowd is for
    assert Crowd.of(race, entrants=race.entrants * 9).shape == (108, 2, 1)


@pytest.mark.parametrize("landscape", ["drifting_bowl", "sudden_shift"])
@pytest.mark.parametrize("entrants", [1, 3])
def test_where_the_landscape_moves_the_mean_has_the_same_bits_wherever_it_is_read(
    landscape: str, entrants: int
) -> None:
    race = racedata.from_data(
        {
            "steps": 777,
            "landscape": {"name": landscape},
            "entrant": [{"optimizer": "sgd", "label": str(i), "lr": 0.01 * (i + 1)} for i in range(entrants)],
        }
    )
    alone, studied = Engine(race).run(), Engine(race, Finals).run().standing
    assert same(alone.standing(race.steps), studied)
    for lane in range(race.lanes):
        assert same(alone.standing(race.steps, slice(lane, lane + 1)), studied[lane : lane + 1])
