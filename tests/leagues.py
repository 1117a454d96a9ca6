"""Small leagues for tests, and what goes wrong in their workers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from simulator.studies import leaguefile
from simulator.studies.crew import Crew
from simulator.studies.journal import Journal
from simulator.studies.league import Cell, League
from simulator.studies.leaguecell import Outcome, play
from simulator.studies.leaguerun import Running

SMALL = """\
title = "Small"
steps = 40
seeds = 2
targets = [0.1, 0.001]
[noise]
sigma = 0.05
[budget]
kind = "tuned"
rates = [0.01, 0.05, 0.2]
seeds = 2
[[landscape]]
name = "bowl"
[[landscape]]
name = "ravine"
starts = 2
[[landscape]]
name = "beale"
starts = [[1.0, 1.5]]
[[entrant]]
optimizer = "sgd"
[[entrant]]
optimizer = "adam"
[[entrant]]
optimizer = "lbfgs"
"""


def small(**changes: str) -> League:
    """The small league, with lines of its text replaced: ``small(steps="steps = 60")``."""
    return leaguefile.from_data(leaguefile.racefile.parse_data(text(**changes)))


def text(**changes: str) -> str:
    lines = [changes.get(line.split(" ")[0], line) for line in SMALL.splitlines()]
    return "\n".join(lines) + "\n"


def write(folder: Path, content: str = SMALL) -> Path:
    path = folder / "small.league.toml"
    path.write_text(content, encoding="utf-8")
    return path


def run(league: League, crew: Crew, journal: Journal | None = None) -> Running:
    """``league``, run to its end."""
    running = Running(league, Journal(None) if journal is None else journal, crew)
    try:
        while not running.done:
            running.advance(1.0)
    finally:
        running.stop()
    return running


def deadly(cell: Cell) -> list[Outcome]:
    """Kills its worker on the ravine."""
    if cell.landscape.name == "ravine":
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return play(cell)


def faulty(cell: Cell) -> list[Outcome]:
    """Has no memory for the ravine."""
    if cell.landscape.name == "ravine":
        raise MemoryError
    return play(cell)


def fatal_once(cell: Cell) -> list[Outcome]:
    """Kills its worker the first time that a cell is tried: marks stand in the folder ``OPTIM_RACE_MARKS``."""
    mark = Path(os.environ["OPTIM_RACE_MARKS"]) / f"{cell.landscape.name}-{cell.start}"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return play(cell)
