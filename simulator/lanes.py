"""Who steps with whom: entrants of one rule share arrays, and lanes are cut into packs that stay in the cache."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.optimizer import Optimizer, State, bound
from simulator.param import params
from simulator.race import Entrant, Race

Array = NDArray[np.float64]
Lanes = NDArray[np.intp]
Place = slice | Lanes

PACK = 2048  # lanes; 32 kB an array of two coordinates: few calls, and still in the cache


@dataclass(eq=False)
class Group:
    """Lanes that share a rule. ``theta`` and ``state`` are replaced each step, never modified."""

    rule: Optimizer
    lanes: Lanes  # of the recording
    part: slice  # where they stand among the questions of their pack
    peak: Array  # η before the schedule, (lanes, dim)
    factors: Array | None  # (steps + 1, lanes, 1); None: every schedule is constant
    clip: Array | None  # the longest gradient, (lanes, 1), inf where off; None: nobody clips
    cut: Array | None  # the largest coordinate of a gradient, likewise
    restarts: frozenset[int]  # the steps before which the state begins anew
    theta: Array
    state: State
    # What the block in progress went through, a step each.
    path: list[Array] = field(default_factory=list[Array])
    states: list[State] | deque[State] = field(default_factory=list[State])
    asked: list[int | NDArray[np.int64]] = field(default_factory=list["int | NDArray[np.int64]"])
    born: int = 0  # the step at which the state last began
    bounded: bool = field(init=False)  # whether any lane's gradient is limited
    place: Place = field(init=False)  # ``lanes``, as a slice where they follow one another

    def __post_init__(self) -> None:
        self.place = _place(self.lanes)
        # No cached_property: after its first use Python 3.11 looks up every attribute of the object the slow way.
        self.bounded = self.clip is not None or self.cut is not None

    def begin_anew(self, step: int) -> None:
        """Forget all that was learnt of the way here: the next step is the rule's first."""
        self.state = self.rule.init(self.theta)
        self.born = step

    def forget(self) -> None:
        self.path.clear()
        self.states.clear()
        self.asked.clear()


@dataclass(eq=False)
class Pack:
    """Groups whose questions one call of the landscape answers."""

    groups: list[Group]
    lanes: Lanes  # of all groups, in the order of their questions
    restarting: list[Group] = field(init=False)
    place: Place = field(init=False)  # ``lanes``, as a slice where they follow one another

    def __post_init__(self) -> None:
        self.place = _place(self.lanes)
        self.restarting = [group for group in self.groups if group.restarts]


def packs(race: Race, theta: Array) -> list[Pack]:
    """All lanes of a race standing at ``theta`` (lanes, dim)."""
    return [_pack(race, theta, range(a, min(a + PACK, race.lanes))) for a in range(0, race.lanes, PACK)]


def alone(race: Race, lane: int, theta: Array) -> Pack:
    """One lane of a race by itself, at ``theta`` (dim,)."""
    group = _group(race, theta[None], [lane], slice(0, 1))
    return Pack([group], group.lanes)


def _pack(race: Race, theta: Array, lanes: range) -> Pack:
    by_rule: dict[tuple[Any, ...], list[int]] = {}
    for lane in lanes:
        racer = race.entrants[lane // len(race.starts)]
        by_rule.setdefault((_kind(racer.optimizer), _restarts(racer, race.steps)), []).append(lane)
    groups: list[Group] = []
    begin = 0
    for members in by_rule.values():
        end = begin + len(members)
        groups.append(_group(race, theta[members], members, slice(begin, end)))
        begin = end
    return Pack(groups, np.concatenate([group.lanes for group in groups]))


def _kind(optimizer: Optimizer) -> tuple[Any, ...]:
    """What lanes must have in common to share arrays: the rule, its switches, and which of its terms are off.

    Lanes with a term off never step with lanes that have it on: 0 · inf is not 0.
    """
    hyper, known = optimizer.hyper, params(type(optimizer))
    return type(optimizer), *(hyper[name] == p.off if p.per_lane else hyper[name] for name, p in known.items())


def _restarts(racer: Entrant, steps: int) -> tuple[int, ...]:
    return racer.schedule.boundaries(steps) if racer.restart else ()


def _group(race: Race, theta: Array, members: list[int], part: slice) -> Group:
    lanes = np.array(members, dtype=np.intp)
    racers = [race.entrants[lane // len(race.starts)] for lane in members]
    rule = bound([racer.optimizer for racer in racers], race.landscape.blocks)
    return Group(
        rule=rule,
        lanes=lanes,
        part=part,
        peak=rule.hyper["lr"],
        factors=_factors(race, racers),
        clip=_limits([racer.clip_norm for racer in racers]),
        cut=_limits([racer.clip_value for racer in racers]),
        restarts=frozenset(_restarts(racers[0], race.steps)),
        theta=theta,
        state=rule.init(theta),
    )


def _place(lanes: Lanes) -> Place:
    first, last = int(lanes[0]), int(lanes[-1])
    return slice(first, last + 1) if np.array_equal(lanes, np.arange(first, last + 1)) else lanes


def _limits(values: list[float]) -> Array | None:
    limits = np.array([value or np.inf for value in values])[:, None]
    return limits if np.isfinite(limits).any() else None


def _factors(race: Race, racers: list[Entrant]) -> Array | None:
    tables = {racer.schedule: racer.schedule.factors(race.steps) for racer in racers}
    if all((table == 1.0).all() for table in tables.values()):
        return None
    return np.stack([tables[racer.schedule] for racer in racers], axis=1)[:, :, None]
