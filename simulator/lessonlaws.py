"""What holds of every lesson: ours, and those that teachers write. ``faults`` says what does not.

It runs the lesson's races: no goal is met by the race a page opens with, the stated solution meets it by moving open
controls alone, every finding comes out as the text has it, and no prediction is answered by what is already seen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from simulator import lessonshape
from simulator.engine import Engine
from simulator.lesson import Finding, Lesson, Page
from simulator.lessonshape import MAX_LANE_STEPS, reading_faults
from simulator.measure import Reading
from simulator.param import RaceError
from simulator.question import Number, Question, Ranking, number_text, reading_of, value
from simulator.race import Race
from simulator.racedata import to_data
from simulator.recording import Recording
from simulator.words import numbers_in, written_like

MAX_RUNS = 200  # of races, for a whole lesson


def faults(lesson: Lesson) -> list[str]:
    """Everything that is wrong with ``lesson``, a line each, with its key path: ``page[2].goal: …``.

    A page of bad form, see `simulator.lessonshape`, is not raced.
    """
    found = lessonshape.faults(lesson)
    bad = {match[0] for fault in found if (match := re.match(r"page\[\d+\]|race", fault))}
    runs = _Runs()
    for i, page in enumerate(lesson.pages[: lessonshape.MAX_PAGES]):
        if f"page[{i}]" not in bad and ("race" not in bad or page.race is not None):
            found += (f"page[{i}].{fault}" for fault in _page(lesson, page, runs))
    return found


class _Runs:
    """Recordings of whole races, each run once."""

    def __init__(self) -> None:
        self._done: list[Recording] = []

    def __call__(self, lesson: Lesson, page: Page, more: tuple[str, ...] = (), key: str = "") -> Recording:
        race = lesson.race_of(page, more, key)
        if race.steps * race.lanes > MAX_LANE_STEPS or len(self._done) > MAX_RUNS:
            raise RaceError([f"{race.lanes} runs of {race.steps:,} steps are too much"])
        for recording in self._done:
            if recording.race == race:
                return recording
        self._done.append(Engine(race).run())
        return self._done[-1]


def _page(lesson: Lesson, page: Page, runs: _Runs) -> Iterator[str]:
    opening = runs(lesson, page)
    if page.goal is not None:
        if page.goal.met(opening):
            yield "goal: is met by the race the page opens with, before anything was done"
        yield from (f"solution{fault}" for fault in _solution(lesson, page, opening, runs))
    for i, question in enumerate(page.questions):
        yield from (f"question[{i}]: {fault}" for fault in _question(question, opening))
    if page.prediction is not None:
        asked = (*_question(page.prediction, opening), *_seen(page, page.prediction, opening))
        yield from (f"prediction: {fault}" for fault in asked)
    for i, finding in enumerate(page.findings):
        yield from (f"finding[{i}]{fault}" for fault in _finding(lesson, page, finding, runs))


def _solution(lesson: Lesson, page: Page, opening: Recording, runs: _Runs) -> Iterator[str]:
    assert page.goal is not None
    try:
        solved = runs(lesson, page, page.solution, "")
    except RaceError as error:
        yield from (fault if fault.startswith("[") else f": {fault}" for fault in error.faults)
        return
    for key, racer in _moved(opening.race, solved.race):
        if not page.opens(key, racer):
            yield f": moves {key}{f' of {racer}' if racer else ''}, which the page's controls do not open"
    if not page.goal.met(solved):
        yield f": does not meet the goal. {page.goal.standing(solved, solved.race.steps).says}"


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
        found += [(key, one["label"]) for key in one | other if one.get(key) != other.get(key)]
    return found


def _question(question: Question, recording: Recording) -> Iterator[str]:
    """Whether the race answers it, and with one answer."""
    if isinstance(question, Number):
        right = question.right(recording)
        if math.isnan(right):
            yield "cannot be read off this race"
        elif math.isinf(right) and "never" not in question.text:
            yield "the answer is never, and the question does not say that it could be"
    elif isinstance(question, Ranking):
        values, labels = question.values(recording), [entrant.label for entrant in recording.race.entrants]
        level = [label for label, v in zip(labels, values, strict=True) if values.count(v) > 1]
        if level:
            yield f"{', '.join(level)} are level, there is no order"
    elif len(question.right(recording)) == len(recording.race.entrants):
        yield "all racers are level, none stands out"


def _seen(page: Page, prediction: Question, recording: Recording) -> Iterator[str]:
    """Whether what the page shows before the race is run gives the answer away."""
    reading = reading_of(prediction)
    if page.shows:
        yield "the page opens at step 0 when it asks for one; leave out shows"
    if reading is None:
        yield "must be read off the race; arithmetic belongs to the questions"
    elif reading.at == 0 or reading.measure == "lr":
        yield f"{reading.measure} can be seen before the race is run"
    elif isinstance(prediction, Number):
        shown = number_text(prediction.right(recording))
        if shown in numbers_in(" ".join((page.text, page.title, prediction.text))) - {"never"}:
            yield f"the answer, {shown}, stands in the text"


def _finding(lesson: Lesson, page: Page, finding: Finding, runs: _Runs) -> Iterator[str]:
    """Faults, each beginning with what follows the finding's key."""
    if finding.number not in numbers_in(_texts(page)):
        yield f": {finding.number} is not in the text of the page"
    try:
        recording = runs(lesson, page, finding.given, ".given")
    except RaceError as error:
        yield from (fault if fault.startswith(".given") else f".given: {fault}" for fault in error.faults)
        return
    found = 1.0
    for reading, turned in ((finding.reading, False), (finding.over, True)):
        if isinstance(reading, str):
            found = value(reading)
        elif reading is not None:
            if wrong := list(_unreadable(reading, recording.race)):
                yield from wrong
                return
            number = reading.read(recording)
            found = found * number if not turned else found / number if number else math.nan
    if (computed := written_like(found, finding.number)) != finding.number:
        yield f": the text says {finding.number}, the race {computed}"


def _unreadable(reading: Reading, race: Race) -> Iterator[str]:
    yield from (f": {fault}" for fault in reading_faults(reading, race))
    if len(race.entrants) > 1 and not reading.racer:
        yield f": of which racer? there are {', '.join(e.label for e in race.entrants)}"


def _texts(page: Page) -> str:
    """All that is written on ``page``."""
    asked = [question for question in (page.prediction, *page.questions) if question is not None]
    goal = page.goal.text if page.goal else ""
    return " ".join((page.text, goal, page.hint, page.why, *(t for q in asked for t in (q.text, q.because))))
