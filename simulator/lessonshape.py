"""The form of a lesson: short texts in the Markdown there is, and names that exist. Nothing is raced to see it.

``faults`` says what is wrong, a line each with its key path: ``page[2].controls: no control is called 'lrr'``. What
holds of a lesson once its races are run is in `simulator.lessonlaws`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulator import prose
from simulator.lesson import ANY, PANELS, VIEWS, Bound, Finding, Lesson, Page
from simulator.lessoncontrols import CONTROLS, OF_A_RACER
from simulator.measure import Reading, check_name
from simulator.overlays import OVERLAYS
from simulator.param import RaceError, did_you_mean, params
from simulator.question import Number, Question, reading_of, value
from simulator.race import Race

MAX_PAGES, MAX_MINUTES, MAX_PARTS = 24, 90, 24  # parts: questions, findings, bounds, changes … of a page, each
MAX_WORDS = {"title": 8, "summary": 25, "text": 110, "goal": 35, "hint": 40, "why": 60, "question": 40, "because": 60}
MAX_LETTERS = 40  # of a word: a longer one does not fit on a line of the panel
MAX_LANE_STEPS = 200_000  # of a page's race: it is run again whenever a slider moves


def faults(lesson: Lesson) -> list[str]:
    """Why ``lesson`` cannot be shown as it is meant."""
    found = [*_text("title", lesson.title, "title"), *_text("summary", lesson.summary, "summary")]
    if not 1 <= lesson.minutes <= MAX_MINUTES:
        found.append(f"minutes: must be from 1 to {MAX_MINUTES}, got {lesson.minutes}")
    if not 1 <= len(lesson.pages) <= MAX_PAGES:
        found.append(f"page: a lesson has 1 to {MAX_PAGES} pages, got {len(lesson.pages)}")
    wrong: list[str] = []
    try:
        lesson.race_of(Page("", ""))
    except RaceError as error:
        wrong = error.faults
        found += (f"race: {fault}" for fault in wrong)
    for i, page in enumerate(lesson.pages[:MAX_PAGES]):
        found += (f"page[{i}].{fault}" for fault in _page(lesson, page, bool(wrong)))
    return found


def _page(lesson: Lesson, page: Page, no_race: bool) -> Iterator[str]:
    yield from _text("title", page.title, "title")
    for key in ("text", "hint", "why"):
        yield from _text(key, getattr(page, key), key, needed=key == "text")
    bounds = page.goal.bounds if page.goal else ()
    parts = {"changes": page.changes, "controls": page.controls, "solution": page.solution, "racers": page.racers}
    parts |= {"question": page.questions, "finding": page.findings, "goal.bounds": bounds, "overlays": page.overlays}
    yield from (f"{key}: at most {MAX_PARTS}, got {len(p)}" for key, p in parts.items() if len(p) > MAX_PARTS)
    if any(len(p) > MAX_PARTS for p in parts.values()):
        return
    if page.race is None and no_race:
        return
    try:
        race = lesson.race_of(page)
    except RaceError as error:
        yield from (fault if fault.startswith(("changes", "racers")) else f"race: {fault}" for fault in error.faults)
        return
    if race.steps * race.lanes > MAX_LANE_STEPS:
        yield f"race: {race.lanes} runs of {race.steps:,} steps are too much to be run again at every change"
    yield from _names(page, race)
    yield from _goal(page, race)
    for i, question in enumerate(page.questions):
        yield from (f"question[{i}]{fault}" for fault in _question(question, race))
    if page.prediction is not None:
        yield from (f"prediction{fault}" for fault in _question(page.prediction, race))
    for i, finding in enumerate(page.findings):
        yield from (f"finding[{i}]{fault}" for fault in _finding(finding))


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
    yield from _each("controls", (c for c in page.controls if not _of_a_racer(c, race)), _controls(race), "control")
    yield from _each("view", [page.view], VIEWS, "view")
    yield from _each("overlays", page.overlays, OVERLAYS, "overlay")
    panel, label = page.beside
    if panel:
        yield from _each("panel", [panel], PANELS, "panel")
    if label:
        yield from _each("panel", [label], (entrant.label for entrant in race.entrants), "racer")
    if not 0 <= page.shows <= race.steps:
        yield f"shows: step {page.shows} is not one of the race, which has {race.steps}"


def _each(key: str, names: Iterable[str], known: Iterable[str], noun: str) -> Iterator[str]:
    known = list(known)
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"; there are {', '.join(known)}"
            yield f"{key}: no {noun} is called {name!r}{hint}"


def _controls(race: Race) -> list[str]:
    """The controls of this race by name."""
    hyper = dict.fromkeys(name for entrant in race.entrants for name in params(type(entrant.optimizer)))
    tables = (("landscape", race.landscape), ("noise", race.noise))
    inner = [f"{table}.{name}" for table, thing in tables for name in params(type(thing))]
    return [*hyper, *CONTROLS, *inner]


def _of_a_racer(control: str, race: Race) -> bool:
    """Whether it is ``Label.lr``: the control of one racer."""
    return any(
        control.startswith(f"{e.label}.") and control[len(e.label) + 1 :] in (*OF_A_RACER, *params(type(e.optimizer)))
        for e in race.entrants
    )


def _goal(page: Page, race: Race) -> Iterator[str]:
    if page.goal is None:
        if page.solution or page.hint or page.why:
            yield "goal: there is a solution, a hint or a reason why, but no goal"
        return
    yield from _text("goal.text", page.goal.text, "goal")
    if not page.goal.bounds:
        yield "goal.bounds: at least one is needed"
    if not page.solution:
        yield "solution: a goal needs one"
    for i, bound in enumerate(page.goal.bounds):
        yield from (f"goal.bounds[{i}]: {fault}" for fault in _bound(bound, race))


def _bound(bound: Bound, race: Race) -> Iterator[str]:
    yield from reading_faults(bound.reading, race)
    labels = [entrant.label for entrant in race.entrants]
    if ANY in labels:
        yield f"a racer is called {ANY!r}, which here means any racer"
    for other in (bound.less_than, bound.more_than):
        if other and other not in labels:
            yield f"no racer is called {other!r}{did_you_mean(other, labels)}"
    if bound.at_most is None and bound.at_least is None and not bound.less_than and not bound.more_than:
        yield "needs at_most, at_least, less_than or more_than"


def reading_faults(reading: Reading, race: Race) -> Iterator[str]:
    """What is wrong with ``reading`` on ``race``."""
    yield from _name_faults(reading)
    yield from reading.faults(race)


def _name_faults(reading: Reading) -> Iterator[str]:
    try:
        check_name(reading.measure)
    except RaceError as error:
        yield from error.faults


def _question(question: Question, race: Race) -> Iterator[str]:
    """Faults, each beginning with what follows the question's key."""
    yield from (f".{fault}" for fault in _text("text", question.text, "question"))
    yield from (f".{fault}" for fault in _text("because", question.because, "because", needed=False))
    if reading := reading_of(question):
        yield from (f": {fault}" for fault in reading_faults(reading, race))
    many = len(race.entrants) > 1
    if not isinstance(question, Number):
        if not many:
            yield ": needs two racers"
        return
    if not 0.0 <= question.tolerance <= 1.0:
        yield f".tolerance: must be from 0 to 1, got {question.tolerance}"
    if isinstance(question.answer, str):
        yield from (f".answer: {fault}" for fault in _value_faults(question.answer))
    elif many and not question.answer.racer:
        yield f": of which racer? there are {', '.join(e.label for e in race.entrants)}"


def _finding(finding: Finding) -> Iterator[str]:
    if isinstance(finding.reading, str):
        yield from (f".value: {fault}" for fault in _value_faults(finding.reading))
    else:
        yield from (f": {fault}" for fault in _name_faults(finding.reading))
    if finding.over:
        yield from (f".over: {fault}" for fault in _name_faults(finding.over))


def _value_faults(expression: str) -> Iterator[str]:
    try:
        value(expression)
    except RaceError as error:
        yield from error.faults
