"""What the help claims, run again: comments in its Markdown that say how to come by each number.

A passage is what stands between two headings or comments; the comment at its end speaks of it, a claim a line::

    SGD arrives at step 121, RMSProp is earlier.
    <!-- check
    arrived("ravine", "SGD") = 121
    arrived("ravine", "RMSProp") < arrived("ravine", "SGD")
    given 0.024
    -->

Behind `` = `` stands what the passage says, to as many digits as it gives; ``given`` lists numbers that are settings
or definitions. Every other number of the passage must be claimed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from simulator import changes as settings
from simulator import racefile
from simulator.diagnose import Diagnosis, diagnose
from simulator.engine import Engine
from simulator.handbook import CATALOGS
from simulator.measure import MEASURES
from simulator.measurewords import EVENTS
from simulator.plane import principal_plane
from simulator.race import Race
from simulator.racedata import from_data
from simulator.recording import Recording
from simulator.referee import STALL_STEPS
from simulator.stability import Limits, limits
from simulator.studies import leaguefile
from simulator.studies.basins import DIVERGED, Basins, basins
from simulator.studies.crew import Here
from simulator.studies.league import Budget
from simulator.studies.ratesurvey import survey
from simulator.studies.repeats import Repeats, repeats
from simulator.studies.robustness import RATES
from simulator.studies.standings import Standings
from simulator.studies.tune import SEEDS, tune
from simulator.ui.contour import BANDS, Relief  # no Qt
from tests.alone import feed
from tests.leagues import run

CHECK = re.compile(r"<!--(.*?)-->", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.,^])−?\d[\d,]*(?:\.\d+)?(?:e−?\d+)?(?![\w^])")
YEAR = re.compile(r"(1[89]|20)\d\d")


class Passage(NamedTuple):
    """``text`` without links and code; ``claims`` (expression, what is said of it or ""); ``given`` numbers."""

    text: str
    claims: list[tuple[str, str]]
    given: set[str]


def passages(source: str) -> Iterator[Passage]:
    """The passages of a page, those without claims too."""
    for part in re.split(r"^#+ .*$", source, flags=re.MULTILINE):
        texts = CHECK.split(part)
        for text, comment in zip(texts[::2], [*texts[1::2], ""], strict=True):
            lines = [line.strip() for line in comment.splitlines()]
            claims = [line.rpartition(" = ") for line in lines[1:] if line and not line.startswith("given ")]
            pairs = [(left, said) if eq else (said, "") for left, eq, said in claims]
            given = {word for line in lines if line.startswith("given ") for word in line.split()[1:]}
            yield Passage(_bare(text), pairs, given)


def numbers(text: str) -> list[str]:
    """Numbers that must come from somewhere: those of more than a digit that are no years."""
    found = (number.rstrip(",") for number in NUMBER.findall(text))
    return [n for n in found if len(n.lstrip("−")) > 1 and not YEAR.fullmatch(n)]


def holds(expression: str, said: str) -> bool:
    value = eval(expression, NAMES)
    if not said:
        return bool(value)
    if not re.match(r"−?\d", said):
        return str(value) == said
    number = said.replace(",", "").replace("−", "-")
    digits = len(re.sub(r"e.*|\D", "", number).lstrip("0")) or 1
    return float(f"{value:.{digits}g}") == float(number)


def _bare(text: str) -> str:
    """Without the titles of links, which are the samples' own, and without code, which is to be typed."""
    return re.sub(r"\[[^\]]*\]\([^)]*\)|`[^`]*`", " ", text)


@cache
def race(name: str, *changes: str) -> Recording:
    """A sample, with ``--set``'s changes."""
    data, faults = racefile.load_data(name), []
    settings.apply(data, changes, faults)
    assert not faults, faults
    return Engine(from_data(data)).run()


def diagnosed(name: str, label: str, *changes: str, at: int | None = None, start: int = 0) -> Diagnosis:
    """What the coach says of a racer, at the end or at a step."""
    run = race(name, *changes)
    return diagnose(run, [entrant.label for entrant in run.race.entrants].index(label), at, start)


def _lane(run: Recording, label: str, start: int) -> int:
    labels = [entrant.label for entrant in run.race.entrants]
    assert label in labels, f"{label} is none of {labels}"
    return run.lane(labels.index(label), start)


def measured(measure: str, run: Recording, label: str, step: int = -1, start: int = 0, level: float = 0.0) -> Any:
    """A measure of `simulator.measure` at a step, or at the end; "never" where it is a step that never comes."""
    value = MEASURES[measure](run, _lane(run, label, start), run.done if step < 0 else step, level)
    return "never" if np.isinf(value) else int(value) if measure in EVENTS else float(value)


def arrived(name: str, label: str, *changes: str, start: int = 0) -> int | str:
    """The first step at which it had arrived, or "never"."""
    return measured("arrival", race(name, *changes), label, start=start)


def first(name: str, *changes: str) -> list[str]:
    """Who arrived before everyone else, or at the same step as others."""
    labels = [entrant.label for entrant in race(name).race.entrants]
    steps = [arrived(name, label, *changes) for label in labels]
    return [who for who, step in zip(labels, steps, strict=True) if step == min(s for s in steps if s != "never")]


def ended(name: str, label: str, *changes: str, start: int = 0) -> str:
    run = race(name, *changes)
    return run.status_at(run.done, _lane(run, label, start))[0].words


def since(name: str, label: str, *changes: str, start: int = 0) -> int:
    """The step at which the last status began."""
    run = race(name, *changes)
    return run.status_at(run.done, _lane(run, label, start))[1]


def gap(name: str, label: str, *changes: str, step: int = -1, start: int = 0) -> float:
    """The loss above the minimum, at the end or at a step."""
    return measured("gap", race(name, *changes), label, step, start)


def mean_gap(name: str, label: str, *changes: str, last: int) -> float:
    """The same, on average over the ``last`` steps."""
    run = race(name, *changes)
    return float(run.gap()[-last:, _lane(run, label, 0)].mean())


def theta(name: str, label: str, *changes: str, step: int = -1, start: int = 0) -> Any:
    run = race(name, *changes)
    return run.theta[step, _lane(run, label, start)]


def crossings(name: str, label: str, *changes: str) -> int:
    """How often it changes the side of the x-axis before it arrives."""
    run, last = race(name, *changes), arrived(name, label, *changes)
    y = run.theta[: (run.done if last == "never" else int(last)) + 1, _lane(run, label, 0), 1]
    return int((y[1:] * y[:-1] < 0).sum())


def below(name: str, label: str, level: float, *changes: str) -> int | str:
    """The first step at which it is at most ``level`` above the minimum, or "never"."""
    run = race(name, *changes)
    return measured("below", run, label, level=level + (run.floor or 0.0))


def tenth(name: str, label: str, after: int) -> int:
    """How many steps after ``after`` it is at a tenth of the height it had then."""
    run = race(name)
    height = run.gap()[after:, _lane(run, label, 0)]
    return int(np.argmax(height < 0.1 * height[0]))


def angle(name: str, label: str, step: int = 0) -> float:
    """Degrees between the steepest way down and the way to the minimum."""
    at = theta(name, label, step=step)
    field = race(name).race.landscape
    down, there = -field.grad(at[None])[0], np.array(field.minima[0].theta) - at
    return float(np.degrees(np.arccos(down @ there / np.linalg.norm(down) / np.linalg.norm(there))))


def share(name: str) -> float:
    """Percent of the movement that the plane of main directions shows."""
    run = race(name)
    return 100.0 * principal_plane(run).share(run)


def optimizer(name: str, **values: Any) -> Any:
    return CATALOGS["optimizer"][name](**values)


def decades(name: str, label: str) -> float:
    """How many decades of rates work for a racer of a sample, as its panel of rates says."""
    found = survey(race(name).race)
    return float(found.widths("loss")[_row(found.race, label)])


def works(name: str, label: str) -> tuple[float, float]:
    """The lowest and the highest rate that work for it."""
    found = survey(race(name).race)
    span = found.span(_row(found.race, label), "loss")
    assert span is not None
    return span


@cache
def tuned(name: str) -> Recording:
    """A sample with everyone's best rate, raced."""
    return Engine(tune(race(name).race).race).run()


def lr(run: Recording, label: str) -> float:
    return run.race.entrants[_row(run.race, label)].lr


def lowest(run: Recording) -> str:
    """Who ends lowest."""
    return run.race.entrants[int(run.loss[run.done].argmin())].label


def _row(of: Race, label: str) -> int:
    return [entrant.label for entrant in of.entrants].index(label)


def landscape(name: str, **values: Any) -> Any:
    return CATALOGS["landscape"][name](**values)


def bands(name: str) -> float:
    """How many times farther apart in loss the two outermost lines of a picture are than the two innermost."""
    lines = Relief.of(landscape(name)).loss(np.arange(float(BANDS)))
    return float((lines[-1] - lines[-2]) / (lines[1] - lines[0]))


def condition(name: str) -> float:
    """Largest over smallest curvature at a landscape's first minimum."""
    field = landscape(name)
    bends = np.linalg.eigvalsh(field.hess(np.array([field.minima[0].theta]))[0])
    return float(bends[-1] / bends[0])


@cache
def standings(name: str) -> Standings:
    """A league that ships, at its first target."""
    return run(leaguefile.find(name), Here()).standings()[0]


def area(name: str, label: str) -> float:
    it = standings(name)
    return it.areas[[entrant.label for entrant in it.league.entrants].index(label)]


def same_problems(one: str, other: str) -> bool:
    """Whether two leagues differ in nothing but the budget."""
    first, second = (replace(leaguefile.find(name), title="", budget=Budget()) for name in (one, other))
    return first == second


def limit(name: str, label: str, step: int = 0) -> Limits:
    """From which η on a racer swings and diverges, as the marks under its slider say at a step."""
    run = race(name)
    told = limits(run, [entrant.label for entrant in run.race.entrants].index(label), step)
    assert told is not None
    return told


@cache
def repeated(name: str, seeds: int) -> Repeats:
    return repeats(race(name).race, seeds)


def wins(name: str, label: str, seeds: int, step: int = -1) -> int:
    """In how many runs of a sample, with so many seeds, a racer is the lowest at the end or at a step."""
    found = repeated(name, seeds)
    return int(found.wins[step, _row(found.race, label)])


def shared_wins(name: str, label: str, seeds: int, step: int = -1) -> int:
    """And in how many of these not alone."""
    found = repeated(name, seeds)
    return int(found.shared[step, _row(found.race, label)])


def median(name: str, label: str, seeds: int) -> float:
    """Of the losses above the minimum at the end."""
    found = repeated(name, seeds)
    return float(found.median[-1, _row(found.race, label)] - (found.race.landscape.lowest or 0.0))


def coin(tosses: int, low: int, high: int) -> float:
    """Percent of all tries in which a fair coin shows heads ``low`` to ``high`` times."""
    return 100.0 * sum(math.comb(tosses, k) for k in range(low, high + 1)) / 2**tosses


@cache
def basin_map(name: str) -> Basins:
    return basins(race(name).race)


def leads(name: str, label: str, code: int) -> float:
    """From how many percent of the starts a racer of a sample comes there."""
    made = basin_map(name)
    return 100.0 * made.share(_row(made.race, label), code)


def took(name: str, label: str, goal: int) -> float:
    """The median of the steps to a minimum."""
    made = basin_map(name)
    return made.median(_row(made.race, label), goal)


def at_the_edge(name: str, label: str) -> bool:
    """Whether from no start in the middle half of the box, each way, it diverges."""
    made = basin_map(name)
    lost = made.reached[_row(made.race, label)] == DIVERGED
    rows, columns = (slice(n // 4, -(n // 4)) for n in lost.shape)
    return bool(lost.any() and not lost[rows, columns].any())


NAMES = {"np": np, "STALL_STEPS": STALL_STEPS, "RATES": RATES, "SEEDS": SEEDS} | {
    f.__name__: f
    for f in (
        race, arrived, first, ended, since, gap, mean_gap, theta, crossings, below, tenth, angle, share,
        optimizer, landscape, condition, bands, feed,
        area, same_problems,


        diagnosed, limit, decades, works, tuned, lr, lowest, measured,
        wins, shared_wins, median, coin, basin_map, leads, took, at_the_edge,
    )
}  # fmt: skip
