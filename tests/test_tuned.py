"""The page on what tuning changes is current, its cells are races, and a tie is a tie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.engine import Engine
from simulator.landscapes import LANDSCAPES
from simulator.manual import source
from simulator.optimizers import OPTIMIZERS
from simulator.race import Entrant, Race
from simulator.studies.league import random_starts
from tests import tuned
from tests.tuned import RATES, RULES, STARTS, STEPS, TARGET, Place


def test_the_page_is_current() -> None:
    assert source(tuned.PAGE) == tuned.as_markdown(), "stale: python -m tests.tuned"
    assert len(tuned.places()) >= 8


@pytest.mark.parametrize(("name", "column"), [("bowl", 0), ("himmelblau", 0), ("booth", 15), ("ravine", 25)])
def test_what_is_counted_are_races(name: str, column: int) -> None:
    field = LANDSCAPES[name]()
    place = tuned.raced(field)
    rate = (field.lr, *RATES)[column]
    entrants = tuple(Entrant(OPTIMIZERS[rule](lr=rate), rule, stream=i) for i, rule in enumerate(RULES))
    run = Engine(Race(field, entrants, random_starts(field, STARTS, 0), steps=STEPS)).run()
    with np.errstate(invalid="ignore"):
        there = run.gap() <= TARGET * run.gap()[0]
    steps = np.where(there.any(axis=0), there.argmax(axis=0), np.inf).reshape(len(RULES), STARTS)
    assert np.array_equal(place.took[:, column], np.median(steps, axis=1))


def test_a_tie_is_no_change_and_no_winner_is_none() -> None:
    never, place = np.inf, Place(LANDSCAPES["bowl"](), np.full((3, 2), np.inf))
    for shared, best, said in (
        ((5, 6, 7), (4, 5, 6), "same"), ((5, 5, 7), (4, 4, 6), "same"), ((5, 6, 7), (4, 4, 6), "tie"),
        ((5, 5, 7), (4, 5, 6), "tie"), ((5, 6, 7), (5, 3, 6), "other"), ((5, 5, 7), (5, 5, 2), "other"),
        ((never, never, never), (4, 5, 6), "nobody"), ((never, never, never), (never, never, never), "nobody"),
    ):  # fmt: skip
        assert replace(place, took=np.array([shared, best]).T).change() == said
