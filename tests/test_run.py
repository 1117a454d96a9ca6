"""``optim-race run``: its table, its files to the last bit, its changes, its refusals."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator import __version__, display, png_text, racefile
from simulator.cli import main
from simulator.engine import Engine
from simulator.recording import Status
from tests.commandline import ok, process, refused, with_qt, without_qt, write_race
from tests.pictures import minimal_png


@pytest.fixture
def race(tmp_path: Path) -> str:
    return write_race(tmp_path)


def test_final_table(race: str, capsys: pytest.CaptureFixture[str]) -> None:
    title, head, *lines = ok(capsys, "run", race).splitlines()
    assert title == "Two ways down: Ravine, 40 steps"
    assert head.split("  ")[0] == "entrant"
    for word in ("status", "since step", "loss − minimum", "‖gradient‖", "gradients"):
        assert word in head
    recording = Engine(racefile.find(race)).run()
    assert len(lines) == 4
    for lane, line in enumerate(lines):
        status, since = recording.status_at(40, lane)
        label = ["Heavy, ball", "SGD"][lane // 2]
        assert line.startswith(f"{label}, start {lane % 2}")
        gap, slope = recording.gap()[40, lane], recording.grad_norm[40, lane]
        assert line.split()[-4:] == [str(since), f"{gap:.4g}", f"{slope:.4g}", "40"]
        assert status.words in line


def test_csv_has_the_exact_form_and_every_bit(race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.csv"
    assert ok(capsys, "run", race, "--csv", str(path), "--quiet") == ""
    text = path.read_bytes().decode()
    assert text.startswith("entrant,start,step,lr,theta_0,theta_1,loss,grad_norm,status\n")
    assert "\r" not in text
    recording = Engine(racefile.find(race)).run()
    rows = list(csv.reader(io.StringIO(text)))[1:]
    expected = [
        [
            entrant.label,
            str(s),
            str(k),
            repr(float(recording.lr[k, e])) if k < 40 else "",
            *(repr(float(x)) for x in recording.theta[k, recording.lane(e, s)]),
            repr(float(recording.loss[k, recording.lane(e, s)])),
            repr(float(recording.grad_norm[k, recording.lane(e, s)])),
            Status(int(recording.status[k, recording.lane(e, s)])).words,
        ]
        for e, entrant in enumerate(recording.race.entrants)
        for s in range(2)
        for k in range(41)
    ]
    assert rows == expected
    assert rows[0][:6] == ["Heavy, ball", "0", "0", "0.015", "5.0", "2.0"]
    # lr is the rate of the step that leaves the row: plain gradient descent shows it.
    sgd = [list(map(float, row[3:6])) for row in rows[82:84] if row[3]]
    assert sgd[1][1] == sgd[0][1] - sgd[0][0] * 2.0 * sgd[0][1]


@pytest.mark.parametrize(("landscape", "thetas"), [("parabola", "theta_0"), ("bowl", "theta_0,theta_1")])
def test_csv_has_a_column_a_dimension(
    landscape: str, thetas: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.toml"
    path.write_text(f'steps = 9000\n[landscape]\nname = "{landscape}"\n[[entrant]]\n[[entrant]]\n')
    lines = ok(capsys, "run", str(path), "--csv", str(tmp_path / "a"), "--json", str(tmp_path / "b"))
    assert lines.count("\n") == 4
    head, *rows = (tmp_path / "a").read_text().splitlines()
    assert head == f"entrant,start,step,lr,{thetas},loss,grad_norm,status"
    steps = [row.split(",")[:3] for row in rows]  # across the chunks in which it is written
    assert steps == [[label, "0", str(k)] for label in ("Momentum", "Momentum 2") for k in range(9001)]


def test_standard_output_carries_nothing_else(race: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", race, "--csv", "-", "--steps", "3"]) == 0
    out, err = capsys.readouterr()
    assert out.count("\n") == 1 + 2 * 2 * 4
    assert out.startswith("entrant,start,step")
    assert "Heavy, ball" in err  # the table makes room
    document = json.loads(ok(capsys, "run", race, "--json", "-", "--quiet"))
    assert document["results"][0]["entrant"] == "Heavy, ball"
    if Path("/dev/stdout").exists():
        named = process("run", race, "--csv", "/dev/stdout", "--quiet", "--steps", "3")
        assert (named.stdout, named.stderr) == (out, "")


def test_json_is_strict_and_holds_the_race(race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "end.json"
    ok(capsys, "run", race, "--json", str(path), "--set", "SGD.lr=10", "--steps", "400", "--quiet")

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is no JSON")

    document = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    assert document["versions"]["optim-race"] == __version__
    assert racefile.from_data(document["race"]).entrants[1].lr == 10.0
    keys = ["entrant", "start", "status", "status_step", "gap", "grad_norm", "grad_evals", "theta", "loss", "mean_gap"]
    assert [list(row) for row in document["results"]] == [keys] * 4
    lost = document["results"][2]
    assert (lost["status"], lost["gap"], lost["loss"], lost["theta"]) == ("diverged", None, None, [None, None])
    assert document["results"][0]["grad_evals"] == 400


@pytest.mark.parametrize(
    ("changes", "path", "expected"),
    [
        (["entrant.lr=0.5"], ("entrant", 1, "lr"), 0.5),
        (["entrant.lr=0.5", "entrant[1].lr=0.25"], ("entrant", 1, "lr"), 0.25),
        (["entrant[0].lr=0.5"], ("entrant", 1, "lr"), 0.03),
        (["Heavy, ball.beta=0.5"], ("entrant", 0, "beta"), 0.5),
        (["momentum.beta=0.5"], ("entrant", 0, "beta"), 0.5),
        (["heavy, BALL.beta=0.5"], ("entrant", 0, "beta"), 0.5),
        (["SGD.label=v1.5", "v1.5.lr=2"], ("entrant", 1, "lr"), 2.0),
        (["entrant.schedule=cosine"], ("entrant", 1, "schedule", "name"), "cosine"),
        (["entrant.schedule.name=linear"], ("entrant", 0, "schedule", "name"), "linear"),
        (["momentum.schedule.warmup=7"], ("entrant", 0, "schedule", "warmup"), 7),
        (["momentum.schedule.warmup=7"], ("entrant", 0, "schedule", "name"), "cosine"),
        (['entrant.schedule={ name = "wsd", warmup = 3 }'], ("entrant", 1, "schedule", "warmup"), 3),
        (["noise.sigma=0.5", "noise.shared=false"], ("noise", "shared"), False),
        (["landscape.kappa=100"], ("landscape", "kappa"), 100.0),
        (["steps=7"], ("steps",), 7),
        (["title=a = b"], ("title",), "a = b"),
        (["title=2024-01-01"], ("title",), "2024-01-01"),
        (["starts=[[1, 2]]"], ("starts",), [[1.0, 2.0]]),
        (["landscape.name=formula", "landscape.formula=x**2 + y**4"], ("landscape", "formula"), "x**2 + y**4"),
    ],
)
def test_set(
    race: str, changes: list[str], path: tuple[Any, ...], expected: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [word for change in changes for word in ("--set", change)]
    value = json.loads(ok(capsys, "run", race, "--quiet", "--json", "-", *options))["race"]
    for key in path:
        value = value[key]
    assert value == expected
    assert type(value) is type(expected)


def test_steps_and_seed(race: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(ok(capsys, "run", race, "--quiet", "--json", "-", "--steps", "3", "--seed", "99"))
    assert (document["race"]["steps"], document["race"]["seed"], document["step"]) == (3, 99, 3)


def test_every_fault_is_named_before_anything_runs(
    race: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_qt(monkeypatch)
    out = tmp_path / "out.csv"
    changes = ["--set", "entrant.lr=50", "--set", "mometum.lr=1", "--set", "entrant[7].lr=1", "--set", "noise.sgma=1"]
    lines = refused(
        capsys, "run", race, "--csv", str(out), "--png", str(tmp_path), "--steps", "x", "--set", "a", *changes
    )
    assert lines == [
        f"--png: cannot write {tmp_path}: it is a folder",
        "--set a: write KEY=VALUE, such as entrant.lr=0.1",
        "mometum.lr: no entrant and no key of a race is called 'mometum'; did you mean 'momentum'?",
        "entrant[7].lr: there is no entrant[7], the last is entrant[1]",
        "steps: must be a whole number from 1 to 1,000,000, got 'x'",
        "noise.sgma: noise has no hyperparameter 'sgma'; did you mean 'sigma'?",
        "entrant[0].lr: momentum's lr must be a number from 1e-06 to 10, got 50",
        "entrant[1].lr: sgd's lr must be a number from 1e-06 to 10, got 50",
    ]
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--csv", "{tmp}/no/a.csv"], "--csv: cannot write {tmp}/no/a.csv: there is no folder {tmp}/no"),
        (["--png", "-"], "--png: a PNG picture needs a file, '-' is for csv, json, html"),
        (["--csv", "-", "--json", "-"], "--json: - is given to --csv as well"),
        (["--csv", "{tmp}/a", "--json", "{tmp}/./a"], "--json: {tmp}/./a is given to --csv as well"),
        (["--svg", "{tmp}/a.PNG"], "--svg: {tmp}/a.PNG would be an SVG picture, and is called like a PNG picture"),
        (["--csv", "{tmp}/./two.toml"], "--csv: {tmp}/./two.toml is given to RACE as well"),
        (["--set", "entrant.label=\udcff"], "--set entrant.label: is not UTF-8 text"),
        (["--set", "stpes=3"], "stpes: no entrant and no key of a race is called 'stpes'; did you mean 'steps'?"),
        (["--set", "entrant=[]"], "entrant: name a value of it, such as entrant.lr=0.1"),
        (["--set", "entrant[0]=3"], "entrant[0]: name a value of it, such as entrant[0].lr=0.1"),
    ],
)
def test_what_cannot_be_done(
    race: str,
    tmp_path: Path,
    options: list[str],
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with_qt(monkeypatch)
    filled = [option.format(tmp=tmp_path) for option in options]
    assert refused(capsys, "run", race, *filled) == [line.format(tmp=tmp_path)]
    assert [path.name for path in tmp_path.iterdir()] == ["two.toml"]


def test_a_write_that_fails_late_leaves_nothing(
    race: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    path = tmp_path / "a.csv"
    lines = refused(capsys, "run", race, "--csv", str(path), "--quiet", code=1)
    assert lines == [f"cannot write {path}: No space left on device: make room, or choose another place"]
    assert [path.name for path in tmp_path.iterdir()] == ["two.toml"]


def test_a_picture_is_raced_again(race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "shot.png"
    picture.write_bytes(png_text.insert(minimal_png(), racefile.dumps(racefile.find(race))))
    assert ok(capsys, "run", str(picture), "--csv", "-", "--quiet") == ok(capsys, "run", race, "--csv", "-", "--quiet")
    (plain := tmp_path / "plain.png").write_bytes(minimal_png())
    assert refused(capsys, "run", str(plain)) == [
        f"{plain}: this picture carries no race; pictures saved by optim-race do"
    ]


def test_a_png_without_qt_says_what_to_install(
    race: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_qt(monkeypatch)
    assert refused(capsys, "run", race, "--png", str(tmp_path / "a.png")) == [
        f"a PNG picture needs Qt and pyqtgraph: {display.INSTALL_QT}"
    ]


def test_a_png_is_drawn_without_a_display(race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("PySide6")
    picture = tmp_path / "a.png"
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = process("run", race, "--png", str(picture), "--quiet", env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert racefile.find(picture) == racefile.find(race)
    width, height = (int.from_bytes(picture.read_bytes()[i : i + 4], "big") for i in (16, 20))
    assert (width, height) == (1600, 900)


def test_a_long_race_shows_its_progress_on_a_terminal_only(
    race: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from simulator.commands import progress

    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(progress, "REDRAW_SECONDS", 0.0)
    ok(capsys, "run", race, "--steps", "200")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert ok(capsys, "run", race, "--steps", "200", "--quiet") == ""
    assert main(["run", race, "--steps", "200"]) == 0
    err = capsys.readouterr().err
    shown = [part.strip() for part in err.split("\r") if part.strip()]
    assert shown[0].startswith("[########................]  32% 64 of 200 steps, ")
    assert err.endswith(" \r")  # nothing of it stays


def test_faults_of_another_rule_and_another_landscape_stay_readable(
    race: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = refused(capsys, "run", race, "--set", "entrant[0].optimizer=newton", "--set", "entrant[0].beta1=0.5")
    assert "entrant[0].beta1: newton has no hyperparameter 'beta1'; it has lr, damping, globalization, radius" in lines
    lines = refused(capsys, "run", "flip-network", "--set", "landscape.name=reddi")
    assert lines[-1] == "starts[0]: must have 1 coordinate on reddi, got 31"
