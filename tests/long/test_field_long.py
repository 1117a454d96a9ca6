"""The whole field on every landscape for as long as it takes to come to rest, to blow up, to run out of numbers."""

from __future__ import annotations

import pytest

from simulator.landscapes import LANDSCAPES
from tests.test_field import assert_everybody_runs


@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_optimizer_runs_on_every_landscape_it_can(name: str) -> None:
    assert_everybody_runs(LANDSCAPES[name](), 600)
