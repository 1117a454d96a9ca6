"""What a script says, and why there is none."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from simulator import fog
from simulator.export.code import LIBRARIES, script
from simulator.export.code.text import WIDTH, rows_text, wrapped
from simulator.landscapes import LANDSCAPES
from simulator.optimizers import OPTIMIZERS
from simulator.param import RaceError
from simulator.race import MAX_NUMBERS, Race
from simulator.schedules import SCHEDULES
from tests.commandline import ok, refused, write_race
from tests.scripts import entries, race_of, races_there, suited_to

HOSTILE = 'x"""\nimport os\r\u2028\\'


@pytest.fixture
def race(tmp_path: Path) -> str:
    return write_race(tmp_path)


def why(race: Race, library: str) -> str:
    with pytest.raises(RaceError) as refusal:
        script(race, race.entrants[0], library)
    return str(refusal.value)


@pytest.mark.parametrize("library", list(LIBRARIES))
@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_optimizer_has_a_script_or_a_reason(name: str, library: str) -> None:
    landscape = "ravine" if races_there(name, "ravine") else "logistic"
    race = race_of(landscape, suited_to(landscape, name, library))
    if name in LIBRARIES[library].entries:
        text = script(race, race.entrants[0], library)
        ast.parse(text)
        assert text.endswith("\n") and not text.endswith("\n\n")
        assert all(len(line) <= 120 for line in text.split("\n") if not line.startswith("#"))
    else:
        reason = why(race, library)
        assert reason.startswith("alone: ") and reason.isprintable()


def test_a_library_that_has_it_is_named() -> None:
    lion = race_of("ravine", OPTIMIZERS["lion"]())
    assert why(lion, "torch").startswith("alone: torch has no Lion; optax has it")
    adagrad = race_of("ravine", OPTIMIZERS["adagrad"]())
    assert "optax's AdaGrad is of another form: θ ← θ − η·g / √(G + ε)" in why(adagrad, "optax")
    assert why(adagrad, "optax").endswith("; torch has it, and there is a script in plain NumPy")
    newton = race_of("ravine", OPTIMIZERS["newton"]())
    assert why(newton, "torch") == "alone: torch has no Newton"


def test_of_a_walk_there_is_no_script() -> None:
    walk = fog.stepped(fog.begin(race_of("ravine", OPTIMIZERS["sgd"]())), (-0.5, -0.5))
    (walker,) = [entrant for entrant in walk.entrants if entrant.optimizer.name not in OPTIMIZERS]
    for library in LIBRARIES:
        with pytest.raises(RaceError, match="chosen by hand"):
            script(walk, walker, library)


@pytest.mark.parametrize("landscape", ["ravine", "flip_network"])
def test_where_another_library_is_named_it_has_a_script(landscape: str) -> None:
    named = 0
    for name, cls in OPTIMIZERS.items():
        if not races_there(name, landscape):
            continue
        race = race_of(landscape, cls())
        for library in LIBRARIES:
            if (reason := _reason(race, library)) is None:
                continue
            _, _, told = reason.rpartition("; ")
            for other, known in LIBRARIES.items():
                if re.search(rf"\b({other}|{known.name})\b.* ha(s|ve) it|script in plain {known.name}", told):
                    named += 1
                    assert _reason(race, other) is None, (name, library, other)
    assert named > 5


def _reason(race: Race, library: str) -> str | None:
    try:
        script(race, race.entrants[0], library)
    except RaceError as error:
        return str(error)
    return None


def test_every_entry_is_of_an_optimizer() -> None:
    for library, known in LIBRARIES.items():
        assert set(known.missing) <= set(OPTIMIZERS) - set(known.entries)
        assert {name for has, name in entries() if has == library} <= set(OPTIMIZERS)


def test_anybodys_words_stay_comments() -> None:
    race = replace(race_of("ravine", OPTIMIZERS["momentum"]()), title=HOSTILE).with_entrant(0, label=HOSTILE)
    for library in LIBRARIES:
        text = script(race, race.entrants[0], library)
        plain = script(replace(race, title="t").with_entrant(0, label="l"), race.entrants[0], library)
        assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(plain))


def test_a_landscape_that_moves_too_long_is_refused() -> None:
    race = race_of("sudden_shift", OPTIMIZERS["momentum"](), 6000)
    assert race.steps < MAX_NUMBERS
    assert "a table has at most 5,000 rows" in why(race, "torch")
    race = race_of("drifting_bowl", OPTIMIZERS["momentum"](), 6000)
    assert "2 * math.pi * k / 100.0" in script(race, race.entrants[0], "torch")


def test_an_unknown_library_is_answered_with_the_nearest() -> None:
    race = race_of("ravine", OPTIMIZERS["momentum"]())
    assert why(race, "torhc") == "library: there is no 'torhc'; did you mean 'torch'?"
    assert why(race, "keras").startswith("library: there is no 'keras'; there are torch, optax")


def test_the_schedule_is_a_formula() -> None:
    race = race_of("ravine", OPTIMIZERS["momentum"](), 100, schedule=SCHEDULES["cosine"](warmup=10))
    text = script(race, race.entrants[0], "torch")
    assert "t = max(k - 10, 0)" in text
    assert "k / 10 if k < 10 else 0.5 * (1.0 + math.cos(math.pi * min(t / 90.0, 1.0)))" in text


def test_the_landscape_is_a_formula() -> None:
    race = race_of(LANDSCAPES["ravine"](kappa=20.0), OPTIMIZERS["momentum"]())
    assert "return x * x + 20.0 * y * y" in script(race, race.entrants[0], "torch")


# Text.


def test_rows_that_repeat_are_written_once() -> None:
    assert rows_text([1.0, 2.0, 2.0] * 4) == ("[1.0, 2.0, 2.0]", "k % 3")
    assert rows_text([1.0] * 5 + [2.0] * 6) == ("[1.0] * 5 + [2.0] * 6", "k")
    assert rows_text([3.0] * 7) == ("[3.0]", "0")


def test_long_calls_are_broken_between_arguments() -> None:
    call = f"optimizer = f({', '.join(f'name_{i}=({i}, {i})' for i in range(9))})"
    lines = wrapped(call)
    assert len(lines) > 2 and all(len(line) <= WIDTH for line in lines)
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(call))


# The command.


def test_the_command_prints_the_first_entrants_script(race: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = ok(capsys, "code", race, "--for", "torch")
    assert text.startswith("# Heavy, ball in the race “Two ways down”, from starts[0], in PyTorch.\n")
    ast.parse(text)


def test_an_entrant_and_a_start_are_chosen(race: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sgd.py"
    assert ok(capsys, "code", race, "--for", "optax", "--entrant", "sgd", "--start", "1", "--out", str(out)) == ""
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# SGD in the race") and "jnp.array([-4.0, 1.0])" in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--for", "torhc"), "library: there is no 'torhc'; did you mean 'torch'?"),
        (
            ("--for", "torch", "--entrant", "SGDD"),
            "--entrant: nobody in this race is called 'SGDD'; did you mean 'SGD'?",
        ),
        (("--for", "torch", "--start", "2"), "--start: must be a whole number from 0 to 1, got '2'"),
        (("--for", "torch", "--start", "-1"), "--start: must be a whole number from 0 to 1, got '-1'"),
    ],
)
def test_the_command_says_what_is_wrong(
    race: str, options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, "code", race, *options) == [said]


def test_a_refusal_is_no_failure_of_the_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lion.toml"
    file.write_text('[[entrant]]\noptimizer = "lion"\n')
    assert refused(capsys, "code", str(file), "--for", "torch")[0].startswith("Lion: torch has no Lion; optax")
    missing = str(tmp_path / "no" / "script.py")
    assert "there is no folder" in refused(capsys, "code", str(file), "--for", "optax", "--out", missing, code=1)[0]
