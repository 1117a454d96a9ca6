"""Tuning with an equal budget, and ``optim-race tune``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator import fairness, racefile
from simulator.crowd import seeds_of
from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.param import RaceError
from simulator.race import Noise
from simulator.racefile import find
from simulator.referee import out_of_box
from simulator.studies import axis
from simulator.studies.scan import Scan, Scanning, scan
from simulator.studies.tune import tune, tuned
from simulator.variants import Ends, Part
from tests.commandline import ok, refused, write_race


def test_everyone_gets_the_rate_that_ends_lowest_of_the_same_number_of_rates() -> None:
    race = replace(find("ravine"), steps=60)
    found = tune(race, points=25)
    assert {len(a.values) for a in found.scan.axes} == {25} and found.left == ()
    for i, entrant in enumerate(found.race.entrants):
        ends = [Engine(race.with_hyper(i, lr=lr)).run().loss[-1, i] for lr in found.scan.axes[0].values]
        ends = np.where(np.isfinite(ends), ends, np.inf)
        assert entrant.lr == found.scan.axes[0].values[int(ends.argmin())]
        assert Engine(found.race).run().loss[-1, i] == ends.min()
    assert found.sentence == "Each of 4 racers was raced at 25 values of lr from 1e−5 to 10: 25 runs of 60 steps."


def test_over_seeds_the_median_decides() -> None:
    race = replace(find("ravine"), steps=60, noise=Noise(2.0))
    found = tune(race, seeds=5, points=13)
    assert found.scan.seeds == seeds_of(race, 5) and found.scan.value.shape == (4, 13, 5)
    ends = np.where(found.scan.lost, np.inf, found.scan.value)
    assert np.array_equal(found.scan.score, np.median(ends, axis=2))
    assert "with 5 seeds: 65 runs" in found.sentence


def test_a_tuned_race_says_so_until_something_is_changed() -> None:
    found = tune(replace(find("ravine"), steps=60), points=13)
    assert fairness.basis(found.race) == "Each tuned with the same budget: 13 runs for η"
    assert racefile.parse(racefile.dumps(found.race)) == found.race
    lr = found.race.entrants[0].lr
    assert fairness.basis(moved := found.race.with_hyper(0, lr=2 * lr)) == "Each its own η"
    assert fairness.basis(moved.with_hyper(0, lr=lr)) == fairness.basis(found.race)
    assert fairness.basis(found.race.on(LANDSCAPES["himmelblau"]())) == "Each its own η"


def test_over_seeds_and_starts_every_run_is_counted() -> None:
    race = replace(find("ravine"), steps=20, starts=((5.0, 2.0), (1.0, 1.0)))
    tuning = tune(race, seeds=3, points=5).race.tuning
    assert tuning is not None and (tuning.key, tuning.runs) == ("lr", 30)


@pytest.mark.parametrize("key", ["Adam.lr", "beta", "landscape.kappa"])
def test_where_not_everyone_was_tuned_nobody_is_called_so(key: str) -> None:
    found = tune(replace(find("ravine"), steps=20), points=5, key=key)
    assert found.race.tuning is None and found.left


@pytest.mark.parametrize(
    ("place", "start"),
    [("michalewicz", (3.02, 0.24)), ("eggholder", LANDSCAPES["eggholder"]().starts[0]), ("schwefel", (467.0, -497.0))],
)
def test_tuning_never_rewards_leaving_a_box_with_lower_values_outside(place: str, start: tuple[float, float]) -> None:
    race = replace(find("ravine").on(LANDSCAPES[place]()), steps=60, starts=(start,))
    found = tune(race, points=61)
    run = Engine(found.race).run()
    tempted = np.where(found.scan.lost, np.inf, found.scan.value).min(axis=(1, 2))
    assert (tempted < found.scan.score.min(axis=1)).any(), "somebody would end lower by leaving"
    for row in set(range(len(race.entrants))) - set(found.left):
        assert not out_of_box(race.landscape, run.theta[-1, row])
        assert run.loss[-1, row] == found.scan.score[row].min()
    assert found.scan.works is not None and not (found.scan.works & found.scan.left).any()


def scored(scores: list[float], lost: list[bool] | None = None) -> Scan:
    race = find("ravine").without(3).without(2).without(1)
    found = axis.with_values(race, axis.of(race, "lr"), [0.01 * (i + 1) for i in range(len(scores))])
    value = np.array(scores)[None, :, None]
    gone = np.array(lost or [False] * len(scores))[None, :, None]
    return Scan(race, (found,), (0,), (0,), "loss", value, gone, gone & False, np.full((len(scores), 1), 100.0))


def test_of_equal_rates_the_middle_of_the_longest_run_is_taken() -> None:
    assert scored([0.0, 5.0, 0.0, 0.0, 0.0, 1.0]).best(0) == (3,)
    assert scored([1.0, 0.0, 0.0, 2.0]).best(0) == (1,)


def test_who_diverged_is_infinitely_bad_and_who_always_does_stays_as_it_was() -> None:
    assert scored([3.0, 1.0, 2.0], [False, True, False]).best(0) == (2,)
    nothing = scored([np.nan, np.inf, 1.0], [True, True, True])
    assert nothing.best(0) is None
    assert tuned(nothing).left == (0,) and tuned(nothing).race == nothing.race


def test_the_workable_range_counts_what_is_nearer_to_a_value_that_works() -> None:
    found = scored([50.0, 1.0, 0.5, 1.01, 0.2])
    assert found.works is not None and found.works.tolist() == [[False, True, True, False, True]]
    at = np.log10([0.01 * (i + 1) for i in range(5)])
    assert found.width(0) == pytest.approx((at[3] + at[2]) / 2 - (at[1] + at[0]) / 2 + at[4] - (at[4] + at[3]) / 2)


def test_a_scan_in_slices_is_the_scan_at_once_and_cut_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    race = replace(find("drifting-bowl"), steps=100)
    own = axis.of(race, "lr")
    axes = [axis.with_values(race, own, axis.grid(own.param, 1e-3, 1.0, 9))]
    whole = scan(race, axes, seeds_of(race, 3))
    monkeypatch.setattr("simulator.variants.LANES", 8)
    monkeypatch.setattr("simulator.variants.PACK", 8)
    slices = Scanning(race, axes, seeds_of(race, 3))
    parts = len(list(slices.racing.parts))
    shares = [slices.share]
    while not slices.done:
        slices.advance(1e-9)
        shares.append(slices.share)
    assert parts > 5 and shares == sorted(shares) and (shares[0], shares[-1]) == (0.0, 1.0)
    assert np.array_equal(slices.result().value, whole.value, equal_nan=True)
    standing = Engine(race.with_hyper(0, lr=axes[0].values[4])).run().standing(100)
    assert whole.value[0, 4, 0] == standing[0]


@pytest.mark.parametrize(
    ("name", "low", "high", "points", "expected"),
    [
        ("lr", 1e-3, 10.0, 5, (0.001, 0.01, 0.1, 1.0, 10.0)),
        ("beta", 0.9, 0.999, 3, (0.9, 0.99, 0.999)),
        ("clip_norm", 0.0, 10.0, 5, (0.0, 0.001, 0.0215, 0.464, 10.0)),
        ("schedule.warmup", 0, 3, 9, (0, 1, 2, 3)),
    ],
)
def test_a_grid_is_even_on_the_scale_of_its_param(
    name: str, low: float, high: float, points: int, expected: tuple[float, ...]
) -> None:
    race = find("ravine")
    assert axis.grid(axis.of(race, name).param, low, high, points) == expected


def test_the_grid_of_a_rate_has_short_numbers_at_even_places() -> None:
    values = axis.grid(axis.of(find("ravine"), "lr").param, 1e-5, 10.0, 121)
    assert len(values) == 121 and all(value == float(f"{value:.3g}") for value in values)
    assert np.diff(np.log10(values)) == pytest.approx(0.05, abs=0.005)


def test_nobody_with_both_settings_is_refused() -> None:
    race = find("ravine")
    axes = [axis.with_values(race, axis.of(race, key), [0.5]) for key in ("Adam.beta1", "Momentum.beta")]
    with pytest.raises(RaceError, match="nobody has both beta1 and beta"):
        Scanning(race, axes)


def test_a_scan_broken_off_elsewhere_goes_on_here(monkeypatch: pytest.MonkeyPatch) -> None:
    race = replace(find("ravine"), steps=30)
    own = axis.of(race, "lr")
    axes = [axis.with_values(race, own, axis.grid(own.param, 1e-3, 1.0, 9))]
    whole = scan(race, axes)
    monkeypatch.setattr("simulator.variants.LANES", 8)
    scanning = Scanning(race, axes)
    scanning.advance(0.0)
    assert scanning.sendable

    def spread(function: Callable[[Part], Ends], parts: list[Part]) -> Iterator[Ends]:
        yield function(parts[0])
        raise BrokenProcessPool

    with pytest.raises(BrokenProcessPool):
        list(scanning.finish(spread))
    assert 0.0 < scanning.share < 1.0
    scanning.advance()
    assert np.array_equal(scanning.result().value, whole.value)


def test_the_command_writes_a_race_that_is_tuned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = write_race(tmp_path), tmp_path / "tuned.toml"
    text = ok(capsys, "tune", path, "--points", "13", "--out", str(out))
    assert text.splitlines()[-1].startswith("Each of 2 racers was raced at 13 values of lr from 1e−5 to 10")
    assert racefile.find(out) == tune(racefile.find(path), points=13).race
    assert racefile.parse(ok(capsys, "tune", path, "--points", "13", "--quiet", "--out", "-")) == racefile.find(out)


def test_the_command_writes_no_race_under_the_name_of_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tuned.png"
    said = refused(capsys, "tune", write_race(tmp_path), "--points", "2", "--out", str(out))
    assert said == [f"--out: {out} would be a race file, and is called like a PNG picture"]
    assert not out.exists()
