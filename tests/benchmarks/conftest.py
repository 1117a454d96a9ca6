"""Benchmarks measure and report; they never assert a time. What counts are ratios taken in one run.

``make bench`` runs them; the numbers are gathered in a table at the end.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

Report = Callable[[str, str, str], None]
ROWS: list[tuple[str, str, str]] = []


@pytest.fixture
def report() -> Report:
    """``report(what, measured, expected)`` adds a line to the table."""
    return lambda what, measured, expected: ROWS.append((what, measured, expected))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if ROWS:
        terminalreporter.section("measured")
        widths = [max(len(row[i]) for row in ROWS) for i in range(2)]
        for what, measured, expected in ROWS:
            terminalreporter.write_line(f"{what:<{widths[0]}}  {measured:>{widths[1]}}  expected {expected}")
