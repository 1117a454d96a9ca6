"""What the commands of the studies refuse, each on a line; and what the sheet of a forked race says."""

from __future__ import annotations

import pytest

from simulator import racefile
from simulator.engine import Engine
from simulator.fairness import sheet
from tests.commandline import refused


@pytest.mark.parametrize("given", ["scheduler", "localhost:", "tcp://localhost", "a b:1", ":8786"])
def test_an_address_that_is_none_is_refused_at_once(capsys: pytest.CaptureFixture[str], given: str) -> None:
    (line,) = refused(capsys, "league", "classroom", "--dask", given)
    assert line == f"--dask: must be HOST:PORT, such as tcp://localhost:8786, got {given!r}"


def test_a_step_after_the_end_is_not_taken_for_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = refused(capsys, "diagnose", "saddle", "--steps", "60", "--at", "61")
    assert line == "--at: must be a step of the race, from 0 to 60, got 61"


def test_the_sheet_of_a_forked_race() -> None:
    """A fork is a difference, and a switched-off setting stays off whoever else has one of its symbol."""
    race = racefile.find("ravine")
    listed = sheet(Engine(race.fork(1, 20)).run(), race.steps)
    forks = listed.item("legs")
    assert forks.head == "fork" and not forks.same and forks.words[-1].startswith("forked off Momentum")
    assert listed.item("beta").words == ("—", "0.8", "off", "—", "0.8")
    ahead = sheet(Engine(race.fork(1, 20)).run(), 19).item("legs")
    assert not ahead.same and ahead.words[-1] == "forks off Momentum at step 20"
