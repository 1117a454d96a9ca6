"""``optim-race sweep``: its table, its files to the last bit, its pictures, its refusals."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from pathlib import Path

import pytest

from simulator import racefile
from simulator.engine import Engine
from tests.commandline import ok, process, refused, with_qt, without_qt, write_race


@pytest.fixture
def race(tmp_path: Path) -> str:
    return write_race(tmp_path)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_row_of_the_csv_is_a_race_of_its_own(
    race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "s.csv"
    noisy = ("--set", "noise.sigma=0.5", "--seed", "3", "--seeds", "2")
    assert ok(capsys, "sweep", race, "--param", "lr=0.001..0.1:3", *noisy, "--csv", str(path), "--quiet") == ""
    rows = rows_of(path.read_text())
    assert list(rows[0]) == ["entrant", "lr", "start", "seed", "loss", "diverged", "outside"]
    found = replace(racefile.find(race), seed=3)
    found = replace(found, noise=replace(found.noise, sigma=0.5))
    runs = [row for row in rows if row["seed"] != "median"]
    assert len(runs) == 2 * 3 * 2 * 2 and len(rows) == len(runs) + 2 * 3
    for row in runs:
        e = [entrant.label for entrant in found.entrants].index(row["entrant"])
        alone = Engine(replace(found.with_hyper(e, lr=float(row["lr"])), seed=int(row["seed"]))).run()
        assert float(row["loss"]) == alone.loss[-1, alone.lane(e, int(row["start"]))]


def test_the_table_names_the_best_value_and_who_has_none(race: str, capsys: pytest.CaptureFixture[str]) -> None:
    title, head, line, absent = ok(capsys, "sweep", race, "--param", "beta=0,0.5,0.9").splitlines()
    assert title == "Two ways down: Ravine, 40 steps; 3 values of beta, 2 runs each"
    assert head.split("  ")[0] == "entrant" and "best beta" in head and "decades" in head
    assert line.startswith("Heavy, ball") and line.endswith("0 of 3")
    assert absent == "Without beta: SGD."


def test_a_choice_and_a_switch_are_swept_over_their_values(race: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = ok(capsys, "sweep", race, "--param", "noise.kind", "--csv", "-", "--quiet")
    assert {row["noise.kind"] for row in rows_of(text)} == {"gaussian", "multiplicative", "student", "sparse"}
    text = ok(capsys, "sweep", race, "--param", "restart", "--csv", "-", "--quiet")
    assert {row["restart"] for row in rows_of(text)} == {"false", "true"}


def test_two_settings_make_a_grid(race: str, capsys: pytest.CaptureFixture[str]) -> None:
    two = ("--param", "lr=0.001..0.1:3", "--param", "landscape.kappa=2,20")
    rows = rows_of(ok(capsys, "sweep", race, *two, "--csv", "-", "--quiet"))
    assert list(rows[0])[:3] == ["entrant", "lr", "landscape.kappa"]
    assert len(rows) == 2 * 3 * 2 * (2 + 1)
    found = racefile.find(race)
    found = replace(found, landscape=replace(found.landscape, kappa=20.0))
    alone = Engine(found.with_hyper(1, lr=0.01)).run()
    mine = [
        r for r in rows if (r["entrant"], r["lr"], r["landscape.kappa"], r["start"]) == ("SGD", "0.01", "20.0", "1")
    ]
    assert [float(r["loss"]) for r in mine] == [alone.loss[-1, alone.lane(1, 1)]]


@pytest.mark.parametrize("metric", ["gap", "best", "reached", "spent", "cost", "evals"])
def test_other_things_can_be_measured(metric: str, race: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = ok(
        capsys, "sweep", race, "--param", "lr=0.01,0.03", "--metric", metric, "--goal", "1e-6", "--csv", "-", "--quiet"
    )
    found = racefile.find(race)
    for row in (row for row in rows_of(text) if row["entrant"] == "SGD" and row["start"] == "0"):
        alone = Engine(found.with_hyper(1, lr=float(row["lr"]))).run()
        lane = alone.lane(1)
        near = (alone.gap()[:, lane] <= 1e-6 * alone.gap()[0, lane]).nonzero()[0]
        assert (
            float(row[metric])
            == {
                "gap": alone.gap()[-1, lane],
                "best": alone.loss[:, lane].min(),
                "reached": near[0] if len(near) else math.inf,
                "spent": near[0] if len(near) else math.inf,
                "cost": near[0] if len(near) else math.inf,
                "evals": 40,
            }[metric]
        )


def test_workers_change_no_bit(race: str) -> None:
    given = ("sweep", race, "--param", "lr", "--points", "600", "--seeds", "12", "--csv", "-", "--quiet")
    one, two = process(*given, "--workers", "1"), process(*given, "--workers", "2")
    assert (one.returncode, two.returncode, two.stderr) == (0, 0, "")
    assert one.stdout == two.stdout and one.stdout.count("\n") > 10_000


def test_a_picture_needs_qt_and_that_is_said_first(
    race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_qt(monkeypatch)
    lines = refused(capsys, "sweep", race, "--param", "lr", "--png", str(tmp_path / "s.png"))
    assert len(lines) == 1 and "PNG" in lines[0]


def test_refusals_say_who_what_is_allowed_and_the_nearest_name(
    race: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_qt(monkeypatch)
    for argv, said in (
        (["--param", "betta"], "--param: nobody in this race has a hyperparameter 'betta'; did you mean 'beta'?"),
        (["--param", "SGD.beta"], "--param: SGD has no hyperparameter 'beta'"),
        (["--param", "landscape.kapa"], "--param: landscape.kapa: ravine has no value 'kapa'; did you mean 'kappa'?"),
        (["--param", "lr=0.1,50"], "--param: Heavy, ball's lr must be a number from 1e-06 to 10, got 50"),
        (["--param", "lr", "--from", "1", "--to", "0.1"], "--from: must not be above --to, 0.1, got 1"),
        (["--param", "lr", "--points", "0"], "--points: must be a whole number from 1 to 10,000, got 0"),
        (["--param", "lr", "--metric", "los"], "--metric: no metric is called 'los'; did you mean 'loss'?"),
        (["--param", "lr", "--goal", "2"], "--goal: must be a number from 1e-12 to 1, got 2"),
        (["--param", "seed"], "--param: a seed is no setting; --seeds repeats every value with several"),
        (["--param", "lr=0.1..1", "--points", "3"], "--param: lr has its values twice, from --from, --to or --points"),
        (["--param", "lr", "--param", "lr"], "--param: lr is given twice"),
        (["--param", "restart=1..2"], "--param: restart has no range, its values are true or false"),
        (["--param", "lr", "--seeds", "x"], "--seeds: must be a whole number from 1 to 10,000, got 'x'"),
        (["--param", "lr", "--theme", "dark"], "--theme: is for --png"),
        (["--param", "lr", "--csv", "no/such/s.csv"], "--csv: cannot write no/such/s.csv: there is no folder"),
    ):
        lines = refused(capsys, "sweep", race, *argv)
        assert len(lines) == 1 and lines[0].startswith(said), lines
