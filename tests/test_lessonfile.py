"""The lesson file: our lessons written and read back, every fault with its line, and files that mean harm."""

import re
from pathlib import Path

import pytest

from simulator import display, lessonfile, lessonlaws, lessonshape, resources
from simulator.cli import main
from simulator.lessons import LESSONS
from simulator.param import RaceError
from tests.commandline import ok, refused

FIRST = resources.asset("lessons", "first.lesson.toml")
TEXT = FIRST.read_text(encoding="utf-8")


def told(text: str, check=lessonlaws.faults) -> list[str]:
    with pytest.raises(RaceError) as caught:
        lessonfile.parse(text, "x", check)
    return [fault.removeprefix("x: ") for fault in caught.value.faults]


@pytest.mark.parametrize("name", LESSONS)
def test_our_lessons_can_be_written_and_read_back(name):
    text = lessonfile.dumps(LESSONS[name])
    assert lessonfile.parse(text, name, lessonshape.faults) == LESSONS[name]


def test_the_example_keeps_the_laws():
    lesson = lessonfile.find(FIRST, lessonlaws.faults)
    assert lessonfile.parse(lessonfile.dumps(lesson), "again", lessonshape.faults) == lesson


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"arrival", at_most', '"arival", at_most', "page[1].goal.bounds[0]: no measure is called 'arival'; did"),
        ("at_most = 100", 'at_most = "100"', "page[1].goal.bounds[0].at_most: must be a number, got '100'"),
        ("at_most = 100", "atmost = 100", "page[1].goal.bounds[0].atmost: a bound has no key"),
        ('kind = "ranking"', 'kind = "rank"', "page[0].prediction.kind: must be one of number, ranking"),
        ('controls = ["beta"]', 'controls = ["betta"]', "page[1].controls: no control is called 'betta'"),
        ('controls = ["beta"]', 'controls = "beta"', "page[1].controls: must be a list of texts, got 'beta'"),
        ('hint = "', 'hnt = "', "page[1].hnt: a page has no key 'hnt'; did you mean 'hint'?"),
        ("minutes = 10", "minutes = 10.5", "minutes: must be a whole number, got 10.5"),
        ("minutes = 10\n", "", "minutes: minutes is missing"),
        ("format = 1", "format = 2", "format: must be 1, the only format there is so far, got 2"),
        ("lr = 0.015 }", "lr = 50 }", "race: entrant[0].lr: sgd's lr must be a number from 1e-06 to 10, got 50"),
        ("kappa = 10.0", "kapa = 10.0", "race: landscape.kapa: ravine has no hyperparameter"),
        ('"entrant.beta=0.98"', '"entrant.beta=2"', "page[1].race: entrant[0].beta: momentum's beta must be a number"),
        ('number = "0.64"', 'number = "0.65"', "page[1].finding[1]: 0.65 is not in the text of the page"),
        ('answer = "1 / (1 - 0.95)"', 'answer = "1 / (1 - x)"', "page[1].question[0].answer: "),
        ("page.prediction", "page.predictions", "page[0].predictions: a page has no key"),
        ('solution = ["entrant.beta=0.8"]', 'solution = ["entrant.beta=0.97"]', "page[1].solution: does not"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(old, new, fault):
    assert TEXT.count(old) >= 1
    found = told(TEXT.replace(old, new, 1))
    place, said = next(line.split(": ", 1) for line in found if line.split(": ", 1)[1].startswith(fault))
    line = int(place.removeprefix("line "))
    words = new.split("=")[0].strip().strip('"[]') if new.strip() else ""
    here = TEXT.replace(old, new, 1).split("\n")[line - 1 : line + 1]  # what is said of a table stands at its head
    assert any(words in line for line in here) or "missing" in said


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    text = TEXT.replace("minutes = 10", "minutes = 0").replace('measure = "arrival"', 'measure = "arival"')
    found = told(text.replace('number = "50"', 'number = "51"'))
    numbers = [int(re.match(r"line (\d+)", line)[1]) for line in found]
    assert len(found) == 3 and numbers == sorted(numbers)


def test_a_page_that_cannot_be_read_is_not_judged_further():
    found = told(TEXT.replace('controls = ["beta"]', "controls = 7"))
    assert len(found) == 1 and found[0].endswith("page[1].controls: must be a list of texts, got 7")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "page = 1",
        "race = 7",
        "[[page]]",
        "page = [1, [2], {}]",
        'title = "x"\nrace = "../../etc/passwd"\n[[page]]\ntitle = "a"\ntext = "b"',
        "x = [" * 5000,
        "a = {b = " * 300 + "1" + "}" * 300,
        f"minutes = {'9' * 5000}",
        "minutes = " + "9" * 400,
        'title = "\\u0000\\u001b[31m"',
        "page = [" + "{}," * 5000 + "]",
        'race = "ravine"\n' + "[[page]]\n" * 3000,
    ],
)
def test_a_file_that_means_harm_is_refused_in_lines(text):
    found = told(text, lessonshape.faults)
    assert found and all(line.isprintable() and len(line) < 1200 for line in found)


def test_a_race_too_large_is_refused_before_it_is_run():
    found = told(TEXT.replace("steps = 200", "steps = 1000000"))
    assert any("too much to be run again at every change" in line for line in found)


# The command line.


def test_check_says_that_nothing_is_wrong(capsys):
    assert "2 pages, 1 goal, 1 prediction, 1 question, 3 findings" in ok(capsys, "lesson", "check", str(FIRST))


def test_check_says_what_is_wrong_and_ends_with_2(capsys, tmp_path: Path):
    path = tmp_path / "my.lesson.toml"
    path.write_text(TEXT.replace("at_most", "atmost"), encoding="utf-8")
    (line,) = refused(capsys, "lesson", "check", str(path))
    assert line.startswith(f"{path}: line 59: page[1].goal.bounds[0].atmost:")


def test_one_of_ours_is_written_as_a_file(capsys, tmp_path: Path):
    path = tmp_path / "mine.lesson.toml"
    ok(capsys, "lesson", "write", "step size", str(path))
    assert lessonfile.find(path, lessonlaws.faults) == LESSONS["step_size"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check"], "lesson check: write optim-race lesson check FILE"),
        (["write", "step_size"], "lesson write: write optim-race lesson write NAME FILE; FILE ends in .lesson.toml"),
        (["step_siz"], "lesson: no lesson is called 'step_siz'; did you mean 'step_size'?"),
    ],
)
def test_what_was_asked_wrongly(capsys, words, said):
    assert refused(capsys, "lesson", *words) == [said]


def test_a_lesson_file_alone_opens_the_window_or_says_what_is_wrong(capsys, tmp_path: Path, monkeypatch):
    path = tmp_path / "my.lesson.toml"
    path.write_text(TEXT.replace("summary", "sumary"), encoding="utf-8")
    assert any("did you mean 'summary'" in line for line in refused(capsys, str(path)))
    monkeypatch.setattr(display, "window_trouble", lambda race=None: "no display: none here")
    path.write_text(TEXT, encoding="utf-8")
    assert main([str(path)]) == main(["lesson", str(path)]) == main(["lesson", "step", "size"]) == 1
    assert capsys.readouterr().err.count("no display") == 3


def test_lessons_are_listed_in_the_order_of_the_course(capsys):
    names = [line.split()[0] for line in ok(capsys, "list", "lessons").splitlines()]
    assert names == [lesson.name for lesson in LESSONS.ordered()]
