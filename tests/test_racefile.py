"""The race file: exact round trips, and faults that say where, what is allowed, what was given and what was meant."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator import png_text, racefile, resources
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError, params
from simulator.race import Entrant, Noise, Race
from simulator.racedata import from_data
from simulator.schedules import SCHEDULES
from tests.pictures import minimal_png

EXAMPLE = """\
format = 1
title = "Ravine: who zig-zags?"
steps = 300
seed = 7
starts = [[5.0, 2.0]]                # a row per starting point: every entrant runs from each

[landscape]
name = "ravine"                      # or name = "formula", formula = "x**2 + 10*y**2", box = [[-6, 6], [-3, 3]]
kappa = 10.0

[noise]
sigma = 0.0                          # standard deviation of the Gaussian added to every gradient coordinate
shared = true                        # all entrants feel the same draws

[[entrant]]
optimizer = "momentum"
label = "Momentum"
lr = 0.015
beta = 0.9
clip_norm = 0.0                      # 0: off
schedule = { name = "cosine", warmup = 20 }
"""


def faults(text: str, where: str = "r.toml") -> list[str]:
    with pytest.raises(RaceError) as caught:
        racefile.parse(text, where)
    return caught.value.faults


def entrant(lines: str) -> str:
    return f'[[entrant]]\noptimizer = "momentum"\n{lines}\n'


def test_example_is_read_as_it_says() -> None:
    race = racefile.parse(EXAMPLE)
    assert (race.title, race.steps, race.seed, race.starts) == ("Ravine: who zig-zags?", 300, 7, ((5.0, 2.0),))
    assert race.landscape == LANDSCAPES["ravine"](kappa=10.0)
    assert race.noise == Noise(sigma=0.0, shared=True)
    schedule = SCHEDULES["cosine"](warmup=20)
    momentum = OPTIMIZERS["momentum"](lr=0.015, beta=0.9)
    assert race.entrants == (Entrant(momentum, "Momentum", schedule, clip_norm=0.0, stream=0),)


@pytest.mark.parametrize("line", [n for n, text in enumerate(EXAMPLE.splitlines()) if " = " in text])
def test_any_value_may_be_left_out(line: int) -> None:
    lines = EXAMPLE.splitlines()
    del lines[line]
    racefile.parse("\n".join(lines))


def test_what_is_left_out_takes_its_default() -> None:
    race = racefile.parse("[[entrant]]\n[[entrant]]\nlabel = 'Momentum 2'\n[[entrant]]\nstream = 0\n[[entrant]]\n")
    assert race.landscape == LANDSCAPES["ravine"]()
    assert race.starts == race.landscape.starts[:1]
    assert (race.steps, race.noise) == (Race.steps, Noise())
    assert [e.label for e in race.entrants] == ["Momentum", "Momentum 2", "Momentum 3", "Momentum 4"]
    assert [e.stream for e in race.entrants] == [1, 2, 0, 3]


def test_written_in_the_order_of_the_example_with_every_value() -> None:
    text = racefile.dumps(racefile.parse(EXAMPLE))
    heads = [line.split(" = ")[0] for line in text.splitlines() if line]
    top, rest = heads[: heads.index("[[entrant]]")], heads[heads.index("[[entrant]]") :]
    expected = "format title steps seed starts [landscape] name kappa rotation [noise] sigma kind probability shared"
    assert top == expected.split()
    hyper = list(params(OPTIMIZERS["momentum"]))
    assert rest == [
        "[[entrant]]",
        "optimizer",
        "label",
        *hyper,
        "clip_norm",
        "clip_value",
        "restart",
        "schedule",
        "stream",
    ]
    assert 'schedule = { name = "cosine", warmup = 20, eta_min = 0.0 }' in text


def test_schedule_as_a_plain_name() -> None:
    race = racefile.parse(entrant('schedule = "cosine"'))
    assert race.entrants[0].schedule == SCHEDULES["cosine"]()


def test_formula_keeps_its_text_and_box() -> None:
    text = '[landscape]\nname = "formula"\nformula = "x**2 + 10*y**2"\nbox = [[-6, 6], [-3, 3]]\n' + entrant("")
    race = racefile.parse(text)
    assert race.landscape.box == ((-6.0, 6.0), (-3.0, 3.0))
    assert racefile.parse(racefile.dumps(race)) == race


def test_all_faults_at_once_each_with_key_path_range_given_and_nearest_name() -> None:
    text = """\
format = 2
stpes = 3
steps = 0
starts = [[1.0], [2.0, "a"]]
[landscape]
name = "ravin"
[noise]
sgma = 1.0
shared = 1
[[entrant]]
optimizer = "momentum"
lr = 50
bta = 0.5
optimiser = "adam"
[[entrant]]
label = "A"
schedule = "cosin"
[[entrant]]
label = "A"
optimizer = "addam"
schedule = { name = "cosine", warmpu = 3, nme = 4 }
"""
    assert faults(text) == [
        "stpes: a race has no key 'stpes'; did you mean 'steps'?",
        "format: must be 1, the only format there is so far, got 2",
        "steps: must be a whole number from 1 to 1,000,000, got 0",
        "starts[1]: each coordinate must be a number from -1e+09 to 1e+09, got 'a'",
        "landscape.name: no landscape is called 'ravin'; did you mean 'ravine'?",
        "noise.sgma: noise has no hyperparameter 'sgma'; did you mean 'sigma'?",
        "noise.shared: noise's shared must be true or false, got 1",
        "entrant[0].optimiser: momentum has no key 'optimiser'; did you mean 'optimizer'?",
        "entrant[0].lr: momentum's lr must be a number from 1e-06 to 10, got 50",
        "entrant[0].bta: momentum has no hyperparameter 'bta'; did you mean 'beta'?",
        "entrant[1].schedule: no schedule is called 'cosin'; did you mean 'cosine'?",
        "entrant[2].optimizer: no optimizer is called 'addam'; did you mean 'adam'?",
        "entrant[2].schedule.nme: cosine has no key 'nme'; did you mean 'name'?",
        "entrant[2].schedule.warmpu: cosine has no hyperparameter 'warmpu'; did you mean 'warmup'?",
        "entrant[2].label: 'A' is taken by entrant[1]",
    ]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", "entrant: a race has 1 to 64 entrants, got 0"),
        ("entrant = 3", "entrant: must be written [[entrant]]"),
        ("entrant = [3]", "entrant[0]: must be a table, got 3"),
        (
            "steps = 1_000_000\n" + "[[entrant]]\n" * 30,
            "steps: must be at most 800,000, as a step of 30 runs keeps 300 numbers, got 1,000,000",
        ),
        ("[[entrant]]\n" * 65, "entrant: a race has 1 to 64 entrants, got 65"),
        (
            "landscape = 'ravine'\n" + entrant(""),
            "landscape: must be a table, written [landscape], got 'ravine'; did you mean landscape.name?",
        ),
        ("noise = []\n" + entrant(""), "noise: must be a table"),
        (
            "starts = [5.0, 2.0]\n" + entrant(""),
            "starts: must be a list of points such as [[5.0, 2.0]], got [5.0, 2.0]",
        ),
        ("starts = []\n" + entrant(""), "starts: at least one starting point is needed"),
        ("starts = [[1.0]]\n" + entrant(""), "starts[0]: must have 2 coordinates on ravine, got [1.0]"),
        ("starts = [[nan, 1.0]]\n" + entrant(""), "starts[0]: each coordinate must be a number"),
        ("format = true\n" + entrant(""), "format: must be 1"),
        ("title = 5\n" + entrant(""), "title: must be a text, got 5"),
        ("steps = 1.5\n" + entrant(""), "steps: must be a whole number from 1"),
        ("seed = -1\n" + entrant(""), "seed: must be a whole number from 0"),
        (entrant("label = 1"), "entrant[0].label: must be a text, got 1"),
        (entrant("lr = inf"), "entrant[0].lr: momentum's lr must be a number from 1e-06 to 10, got inf"),
        (entrant("lr = true"), "entrant[0].lr: momentum's lr must be a number"),
        (entrant("clip_norm = -1"), "entrant[0].clip_norm: must be a number from 0 to 1e+06, got -1"),
        (entrant("stream = 3") * 2, "entrant[1].stream: 3 is taken by entrant[0]"),
        (entrant("schedule = 5"), "entrant[0].schedule: must be a name or a table"),
        (entrant("schedule = { name = 'x' }"), "entrant[0].schedule.name: no schedule is called 'x'"),
        ("[landscape]\nkapa = 3\n" + entrant(""), "landscape.kapa: ravine has no hyperparameter 'kapa'; did you mean"),
        ("[landscape]\nname = 'formula'\nformula = 'x +'\n" + entrant(""), "landscape.formula: "),
        (
            "starts = [[1.0]]\n[landscape]\nname = 'formula'\nformula = 'x + y'\nbox = [[3, 1]]\n" + entrant(""),
            "landscape.box: ",  # which leaves open how many coordinates a start should have
        ),
    ],
)
def test_each_kind_of_fault(text: str, start: str) -> None:
    (line,) = faults(text)
    assert line.startswith(start)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("steps = 1\nseed = \n", "r.toml: line 2, column 8: invalid value"),
        ("a = 1\n[x", "r.toml: line 2: expected ']' at the end of a table declaration"),
        ("a = 1\n\na = 2\n", "r.toml: line 3, column 6: cannot overwrite a value"),
        ("x = " + "[" * 5000, "r.toml: lists or tables nested too deep"),
        ("steps = " + "9" * 5000, "r.toml: a number has thousands of digits"),
        ("steps = 1\n" + "a." * 400_000 + "b = 1", "r.toml: line 2: more than 200 dots, which no race file needs"),
        ("[" + '"1.0,".' * 100_000 + "b]", "r.toml: line 1: more than 200 dots, which no race file needs"),
        ("#" * 1_000_001, "r.toml: larger than 1 MB, which no race file needs"),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(text: str, line: str) -> None:
    assert faults(text) == [line]


def test_hostile_values_stay_one_line_each() -> None:
    lines = faults(f'"a\\nb" = 3\nsteps = "{"x" * 500_000}"\nseed = 0x{"f" * 9000}\n' + entrant(""))
    assert len(lines) == 3
    assert all(len(line) < 1100 and line.isprintable() for line in lines)


TABLES = {
    "": ("format", "title", "steps", "starts", "landscape", "noise", "entrant"),
    "landscape": ("name", "formula", "box"),
    "noise": ("sigma", "kind", "probability", "shared"),
    "tuning": ("key", "runs", "of"),
    "entrant": ("optimizer", "label", "lr", "clip_norm", "clip_value", "restart", "schedule"),
}


@pytest.mark.parametrize(("table", "key"), [(table, key) for table, keys in TABLES.items() for key in keys])
@pytest.mark.parametrize("wrap", [lambda n: n, lambda n: [n], lambda n: [[n, n]]], ids=["bare", "list", "lists"])
def test_a_number_too_long_to_be_written_is_a_fault(table: str, key: str, wrap: Callable[[int], Any]) -> None:
    endless = {key: wrap(1 << 50_000)}
    data: dict[str, Any] = {"landscape": {"name": "formula"}, "entrant": [{}]}
    data |= {"": endless, "entrant": {"entrant": [endless]}}.get(table, {table: {"name": "formula"} | endless})
    with pytest.raises(RaceError) as caught:
        from_data(data)
    assert any("a number of thousands of digits" in line for line in caught.value.faults)


@pytest.mark.parametrize("label", ['quote " and \\ back', "Zürich\n二", "\t\x7f", "", "🐌", "]] # ="])
def test_labels_of_all_kinds(label: str) -> None:
    race = racefile.parse(EXAMPLE)
    race = replace(race.with_entrant(0, label=label), title=label)
    assert racefile.parse(racefile.dumps(race)) == race


def test_thousands_of_starts_on_one_line() -> None:
    starts = [[x / 7.0, -1e-9 * x] for x in range(1, 5000)]
    race = racefile.parse(f"steps = 1\nstarts = {starts}\n" + entrant(""))
    assert [list(start) for start in race.starts] == starts
    assert racefile.parse(racefile.dumps(race)) == race


# Files and names.


def test_found_by_path_by_sample_name_and_in_a_picture(tmp_path: Path) -> None:
    race = racefile.parse(EXAMPLE)
    path = tmp_path / "my race.toml"
    path.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode())  # as Windows editors may save it
    assert racefile.find(path) == race
    picture = tmp_path / "picture.png"
    picture.write_bytes(png_text.insert(minimal_png(), racefile.dumps(race)))
    assert racefile.find(str(picture)) == race
    for name, sample in resources.sample_races().items():
        assert racefile.locate(name.upper().replace("-", " ")) == sample
        assert racefile.find(name).entrants


def test_a_folder_does_not_hide_the_sample_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, sample = next(iter(resources.sample_races().items()))
    (tmp_path / name).mkdir()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    assert racefile.locate(name) == sample
    with pytest.raises(RaceError, match="other: is a folder, not a race file"):
        racefile.locate("other")


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "no/such/folder.toml"])
def test_a_name_that_no_file_has(name: str) -> None:
    with pytest.raises(RaceError, match="no such file, and no sample race of this name"):
        racefile.find(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_race_comes_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(pipe.write_text, EXAMPLE)
        assert racefile.find(pipe) == racefile.parse(EXAMPLE)


def test_an_unknown_name_suggests_the_nearest_sample() -> None:
    name = next(iter(resources.sample_races()))
    with pytest.raises(RaceError) as caught:
        racefile.find(name + "x")
    wanted = f"{name}x: no such file, and no sample race of this name; did you mean '{name}'?"
    assert caught.value.faults == [wanted]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "byte 0 is not UTF-8 text; a race can be read from a race file, a PNG or an SVG"),
        (b"#" * 1_000_001, "larger than 1 MB"),
        (minimal_png(), "this picture carries no race"),
        (minimal_png()[:30], "the picture ends too early"),
    ],
)
def test_files_that_are_no_race(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "race.toml"
    path.write_bytes(content)
    with pytest.raises(RaceError) as caught:
        racefile.find(path)
    (line,) = caught.value.faults
    assert line.startswith(f"{path}: ")
    assert message in line
