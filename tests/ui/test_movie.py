"""Movies of a race: what they show, what they weigh."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from racers import field_of

from simulator import racefile
from simulator.engine import Engine
from simulator.export.formats import Shot
from simulator.export.options import THEMES, Options
from simulator.ui import movie
from simulator.ui.export import png_bytes
from simulator.ui.picture import Picture
from simulator.ui.theme import LIGHT

Image = pytest.importorskip("PIL.Image")
MIB = 2**20
LOOKS = [*(("ravine", theme) for theme in THEMES), ("himmelblau", "projector")]


def gif_of(shot: Shot) -> bytes:
    stream = io.BytesIO()
    shares = list(movie.gif(shot, stream))
    assert shares == sorted(shares) and shares[-1] == 1.0
    return stream.getvalue()


def frame(content: bytes, n: int) -> np.ndarray:
    picture = Image.open(io.BytesIO(content))
    picture.seek(n if n >= 0 else picture.n_frames + n)
    return np.array(picture.convert("RGB")).astype(int)


def still(picture: Picture, step: int, width: int, height: int) -> np.ndarray:
    image = QImage.fromData(png_bytes(replace(picture, step=step), width, height, 1.0))
    image.convertTo(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(height, -1)[:, : 3 * width]
    return rows.reshape(height, width, 3).astype(int)


def test_each_frame_is_the_picture_of_its_step_and_the_last_one_is_held() -> None:
    recording = Engine(replace(field_of("sgd", "adam"), steps=30)).run()
    shot = Shot(recording, Options(width=480, height=360, frames=31, fps=10))
    content = gif_of(shot)
    picture = Image.open(io.BytesIO(content))
    assert picture.n_frames == 31
    for n in (0, -1):
        step = 0 if n == 0 else 30
        apart = np.abs(frame(content, n) - still(Picture(recording, 0), step, 480, 360)).max(axis=2)
        assert (apart <= 24).mean() > 0.995, "the palette has a colour near nearly every one"
        assert apart.mean() < 1.0
    picture.seek(30)
    assert picture.info["duration"] == 100 + 2000


def test_a_movie_may_show_a_part_of_the_race_only() -> None:
    recording = Engine(replace(field_of("sgd"), steps=30)).run()
    content = gif_of(Shot(recording, Options(step=20, first=10, width=480, height=360, frames=3)))
    apart = np.abs(frame(content, -1) - still(Picture(recording, 0), 20, 480, 360)).mean()
    assert apart < 1.0
    assert Image.open(io.BytesIO(content)).n_frames == 3


def test_racers_and_ground_keep_their_colours() -> None:
    recording = Engine(replace(field_of("sgd", "adam", "rmsprop"), steps=30)).run()
    shown = frame(gif_of(Shot(recording, Options(width=640, height=480, frames=4))), -1)
    packed = shown @ np.array([1 << 16, 1 << 8, 1])
    for name in (LIGHT.window, LIGHT.plot, *LIGHT.racers[:3]):
        assert (packed == int(name[1:], 16)).sum() > 50, name


@pytest.mark.parametrize(("sample", "theme"), LOOKS)
def test_a_tenth_of_the_frames_weighs_little(sample: str, theme: str) -> None:
    """What changes without need changes in each: tests/long weighs all three hundred, which share most of their way."""
    assert weight(sample, theme, 31) < MIB // (3 if theme == "projector" else 4)


def weight(sample: str, theme: str, frames: int) -> int:
    """Bytes of a movie of three hundred steps, shown in so many frames."""
    recording = Engine(replace(racefile.find(sample), steps=299)).run()
    content = gif_of(Shot(recording, Options(width=800, height=600, frames=frames, theme=theme)))
    assert Image.open(io.BytesIO(content)).n_frames == frames
    return len(content)
