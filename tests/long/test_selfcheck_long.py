"""The self-check that is shipped looks at everything there is, and all is well."""

from __future__ import annotations

import pytest

from tests.test_selfcheck import all_is_well


def test_all_is_well_wherever_it_looks(capsys: pytest.CaptureFixture[str]) -> None:
    all_is_well(capsys)
