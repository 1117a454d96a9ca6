"""``optim-race selftest --full``: the self-check in a terminal."""

from __future__ import annotations

from simulator.selfcheck import report
from simulator.selfcheck.checks import everything


def selfcheck(as_json: bool = False) -> int:
    """Print a line a check as it ends, failures with their numbers, and the verdict. 0 if all passed, otherwise 1."""
    examination = everything()
    if as_json:
        print(report.as_json(examination.run()))
        return 0 if examination.passed else 1
    print("\n".join(report.head()), flush=True)
    for result in examination.results:
        while not result.ended and examination.advance():
            pass
        print("\n".join(report.told(result)), flush=True)
    print(report.verdict(examination))
    return 0 if examination.passed else 1
