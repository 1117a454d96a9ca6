"""``optim-race selftest``: whether this installation is whole and computes what it should."""

from __future__ import annotations

import io
from collections.abc import Callable

from simulator import display, manual, racefile, resources
from simulator.engine import Engine
from simulator.export.csv import write_csv
from simulator.landscapes import LANDSCAPES
from simulator.lessons import LESSONS
from simulator.machine import versions
from simulator.optimizers import OPTIMIZERS
from simulator.schedules import SCHEDULES

RACE = """
steps = 100
starts = [[5.0, 2.0]]
[landscape]
name = "ravine"
kappa = 10.0
[[entrant]]
optimizer = "sgd"
lr = 0.04
[[entrant]]
optimizer = "momentum"
lr = 0.04
beta = 0.0
"""


class Failure(Exception):
    """A check that failed; its text says how."""


def selftest(window: bool = True) -> int:
    """Print a line a check. 0 if all passed, otherwise 1. ``window=False`` leaves out the one that needs Qt."""
    print("\n".join(versions()))
    checks: list[Callable[[], str]] = [_catalogs, _samples, _help, _race, *([_window] if window else [])]
    return 0 if all([_passes(check) for check in checks]) else 1


def _passes(check: Callable[[], str]) -> bool:
    name = check.__name__.strip("_")
    try:
        print(f"ok    {name}: {check()}")
    except Exception as error:  # whatever is broken, the other checks are still worth having
        print(f"FAIL  {name}: {error if isinstance(error, Failure) else f'{type(error).__name__}: {error}'}")
        return False
    return True


def _catalogs() -> str:
    """An empty catalog raises by itself."""
    rules = f"{len(OPTIMIZERS)} optimizers, {len(LANDSCAPES)} landscapes, {len(SCHEDULES)} schedules"
    return f"{rules}, {len(LESSONS)} lessons"


def _samples() -> str:
    samples = resources.sample_races()
    for path in samples.values():
        Engine(racefile.find(path)).advance(1)
    return f"{len(samples)} sample races"


def _help() -> str:
    """A page that is listed and not there raises by itself."""
    return f"{len([manual.text(name) for name in manual.pages()])} pages for teachers"


def _race() -> str:
    """Plain gradient descent on a quadratic shrinks each coordinate by 1 − η·curvature a step; so does momentum 0."""
    recording = Engine(racefile.parse(RACE)).run()
    expected = 5.0 * (1.0 - 0.04 * 2.0) ** 100, 2.0 * (1.0 - 0.04 * 20.0) ** 100
    for lane in range(2):
        for got, want in zip(recording.theta[-1, lane].tolist(), expected, strict=True):
            if abs(got - want) > 1e-9 * abs(want):
                raise Failure(f"after 100 steps {got!r} instead of {want!r}")
    numbers = io.BytesIO()
    write_csv(recording, numbers)
    if (lines := numbers.getvalue().count(b"\n")) != 203:
        raise Failure(f"the CSV has {lines} lines instead of 203")
    return "100 steps on the ravine end where they must"


def _window() -> str:
    if missing := display.qt_missing():
        raise Failure(f"the window needs {missing}: {display.INSTALL_QT}")
    if display.window_trouble():
        display.draw_offscreen()
    if trouble := display.window_trouble():
        raise Failure(trouble)
    from simulator.ui.app import grab_window

    width, height, painted = grab_window()
    if not painted or width < 300 or height < 200:
        raise Failure(f"a blank window of {width} × {height}" if not painted else f"only {width} × {height} pixels")
    return f"opened and grabbed, {width} × {height}"
