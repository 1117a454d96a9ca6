"""What freezing costs a start: the frozen program beside the same program run from its source."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from conftest import Report
from pytest_benchmark.fixture import BenchmarkFixture

pytest.importorskip("PyInstaller")

import tools
import trial
from freeze import freeze

RUNS = 9
SOURCE = [sys.executable, "-m", "simulator"]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [str(freeze(tmp_path_factory.mktemp("frozen")) / tools.NAME)]


def ended(command: list[str], env: Mapping[str, str]) -> float:
    """Seconds until it has done its work."""
    begin = time.perf_counter()
    subprocess.run(command, cwd=tools.ROOT, env=env, check=True, capture_output=True)
    return time.perf_counter() - begin


def shown(command: list[str], env: Mapping[str, str]) -> float:
    """Seconds until its window is on the screen."""
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=tools.ROOT, env=env) as program:
        look = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "optim-race$"]
        subprocess.run(look, env=env, check=True, capture_output=True)
        seconds = time.perf_counter() - begin
        program.terminate()
    return seconds


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("saying its version", ["--version"]),
        ("a race drawn as a picture", ["run", "ravine", "--quiet", "--png", "{}/race.png"]),
        ("the window on the screen", []),
    ],
)
def test_start(
    what: str, arguments: list[str], frozen: list[str], tmp_path: Path, benchmark: BenchmarkFixture, report: Report
) -> None:
    measure = ended if arguments else shown
    if not arguments and not shutil.which("xdotool"):
        pytest.skip("xdotool is not here")
    words = [word.format(tmp_path) for word in arguments]
    env = tools.plain_environment(tmp_path / "home") | {"PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    with trial.screen() as display:
        env |= {"DISPLAY": display} if display else {"QT_QPA_PLATFORM": "offscreen"}
        pair = [*frozen, *words], [*SOURCE, *words]
        for command in pair:  # warm the disk, and keep the byte code, which an installed program has
            measure(command, env)
        times = np.array([[measure(command, env) for command in pair] for _ in range(RUNS)])
        benchmark.pedantic(lambda: measure(pair[0], env), rounds=1)
    ours, theirs = np.median(times, axis=0)
    report(f"frozen, {what} ({ours * 1e3:.0f} ms) / from its source", f"{ours / theirs:.2f} ×", "≤ 1.1 ×")
