"""Decimation is honest, and axes end and count where they should."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.ui import ticks
from simulator.ui.pyramid import Pyramid
from simulator.words import short_text


def walk(rows: int, tracks: int = 3) -> np.ndarray:
    return np.cumsum(np.random.default_rng(5).normal(size=(rows, tracks)), axis=0)


@pytest.mark.parametrize("bucket", [1, 8, 16, 64, 256])
@pytest.mark.parametrize(("first", "last"), [(0, 2999), (5, 2990), (100, 110), (256, 511)])
def test_no_extreme_of_any_bucket_is_lost(bucket: int, first: int, last: int) -> None:
    values = walk(3000)
    pyramid = Pyramid(values)
    pyramid.extend(3000)
    rows, drawn = pyramid.decimated(first, last, bucket)
    assert rows[0] == first and rows[-1] == last and (np.diff(rows) >= 0).all()
    np.testing.assert_array_equal(drawn[[0, -1]], values[[first, last]])
    for begin in range(0, 3000, bucket):
        inside = (rows >= begin) & (rows < begin + bucket)
        part = values[max(begin, first) : min(begin + bucket, last + 1)]
        if len(part):
            np.testing.assert_array_equal(drawn[inside].min(axis=0), part.min(axis=0))
            np.testing.assert_array_equal(drawn[inside].max(axis=0), part.max(axis=0))


def test_a_million_rows_come_down_to_four_a_bucket() -> None:
    pyramid = Pyramid(walk(1_000_000, 1))
    pyramid.extend(1_000_000)
    assert len(pyramid.decimated(0, 999_999, 1024)[0]) <= 4 * (1_000_000 // 1024) + 1024


def test_growing_bit_by_bit_notes_the_same_as_all_at_once() -> None:
    values = walk(5000)
    whole, bits = Pyramid(values), Pyramid(values)
    whole.extend(5000)
    for rows in (1, 17, 18, 64, 1000, 4999, 5000):
        bits.extend(rows)
    for a, b in zip(whole.levels, bits.levels, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(whole.least, bits.least)
    np.testing.assert_array_equal(whole.most, values.max(axis=0))


def test_the_survey_knows_zero_from_small_and_ignores_what_is_no_number() -> None:
    values = np.array([[3.0, 1.0], [1.0 + 1e-9, np.nan], [1.0, np.inf]])
    pyramid = Pyramid(values, offset=1.0)
    pyramid.extend(3)
    assert pyramid.least_positive[0] == pytest.approx(1e-9)
    assert pyramid.touches.tolist() == [True, True]
    assert pyramid.most.tolist() == [2.0, 0.0]


def test_nan_counts_only_where_there_is_nothing_else() -> None:
    values = walk(64, 1)
    values[20:], values[3] = np.nan, np.nan
    pyramid = Pyramid(values)
    pyramid.extend(64)
    rows, drawn = pyramid.decimated(0, 63, 16)
    assert np.nanmax(drawn[rows < 16]) == np.nanmax(values[:16])
    assert np.isnan(drawn[rows >= 32]).all()


def test_short_races_show_their_whole_length_and_long_ones_grow_in_stages() -> None:
    assert ticks.axis_end(3, 300) == 300
    assert ticks.axis_end(599, 100_000) == 700 and ticks.axis_end(99_999, 100_000) == 100_000
    ends = [ticks.axis_end(reached, 1_000_000) for reached in range(0, 1_000_001, 100)]
    assert all(end >= reached for end, reached in zip(ends, range(0, 1_000_001, 100), strict=True))
    growth = np.diff(np.log(sorted(set(ends))))
    assert len(set(ends)) < 25 and growth.min() > np.log(1.3) and growth.max() < np.log(1.7)
    assert ticks.axis_end(450, 300) == 500  # more evaluations than steps


def test_numbers_are_short_and_plain() -> None:
    assert [ticks.power_text(k) for k in (-12, -2, 0, 2, 3)] == ["10⁻¹²", "0.01", "1", "100", "10³"]
    texts = [short_text(v) for v in (0.015, 1.5e-5, -2e7, -2187.6, 0.0)]
    assert texts == ["0.015", "1.5e−5", "−2e7", "−2,188", "0"]
    assert ticks.linear_ticks(300, 6) == [0, 50, 100, 150, 200, 250, 300]
    assert ticks.linear_ticks(7, 10) == [0, 1, 2, 3, 4, 5, 6, 7]
