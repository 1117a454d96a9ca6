"""Tuning with an equal budget: every entrant is raced at the same values as often, and gets its best one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator.crowd import seeds_of
from simulator.race import Race
from simulator.studies import axis
from simulator.studies.axis import Axis
from simulator.studies.scan import Scan, Scanning
from simulator.words import count_text, short_text

LOWEST, HIGHEST, POINTS = 1e-5, 10.0, 121  # rates


@dataclass(frozen=True, eq=False)
class Tuned:
    """``race`` with everyone's best values, and the ``scan`` that they come from; ``left`` numbers those that kept what
    they had, as nothing came of any value or they have no such Param."""

    race: Race
    scan: Scan
    left: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """What it took."""
        found = self.scan
        each = found.runs // len(found.who)
        key = " and ".join(f"{count_text(len(a.values))} values of {a.key}{_span(a)}" for a in found.axes)
        starts, seeds = len(found.race.starts), len(found.seeds)
        often = f", from {starts} starts" * (starts > 1) + f", with {seeds} seeds" * (seeds > 1)
        one = "" if each == 1 else "s"
        who = f"Each of {len(found.who)} racers" if len(found.who) > 1 else "The racer"
        return f"{who} was raced at {key}{often}: {each:,} run{one} of {found.race.steps:,} steps."


def tuning(race: Race, seeds: int = 1, points: int = POINTS, key: str = "lr") -> Scanning:
    """The scan that tuning rests on: ``points`` values of ``key``, for the rate from 1e-5 to 10, else over its range.

    Raises RaceError where nobody has such a Param.
    """
    found = axis.of(race, key)
    low, high = (LOWEST, HIGHEST) if key == "lr" else axis.span(found.param)
    values = axis.grid(found.param, low, high, points) if found.numeric else axis.everything(found)
    return Scanning(race, [axis.with_values(race, found, values)], seeds_of(race, seeds))


def tuned(scan: Scan) -> Tuned:
    """Everyone at the value where it ends lowest: the median over starts and seeds, a run that diverged infinitely bad,
    of equal ones the middle. What everyone shares stays as it is."""
    race, left = scan.race, set(range(len(scan.race.entrants))) - set(scan.who)
    own = [(n, a) for n, a in enumerate(scan.axes) if not a.shared]
    for row, i in enumerate(scan.who):
        best = scan.best(row)
        if best is None or not own:
            left.add(i)
            continue
        entrant = race.entrants[i]
        for n, a in own:
            entrant = a.entrant(entrant, a.values[best[n]])
        race = replace(race, entrants=(*race.entrants[:i], entrant, *race.entrants[i + 1 :]))
    return Tuned(race, scan, tuple(sorted(left)))


def tune(race: Race, seeds: int = 1, points: int = POINTS, key: str = "lr") -> Tuned:
    """The whole at once."""
    scanning = tuning(race, seeds, points, key)
    scanning.advance(float("inf"))
    return tuned(scanning.result())


def _span(a: Axis) -> str:
    return f" from {short_text(a.values[0])} to {short_text(a.values[-1])}" if a.numeric else ""
