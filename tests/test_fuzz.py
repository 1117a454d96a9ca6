"""Whatever a file holds: a race, a lesson, or lines that say why not. Never a traceback, a hang, or its code run."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator import lessonfile, lessonlaws, lessonshape, png_text, racefile, resources
from simulator.cli import main
from simulator.engine import Engine
from simulator.entrant import MAX_LETTERS
from simulator.formula import MAX_DEPTH, MAX_LENGTH, MAX_NODES, compiled
from simulator.graph import FUNCTIONS
from simulator.lessonshape import MAX_LANE_STEPS, MAX_PAGES
from simulator.param import LONGEST_LINE, MOST_FAULTS, RaceError, params
from simulator.race import MAX_ENTRANTS, MAX_NUMBERS, Race
from tests.hostile import damaged, harmless, odd_texts, spoilt
from tests.pictures import chunk, minimal_png
from tests.places import ROOT

RACES = {name: path.read_text(encoding="utf-8") for name, path in resources.sample_races().items()}
LESSON = resources.asset("lessons", "first.lesson.toml").read_text(encoding="utf-8")
# Of what was found hypothesis prints whatever it takes to find it again.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
races, race_texts = st.sampled_from([*map(tomllib.loads, RACES.values())]), st.sampled_from([*RACES.values()])
thorough = settings(max_examples=200, deadline=None, suppress_health_check=[*HealthCheck])


def told(error: RaceError) -> None:
    """Faults are lines that can be printed, and not so many that they hide one another."""
    for fault in error.faults:
        assert fault.isprintable() and len(fault) <= LONGEST_LINE, fault
    assert 1 <= len(error.faults) <= MOST_FAULTS + 1


def raced(text: str) -> None:
    """``text`` is a race whose first steps can be run and which comes back from its file, or it is refused in lines."""
    with harmless():
        try:
            race = racefile.parse(text)
        except RaceError as error:
            told(error)
            return
        assert racefile.parse(racefile.dumps(race)) == race
        with suppress(RaceError):  # too long a race with so many lanes
            Engine(replace(race, steps=3)).run()


@thorough
@given(races.flatmap(spoilt))
def test_a_race_with_other_values(data: dict[str, Any]) -> None:
    raced(written(data))


@thorough
@given(race_texts.map(str.encode).flatmap(damaged))
def test_a_damaged_race_file(content: bytes) -> None:
    with suppress(UnicodeDecodeError):
        raced(content.decode())


@settings(thorough, max_examples=60)
@given(spoilt(tomllib.loads(LESSON)))
def test_a_lesson_with_other_values(data: dict[str, Any]) -> None:
    studied(written(data))


@settings(thorough, max_examples=60)
@given(damaged(LESSON.encode()))
def test_a_damaged_lesson_file(content: bytes) -> None:
    with suppress(UnicodeDecodeError):
        studied(content.decode())


def studied(text: str) -> None:
    for check in (lessonshape.faults, lessonlaws.faults):
        with harmless():
            try:
                lessonfile.parse(text, "my.lesson.toml", check)
            except RaceError as error:
                told(error)


@thorough
@given(damaged(png_text.insert(minimal_png(), RACES["ravine"])))
def test_a_damaged_picture(content: bytes) -> None:
    looked_at(content)


parts = st.tuples(st.sampled_from([*png_text.TEXTS, b"IEND", b"IHDR", b"IDAT", b"junk"]), st.binary(max_size=60))
ours = st.tuples(st.sampled_from(png_text.TEXTS), st.binary(max_size=60).map(lambda rest: b"optim-race\0" + rest))


@thorough
@given(st.lists(st.one_of(parts, ours), max_size=5))
def test_a_picture_of_other_parts(pieces: list[tuple[bytes, bytes]]) -> None:
    looked_at(minimal_png(*(chunk(kind, data) for kind, data in pieces)))


def looked_at(content: bytes) -> None:
    with harmless(), suppress(png_text.PictureError):
        text = png_text.read(content)
        with suppress(RaceError):
            racefile.parse(text)


names, numbers = st.sampled_from(["x", "y", "pi", "e", "z"]), st.sampled_from(["0", "1", "2", "0.5", "1e300", "1e-320"])


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "^", "**", " ", "²", ","])
    return st.one_of(
        st.tuples(inner, signs, inner).map("".join),
        st.tuples(st.sampled_from([*FUNCTIONS, "sine", ""]), inner).map("{0[0]}({0[1]})".format),
        inner.map("-{}".format),
    )


@settings(thorough, max_examples=400)
@given(st.recursive(st.one_of(names, numbers), _combined, max_leaves=30))
def test_a_formula_of_the_right_words(text: str) -> None:
    """What looks like a formula is one, with derivatives that can be worked out anywhere, or is refused by column."""
    data: dict[str, Any] = {"landscape": {"name": "formula", "formula": text}, "entrant": [{"optimizer": "newton"}]}
    with harmless():
        try:
            race = racefile.from_data(data)
        except RaceError as error:
            told(error)
            return
        Engine(replace(race, steps=3)).run()


@thorough
@given(odd_texts)
def test_a_formula_of_any_words(text: str) -> None:
    with harmless():
        try:
            compiled(text, 2)
        except ValueError as error:
            assert str(error).startswith("column ") and "\n" not in str(error)


@settings(thorough, max_examples=60)
@given(content=st.one_of(races.flatmap(spoilt).map(lambda data: written(data).encode()), st.binary(max_size=200)))
@pytest.mark.parametrize("command", ["run", "lesson check"])
def test_the_command_line_ends_with_0_or_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, content: bytes
) -> None:
    path = tmp_path / "any.lesson.toml"
    path.write_bytes(content)
    more = ("--steps", "2", "--quiet") if command == "run" else ()
    with harmless():
        code = main([*command.split(), str(path), *more])
    said = capsys.readouterr().err
    assert (code, bool(said)) in ((0, False), (2, True)) and "Traceback" not in said


def written(data: dict[str, Any]) -> str:
    return tomli_w.dumps(_writable(data))


def _writable(value: Any) -> Any:
    """``value`` as TOML can hold it: numbers of a length that Python writes, texts of whole characters."""
    if isinstance(value, dict):
        return {_writable(key): _writable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_writable(part) for part in value]
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    return value


def test_the_limits_are_those_that_the_readme_states() -> None:
    readme, steps = (ROOT / "README.md").read_text(encoding="utf-8"), int(params(Race)["steps"].high)
    for line in (
        f"| a race file or a lesson | {racefile.MAX_BYTES / 1e6:g} MB |",
        f"| a picture that is looked through for its race | {png_text.MAX_PICTURE / 1e6:g} MB |",
        f"| a race | {MAX_ENTRANTS} entrants, {steps:,} steps, {MAX_NUMBERS:,} recorded numbers |",
        f"| a title or a label | {MAX_LETTERS} characters |",
        f"| a formula | {MAX_LENGTH} characters, {MAX_NODES} parts, {MAX_DEPTH} levels |",
        f"| a lesson | {MAX_PAGES} pages, {MAX_LANE_STEPS:,} steps of all runs of a page |",
    ):
        assert line in readme


LARGE = {
    "a long label": f"[[entrant]]\noptimizer = 'sgd'\nlabel = '{'x' * 900_000}'",
    "many racers": "[[entrant]]\noptimizer = 'sgd'\n" * 20_000,
    "many starts": f"starts = [{'[1.0, 2.0], ' * 80_000}]",
    "a deep list": f"starts = {'[' * 400_000}",
    "a long number": f"steps = {'9' * 900_000}",
    "a long text": f"title = '{'x' * 999_000}'",
    "many keys": "\n".join(f"key{i} = {i}" for i in range(60_000)),
    "a long key": f"{'a.' * 400_000}b = 1",
    "open quotes": 'title = """' + "x\n" * 490_000,
    "many tables": "\n".join(f"[t{i}]" for i in range(60_000)),
    "too large": "#" * 1_000_001,
    "a long race": "steps = 999_999_999_999",
    "a large problem": "[landscape]\nname = 'flip_network'\n" + "[[entrant]]\noptimizer = 'bfgs'\n" * 64 + "",
}


@pytest.mark.parametrize("what", LARGE)
def test_a_large_file_is_read_or_refused_at_once(what: str) -> None:
    raced(LARGE[what])
    studied(LARGE[what])
