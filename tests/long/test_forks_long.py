"""Forks that change nothing, over several blocks and with three seeds."""

from __future__ import annotations

import pytest

from tests.test_forks import assert_to_the_last_bit, assert_with_every_seed, places

PLACES = dict(places(steps=300))


@pytest.mark.parametrize("place", PLACES)
def test_a_fork_without_a_change_is_its_original_to_the_last_bit(place: str) -> None:
    assert_to_the_last_bit(PLACES[place])


@pytest.mark.parametrize("place", PLACES)
def test_a_fork_without_a_change_is_its_original_with_every_seed(place: str) -> None:
    assert_with_every_seed(PLACES[place], seeds=(3, 4, 5))
