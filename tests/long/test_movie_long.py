"""What a long movie weighs, frame after frame."""

from __future__ import annotations

import pytest

pytest.importorskip("PySide6")
pytest.importorskip("PIL.Image")

from test_movie import LOOKS, MIB, weight


@pytest.mark.parametrize(("sample", "theme"), LOOKS)
def test_three_hundred_frames_weigh_less_than_two_mebibytes(sample: str, theme: str) -> None:
    assert weight(sample, theme, 300) < 2 * MIB
