"""The self-check as it goes: a part at a time, so that a window can show how far it is and stop it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.selfcheck.finding import Check, Finding


@dataclass(eq=False)
class Result:
    """What one check has found so far."""

    check: Check
    subjects: Sequence[str]
    looked: int = 0  # subjects
    compared: int = 0  # findings
    worst: Finding | None = None  # nearest to its tolerance, or farthest beyond
    faults: list[Finding] = field(default_factory=list[Finding])
    seconds: float = 0.0

    @property
    def ended(self) -> bool:
        return self.looked == len(self.subjects)

    @property
    def passed(self) -> bool:
        """Ended, with something compared and nothing wrong: a check that looked at nothing has shown nothing."""
        return self.ended and self.compared > 0 and not self.faults

    def note(self, finding: Finding) -> None:
        self.compared += 1
        if self.worst is None or finding.share > self.worst.share:
            self.worst = finding
        if not finding.well:
            self.faults.append(finding)


class Examination:
    """All ``checks`` in turn. ``advance`` takes one small part; to stop, call it no more.

    A check that raises has failed at that subject, and goes on with the next.
    """

    def __init__(self, checks: Sequence[Check]):
        self.results = [Result(check, _subjects(check)) for check in checks]
        self._parts = self._run()

    @property
    def share(self) -> float:
        """How much is done, by the number of subjects."""
        return sum(r.looked for r in self.results) / max(sum(len(r.subjects) for r in self.results), 1)

    @property
    def current(self) -> tuple[Result, str] | None:
        """The check at work and the subject before it; None when all have ended."""
        for result in self.results:
            if not result.ended:
                return result, result.subjects[result.looked]
        return None

    @property
    def ended(self) -> bool:
        return all(result.ended for result in self.results)

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)

    @property
    def seconds(self) -> float:
        return sum(result.seconds for result in self.results)

    def advance(self) -> bool:
        """Take the next part. Whether there was one."""
        return next(self._parts, None) is not None

    def run(self) -> Examination:
        """All that is left."""
        while self.advance():
            pass
        return self

    def _run(self) -> Iterator[bool]:
        for result in self.results:
            for subject in result.subjects:
                parts = result.check.look(subject)
                more = True
                while more:
                    begin = time.perf_counter()
                    more = _part(result, subject, parts)
                    result.looked += not more
                    result.seconds += time.perf_counter() - begin
                    yield True


def _subjects(check: Check) -> Sequence[str]:
    try:
        return list(check.subjects())
    except Exception:  # a catalog or a data file that is not there: looking at it says so
        return [check.name]


def _part(result: Result, subject: str, parts: Iterator[Finding]) -> bool:
    try:
        with np.errstate(all="ignore"):
            finding = next(parts, None)
    except Exception as error:  # whatever is broken, the rest is still worth looking at
        what = " ".join(f"{type(error).__name__}: {error}".split())
        result.note(Finding(subject, "the check itself", math.inf, 0.0, "no error", what))
        return False
    if finding is None:
        return False
    result.note(finding)
    return True
