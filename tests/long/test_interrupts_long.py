"""A Ctrl-C is heard wherever a command is, in every command that needs no window."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import interrupted, leagues
from tests.commandline import write_race

RACE = "two.toml"  # what write_race writes
COMMANDS = {
    "run": (RACE, "--csv", "a.csv", "--fairness"),
    "export": (RACE, "a.csv", "b.json"),
    "sweep": (RACE, "--param", "lr=0.001..0.1:4", "--csv", "a.csv", "--workers", "1"),
    "tune": (RACE, "--param", "lr", "--points", "4", "--workers", "1", "--out", "a.toml"),
    "repeats": (RACE, "--seeds", "3", "--set", "noise.sigma=0.1", "--csv", "a.csv"),
    "basins": ("himmelblau", "--size", "8", "--csv", "a.csv"),
    "league": ("small.league.toml", "--csv", "a.csv", "--workers", "1"),
    "code": ("ravine", "--for", "numpy", "--out", "a.py"),
    "diagnose": (RACE,),
    "lesson": ("write", "step_size", "a.lesson.toml"),
    "list": ("optimizers",),
    "describe": ("adam",),
    "help": ("methods",),
    "settings": (),
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="goes aside by forks")
@pytest.mark.parametrize("command", list(COMMANDS))
def test_an_interrupt_at_any_line_is_heard(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.setenv("OPTIM_RACE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPTIM_RACE_CONFIG", str(tmp_path / "config"))
    write_race(folder)
    leagues.write(folder)
    lines, faults = interrupted.tried(folder, 2 if command == "run" else 10, command, *COMMANDS[command])
    assert lines > 100 and not faults
