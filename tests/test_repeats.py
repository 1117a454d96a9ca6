"""Repeats are races, one a seed: bit for bit, and counted right."""

from dataclasses import replace

import numpy as np
import pytest

from simulator import cli, racefile
from simulator.crowd import seeds_of
from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError
from simulator.race import Entrant, Noise, Race
from simulator.recording import Status
from simulator.studies import repeats as study
from simulator.studies.repeats import Repeating, has_chance, quartiles, repeats
from tests.commandline import refused


def noisy(sigma=0.5, steps=80):
    return replace(racefile.find("ravine"), noise=Noise(sigma=sigma), steps=steps)


def test_repeats_are_the_races_of_their_seeds():
    race = noisy()
    race = replace(race, starts=(*race.starts, (1.0, 2.0)))
    found = repeats(race, 5)
    runs = [Engine(replace(race, seed=seed)).run() for seed in seeds_of(race, 5)]
    loss = np.stack([run.loss.reshape(81, len(race.entrants), 2) for run in runs], axis=3).reshape(81, -1, 10)
    for kept, wanted in zip((found.low, found.median, found.high), quartiles(loss), strict=True):
        assert np.array_equal(kept, wanted)
    assert np.array_equal(found.wins, (loss == loss.min(axis=1, keepdims=True)).sum(axis=2))
    for status, kept in ((Status.ARRIVED, found.arrived), (Status.DIVERGED, found.diverged)):
        ends = np.stack([run.status[-1].reshape(-1, 2) == status.value for run in runs])
        assert np.array_equal(kept, ends.sum(axis=(0, 2)))
    assert not found.alike
    assert not found.median.flags.writeable


def test_a_diverged_run_is_infinitely_bad_and_said():
    race = noisy().with_hyper(0, lr=5.0)
    found = repeats(race, 4)
    assert found.diverged[0] == 4
    assert np.isinf(found.median[-1, 0])
    assert found.wins[-1, 0] == 0
    assert "4 of 16 runs diverged" in found.note


def test_without_chance_all_are_alike_and_a_tie_is_shared():
    race = noisy(sigma=0.0)
    found = repeats(race, 3)
    assert found.alike
    assert "no band" in found.note
    assert found.wins_text(0, 0) == "wins 3 of 3 (3 shared)"


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_without_chance_one_seed_is_raced_and_stands_for_all(name, monkeypatch):
    landscape = LANDSCAPES["logistic" if OPTIMIZERS[name].needs == "model" else "beale"]()
    race = Race(landscape, (Entrant(OPTIMIZERS[name](), "It"),), landscape.starts[:1] * 2, steps=12)
    quick = Repeating(race, 3)
    assert quick.crowd.shape[-1] == (1 if quick.told else 3)
    monkeypatch.setattr(study, "has_chance", lambda race: True)
    found, whole = quick.run(), repeats(race, 3)
    assert whole.alike or not quick.told
    for kept in ("low", "median", "high", "evals", "wins", "shared", "arrived", "diverged", "alike"):
        assert np.array_equal(getattr(found, kept), getattr(whole, kept))


def test_who_may_draw_at_random_is_known_before():
    race = noisy(sigma=0.0)
    assert not has_chance(race) and has_chance(noisy()) and not has_chance(racefile.find("reddi"))
    assert has_chance(replace(race, noise=Noise(kind="sparse", probability=0.5)))
    assert has_chance(racefile.find("mini-batches"))
    sophia = replace(race, entrants=(Entrant(OPTIMIZERS["sophia"](), "Sophia"),))
    assert has_chance(sophia) and not has_chance(sophia.with_hyper(0, hessian="exact"))


def test_that_nothing_is_random_is_said_before_it_is_raced():
    told = Repeating(noisy(sigma=0.0), 20).told
    assert told == "All 20 seeds give the same run: nothing here is drawn at random, so there is no band"
    assert not Repeating(noisy(), 20).told


def test_one_seed_is_one(capsys):
    assert cli.main(["repeats", "ravine", "--seeds", "1", "--steps", "9"]) == 0
    said = capsys.readouterr().out
    assert ", seed 7\n" in said and "…" not in said


def test_limits_and_what_was_given_are_written_as_everywhere(capsys):
    said = [refused(capsys, *given, "--seeds", "0") for given in (("repeats", "ravine"), ("tune", "ravine"))]
    assert said == [["--seeds: must be a whole number from 1 to 10,000, got 0"]] * 2


def test_quartiles_agree_with_numpy_and_keep_infinity():
    values = np.random.default_rng(1).normal(size=(3, 8))
    assert np.allclose(quartiles(values), np.quantile(values, (0.25, 0.5, 0.75), axis=-1), rtol=1e-14)
    low, median, high = quartiles(np.array([1.0, 2.0, np.inf, np.inf]))
    assert (low, median, high) == (1.75, np.inf, np.inf)


def test_too_many_are_refused():
    with pytest.raises(RaceError, match="seeds: must be at most"):
        Repeating(noisy(steps=100_000), 1_000)


def test_the_command_writes_the_bands(tmp_path, capsys):
    path = tmp_path / "bands.csv"
    args = ["repeats", "ravine", "--seeds", "4", "--steps", "9", "--set", "noise.sigma=0.3", "--csv", str(path)]
    assert cli.main(args) == 0
    assert "of 4" in capsys.readouterr().out
    assert len(path.read_text().splitlines()) == 1 + 4 * 10
    assert cli.main(["repeats", "ravine", "--seeds", "0"]) == 2
    assert "--seeds: must be a whole number from 1" in capsys.readouterr().err


def test_the_picture_counts_what_is_asked_for(tmp_path, capsys, monkeypatch):
    pytest.importorskip("PySide6")
    from simulator.ui import chartframe

    said: list[str] = []
    paint = chartframe.Frame.paint
    monkeypatch.setattr(chartframe.Frame, "paint", lambda it, painter: (said.append(it.x_title), paint(it, painter)))
    args = ["repeats", "ravine", "--seeds", "2", "--steps", "9", "--quiet", "--axis", "cost", "--weights", "0.5,4"]
    assert cli.main([*args, "--png", str(tmp_path / "a.png")]) == 0
    assert said == ["cost: gradients + 0.5 · losses + 4 · Hessians"]
    assert cli.main(args) == 2
    assert capsys.readouterr().err == "--axis: is for --png and --html\n--weights: is for --png and --html\n"


def test_the_command_and_the_report_have_one_table(tmp_path, capsys):
    pytest.importorskip("PySide6")
    out = tmp_path / "r.html"
    assert cli.main(["repeats", "heavy-tails", "--seeds", "5", "--steps", "40", "--html", str(out)]) == 0
    said, page = capsys.readouterr().out, out.read_text(encoding="utf-8")
    race = replace(racefile.find("heavy-tails"), steps=40)
    for row in repeats(race, 5).table(40)[1:]:
        assert all(cell in said and f">{cell}</td>" in page for cell in row)


def test_where_the_landscape_moves_the_band_is_of_the_loss_and_wins_of_its_mean():
    race = replace(racefile.find("drifting-bowl"), steps=30)
    found = repeats(race, 3)
    runs = [Engine(replace(race, seed=seed)).run() for seed in seeds_of(race, 3)]
    shape = (len(race.entrants), len(race.starts))
    loss = np.stack([run.loss[30].reshape(shape) for run in runs], axis=2).reshape(shape[0], -1)
    mean = np.stack([run.standing(30).reshape(shape) for run in runs], axis=2).reshape(shape[0], -1)
    assert np.array_equal(found.median[30], quartiles(loss)[1])
    assert np.array_equal(found.wins[30], (mean == mean.min(axis=0)).sum(axis=1))
    heads, *rows = found.table(30)
    assert heads[1].startswith("median loss") and heads[4] == "wins by mean loss" and len(heads) == len(rows[0]) == 7
    assert found.table(29)[0] == heads[:5]


def test_nobody_wins_outside_a_box_beyond_which_lie_lower_values():
    """The first ends lowest, outside; the second stays in the box."""
    entrants = [{"optimizer": "sgd", "label": label, "lr": lr} for label, lr in (("Out", 1.0), ("In", 0.001))]
    data = {"steps": 40, "landscape": {"name": "schwefel"}, "starts": [[467.0, -497.0]], "entrant": entrants}
    race = racefile.from_data(data)
    found, run = repeats(race, 2), Engine(race).run()
    assert run.loss[40, 0] < run.loss[40, 1]
    assert run.status[40].tolist() == [Status.OUT_OF_VIEW.value, Status.RACING.value]
    assert found.wins[0].tolist() == [2, 2] and found.wins[40].tolist() == [0, 2]
    assert found.median[40].tolist() == run.loss[40].tolist()
