"""The rest of the command line: list, describe, selftest, exit codes, and messages that say what to do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from simulator import __version__, display, racefile, resources
from simulator.cli import main
from simulator.landscapes import LANDSCAPES
from simulator.lessons import LESSONS
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.schedules import SCHEDULES
from tests.commandline import RACE, ok, process, refused, without_qt, write_race
from tests.places import ROOT


@pytest.fixture
def race(tmp_path: Path) -> str:
    return write_race(tmp_path)


# list and describe.


@pytest.mark.parametrize(
    ("plural", "catalog"), [("optimizers", OPTIMIZERS), ("landscapes", LANDSCAPES), ("schedules", SCHEDULES)]
)
def test_list(plural: str, catalog: Any, capsys: pytest.CaptureFixture[str]) -> None:
    entries = json.loads(ok(capsys, "list", plural, "--json"))
    assert {entry["name"] for entry in entries} == set(catalog)
    keys = ["name", "kind", "title", "year", "family", "summary"]
    costs = ["gradients", "most_gradients", "hessians", "buffers", "needs"]
    assert all(list(entry) == keys + costs * (plural == "optimizers") for entry in entries)
    lines = ok(capsys, "list", plural).splitlines()
    rows = [line.split()[0] for line in lines if plural == "schedules" or line.startswith("  ")]
    assert rows == [entry["name"] for entry in entries]


@pytest.mark.parametrize("plural", ["optimizers", "landscapes"])
def test_list_goes_by_family_and_year(plural: str, capsys: pytest.CaptureFixture[str]) -> None:
    entries = json.loads(ok(capsys, "list", plural, "--json"))
    families = [entry["family"] for entry in entries]
    assert list(dict.fromkeys(families)) == [family for family, _ in groupby(families)]
    for _, some in groupby(entries, lambda entry: entry["family"]):
        years = [entry["year"] or 0 for entry in some]
        assert years == sorted(years)
    blocks = ok(capsys, "list", plural).rstrip("\n").split("\n\n")
    assert [block.partition("\n")[0].lower() for block in blocks] == list(dict.fromkeys(families))
    for block, family in zip(blocks, dict.fromkeys(families), strict=True):
        assert block.count("\n") == families.count(family)


def test_list_races(capsys: pytest.CaptureFixture[str]) -> None:
    entries = json.loads(ok(capsys, "list", "races", "--json"))
    assert [entry["name"] for entry in entries] == sorted(resources.sample_races())
    assert entries[0]["title"] in ok(capsys, "list", "races")


@pytest.mark.parametrize("name", [f"{c.noun}:{n}" for c in (OPTIMIZERS, LANDSCAPES, SCHEDULES) for n in c])
def test_describe(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    kind, entry = name.split(":")
    cls: Any = {"optimizer": OPTIMIZERS, "landscape": LANDSCAPES, "schedule": SCHEDULES}[kind][entry]
    page, data = ok(capsys, "describe", name), json.loads(ok(capsys, "describe", name, "--json"))
    formula = cls.formula_text if kind == "landscape" else cls.formula
    assert [data[key] for key in ("name", "kind", "title", "formula", "source")] == [
        entry, kind, cls.title, formula, cls.source,
    ]  # fmt: skip
    assert page.startswith(cls.title)
    assert all(line in page for line in formula.splitlines())
    assert [p["name"] for p in data["parameters"]] == list(params(cls))
    for given, declared in zip(data["parameters"], params(cls).values(), strict=True):
        keys = ["name", "symbol", "default", "range", "choices", "allowed", "scale", "unit", "doc"]
        assert list(given) == keys
        assert [given["symbol"], given["scale"], given["doc"]] == [declared.symbol, declared.scale, declared.doc]
        assert given["range"] == ([declared.low, declared.high] if declared.numeric else None)
        assert declared.doc in page
        assert declared.symbol in page


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_describe_says_what_a_rule_costs_and_whom_it_agrees_with(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    cls = OPTIMIZERS[name]
    page, data = (
        ok(capsys, "describe", f"optimizer:{name}"),
        json.loads(ok(capsys, "describe", f"optimizer:{name}", "--json")),
    )
    cost = cls.cost
    assert [data[key] for key in ("gradients", "most_gradients", "hessians", "buffers", "needs")] == [
        cost.grads, cost.most or cost.grads, cost.hessians, cost.buffers, cls.needs or None,
    ]  # fmt: skip
    assert f"(optimizer {name}, {cls.family})" in page.partition("\n")[0]
    assert "\nCost of a step\n" in page
    assert ("\nWhere libraries differ\n" in page) == bool(cls.dialects)
    for dialect, given in zip(cls.dialects, data["dialects"], strict=True):
        assert list(given.values()) == list(dialect)
        assert f"\n  {dialect.library}\n    " in page.partition("\nWhere libraries differ")[2]
    parity = resources.parity().get(name)
    assert data["parity"] == parity
    said = " ".join(page.partition("\nParity\n")[2].split())
    assert said.startswith(parity["says"] if parity else "no run of a library to compare with")


def test_costs_are_worded_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    def cost(name: str) -> list[str]:
        page = ok(capsys, "describe", f"optimizer:{name}")
        return [line.strip() for line in page.partition("\nCost of a step\n")[2].partition("\n\n")[0].splitlines()]

    assert cost("sgd") == ["1 gradient", "nothing kept"]
    assert cost("momentum") == ["1 gradient", "1 number kept per parameter"]
    assert cost("adam") == ["1 gradient", "2 numbers kept per parameter"]
    assert cost("sam") == ["2 gradients", "nothing kept"]
    assert cost("newton") == ["1 gradient", "1 Hessian, or products with one", "nothing kept"]


@pytest.mark.parametrize("name", LANDSCAPES)
def test_describe_says_what_is_known_of_a_landscape(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    landscape = LANDSCAPES[name]()
    data = json.loads(ok(capsys, "describe", f"landscape:{name}", "--json"))
    assert [data["dim"], data["moving"], data["model"]] == [landscape.dim, landscape.moving, landscape.model]
    assert data["blocks"] == [list(shape) for shape in landscape.blocks]
    known = ok(capsys, "describe", f"landscape:{name}").partition("\nKnown\n")[2].splitlines()
    assert [word in "\n".join(known) for word in ("moves with", "has a model", "put back into")] == [
        landscape.moving, landscape.model, landscape.domain is not None,
    ]  # fmt: skip
    assert sum("minimum " in line for line in known) == len(landscape.minima)
    assert known.count("  no minimum") == (not landscape.minima)
    if landscape.dim > 2:
        assert known[0].startswith(f"  {landscape.dim} parameters in blocks of ")
        assert len(set(landscape.box)) == 1  # or the page would be wrong to say "for every parameter"
    assert max(map(len, known)) < 120


def test_a_name_of_two_kinds_shows_the_first_and_names_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    page = ok(capsys, "describe", "Ravine")
    assert page.startswith("Ravine (landscape ravine, classic)")
    assert page.endswith("See also: optim-race describe race:ravine\n")
    assert ok(capsys, "describe", "step_size").startswith("The step size (lesson step_size)")
    assert ok(capsys, "describe", "step-size").endswith("See also: optim-race describe lesson:step_size\n")
    data = json.loads(ok(capsys, "describe", "race:ravine", "--json"))
    assert racefile.from_data(data["race"]) == racefile.find("ravine")


def test_describe_suggests_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    for name, near in [("adm", "adam"), ("optimizer:adm", "adam"), ("roenbrock", "rosenbrock")]:
        (line,) = refused(capsys, "describe", name)
        assert (
            line == f"{name}: no optimizer, landscape, schedule, race or lesson is called this; did you mean '{near}'?"
        )


# The rest.


def test_misspelt_words_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "rnu", "x")[-1].endswith("no command and no race is called 'rnu'; did you mean 'run'?")
    assert refused(capsys, "list", "optimizer")[-1].endswith("no list of 'optimizer'; did you mean 'optimizers'?")
    assert "--stps" in refused(capsys, "run", "ravine", "--stps", "3")[-1]
    assert refused(capsys, "run", "rvine") == [
        "rvine: no such file, and no sample race of this name; did you mean 'ravine'?"
    ]


@pytest.mark.parametrize("argv", [["broken.toml"], ["gui", "broken.toml"], ["run", "broken.toml"]])
def test_a_bad_race_is_refused_alike_everywhere(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.toml").write_text("stpes = 3\n[[entrant]]\nlr = 50\n")
    assert refused(capsys, *argv) == [
        "stpes: a race has no key 'stpes'; did you mean 'steps'?",
        "entrant[0].lr: momentum's lr must be a number from 1e-06 to 10, got 50",
    ]


def test_without_a_display_one_line_says_what_to_run(
    race: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(display, "window_trouble", lambda name: f"no window for {name}")
    assert refused(capsys, race, code=1) == [f"no window for {race}"]
    assert refused(capsys, code=1) == ["no window for None"]


def test_version_and_help() -> None:
    done = process("--version")
    assert (done.returncode, done.stdout) == (0, f"optim-race {__version__}\n")
    done = process("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("gui", "run", "list", "describe", "selftest"))


def test_racing_never_meets_qt(race: str) -> None:
    code = (
        "import sys; from simulator.cli import main\n"
        f"assert main(['run', {race!r}, '--quiet']) == main(['list', 'optimizers']) == 0\n"
        "assert not {'PySide6', 'pyqtgraph'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, timeout=60)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_interrupt_and_closed_pipe_are_quiet(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "simulator", "run", str(pipe), "--steps", "1000000"]
    long = [*command, "--csv", str(tmp_path / "long.csv")]
    heeding = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}  # a background job ignores it
    with subprocess.Popen(long, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **heeding) as racing:
        pipe.write_text(RACE)  # returns when the program reads it, however busy the machine
        time.sleep(0.3)
        racing.send_signal(signal.SIGINT)
        out, err = racing.communicate(timeout=60)
    assert (racing.returncode, out, err) == (130, b"", b"")
    assert list(tmp_path.iterdir()) == [pipe]
    reader, writer = os.pipe()
    os.close(reader)
    listing = [sys.executable, "-m", "simulator", "list", "optimizers"]
    done = subprocess.run(listing, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_terminal_without_greek_is_no_reason_to_fail(race: str) -> None:
    done = process("run", race, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "?gradient?" in done.stdout


def test_selftest(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    out = ok(capsys, "selftest", "--no-gui")
    rules = f"{len(OPTIMIZERS)} optimizers, {len(LANDSCAPES)} landscapes, {len(SCHEDULES)} schedules"
    assert f"{rules}, {len(LESSONS)} lessons" in out
    assert out.startswith(f"optim-race {__version__}, Python {sys.version.split()[0]}")
    assert out.count("\nok ") == 4
    without_qt(monkeypatch)
    assert main(["selftest"]) == 1
    assert "FAIL  window: the window needs Qt and pyqtgraph: pip install" in capsys.readouterr().out
    from simulator import selftest

    monkeypatch.setattr(selftest, "RACE", selftest.RACE.replace("0.04", "0.05"))
    assert main(["selftest", "--no-gui"]) == 1
    assert "FAIL  race: after 100 steps" in capsys.readouterr().out


def test_selftest_grabs_the_window() -> None:
    pytest.importorskip("PySide6")
    done = process("selftest")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nok    window: opened and grabbed" in done.stdout
