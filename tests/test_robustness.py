"""What each racer comes to at every rate is what its race comes to, bit for bit; and how wide a range works."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from simulator.costs import Weights
from simulator.costs import spent as spent_so_far
from simulator.crowd import seeds_of
from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.measure import MEASURES
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Noise, Race, obstacle, suited, with_lr
from simulator.recording import Recording, Status
from simulator.schedules import SCHEDULES
from simulator.studies import ratesurvey
from simulator.studies.ratesurvey import Survey, survey
from simulator.studies.robustness import GOALS, RATES, Robustness, table

FEW = (0.003, 10.0)
PLACES = ("ravine", "himmelblau", "saddle", "sudden_shift", "eggholder", "parabola", "logistic", "line_fit")
SETTINGS = ("plain", "noisy", "own noise", "sparse", "schedule", "clipped")
CASES = [
    *((place, "plain") for place in PLACES),
    *((place, s) for place in ("ravine", "logistic") for s in SETTINGS[1:]),
]


def field(place: str, *names: str, steps: int = 40) -> Race:
    """A race of these methods, or of all that can race there."""
    landscape = LANDSCAPES[place]()
    racers = [cls for name, cls in OPTIMIZERS.items() if name in (names or OPTIMIZERS) and not obstacle(cls, landscape)]
    entrants = tuple(Entrant(suited(cls(), landscape), cls.title, stream=i) for i, cls in enumerate(racers))
    return Race(landscape, entrants, landscape.starts[:1], steps=steps, seed=3)


def set_up(race: Race, setting: str) -> Race:
    def each(**changes: object) -> Race:
        return replace(race, entrants=tuple(replace(e, **changes) for e in race.entrants))  # type: ignore[arg-type]

    if setting == "schedule":
        return each(schedule=SCHEDULES["cosine_restarts"](), restart=True)
    if setting == "clipped":
        return each(clip_norm=0.7, clip_value=0.5)
    noises = {"noisy": Noise(0.3), "own noise": Noise(0.3, "student", shared=False), "sparse": Noise(kind="sparse")}
    return replace(race, noise=noises.get(setting, Noise()))


def same(a: object, b: object) -> bool:
    return np.array_equal(a, b, equal_nan=True)  # type: ignore[arg-type]


def agrees(result: Robustness, column: int, run: Recording) -> None:
    """A column of the study, and the race at its rates."""
    race, starts = run.race, len(run.race.starts)
    for e, entrant in enumerate(race.entrants):
        lanes = slice(e * starts, (e + 1) * starts)
        why = f"{entrant.label} at {entrant.lr}"
        assert same(result.loss[e, column], run.standing(run.done)[lanes]), why
        assert same(result.lost[e, column], run.status[run.done, lanes] == Status.DIVERGED), why


@pytest.mark.parametrize(("place", "setting"), CASES)
def test_the_value_at_a_rate_is_the_races_own(place: str, setting: str) -> None:
    race = set_up(field(place), setting)
    study = Survey(race, FEW)
    study.advance()
    result = study.result()
    assert result.complete and study.complete and study.done == 1.0
    agrees(result, 0, Engine(race).run())
    for column, rate in enumerate(FEW, start=1):
        agrees(result, column, Engine(with_lr(race, rate)).run())


DEAR = Weights(loss_weight=0.5, hessian_weight=3.0)
RACE = field("ravine", "sgd", "momentum", "adam", steps=300)


def test_a_study_cut_into_slices_and_parts_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = survey(RACE)
    monkeypatch.setattr(ratesurvey, "PACK", 40)
    study, shares = Survey(RACE), [0.0]
    while not study.complete:
        study.advance(0.0005)
        assert study.done >= shares[-1]
        shares.append(study.done)
    assert len(shares) > 4
    for name in ("rates", "loss", "lost", "reached", "spent"):
        assert same(getattr(study.result(), name), getattr(whole, name)), name


def test_what_each_has_is_known_first_and_a_part_is_no_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratesurvey, "PACK", 6)
    study = Survey(RACE)
    while not study.advance(0.0):
        pass
    part = study.result()
    assert part.known[:, 0].all() and not part.complete
    assert np.isnan(part.final[~part.known]).all() and np.isfinite(part.final[:, 0]).all()


def test_only_what_has_changed_is_raced_again() -> None:
    whole = survey(RACE)
    for race, raced in (
        (RACE.with_hyper(0, lr=0.0123), 1),
        (RACE.with_hyper(1, beta=0.5), 122),
        (RACE.with_new(OPTIMIZERS["rmsprop"]()), 122),
        (RACE.without(0), 0),
        (RACE.with_entrant(0, label="Other name"), 0),
        (replace(RACE, starts=((1.0, 1.0),)), 366),
        (replace(RACE, steps=299), 366),
    ):
        study = Survey(race, before=whole)
        assert (~study.result().known).sum() == raced
        study.advance()
        assert same(study.result().loss, survey(race).loss)


def test_the_goal_is_reached_when_the_race_reaches_it() -> None:
    race = field("ravine", "momentum", "armijo", "lbfgs", "sam", steps=200)
    result, run = survey(race), Engine(race).run()
    start = run.gap()[0, 0]
    for e in range(len(race.entrants)):
        near = np.flatnonzero(run.gap()[:, e] <= result.share * start)
        reached = int(near[0]) if len(near) else -1
        assert result.reached[e, 0, 0] == reached
        for spent, asked in zip(result.spent, (run.evals, run.loss_evals, run.hess_evals), strict=True):
            assert spent[e, 0, 0] == (asked[reached, e] if reached >= 0 else -1)
        paid = spent_so_far(run, "cost", reached, slice(e, e + 1), DEAR) if reached >= 0 else np.inf
        assert replace(result, weights=DEAR).values("cost")[e, 0] == paid
    assert (result.spent[1] > 0).any()  # a search asks for losses
    assert (result.reached[:, 0] > 0).sum() >= 2
    arrived = survey(race, share=GOALS[-1])
    for e in range(len(race.entrants)):
        measured = MEASURES["arrival"](run, e, run.done, 0.0)
        assert arrived.values("steps")[e, 0] == measured


def test_a_workable_rate_ends_a_hundredth_above_the_minimum_or_lower() -> None:
    result = survey(RACE)
    (e,) = (e for e, entrant in enumerate(RACE.entrants) if entrant.label == "SGD")
    works = result.workable("loss")[e]
    gap = result.loss[e, 1:, 0]
    assert (works == (gap <= 0.01 * result.start)).all() and works.any()
    first, last = np.flatnonzero(works)[[0, -1]]
    assert works[first : last + 1].all()
    assert result.widths("loss")[e] == pytest.approx(0.05 * works.sum(), abs=0.005)
    assert result.span(e, "loss") == (RATES[first], RATES[last])
    assert result.line == 0.01 * result.start


def test_the_ends_of_the_axis_count_half_and_the_whole_is_six_decades() -> None:
    result = survey(RACE)
    full = replace(result, loss=np.zeros_like(result.loss), lost=np.zeros_like(result.lost))
    assert full.widths("loss") == pytest.approx(6.0)
    none = replace(result, lost=np.ones_like(result.lost))
    assert not none.widths("loss").any() and none.span(0, "loss") is None and none.best(0) is None
    assert none.tuned() == RACE


def test_where_no_minimum_is_known_the_lowest_end_is_the_measure() -> None:
    race = field("saddle", "sgd", "adam", steps=60)
    result = survey(race)
    assert result.floor is None and not result.has_goal
    assert (result.reached == -1).all() and not result.widths("steps").any()
    ends = result.final[np.isfinite(result.final)]
    assert result.deepest == ends.min() < result.start
    assert not result.workable("loss")[result.lost[:, 1:, 0]].any(), "to fall without end is to diverge"


def test_of_several_starts_the_median_counts() -> None:
    race = replace(RACE, starts=((5.0, 2.0), (1.0, 1.0), (1e7, 0.0)))
    result = survey(race)
    assert result.loss.shape == (3, 122, 3) and result.lost[:, :, 2].all()
    both = result.loss[:, :, :2].max(axis=2)
    assert same(result.final[np.isfinite(result.final)], both[np.isfinite(result.final)])
    two = survey(replace(race, starts=race.starts[:2]))
    fine = np.isfinite(two.final)
    assert two.final[fine] == pytest.approx(two.loss[fine].mean(axis=1))


def test_tuning_takes_the_best_of_the_same_rates_for_everyone() -> None:
    result = survey(RACE)
    race = result.tuned()
    for e, entrant in enumerate(race.entrants):
        assert entrant.lr in RATES
        run = Engine(race).run()
        assert run.loss[-1, e] == np.nanmin(result.final[e, 1:])
    assert result.budget == "3 racers × 121 rates, 1 seed each"
    assert replace(race, entrants=RACE.entrants) == RACE


def test_tuning_over_seeds_takes_the_best_median() -> None:
    race = replace(field("ravine", "sgd", "adam", steps=60), noise=Noise(2.0))
    result = survey(race, seeds=seeds_of(race, 5))
    assert result.loss.shape == (2, 122, 5) and result.budget == "2 racers × 121 rates, 5 seeds each"
    for seed in (0, 3):
        run = Engine(replace(race, seed=race.seed + seed)).run()
        assert same(result.loss[:, 0, seed], run.loss[-1])
    medians = np.median(np.where(result.lost, np.inf, result.loss), axis=2)[:, 1:]
    assert [e.lr for e in result.tuned().entrants] == [RATES[i] for i in medians.argmin(axis=1)]


def test_of_equally_good_rates_the_middle_one_is_taken() -> None:
    result = survey(RACE)
    loss = np.full_like(result.loss, 2.0)
    loss[0, [7, 20, 21, 22, 23, 24]] = loss[0, 0] = 1.0
    result = replace(result, loss=loss, lost=np.zeros_like(result.lost))
    assert result.best(0) == result.rates[0, 22]


def test_the_grid_has_twenty_rates_a_decade_and_the_powers_of_ten() -> None:
    assert len(RATES) == 121 and RATES[::20] == (1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0)
    assert np.diff(np.log10(RATES)) == pytest.approx(0.05)


def test_the_table_has_every_number() -> None:
    result = survey(RACE)
    rows = list(csv.DictReader(io.StringIO(table(result))))
    assert len(rows) == 3 * 122 and [row["own"] for row in rows].count("1") == 3
    for e, entrant in enumerate(RACE.entrants):
        mine = [row for row in rows if row["entrant"] == entrant.label]
        for column, row in enumerate(mine):
            assert float(row["lr"]) == result.rates[e, column]
            assert bool(int(row["diverged"])) == np.isinf(result.final[e, column])
            if row["loss"]:
                assert float(row["loss"]) == result.loss[e, column, 0]
            assert row["steps_to_goal"] == (str(n) if (n := result.reached[e, column, 0]) >= 0 else "")
