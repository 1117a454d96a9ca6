"""Which steps a movie shows, and when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.export.reel import LEAST, MOST, reel


@given(st.integers(0, 500), st.integers(0, 100_000), st.integers(1, 50), st.none() | st.integers(2, 3000))
def test_a_movie_goes_from_the_first_step_to_the_last_and_never_back(
    first: int, more: int, fps: int, frames: int | None
) -> None:
    made = reel(first, first + more, fps, frames)
    assert (made.ticks[0], made.ticks[-1]) == (first, first + more)
    assert list(made.ticks) == sorted(made.ticks)
    assert len(made.ticks) == frames if frames else fps * LEAST - 1 <= len(made.ticks) <= fps * MOST + 1
    steps = [step for step, _ in made.runs]
    assert steps == sorted(set(made.ticks))
    assert all(made.ticks[round(second * fps)] == step for step, second in made.runs)


@pytest.mark.parametrize(("steps", "frames"), [(20, 100), (200, 201), (300, 300), (10_000, 300)])
def test_a_frame_a_step_where_that_is_neither_a_blink_nor_a_wait(steps: int, frames: int) -> None:
    assert len(reel(0, steps, 25).ticks) == frames
