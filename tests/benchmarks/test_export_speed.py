"""What a movie costs to make, and what it weighs."""

from __future__ import annotations

import dataclasses
import io
import os
import time

import pytest
from conftest import Report
from pytest_benchmark.fixture import BenchmarkFixture

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from simulator import racefile
from simulator.engine import Engine
from simulator.export.formats import FORMATS, Shot
from simulator.export.options import Options
from simulator.ui.qt import application

FRAMES = 300


def made(kind: str, sample: str, theme: str) -> tuple[float, int]:
    """Seconds and bytes of a movie of 300 frames, 800 × 600."""
    race = racefile.find(sample)
    recording = Engine(dataclasses.replace(race, steps=max(race.steps, FRAMES - 1))).run()
    options, stream = Options(width=800, height=600, frames=FRAMES, theme=theme), io.BytesIO()
    begin = time.perf_counter()
    for _ in FORMATS[kind].write(Shot(recording, options), stream):
        pass
    return time.perf_counter() - begin, len(stream.getvalue())


@pytest.mark.parametrize("sample", ["ravine", "himmelblau", "mini-batches", "schedules"])
def test_a_gif_of_three_hundred_frames(sample: str, report: Report) -> None:
    application()
    for theme in ("light", "dark", "projector"):
        seconds, size = made("gif", sample, theme)
        bound = "seconds, < 2 MiB" if sample in ("ravine", "himmelblau") else "(noise moves everything)"
        report(f"GIF, 300 frames of 800 × 600, {sample}, {theme}", f"{seconds:.1f} s, {size / 2**20:.2f} MiB", bound)


def test_a_gif_again_and_again(benchmark: BenchmarkFixture) -> None:
    application()
    benchmark.pedantic(lambda: made("gif", "ravine", "light"), rounds=1)
