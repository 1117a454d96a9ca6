"""What the commands of the studies refuse, each on a line: who, what is allowed, what was given."""

from __future__ import annotations

import pytest

from tests.commandline import refused


@pytest.mark.parametrize("given", ["scheduler", "localhost:", "tcp://localhost", "a b:1", ":8786"])
def test_an_address_that_is_none_is_refused_before_anything_waits(capsys: pytest.CaptureFixture[str], given: str) -> None:
    (line,) = refused(capsys, "league", "classroom", "--dask", given)
    assert line == f"--dask: must be HOST:PORT, such as tcp://localhost:8786, got {given!r}"


def test_a_step_after_the_end_is_not_taken_for_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(capsys, "diagnose", "saddle", "--steps", "60", "--at", "61")
    assert line == "--at: must be a step of the race, from 0 to 60, got 61"
