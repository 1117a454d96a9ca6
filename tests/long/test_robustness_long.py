"""What the rate panel tells of everybody at a rate, after several blocks of steps."""

from __future__ import annotations

import pytest

from tests.test_robustness import CASES, assert_the_races_own


@pytest.mark.parametrize(("place", "setting"), CASES)
def test_the_value_at_a_rate_is_the_races_own(place: str, setting: str) -> None:
    assert_the_races_own(place, setting, 150)
