"""Tuning with an equal budget: every entrant is raced at the same values as often, and gets its best one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator import racedata
from simulator.crowd import seeds_of
from simulator.optimizers import OPTIMIZERS
from simulator.param import params
from simulator.race import Race
from simulator.studies import axis
from simulator.studies.axis import Axis
from simulator.studies.scan import Scan, Scanning
from simulator.words import count_text, short_text

LOWEST, HIGHEST, POINTS = 1e-5, 10.0, 121  # rates
SEEDS = 20  # of a tuning over several, where nobody says how many


def rates(points: int = POINTS) -> tuple[float, ...]:
    """The rates that everyone is tried at, 1e-5 to 10, evenly by decades and to few digits."""
    return axis.grid(params(OPTIMIZERS["sgd"])["lr"], LOWEST, HIGHEST, points)


@dataclass(frozen=True, eq=False)
class Tuned:
    """``race`` with everyone's best values, and the ``scan`` that they come from; ``left`` numbers those that kept what
    they had, as nothing came of any value or they have no such Param."""

    race: Race
    scan: Scan
    left: tuple[int, ...]

    @property
    def runs(self) -> int:
        """How often each was raced."""
        return self.scan.runs // len(self.scan.who)

    @property
    def sentence(self) -> str:
        """What it took."""
        found, each = self.scan, self.runs
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
    if found.place == "optimizer" and found.name == "lr":
        values = rates(points)
    elif found.numeric:
        values = axis.grid(found.param, *axis.span(found.param), points)
    else:
        values = axis.everything(found)
    return Scanning(race, [axis.with_values(race, found, values)], seeds_of(race, seeds))


def tuned(scan: Scan) -> Tuned:
    """Everyone at the value where it ends lowest: the median over starts and seeds, of equal ones the middle. A run
    that diverged, or left the box for lower values outside, is infinitely bad. What everyone shares stays as it is.

    The race says of itself that it is tuned, where everyone had the same budget.
    """
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
    found = Tuned(race, scan, tuple(sorted(left)))
    if len(own) == len(scan.axes) == 1 and len(scan.who) == len(race.entrants) > len(left):
        found = replace(found, race=racedata.tuned(race, own[0][1].key, found.runs))
    return found


def tune(race: Race, seeds: int = 1, points: int = POINTS, key: str = "lr") -> Tuned:
    """The whole at once."""
    scanning = tuning(race, seeds, points, key)
    scanning.advance()
    return tuned(scanning.result())


def _span(a: Axis) -> str:
    return f" from {short_text(a.values[0])} to {short_text(a.values[-1])}" if a.numeric else ""
