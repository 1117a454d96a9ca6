"""What a lesson asks, and how an answer is scored: a number, a racer, or an order of the racers.

The same questions serve for self-checks and for predictions, which are answered before the race is seen. No question
carries its answer: it is read off the race, or is the value of an arithmetic expression.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from simulator.formula import FormulaError, compiled
from simulator.measure import Reading
from simulator.param import RaceError
from simulator.recording import Recording
from simulator.words import short_text


class Score(NamedTuple):
    """How good an answer was: the ``share`` that is right, from 0 to 1, and that in words."""

    share: float
    says: str


@dataclass(frozen=True)
class Number:
    """Asks for a number: a Reading of the page's race, or the value of an expression such as ``"0.01 / (1 - 0.9)"``.

    An answer counts as right within ``tolerance`` of it, a share: 0.1 is ten per cent. Where the answer is 0, within
    ``tolerance`` itself. Steps and evaluations are numbers too; one who never arrives does so at step ∞.
    """

    text: str
    answer: Reading | str
    tolerance: float = 0.05
    because: str = ""
    unit: str = ""

    def right(self, recording: Recording | None) -> float:
        """The answer. An expression needs no recording."""
        if isinstance(self.answer, str):
            return value(self.answer)
        assert recording is not None
        return self.answer.read(recording)

    def score(self, given: float, recording: Recording | None) -> Score:
        right = self.right(recording)
        off = _off(given, right)
        wanted = f"{number_text(right)}{f' {self.unit}' if self.unit else ''}"
        if off <= self.tolerance + 1e-12:
            near = f"Right, within {100.0 * self.tolerance:.0f} %: it is {wanted}."
            return Score(1.0, "Right." if given == right else near)
        far = f", {100.0 * off:.0f} % away" if off < 10.0 else f", {off + 1.0:,.0f} times off"
        away = far if math.isfinite(off) else ""
        return Score(0.0, f"It is {wanted}. You said {number_text(given)}{away if right else ''}.")


@dataclass(frozen=True)
class Comparison:
    """Asks how the racers compare in a ``measure``, the lowest first; ``highest`` turns it round.

    The measure is read at step ``at``, or at the end.
    """

    text: str
    measure: str
    at: int | None = None
    highest: bool = False
    level: float = 0.0
    because: str = ""

    @property
    def reading(self) -> Reading:
        return Reading(self.measure, "", self.at, self.level)

    def values(self, recording: Recording) -> list[float]:
        """What each racer is compared by: the lowest is first."""
        sign = -1.0 if self.highest else 1.0
        found = [sign * self.reading.of(recording, i) for i in range(len(recording.race.entrants))]
        return [math.inf if math.isnan(v) else v for v in found]  # one who is lost is last


@dataclass(frozen=True)
class Ranking(Comparison):
    """Asks for the order of the racers.

    Scored by pairs: of every two racers, is the right one first? Racers that are level may stand in either order.
    """

    def right(self, recording: Recording) -> list[int]:
        """The racers by number, as they should have been ranked."""
        values = self.values(recording)
        return sorted(range(len(values)), key=values.__getitem__)

    def score(self, given: Sequence[int], recording: Recording) -> Score:
        """``given``: the racers by number, in the order somebody put them."""
        values = self.values(recording)
        pairs = list(combinations(given, 2))
        good = sum(values[a] <= values[b] for a, b in pairs)
        if good == len(pairs):
            return Score(1.0, "Every pair is in the right order.")
        named = ", ".join(recording.race.entrants[i].label for i in self.right(recording))
        return Score(good / len(pairs), f"{good} of {len(pairs)} pairs are in the right order. It came out: {named}.")


@dataclass(frozen=True)
class Pick(Comparison):
    """Asks for one racer, the first of all."""

    def right(self, recording: Recording) -> list[int]:
        """The racers by number that are right: more than one where they are level."""
        values = self.values(recording)
        return [i for i, v in enumerate(values) if v == min(values)]

    def score(self, given: int, recording: Recording) -> Score:
        right = self.right(recording)
        named = " and ".join(recording.race.entrants[i].label for i in right)
        return Score(1.0, "Right.") if given in right else Score(0.0, f"It is {named}.")


Question = Number | Ranking | Pick
KINDS: dict[str, type[Any]] = {"number": Number, "ranking": Ranking, "pick": Pick}


def reading_of(question: Question) -> Reading | None:
    """What the answer is read off; None where it is arithmetic."""
    if isinstance(question, Number):
        return None if isinstance(question.answer, str) else question.answer
    return question.reading


def value(expression: str) -> float:
    """The value of an arithmetic expression, RaceError where it is none or has none."""
    try:
        program = compiled(expression, 1)
        found = float("nan") if program.uses else float(program.f(0.0)[0])
    except FormulaError as error:
        raise RaceError([str(error)]) from None
    if not math.isfinite(found):
        raise RaceError([f"{expression!r} has no value: an answer is written in numbers alone"])
    return found


def number_text(number: float) -> str:
    """A number for people; what never happens is never."""
    return "never" if number == math.inf else short_text(number)


def _off(given: float, right: float) -> float:
    """How far ``given`` is from ``right``, as a share of it, or as it is where ``right`` is 0."""
    if given == right:
        return 0.0
    return abs(given - right) / abs(right) if math.isfinite(right) and right else abs(given - right)
