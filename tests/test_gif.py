"""A GIF read back by Pillow: every frame, every delay, and colours that are what they were."""

from __future__ import annotations

import io

import numpy as np
import pytest

Image = pytest.importorskip("PIL.Image")

from simulator.export.gif import CLEAR, NEAR, Gif, Palette, Pixels  # noqa: E402

RED, BLUE, WHITE = 0xD55E00, 0x0072B2, 0xFFFFFF


def frames_of(content: bytes) -> tuple[list[Pixels], list[int]]:
    picture = Image.open(io.BytesIO(content))
    frames, delays = [], []
    for n in range(picture.n_frames):
        picture.seek(n)
        channels = np.array(picture.convert("RGB")).astype(np.uint32)
        frames.append(channels @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32))
        delays.append(picture.info["duration"])
    return frames, delays


def movie(frames: list[Pixels], times: list[float], end: float) -> bytes:
    stream = io.BytesIO()
    rows, columns = frames[0].shape
    made = Gif(stream, columns, rows, Palette.of(frames, [RED]))
    for pixels, at in zip(frames, times, strict=True):
        made.add(pixels, at)
    made.end(end)
    return stream.getvalue()


def test_every_frame_comes_back_to_the_pixel() -> None:
    dice = np.random.default_rng(7)
    colors = np.uint32(0x202020) * dice.permutation(8).astype(np.uint32) + np.uint32(0x10)
    frames = [colors[dice.integers(0, 8, (40, 50))]]
    for _ in range(8):
        after = frames[-1].copy()
        top, left = dice.integers(0, 30, 2)
        after[top : top + 7, left : left + 9] = colors[dice.integers(0, 8, (7, 9))]
        frames.append(after)
    found, delays = frames_of(movie(frames, [n / 25 for n in range(9)], 3.0))
    assert len(found) == 9
    assert all((a == b).all() for a, b in zip(found, frames, strict=True))
    assert delays == [40] * 8 + [3000 - 320]


def test_a_frame_that_changes_nothing_makes_the_one_before_last_longer() -> None:
    white, red = np.full((8, 8), WHITE, dtype=np.uint32), np.full((8, 8), RED, dtype=np.uint32)
    found, delays = frames_of(movie([white, white, red], [0.0, 0.5, 1.0], 1.5))
    assert len(found) == 2
    assert delays == [1000, 500]


def test_the_pace_holds_though_a_delay_is_whole_hundredths() -> None:
    frames = [np.full((8, 8), 0xFFFFFF * (n % 2), dtype=np.uint32) for n in range(91)]
    _, delays = frames_of(movie(frames, [n / 30 for n in range(91)], 3.5))
    assert set(delays[:-1]) == {30, 40}
    assert sum(delays) == 3500


def test_it_plays_for_ever() -> None:
    content = movie([np.full((8, 8), WHITE, dtype=np.uint32)], [0.0], 1.0)
    assert Image.open(io.BytesIO(content)).info["loop"] == 0


def test_wanted_and_frequent_colours_stay_as_they_are_and_others_come_near() -> None:
    dice = np.random.default_rng(3)
    noisy = dice.integers(0, 1 << 24, (100, 100), dtype=np.uint32)
    noisy[:20] = BLUE
    palette = Palette.of([noisy], [RED, WHITE])
    assert len(palette.colors) == CLEAR
    for color in (RED, WHITE, BLUE):
        (index,) = palette.indices(np.array([color], dtype=np.uint32))
        assert palette.colors[index] == color
    parts = np.array([[0x808080]], dtype=np.uint32), palette.colors[palette.indices(noisy)]
    assert (parts[1] != 0).any()
    apart = [np.abs(((noisy >> s) & 0xFF).astype(int) - ((parts[1] >> s) & 0xFF).astype(int)) for s in (16, 8, 0)]
    assert np.mean(apart) < 30
    assert CLEAR not in palette.indices(noisy)


def test_a_pixel_strays_no_further_than_can_be_seen_however_slowly_it_fades() -> None:
    frames = [np.full((8, 8), 0x010101 * n, dtype=np.uint32) for n in range(61)]
    found, _ = frames_of(movie(frames, [n / 25 for n in range(61)], 3.0))
    assert 4 <= len(found) < 20, "small changes wait until they are large enough"
    assert abs(int(found[-1][0, 0] & 0xFF) - 60) <= NEAR
