"""What a self-check found, to be read, copied and sent: a line a check, every failure with its numbers, a verdict."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from simulator.machine import versions
from simulator.selfcheck.examination import Examination, Result
from simulator.selfcheck.finding import Finding
from simulator.selfcheck.recorded import WAYS, decided

MOST_FAULTS = 20  # of a check that are told one by one


def text(examination: Examination) -> str:
    """The whole report."""
    lines = [*head(), *(line for result in examination.results for line in told(result)), verdict(examination)]
    return "\n".join(lines) + "\n"


def head() -> Iterator[str]:
    """Versions, machine, and what the recorded steps of each rule come from."""
    yield from versions()
    try:
        yield from _sources()
    except Exception as error:  # a data file that is missing or broken: the check that needs it fails
        yield f"no recorded steps: {error}"


def _sources() -> Iterator[str]:
    libraries: dict[str, int] = {}
    others: dict[str, list[str]] = {}
    for name, (first, *_) in decided().items():
        if first in WAYS:
            others.setdefault(first, []).append(name)
        else:
            libraries[first] = libraries.get(first, 0) + 1
    told = ", ".join(f"{library} ({count})" for library, count in sorted(libraries.items()))
    yield f"recorded steps: {sum(libraries.values())} rules are decided by runs of {told};"
    yield "; ".join(f"by {way}: {', '.join(others[way])}" for way in WAYS if way in others)


def told(result: Result) -> Iterator[str]:
    """A line of what was compared, then its failures."""
    word = "ok  " if result.passed else "FAIL" if result.faults or result.ended else "----"
    yield f"{word}  {result.check.name}: {summary(result)}"
    for fault in result.faults[:MOST_FAULTS]:
        yield f"      ✗ {fault}"
    if more := len(result.faults) - MOST_FAULTS:
        yield from [f"      … and {more} more"] if more > 0 else []


def summary(result: Result) -> str:
    """What was compared, how many, the worst error, the tolerance, and how long it took."""
    if not result.looked:
        return f"{result.check.title}: not looked at"
    tolerance = f"allowed: {result.check.tolerance}"
    return f"{result.check.title}: {finding_text(result)}; {tolerance}; {result.seconds:.1f} s"


def finding_text(result: Result) -> str:
    """How many were compared, and the worst of them."""
    return f"{result.compared:,} comparisons over {_share(result)}, {_worst(result.worst)}"


def _share(result: Result) -> str:
    total = len(result.subjects)
    words = f"{total} {'entries' if total > 1 else 'entry'}"
    return words if result.ended else f"{result.looked} of {words}"


def _worst(worst: Finding | None) -> str:
    if worst is None:
        return "nothing compared"
    if worst.error == 0.0:
        return "no error"
    size = f"{worst.error:.1e}" if math.isfinite(worst.error) else "not as it must be"
    return f"worst {size} ({worst.who})"


def verdict(examination: Examination) -> str:
    """One sentence."""
    results = examination.results
    failed = [result for result in results if result.faults or (result.ended and not result.passed)]
    if failed:
        names = ", ".join(result.check.name for result in failed)
        begun = "" if examination.ended else ", and it was stopped early"
        return f"FAILED: {len(failed)} of {len(results)} checks ({names}){begun}."
    if not examination.ended:
        return f"STOPPED: {sum(result.ended for result in results)} of {len(results)} checks done, none failed."
    compared = sum(result.compared for result in results)
    return f"PASSED: all {len(results)} checks, {compared:,} comparisons, in {examination.seconds:.1f} s."


def as_json(examination: Examination) -> str:
    """The same for a program to read."""
    checks = [
        {
            "name": result.check.name,
            "title": result.check.title,
            "passed": result.passed,
            "comparisons": result.compared,
            "subjects": len(result.subjects),
            "tolerance": result.check.tolerance,
            "seconds": round(result.seconds, 3),
            "worst": None if result.worst is None else _as_data(result.worst),
            "faults": [_as_data(fault) for fault in result.faults],
        }
        for result in examination.results
    ]
    data = {"passed": examination.passed, "verdict": verdict(examination), "machine": list(head()), "checks": checks}
    return json.dumps(data, ensure_ascii=False, indent=1)


def _as_data(finding: Finding) -> dict[str, object]:
    error = finding.error if math.isfinite(finding.error) else None  # JSON knows no infinity
    return {
        "who": finding.who, "where": finding.where, "error": error, "tolerance": finding.tolerance,
        "expected": finding.expected, "got": finding.got,
    }  # fmt: skip
