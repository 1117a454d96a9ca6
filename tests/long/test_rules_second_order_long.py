"""Searches of lanes that are lost, for as long as a race may ask them."""

from __future__ import annotations

from tests.test_rules_second_order import assert_lost_lanes_spoil_no_other, every_lost


@every_lost
def test_lost_lanes_end_quietly_and_spoil_no_other(name: str, rule: str) -> None:
    assert_lost_lanes_spoil_no_other(name, rule, 150)
