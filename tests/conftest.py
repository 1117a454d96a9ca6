"""Every test stands on this: no display, no settings of the person who runs it, and a core that needs no Qt."""

from __future__ import annotations

import gc
import importlib.util
import os
from collections.abc import Iterator

import pytest

import simulator  # noqa: F401  # before NumPy, which it tells to use one thread
import tests.places  # noqa: F401  # where the modules of packaging are

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt

HAS_QT = all(importlib.util.find_spec(name) for name in ("PySide6", "pytestqt"))

collect_ignore = [] if HAS_QT else ["ui"]


def pytest_addoption(parser: pytest.Parser) -> None:
    if not HAS_QT:  # pyproject.toml sets these, and a setting that no plugin knows is a warning
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "known to pytest-qt alone")


def pytest_report_header() -> str:
    return "optim-race: " + ("with Qt" if HAS_QT else "Qt is not installed, tests/ui is left out")


@pytest.fixture
def no_collector() -> Iterator[None]:
    """What stands in a circle stays, so that a test sees what goes by itself."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _fresh_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts without settings and leaves none on the machine."""
    mark = os.urandom(6).hex()
    for name in ("OPTIM_RACE_CONFIG", "OPTIM_RACE_SHARED_CONFIG", "OPTIM_RACE_CACHE"):
        monkeypatch.setenv(name, str(tmp_path_factory.getbasetemp() / f"{name}-{mark}"))
