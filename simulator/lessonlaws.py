"""What holds of every lesson: ours, and those that teachers write. ``faults`` says what does not.

It runs the lesson's races: no goal is met by the race a page opens with, the stated solution meets it by moving open
controls alone, every finding comes out as the text has it, and no prediction is answered by what is already seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from simulator import prose
from simulator.engine import Engine
from simulator.lesson import ANY, CONTROLS, OVERLAYS, PANELS, VIEWS, Bound, Finding, Lesson, Page
from simulator.measure import Reading, check_name
from simulator.param import RaceError, did_you_mean, params
from simulator.question import Number, Pick, Question, Ranking, number_text, reading_of, value
from simulator.race import Race
from simulator.racedata import one_line, to_data
from simulator.recording import Recording
from simulator.words import numbers_in, written_like

MAX_PAGES, MAX_MINUTES = 24, 90
MAX_WORDS = {"title": 8, "summary": 25, "text": 110, "goal": 35, "hint": 40, "why": 60, "question": 40, "because": 60}
MAX_LETTERS = 40  # of a word: a longer one does not fit on a line of the panel
MAX_LANE_STEPS = 1_000_000  # of a page's race: it is run again whenever a slider moves


def faults(lesson: Lesson) -> list[str]:
    """Everything that is wrong with ``lesson``, a line each, with its key path: ``page[2].goal: …``."""
    found = [*_text("title", lesson.title, "title"), *_text("summary", lesson.summary, "summary")]
    if not 1 <= lesson.minutes <= MAX_MINUTES:
        found.append(f"minutes: must be from 1 to {MAX_MINUTES}, got {lesson.minutes}")
    if not 1 <= len(lesson.pages) <= MAX_PAGES:
        found.append(f"page: a lesson has 1 to {MAX_PAGES} pages, got {len(lesson.pages)}")
    runs = _Runs()
    for i, page in enumerate(lesson.pages[:MAX_PAGES]):
        found += (f"page[{i}].{fault}" for fault in _page(lesson, page, runs))
    return [one_line(fault) for fault in found]


class _Runs:
    """Recordings of whole races, each run once."""

    def __init__(self) -> None:
        self._done: list[Recording] = []

    def __call__(self, race: Race) -> Recording:
        if race.steps * race.lanes > MAX_LANE_STEPS:
            raise RaceError([f"race: {race.lanes} runs of {race.steps:,} steps are too much to be run at every change"])
        for recording in self._done:
            if recording.race == race:
                return recording
        self._done.append(Engine(race).run())
        return self._done[-1]


def _page(lesson: Lesson, page: Page, runs: _Runs) -> Iterator[str]:
    yield from _text("title", page.title, "title")
    for key in ("text", "hint", "why"):
        yield from _text(key, getattr(page, key), key, needed=key == "text")
    try:
        recording = runs(lesson.race_of(page))
    except RaceError as error:
        yield from (fault if fault.startswith(("changes", "racers")) else f"race: {fault}" for fault in error.faults)
        return
    yield from _names(page, recording.race)
    if page.goal is not None:
        yield from _goal(lesson, page, recording, runs)
    elif page.solution or page.hint or page.why:
        yield "goal: there is a solution, a hint or a reason why, but no goal"
    for key, question in (
        ("prediction", page.prediction),
        *((f"question[{i}]", q) for i, q in enumerate(page.questions)),
    ):
        if question is not None:
            yield from (f"{key}{fault}" for fault in _question(question, recording))
    if page.prediction is not None:
        yield from (f"prediction{fault}" for fault in _hidden(page, page.prediction, recording))
    for i, finding in enumerate(page.findings):
        yield from (f"finding[{i}]{fault}" for fault in _finding(lesson, page, finding, runs))


def _text(key: str, text: str, kind: str, needed: bool = True) -> Iterator[str]:
    """Of a text that is empty, too long or not the Markdown there is."""
    if not text.strip() and needed:
        yield f"{key}: is empty"
    if (count := prose.words(text)) > MAX_WORDS[kind]:
        yield f"{key}: has {count} words, at most {MAX_WORDS[kind]} can be read from the back of a room"
    if longest := next((word for word in text.split() if len(word) > MAX_LETTERS), ""):
        yield f"{key}: {longest!r} is too long a word"
    if strange := prose.foreign(text):
        yield f"{key}: there is {' and '.join(strange)}; use paragraphs, lists, **bold**, *italic* and `code`"


def _names(page: Page, race: Race) -> Iterator[str]:
    yield from _each("controls", page.controls, _controls(race), "control", race)
    for key, names, known in (("view", [page.view], VIEWS), ("overlays", page.overlays, OVERLAYS)):
        yield from _each(key, names, known, key.removesuffix("s"))
    if page.panel:
        yield from _each("panel", [page.panel], PANELS, "panel")
    if not 0 <= page.shows <= race.steps:
        yield f"shows: step {page.shows} is not one of the race, which has {race.steps}"


def _each(key: str, names: Iterable[str], known: Iterable[str], noun: str, race: Race | None = None) -> Iterator[str]:
    known = list(known)
    for name in names:
        if name in known or (race is not None and _of_a_racer(name, race)):
            continue
        hint = did_you_mean(name, known) or f"; there are {', '.join(known)}"
        yield f"{key}: no {noun} is called {name!r}{hint}"


def _controls(race: Race) -> list[str]:
    """The controls of this race by name."""
    hyper = dict.fromkeys(name for entrant in race.entrants for name in params(type(entrant.optimizer)))
    tables = (("landscape", race.landscape), ("noise", race.noise))
    inner = [f"{table}.{name}" for table, thing in tables for name in params(type(thing))]
    return [*CONTROLS, *hyper, *inner]


def _of_a_racer(control: str, race: Race) -> bool:
    """Whether it is ``Label.lr``: the control of one racer."""
    own = ("schedule", "clip_norm", "clip_value", "restart")
    return any(
        control.startswith(f"{e.label}.") and control[len(e.label) + 1 :] in (*own, *params(type(e.optimizer)))
        for e in race.entrants
    )


def _goal(lesson: Lesson, page: Page, opening: Recording, runs: _Runs) -> Iterator[str]:
    goal = page.goal
    assert goal is not None
    wrong = list(_text("goal.text", goal.text, "goal"))
    if not goal.bounds:
        wrong.append("goal.bounds: at least one is needed")
    for i, bound in enumerate(goal.bounds):
        wrong += (f"goal.bounds[{i}]: {fault}" for fault in _bound(bound, opening))
    yield from wrong
    if wrong:
        return
    if goal.met(opening):
        yield "goal: is met by the race the page opens with, before anything was done"
    if not page.solution:
        yield "solution: a goal needs one"
        return
    try:
        solved = runs(lesson.race_of(page, page.solution))
    except RaceError as error:
        yield from (fault if fault.startswith("solution") else f"solution: {fault}" for fault in error.faults)
        return
    for key, racer in _moved(opening.race, solved.race):
        if not page.opens(key, racer):
            whose = f" of {racer}" if racer else ""
            yield f"solution: moves {key}{whose}, which the page's controls do not open"
    if not goal.met(solved):
        yield f"solution: does not meet the goal. {goal.standing(solved, solved.race.steps).says}"


def _moved(before: Race, after: Race) -> list[tuple[str, str]]:
    """The controls that lead from one race to the other, each with the label of the racer it belongs to, or ""."""
    old, new = to_data(before), to_data(after)
    found = [(key, "") for key in ("steps", "seed", "starts") if old[key] != new[key]]
    for table in ("landscape", "noise"):
        inner = {key for key in old[table] | new[table] if old[table].get(key) != new[table].get(key)}
        found += [("landscape", "")] if "name" in inner else [(f"{table}.{key}", "") for key in sorted(inner)]
    if [(e["optimizer"], e["label"]) for e in old["entrant"]] != [(e["optimizer"], e["label"]) for e in new["entrant"]]:
        return [*found, ("racers", "")]
    for one, other in zip(old["entrant"], new["entrant"], strict=True):
        found += [(key, one["label"]) for key in one if one[key] != other[key]]
    return found


def _bound(bound: Bound, recording: Recording) -> Iterator[str]:
    yield from _reading(bound.reading, recording.race)
    labels = [entrant.label for entrant in recording.race.entrants]
    if ANY in labels:
        yield f"a racer is called {ANY!r}, which here means any racer"
    for other in (bound.less_than, bound.more_than):
        if other and other not in labels:
            yield f"no racer is called {other!r}{did_you_mean(other, labels)}"
    if not bound.limits(recording):
        yield "needs at_most, at_least, less_than or more_than"


def _reading(reading: Reading, race: Race) -> Iterator[str]:
    try:
        check_name(reading.measure)
    except RaceError as error:
        yield from error.faults
    yield from reading.faults(race)


def _question(question: Question, recording: Recording) -> Iterator[str]:
    """Faults, each beginning with what follows the question's key."""
    yield from (f".{fault}" for fault in _text("text", question.text, "question"))
    yield from (f".{fault}" for fault in _text("because", question.because, "because", needed=False))
    if reading := reading_of(question):
        wrong = list(_reading(reading, recording.race))
        yield from (f": {fault}" for fault in wrong)
        if wrong:
            return
    elif isinstance(question, Number):
        try:
            value(str(question.answer))
        except RaceError as error:
            yield from (f".answer: {fault}" for fault in error.faults)
            return
    if isinstance(question, Number):
        if math.isnan(right := question.right(recording)):
            yield ": cannot be read off this race"
        if not 0.0 <= question.tolerance <= 1.0:
            yield f".tolerance: must be from 0 to 1, got {question.tolerance}"
        if isinstance(question.answer, Reading) and not question.answer.racer and len(recording.race.entrants) > 1:
            yield f": of which racer? there are {', '.join(e.label for e in recording.race.entrants)}"
        elif right == math.inf and "never" not in question.text:
            yield ": the answer is never, and the question does not say that it could be"
    elif len(recording.race.entrants) < 2:
        yield ": needs two racers"
    elif isinstance(question, Ranking) and len(set(question.values(recording))) == 1:
        yield ": all racers are level, there is no order"
    elif isinstance(question, Pick) and len(question.right(recording)) == len(recording.race.entrants):
        yield ": all racers are level, none stands out"


def _hidden(page: Page, prediction: Question, recording: Recording) -> Iterator[str]:
    """Whether what a page shows before the race is run gives the answer away."""
    if page.shows:
        yield ": the page opens at step 0 when it asks for a prediction; leave out shows"
    reading = reading_of(prediction)
    if reading is None:
        yield ": must be read off the race; arithmetic belongs to the questions"
        return
    if reading.at == 0 or reading.measure == "lr":
        yield f": {reading.measure} at the start can be seen before the race is run"
    elif isinstance(prediction, Number) and isinstance(prediction.answer, Reading):
        shown = number_text(prediction.right(recording))
        if shown in numbers_in(" ".join((page.text, page.title, prediction.text))):
            yield f": the answer, {shown}, stands in the text"


def _finding(lesson: Lesson, page: Page, finding: Finding, runs: _Runs) -> Iterator[str]:
    questions = [q for q in (page.prediction, *page.questions) if q is not None]
    goal = page.goal.text if page.goal else ""
    texts = [page.text, goal, page.hint, page.why, *(t for q in questions for t in (q.text, q.because))]
    if finding.number not in numbers_in(" ".join(texts)):
        yield f": {finding.number} is not in the text of the page"
    try:
        recording = runs(lesson.race_of(page, finding.given))
    except RaceError as error:
        yield from (f".given: {fault.removeprefix('solution: ')}" for fault in error.faults)
        return
    if isinstance(finding.reading, str):
        try:
            found = value(finding.reading)
        except RaceError as error:
            yield f".reading: {error}"
            return
    else:
        readings = [finding.reading, *([finding.over] if finding.over else [])]
        wrong = [fault for reading in readings for fault in _reading(reading, recording.race)]
        yield from (f": {fault}" for fault in wrong)
        if wrong:
            return
        found = finding.reading.read(recording)
    if finding.over:
        found /= finding.over.read(recording)
    if written_like(found, finding.number) != finding.number:
        yield f": the text says {finding.number}, the race {number_text(found)}"
