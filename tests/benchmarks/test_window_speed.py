"""What the window costs a frame, at the start and over an hour, beside matplotlib doing the same."""

from __future__ import annotations

import dataclasses
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import Report
from pytest_benchmark.fixture import BenchmarkFixture
from test_engine_speed import best, mixed

pytest.importorskip("PySide6")

from PySide6.QtWidgets import QApplication

from simulator import racefile
from simulator.landscapes import LANDSCAPES
from simulator.overlays import OVERLAYS
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application
from simulator.ui.views import VIEWS

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HOUR_OF_TICKS = 14_400  # of a quarter of a second


@pytest.fixture
def window() -> Iterator[MainWindow]:
    application()
    it = MainWindow(racefile.find("ravine"))
    it.resize(1366, 768)
    it.show()
    it.finish()
    settle()
    yield it
    it.controller.mark_saved()
    it.close()
    it.deleteLater()
    settle()


def settle(seconds: float = 0.3) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QApplication.processEvents()


def long_race(window: MainWindow, steps: int) -> None:
    # Noise keeps the paths long and wide: on a bare ravine all would stand still after some hundred steps.
    race = mixed(steps=steps)
    window.controller.load(dataclasses.replace(race, noise=dataclasses.replace(race.noise, sigma=10.0)))
    while window.controller.compute().done < steps:
        pass


def frames(window: MainWindow, first: int, count: int = 100, steps: int = 1) -> float:
    """Milliseconds of a frame played from step ``first`` on, ``steps`` at a time, painting included: the median."""
    controller = window.controller
    controller.seek(first)
    settle(1.5)
    while not window.workbench.arena.trails.complete:  # what was jumped over is painted in slices
        settle()
    controller.set_speed(60 * steps)
    controller.play()
    controller._timer.setInterval(10**6)  # the time that passes is told here
    times: list[float] = []
    for _ in range(count):
        begin = time.perf_counter()
        controller.tick(1 / 60)
        QApplication.processEvents()
        times.append((time.perf_counter() - begin) * 1e3)
    controller.pause()
    assert controller.step >= first + (count - 2) * steps
    return float(np.median(times))


def test_a_frame_with_much_trail(window: MainWindow, benchmark: BenchmarkFixture, report: Report) -> None:
    long_race(window, 102_000)
    medians = {first: frames(window, first) for first in (1_000, 10_000, 100_000)}
    benchmark.pedantic(lambda: frames(window, 10_000, count=10), rounds=1)
    fast = frames(window, 10_000, steps=20)
    blit = matplotlib_blit(window)
    report("a frame, 12 entrants, 10,000 points of trail each", f"{medians[10_000]:.1f} ms", "in 16 ms")
    report("… at 10,000 points / at 1,000", f"{medians[10_000] / medians[1_000]:.2f} ×", "≤ 1.5 ×")
    report("… at 100,000 points / at 1,000", f"{medians[100_000] / medians[1_000]:.2f} ×", "≤ 1.5 ×")
    report("matplotlib blitting the same 12 × 10,000 / a frame", f"{blit / medians[10_000]:.0f} ×", "≥ 50 ×")
    report("… / a frame of twenty steps", f"{blit / fast:.0f} ×", "(for comparison)")


def test_a_frame_side_by_side_and_with_overlays(
    window: MainWindow, benchmark: BenchmarkFixture, report: Report
) -> None:
    stage, race = window.workbench.stage, racefile.find("ravine")
    window.controller.load(dataclasses.replace(race, noise=dataclasses.replace(race.noise, sigma=5.0), steps=2_000))
    bare = frames(window, 0)
    for view in VIEWS:
        stage.set_view(view)
        for names in ((), tuple(OVERLAYS)):
            stage.set_overlays(names)
            told = f"a frame, {view}, 4 racers, {len(names)} overlays"
            report(told, f"{frames(window, 0):.1f} ms", f"(bare contour {bare:.1f} ms)")
    benchmark.pedantic(lambda: frames(window, 0, count=10), rounds=1)


def matplotlib_blit(window: MainWindow) -> float:
    """Milliseconds matplotlib takes to blit the trails and the curves of 12 × 10,000 points."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (arena, curves) = pyplot.subplots(1, 2, figsize=(13.66, 7.68), dpi=100)
    recording, steps = window.controller.recording, np.arange(10_000)
    lines = []
    for lane in range(12):
        path = recording.theta[:10_000, lane]
        lines += arena.plot(path[:, 0], path[:, 1], lw=2, animated=True)
        # Lion meets the minimum by chance; without the floor its spikes would press the others into a few pixels.
        lines += curves.semilogy(steps, np.maximum(recording.gap()[:10_000, lane], 1e-6), lw=2, animated=True)
    figure.canvas.draw()
    ground = figure.canvas.copy_from_bbox(figure.bbox)

    def frame() -> None:
        figure.canvas.restore_region(ground)
        for line in lines:
            line.axes.draw_artist(line)
        figure.canvas.blit(figure.bbox)

    milliseconds = best(frame, repeats=3) * 1e3
    pyplot.close(figure)
    return milliseconds


def test_sixty_frames_a_second(window: MainWindow, benchmark: BenchmarkFixture, report: Report) -> None:
    for points in (10_000, 100_000):
        long_race(window, points + 6_000)
        window.controller.seek(points)
        settle(2.0)
        window.controller.set_speed(1200)
        ticks: list[float] = []
        window.controller.moved.connect(lambda recording, step, ticks=ticks: ticks.append(time.perf_counter()))
        window.controller.play()
        settle(4.0)
        window.controller.pause()
        gaps = np.diff(ticks[5:]) * 1e3
        median, p99 = np.median(gaps), np.percentile(gaps, 99)
        report(
            f"interval of frames played at {points:,} points", f"{median:.1f} ms, p99 {p99:.1f}", "16–17 ms, p99 ≤ 25"
        )
    benchmark.pedantic(QApplication.processEvents, rounds=1)


# Told when a picture has been painted, and by no event filter: PySide would make an object of whatever gets an event.
OURS = """
import sys, time; begin = time.perf_counter()
from PySide6.QtCore import QObject
from simulator import racefile
from simulator.ui.mainwindow import MainWindow
from simulator.ui.qt import application
painted = {}
def watch(kind):
    paint = kind.paintEvent
    def painting(self, event):
        paint(self, event)
        painted.setdefault(kind.__name__, time.perf_counter() - begin)
    kind.paintEvent = painting
class Window(MainWindow):
    def _show_first_picture(self):
        if self.workbench is None:
            from simulator.ui.curves import CurvePlot
            from simulator.ui.preview import ArenaPreview
            watch(CurvePlot), watch(ArenaPreview)
        super()._show_first_picture()
watch(MainWindow)
app = application()
window = Window(racefile.find("ravine"))
window.resize(1366, 768)
window.show()
while not window.finished or not {"ArenaPreview", "CurvePlot"} <= painted.keys():
    app.processEvents()
app.processEvents()
print(painted["MainWindow"], max(painted["ArenaPreview"], painted["CurvePlot"]), time.perf_counter() - begin)
window.close()
"""
THEIRS = """
import sys, time; begin = time.perf_counter()
from PySide6.QtWidgets import QApplication
from matplotlib import pyplot
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
app = QApplication(sys.argv)
figure = pyplot.Figure(figsize=(13.66, 7.68), dpi=100)
figure.subplots(1, 2)
manager = FigureCanvasQTAgg.new_manager(figure, 1)  # pyplot refuses to open one where there is no display
manager.show()
app.processEvents()
figure.canvas.repaint()
print(time.perf_counter() - begin)
"""


def test_first_painted_frame(benchmark: BenchmarkFixture, report: Report, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")

    def start(code: str) -> list[float]:
        # Both may keep their byte code, as both do once they are installed.
        env = {**os.environ, "OPTIM_RACE_CONFIG": str(tmp_path), "PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode")}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        root = str(Path(__file__).parents[2])
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=root, check=True
        )
        return [float(word) for word in done.stdout.split()]

    start(OURS), start(THEIRS)  # warm the disk
    runs = [(start(OURS), start(THEIRS)) for _ in range(5)]
    benchmark.pedantic(lambda: start(OURS), rounds=1)
    shell, picture, whole = (float(np.median([ours[i] for ours, _ in runs])) for i in range(3))
    theirs = float(np.median([theirs[0] for _, theirs in runs]))
    window = f"a matplotlib window's with two axes ({theirs * 1e3:.0f} ms)"
    report(f"first painted frame / {window}", f"{picture / theirs:.2f} ×", "≤ 0.65 ×")
    report("… the shell alone", f"{shell / theirs:.2f} ×", "at once")
    report("… until every control is there", f"{whole / theirs:.2f} ×", "(for comparison)")


def test_switching_the_landscape(window: MainWindow, benchmark: BenchmarkFixture, report: Report) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    c = window.controller
    names = ["rosenbrock", "himmelblau", "rastrigin", "beale"]
    races = [c.race.on(LANDSCAPES[name]()) for name in names]

    def switch() -> None:
        for race in races:
            c.set_race(race)
            QApplication.processEvents()
            window.workbench.arena.repaint()

    def contours() -> None:
        for race in races:
            (x0, x1), (y0, y1) = race.landscape.box
            x, y = np.meshgrid(np.linspace(x0, x1, 200), np.linspace(y0, y1, 200))
            z = np.log1p(race.landscape.f(x, y) - race.landscape.f(x, y).min())
            figure, axes = pyplot.subplots(figsize=(6, 6), dpi=100)
            axes.contourf(x, y, z, 16)
            axes.contour(x, y, z, 16, linewidths=0.5)
            figure.savefig(io.BytesIO(), format="raw")
            pyplot.close(figure)

    benchmark.pedantic(switch, rounds=3, warmup_rounds=1)
    ratio = best(switch, repeats=5) / best(contours, repeats=3)
    report("landscape switch / matplotlib's contourf + contour at 200²", f"{ratio:.2f} ×", "≤ 0.5 ×")


def test_memory_over_an_hour(window: MainWindow, benchmark: BenchmarkFixture, report: Report) -> None:
    """An hour of play, a quarter of a second a tick, begun anew whenever the race ends."""
    c = window.controller
    c.set_race(dataclasses.replace(mixed(steps=2000), title="hour"))
    c.set_speed(60)

    def play(ticks: int) -> None:
        for i in range(ticks):
            if not c.playing:
                c.play()
            c.tick(0.25)
            if i % 4 == 0:
                QApplication.processEvents()

    play(HOUR_OF_TICKS // 10)
    before = resident()
    benchmark.pedantic(lambda: play(HOUR_OF_TICKS * 9 // 10), rounds=1)
    report("memory grown over an hour of play (simulated)", f"{(resident() - before) / 1e6:+.1f} MB", "about 0")


def resident() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
