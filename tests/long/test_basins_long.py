"""Pixels of basin maps, of every rule, where a race is longer than a block of steps."""

from __future__ import annotations

from tests.test_basins import assert_a_pixel_is_the_race, every_rule, exact_and_noisy


@exact_and_noisy
@every_rule
def test_a_pixel_is_the_race_started_there_for_every_rule(name: str, sigma: float) -> None:
    assert_a_pixel_is_the_race(name, sigma, 100)
