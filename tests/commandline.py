"""Commands given and judged, for the tests of the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator import display
from simulator.cli import main
from tests.places import ROOT

RACE = """\
title = "Two ways down"
steps = 40
starts = [[5.0, 2.0], [-4.0, 1.0]]
[[entrant]]
optimizer = "momentum"
label = "Heavy, ball"
lr = 0.015
schedule = "cosine"
[[entrant]]
optimizer = "sgd"
lr = 0.03
"""


def write_race(folder: Path) -> str:
    path = folder / "two.toml"
    path.write_text(RACE)
    return str(path)


def ok(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """Standard output of a command that must succeed without a word on standard error."""
    code = main(argv)
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


def refused(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 2) -> list[str]:
    """The lines on standard error of a command that must fail with ``code`` and print nothing else."""
    try:
        given = main(argv)
    except SystemExit as exit:
        given = exit.code
    out, err = capsys.readouterr()
    assert (given, out) == (code, "")
    assert "Traceback" not in err
    return err.splitlines()


def process(*argv: str, **kwargs: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", *argv]
    return subprocess.run(command, cwd=ROOT, text=True, encoding="utf-8", capture_output=True, timeout=60, **kwargs)


def without_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PySide6", "pyqtgraph"):
        monkeypatch.setitem(sys.modules, name, None)


def with_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as the checks of a command go."""
    monkeypatch.setattr(display, "picture_trouble", lambda what: None)
