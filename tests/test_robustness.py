"""What each racer comes to at every rate is what its race comes to, bit for bit; and how wide a range works."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator import racefile, variants
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
from simulator.studies import axis
from simulator.studies import robustness as study
from simulator.studies.ratesurvey import Survey, survey
from simulator.studies.robustness import GOALS, RATES, Robustness, table
from simulator.studies.scan import scan
from simulator.studies.tune import tune, tuned
from tests.commandline import ok

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
        return each(schedule=SCHEDULES["cosine_restarts"](T_0=10), restart=True)
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
        assert same(result.lost[e, column], run.status[run.done, lanes] == Status.DIVERGED.value), why


def assert_the_races_own(place: str, setting: str, steps: int) -> None:
    race = set_up(field(place, steps=steps), setting)
    study = Survey(race, FEW)
    study.advance()
    result = study.result()
    assert result.complete and study.complete and study.done == 1.0
    agrees(result, 0, Engine(race).run())
    for column, rate in enumerate(FEW, start=1):
        agrees(result, column, Engine(with_lr(race, rate)).run())


@pytest.mark.parametrize(("place", "setting"), CASES)
def test_the_value_at_a_rate_is_the_races_own(place: str, setting: str) -> None:
    assert_the_races_own(place, setting, 24)


DEAR = Weights(loss_weight=0.5, hessian_weight=3.0)
FREE = Weights(loss_weight=0.0, hessian_weight=0.0)
RACE = field("ravine", "sgd", "momentum", "adam", steps=300)


def test_a_study_cut_into_slices_and_parts_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = survey(RACE)
    monkeypatch.setattr(variants, "PACK", 40)
    study, shares = Survey(RACE), [0.0]
    while not study.complete:
        study.advance(0.0005)
        assert study.done >= shares[-1]
        shares.append(study.done)
    assert len(shares) > 4
    for name in ("rates", "loss", "lost", "outside", "reached", "spent"):
        assert same(getattr(study.result(), name), getattr(whole, name)), name


def test_what_each_has_is_known_first_and_a_part_is_no_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "PACK", 6)
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
        reached = int(near[0]) if len(near) else np.inf
        assert result.reached[e, 0, 0] == reached
        for spent, asked in zip(result.spent, (run.evals, run.loss_evals, run.hess_evals), strict=True):
            assert spent[e, 0, 0] == (asked[near[0], e] if len(near) else np.inf)
        paid = spent_so_far(run, "cost", int(near[0]), slice(e, e + 1), DEAR) if len(near) else np.inf
        assert replace(result, weights=DEAR).values("cost")[e, 0] == paid
    assert (result.spent[1] > 0).any()  # a search asks for losses
    assert np.isinf(result.reached[result.known]).any()  # whoever never arrives has spent ∞, of whatever weight
    assert np.array_equal(replace(result, weights=FREE).values("cost"), result.values("evaluations"))
    assert np.isfinite(result.reached[:, 0]).sum() >= 2
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
    assert not none.widths("loss").any() and none.span(0, "loss") is None
    assert tuned(none.scans["loss"]).left == (0, 1, 2)


def test_where_no_minimum_is_known_the_lowest_end_is_the_measure() -> None:
    race = field("saddle", "sgd", "adam", steps=60)
    result = survey(race)
    assert result.floor is None and not result.has_goal
    assert np.isinf(result.reached).all() and not result.widths("steps").any()
    ends = result.final[:, 1:]
    lowest = ends[np.isfinite(ends)].min()
    assert lowest < result.start and result.line == lowest + result.share * (result.start - lowest)
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


@pytest.mark.parametrize("place", [*PLACES, "michalewicz"])
def test_the_sweep_says_the_same_of_the_same_rates(place: str) -> None:
    race = field(place, "sgd", "momentum", "adam", "armijo", steps=40)
    race = replace(race, noise=Noise(0.1))
    found, seeds = axis.with_values(race, axis.of(race, "lr"), RATES), seeds_of(race, 3)
    panel = survey(race, seeds=seeds)
    for measure, metric in study.MEASURES.items():
        swept, told = scan(race, [found], seeds, metric), panel.scans[measure]
        for name in ("value", "lost", "outside", "first", "score", "works"):
            assert same(getattr(told, name), getattr(swept, name)), (measure, name)
        for e in range(len(race.entrants)):
            assert told.best(e) == swept.best(e)
            assert panel.widths(measure)[e] == swept.width(e)
    assert tuned(panel.scans["loss"]).race == tune(race, seeds=3).race


def test_the_table_of_the_panel_and_the_sweeps_are_the_same_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.race.toml"
    path.write_text(racefile.dumps(RACE))
    text = ok(capsys, "sweep", str(path), "--param", "lr", "--from", "1e-5", "--to", "10", "--csv", "-", "--quiet")
    told = [row for row in csv.DictReader(io.StringIO(table(survey(RACE)))) if row["own"] == "0"]
    swept = list(csv.DictReader(io.StringIO(text)))
    assert len(told) == len(swept) == 3 * 121
    for ours, theirs in zip(told, swept, strict=True):
        assert [ours[key] for key in ("entrant", "lr", "diverged")] == [
            theirs[key] for key in ("entrant", "lr", "diverged")
        ]
        assert ours["diverged"] == "1" or float(ours["loss"]) == float(theirs["loss"])


def test_an_end_outside_is_shown_as_it_is_but_does_not_work() -> None:
    race = field("michalewicz", "sgd", steps=60)
    result = survey(race)
    gone = result.left[0, 1:] & np.isfinite(result.final[0, 1:])
    assert gone.any() and not result.workable("loss")[0, gone].any()
    assert same(result.final[0, 1:][gone], result.loss[0, 1:, 0][gone])
    half = survey(replace(race, starts=((1.0, 1.0), (3.02, 0.24))))
    assert same(half.left[0, 1:], np.isinf(half.scans["loss"].score[0]) & np.isfinite(half.final[0, 1:]))
    assert (half.left & (half.outside.sum(axis=2) == 1)).any()


def test_the_grid_has_twenty_rates_a_decade_and_the_powers_of_ten() -> None:
    assert len(RATES) == 121 and RATES[::20] == (1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0)
    assert np.diff(np.log10(RATES)) == pytest.approx(0.05, abs=0.005)


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
            assert row["steps_to_goal"] == (f"{n:g}" if np.isfinite(n := result.reached[e, column, 0]) else "")
