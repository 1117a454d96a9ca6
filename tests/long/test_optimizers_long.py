"""Laws over every optimizer that a longer race might break."""

from __future__ import annotations

from simulator.optimizer import Optimizer
from tests.test_optimizers import (
    assert_gets_lower_from_nearly_every_start,
    assert_lane_order_is_irrelevant,
    every_class,
    every_rule,
)


@every_rule
def test_lane_order_is_irrelevant(optimizer: Optimizer) -> None:
    assert_lane_order_is_irrelevant(optimizer, 300)


@every_class
def test_the_suggested_rate_gets_lower_from_nearly_every_start(cls: type[Optimizer]) -> None:
    assert_gets_lower_from_nearly_every_start(cls, 100)
