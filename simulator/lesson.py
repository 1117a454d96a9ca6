"""What a lesson is: a race, a few short pages of text, the few controls each leaves open, and goals.

A lesson is data. One file in `simulator/lessons/` defines one ``Lesson``, and so does a ``*.lesson.toml``; the window
shows both alike, and `simulator.lessonlaws` holds both to the same laws. An author needs to know this:

- ``Lesson.race`` is the name of a sample race, or a race as a race file has it, as a dictionary. Every page shows that
  race: with those ``racers`` alone that it names by label, then with its ``changes`` made, each ``"KEY=VALUE"`` as in
  ``optim-race run --set``. ``race`` takes another race altogether. A page never depends on the one before it.
- ``text`` is a little Markdown (`simulator.prose`), at most 110 words. Say what to do and what to look at.
- ``controls`` names what can be moved on this page; all else is locked and out of sight: hyperparameters by name
  ("lr", "beta"), "schedule", "clip_norm", "clip_value", "restart", "racers" (add and remove them), "landscape" or one
  of its parameters ("landscape.kappa"), "noise" or a part of it ("noise.sigma"), "starts", "steps", "seed";
  "Momentum.lr" opens the control of one racer only, "everything" all. Playback and the view are never locked.
- ``shows`` is the step at which the page opens, ``view`` and ``overlays`` what is seen there. What ``controls`` open
  stands beneath the text; ``panel`` puts one more there: "inspect", which opens up the step, of the racer
  it names as in "Momentum.inspect" or of the first, "racers" or "race".
- A ``goal`` is a sentence and bounds on measures (`simulator.measure` has the vocabulary) that all must hold at the
  end of the race, or at the step ``at``. The race the page opens with must not meet it; ``solution``, changes of open
  controls alone, must. ``hint`` helps, ``why`` explains once it is met.
- A ``prediction`` (`simulator.question`) locks the race until it is answered: no step can be seen before. Then the race
  is run and the answer scored. ``questions`` are self-checks at the foot of the page. Their answers are computed.
- A ``Finding`` ties a number in the text to the run that gives it: ``Finding("2.017", Reading("x", at=5))`` says that
  the text has the number 2.017, and that x is that at step 5, to as many digits as are written. ``given`` makes
  changes to the page's race first, ``over`` divides by another reading.

    simulator/lessons/step_size.py     the model
    python -m pytest tests/test_lessons.py -k step_size     the laws
    optim-race lesson step_size        the window on it
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from simulator import changes, racefile
from simulator.lessoncontrols import opens
from simulator.measure import Reading
from simulator.measurewords import told, wanted
from simulator.param import RaceError
from simulator.question import Question
from simulator.race import Race
from simulator.racedata import from_data
from simulator.recording import Recording

ANY = "any"
VIEWS = ("contour", "side by side", "relief", "basins")  # overlays: see `simulator.overlays`
PANELS = ("racers", "race", "inspect")


@dataclass(frozen=True)
class Bound:
    """A condition on a measure: of one racer by label, of every racer (""), or of at least one ("any").

    ``at_most`` and ``at_least`` compare with a number, infinity included: a racer that has not diverged has
    ``Bound("diverged", at_least=inf)``. ``less_than`` and ``more_than`` compare with the same measure of the racer of
    that label, times ``factor``. What cannot be read, as of a racer that was removed, does not hold.
    """

    measure: str
    racer: str = ""
    at: int | None = None
    level: float = 0.0
    at_most: float | None = None
    at_least: float | None = None
    less_than: str = ""
    more_than: str = ""
    factor: float = 1.0

    @property
    def reading(self) -> Reading:
        return Reading(self.measure, "" if self.racer == ANY else self.racer, self.at, self.level)

    def holds(self, recording: Recording) -> bool:
        found = [self.allows(value, recording) for _, value in self.values(recording)]
        return bool(found) and (any(found) if self.racer == ANY else all(found))

    def values(self, recording: Recording) -> list[tuple[str, float]]:
        """Label and number of each racer that is meant."""
        racers = enumerate(recording.race.entrants)
        return [(e.label, self.reading.of(recording, i)) for i, e in racers if self.racer in ("", ANY, e.label)]

    def limits(self, recording: Recording) -> list[tuple[str, float]]:
        """What is asked: "at most", "at least", "less than", "more than", and the number."""
        asked = [("at most", self.at_most), ("at least", self.at_least)]
        for word, label in (("less than", self.less_than), ("more than", self.more_than)):
            if label:
                asked.append((word, self.factor * replace(self.reading, racer=label).read(recording)))
        return [(word, number) for word, number in asked if number is not None]

    def allows(self, value: float, recording: Recording) -> bool:
        """Whether a racer of that number is as asked."""
        tests: dict[str, Callable[[float], bool]] = {
            "at most": value.__le__,
            "at least": value.__ge__,
            "less than": value.__lt__,
            "more than": value.__gt__,
        }
        return all(tests[word](float(number)) for word, number in self.limits(recording))


class Standing(NamedTuple):
    """How a goal stands: None where the race has not been run far enough to tell; and that in words."""

    met: bool | None
    says: str


@dataclass(frozen=True)
class Goal:
    """What is to be reached: one sentence for people, and the bounds that are meant by it."""

    text: str
    bounds: tuple[Bound, ...]

    def step(self, race: Race) -> int:
        """The step at which it is decided."""
        return max((bound.reading.step(race) for bound in self.bounds), default=race.steps)

    def met(self, recording: Recording) -> bool:
        """Whether a race that was run far enough meets it."""
        return all(bound.holds(recording) for bound in self.bounds)

    def standing(self, recording: Recording, step: int) -> Standing:
        """As it stands when ``step`` is on screen."""
        needed = self.step(recording.race)
        if step < needed:
            return Standing(None, f"Run the race to step {needed:,}.")
        if self.met(recording):
            return Standing(True, "Goal met.")
        return Standing(False, f"Not yet: {_why_not(self.bounds, recording)}.")


@dataclass(frozen=True)
class Finding:
    """A number in the text, as it is written there, and where it comes from; see the module.

    ``number`` may also be a word for what never happens, "never". ``reading`` may be an expression.
    """

    number: str
    reading: Reading | str
    given: tuple[str, ...] = ()
    over: Reading | None = None


@dataclass(frozen=True)
class Page:
    """One page of a lesson; see the module."""

    title: str
    text: str
    changes: tuple[str, ...] = ()
    racers: tuple[str, ...] = ()
    race: str | Mapping[str, Any] | None = None
    controls: tuple[str, ...] = ()
    shows: int = 0
    view: str = "contour"
    overlays: tuple[str, ...] = ()
    panel: str = ""
    prediction: Question | None = None
    goal: Goal | None = None
    hint: str = ""
    solution: tuple[str, ...] = ()
    why: str = ""
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def beside(self) -> tuple[str, str]:
        """Name of the panel, and the label of the racer it opens on."""
        label, dot, name = self.panel.rpartition(".")
        return (name, label) if dot and name == "inspect" else (self.panel, "")

    def opens(self, key: str, racer: str = "") -> bool:
        """Whether the control ``key`` ("lr", "schedule.warmup", "landscape.kappa"), of ``racer``, can be moved."""
        return opens(self.controls, key, racer)


@dataclass(frozen=True)
class Lesson:
    """One lesson; see the module. ``place`` orders the list of lessons, ``name`` is that of its file."""

    title: str
    summary: str
    minutes: int
    race: str | Mapping[str, Any]
    pages: tuple[Page, ...]
    source: str = ""
    place: int = 1000
    name: str = field(default="", compare=False)

    def race_of(self, page: Page, more: Sequence[str] = (), key: str = "solution") -> Race:
        """The race that ``page`` opens with, after the changes ``more``, which messages call ``key``.

        Raises RaceError: faults of a change begin with its key path, ``changes[1]: …``, all others with that in a race.
        """
        source = self.race if page.race is None else page.race
        data = racefile.load_sample(source) if isinstance(source, str) else copy.deepcopy(dict(source))
        faults: list[str] = []
        if page.racers:
            data["entrant"] = _chosen(from_data(data), data, page.racers, faults)
        faults += _change(data, page.changes, "changes")
        faults += _change(data, more, key)
        if faults:
            raise RaceError(faults)
        return from_data({"title": f"{self.title}: {page.title}"} | data)


def _change(data: dict[str, Any], assignments: Sequence[str], key: str) -> list[str]:
    """Make the changes in ``data``; returns what is wrong with them."""
    found: list[str] = []
    for i, assignment in enumerate(assignments):
        faults: list[str] = []
        changes.apply(data, [assignment], faults, "")
        found += (f"{key}[{i}]: {fault}" for fault in faults)
    return found


def _chosen(race: Race, data: dict[str, Any], racers: tuple[str, ...], faults: list[str]) -> list[Any]:
    """The tables of the racers that have these labels, each with the label and stream it has among all."""
    labels = [entrant.label for entrant in race.entrants]
    for label in racers:
        if label not in labels:
            faults.append(f"racers: no racer is called {label!r}; there are {', '.join(labels)}")
    tables = zip(data["entrant"], race.entrants, strict=True)
    return [table | {"label": e.label, "stream": e.stream} for table, e in tables if e.label in racers]


def _why_not(bounds: Iterable[Bound], recording: Recording) -> str:
    """The first thing that stands in the way, in words."""
    for bound in bounds:
        if bound.holds(recording):
            continue
        values = bound.values(recording)
        if not values:
            return f"{bound.racer or 'every racer'} is not in the race"
        label, value = next((label, v) for label, v in values if not bound.allows(v, recording))
        asked = wanted(bound.measure, bound.limits(recording))
        at = "" if bound.at is None else f" at step {bound.at:,}"
        return f"{told(bound.measure, label, value)}{at}; wanted: {asked}"
    return "nothing is asked"
