"""Tests that take minutes: `make long`. They use the helpers of those of the window."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ui"))


@pytest.fixture(scope="session")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the frozen program, made once however many processes run the tests."""
    pytest.importorskip("PyInstaller")
    fcntl = pytest.importorskip("fcntl")
    import freeze
    import tools

    if absent := tools.missing_tools(freeze.TOOLS):
        pytest.skip("; ".join(absent))
    work = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        work = work.parent
    made = work / "the frozen program"
    with (work / "frozen.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_dir():  # moved there whole: a freeze that fails leaves none for the next to take
            shutil.rmtree(work / "freeze", ignore_errors=True)
            freeze.freeze(work / "freeze").rename(made)
    return made
