"""The lessons: every one of them keeps the laws of `simulator.lessonlaws`, and each law can be broken."""

from dataclasses import replace

import pytest

from simulator import prose
from simulator.engine import Engine
from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.lessoncontrols import CONTROLS, EVERYTHING
from simulator.lessonlaws import faults
from simulator.lessons import LESSONS
from simulator.measure import Reading
from simulator.param import RaceError
from simulator.question import Number, Pick, Ranking

INF = float("inf")
RACE = {
    "steps": 60,
    "starts": [[0.0]],
    "landscape": {"name": "parabola"},
    "entrant": [{"optimizer": "sgd", "label": "A", "lr": 0.1}, {"optimizer": "sgd", "label": "B", "lr": 0.3}],
}
GOOD = Page(
    "A page",
    "After 5 steps x is 2.017. The other one is there at step 16.",
    racers=("A",),
    controls=("lr",),
    goal=Goal("In one step.", (Bound("arrival", at_most=1),)),
    solution=("entrant.lr=0.5",),
    findings=(Finding("2.017", Reading("x", at=5)),),
)
ASKING = Page("Another", "Two racers.", prediction=Ranking("Who is first?", "arrival"))
LESSON = Lesson("Title", "A summary.", 10, RACE, (GOOD, ASKING))


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_keeps_the_laws(name):
    assert faults(LESSONS[name]) == []


@pytest.mark.parametrize("name", LESSONS)
def test_what_a_lesson_says_of_itself_is_whole(name):
    lesson = LESSONS[name]
    assert lesson.name == name and lesson.source.strip() and lesson.summary.endswith((".", "?"))
    assert any(page.goal or page.prediction or page.questions for page in lesson.pages), "nothing to do in it"
    for page in lesson.pages:
        assert "!" not in prose.to_plain(page.text)


def test_lessons_stand_in_one_order():
    places = [lesson.place for lesson in LESSONS.ordered()]
    assert places == sorted(set(places)), "two lessons have the same place"


def test_the_lessons_these_tests_break_are_sound():
    assert faults(LESSON) == []


def broken(**changes: object) -> list[str]:
    """Faults of the first page with some of it replaced, without its place."""
    return [f.removeprefix("page[0].") for f in faults(replace(LESSON, pages=(replace(GOOD, **changes),)))]


def asked(**changes: object) -> list[str]:
    """Likewise of the page that asks for a prediction."""
    return [f.removeprefix("page[0].") for f in faults(replace(LESSON, pages=(replace(ASKING, **changes),)))]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"goal": Goal("Arrive.", (Bound("arrival", at_most=60),))}, "goal: is met by the race the page opens with"),
        (
            {"solution": ("entrant.lr=0.4",)},
            "solution: does not meet the goal. Not yet: A arrives at step",
        ),
        ({"solution": ()}, "solution: a goal needs one"),
        ({"controls": ("steps",)}, "solution: moves lr of A, which the page's controls do not open"),
        ({"controls": ("B.lr",)}, "controls: no control is called 'B.lr'"),
        ({"solution": ("entrant.lr=0.5", "seed=3")}, "solution: moves seed, which"),
        ({"solution": ("entrant.lr=50",)}, "solution: entrant[0].lr: sgd's lr must be"),
        ({"solution": ("C.lr=1",)}, "solution[0]: C.lr: no entrant and no key of a race is called 'C'"),
        ({"findings": (Finding("2.017", Reading("x", at=6)),)}, "finding[0]: the text says 2.017, the race 2.214"),
        ({"findings": (Finding("2.02", Reading("x", at=5)),)}, "finding[0]: 2.02 is not in the text of the page"),
        ({"findings": (Finding("5", "2 + 2"),)}, "finding[0]: the text says 5, the race 4"),
        ({"findings": (Finding("5", "two"),)}, "finding[0].value: column 1"),
        ({"findings": (Finding("5", Reading("xx")),)}, "finding[0]: no measure is called 'xx'; did you mean 'x'?"),
        ({"findings": (Finding("5", Reading("x"), given=("q=1",)),)}, "finding[0].given[0]: q: no entrant"),
        ({"text": "word " * 111}, "text: has 111 words, at most 110"),
        ({"text": "<b>2.017</b>"}, "text: there is HTML"),
        ({"text": ""}, "text: is empty"),
        ({"title": "x" * 41}, "title: 'xxxx"),
        ({"changes": ("entrant.lrr=1",)}, "race: entrant[0].lrr: sgd has no hyperparameter 'lrr'; did you mean 'lr'?"),
        ({"changes": ("lr",)}, "changes[0]: lr: write KEY=VALUE"),
        ({"racers": ("C",)}, "racers: no racer is called 'C'; there are A, B"),
        ({"race": "ravin"}, "race: ravin: no sample race is called this; did you mean 'ravine'?"),
        ({"race": "/etc/passwd"}, "race: /etc/passwd: no sample race is called this"),
        ({"view": "relif"}, "view: no view is called 'relif'; did you mean 'relief'?"),
        ({"overlays": ("gradients",)}, "overlays: no overlay is called 'gradients'; did you mean 'gradient'?"),
        ({"panel": "racer"}, "panel: no panel is called 'racer'; did you mean 'racers'?"),
        ({"panel": "SDG.inspect"}, "panel: no racer is called 'SDG'"),
        ({"shows": 61}, "shows: step 61 is not one of the race"),
        ({"changes": ("steps=300000",)}, "race: 1 runs of 300,000 steps are too much"),
        ({"goal": Goal("x", (Bound("arrivals", at_most=1),))}, "goal.bounds[0]: no measure is called 'arrivals'"),
        ({"goal": Goal("x", (Bound("loss"),))}, "goal.bounds[0]: needs at_most"),
        ({"goal": Goal("x", (Bound("loss", less_than="C"),))}, "goal.bounds[0]: no racer is called 'C'"),
        ({"goal": Goal("x", ())}, "goal.bounds: at least one"),
        ({"goal": None}, "goal: there is a solution"),
        ({"questions": (Number("How many?", Reading("arrival", "A", 5)),)}, "question[0]: the answer is never"),
        ({"questions": (Number("How many?", Reading("y")),)}, "question[0]: cannot be read off"),
        ({"questions": (Number("How many?", "1/0"),)}, "question[0].answer: "),
        ({"questions": (Pick("Who?", "loss"),)}, "question[0]: needs two racers"),
        ({"questions": (Number("How many?", "1", tolerance=2.0),)}, "question[0].tolerance: must be from 0 to 1"),
        ({"questions": (Number("n?", "1"),) * 25}, "question: at most 24"),
    ],
)
def test_a_broken_page_is_told(changes, fault):
    found = broken(**changes)
    assert any(line.startswith(fault) for line in found), found


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"prediction": Ranking("Who?", "lr")}, "prediction: lr can be seen before the race is run"),
        ({"prediction": Ranking("Who?", "x", at=0)}, "prediction: x can be seen before"),
        ({"prediction": Ranking("Who?", "diverged")}, "prediction: A, B are level, there is no order"),
        ({"prediction": Pick("Who?", "diverged")}, "prediction: all racers are level, none stands out"),
        ({"prediction": Number("How much?", "1 + 1")}, "prediction: must be read off the race"),
        ({"prediction": Number("When?", Reading("arrival"))}, "prediction: of which racer? there are A, B"),
        (
            {"prediction": Number("When?", Reading("arrival", "A")), "text": "Not 31."},
            "prediction: the answer, 31",
        ),
        ({"shows": 10}, "prediction: the page opens at step 0"),
        ({"findings": (Finding("Two", Reading("x")),)}, "finding[0]: of which racer?"),
    ],
)
def test_a_prediction_is_not_answered_beforehand(changes, fault):
    found = asked(**changes)
    assert any(line.startswith(fault) for line in found), found


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": ""}, "title: is empty"),
        ({"summary": "word " * 26}, "summary: has 26 words"),
        ({"minutes": 0}, "minutes: must be from 1 to 90, got 0"),
        ({"pages": ()}, "page: a lesson has 1 to 24 pages, got 0"),
        ({"pages": (GOOD,) * 25}, "page: a lesson has 1 to 24 pages, got 25"),
        ({"race": {"entrant": []}}, "race: entrant: a race has 1 to 64 entrants, got 0"),
    ],
)
def test_a_broken_lesson_is_told(changes, fault):
    found = faults(replace(LESSON, **changes))
    assert any(line.startswith(fault) for line in found), found


def test_a_race_that_is_wrong_is_told_once():
    wrong = RACE | {"steps": 0}
    assert faults(replace(LESSON, race=wrong)) == ["race: steps: must be a whole number from 1 to 1,000,000, got 0"]


def test_a_page_chooses_racers_then_changes_them():
    race = LESSON.race_of(replace(GOOD, racers=("B",), changes=("entrant.lr=0.2", "landscape.a=2")))
    assert [(e.label, e.lr, e.stream) for e in race.entrants] == [("B", 0.2, 1)]
    assert race.landscape.hyper["a"] == 2.0
    assert race.title == "Title: A page"
    assert RACE["landscape"] == {"name": "parabola"}, "the lesson's own data was changed"
    with pytest.raises(RaceError, match=r"^changes\[1\]: C.lr"):
        LESSON.race_of(replace(GOOD, changes=("steps=5", "C.lr=1")))


@pytest.mark.parametrize(
    ("controls", "is_open", "is_locked"),
    [
        (("lr",), [("lr", "A"), ("lr", "B")], [("beta", "A"), ("steps", ""), ("racers", "")]),
        (("A.lr",), [("lr", "A")], [("lr", "B"), ("lr", "")]),
        (("schedule",), [("schedule", "A"), ("schedule.warmup", "A")], [("lr", "A")]),
        (("landscape.kappa",), [("landscape.kappa", "")], [("landscape", ""), ("landscape.rotation", "")]),
        (("landscape",), [("landscape.kappa", ""), ("landscape", "")], [("noise.sigma", "")]),
        ((EVERYTHING,), [("racers", ""), ("lr", "A"), ("noise.kind", "")], []),
        ((), [], [("lr", "A"), ("steps", "")]),
    ],
)
def test_controls_open_what_they_name(controls, is_open, is_locked):
    page = replace(GOOD, controls=controls)
    assert all(page.opens(*control) for control in is_open)
    assert not any(page.opens(*control) for control in is_locked)


def test_every_control_says_what_it_is():
    assert all(words and words == words.strip() for words in CONTROLS.values())


def test_a_goal_is_decided_at_its_step():
    recording = Engine(LESSON.race_of(ASKING)).run()
    early = Goal("x", (Bound("x", "A", at=5, at_least=2.0),))
    assert early.standing(recording, 4) == (None, "Run the race to step 5.")
    assert early.standing(recording, 5) == (True, "Goal met.")
    any_of = Goal("x", (Bound("arrival", "any", at_most=20),))
    assert any_of.met(recording) and not Goal("x", (Bound("arrival", at_most=20),)).met(recording)
    better = Bound("arrival", "B", less_than="A")
    assert Goal("x", (better,)).met(recording)
    assert not Goal("x", (replace(better, factor=0.1),)).met(recording)
    never = Goal("x", (Bound("diverged", at_least=INF),))
    assert never.met(recording)
    gone = Goal("x", (Bound("loss", "C", at_most=1e9),))
    assert gone.standing(recording, 60) == (False, "Not yet: C is not in the race.")
