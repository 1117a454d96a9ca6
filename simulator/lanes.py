"""Who steps with whom: entrants of one rule share arrays, and lanes are cut into packs that stay in the cache."""

from __future__ import annotations

from collections import deque
from dataclasses import InitVar, dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.optimizer import Optimizer, State, bound
from simulator.param import params
from simulator.race import Entrant, Race

Array = NDArray[np.float64]
Lanes = NDArray[np.intp]
Place = slice | Lanes

PACK = 2048  # lanes; 32 kB an array of two coordinates: few calls, and still in the cache


class Gear(NamedTuple):
    """The settings of lanes that share a rule."""

    rule: Optimizer
    peak: Array  # η before the schedule, (lanes, dim)
    factors: Array | None  # (steps + 1, lanes, 1); None: every schedule is constant
    clip: Array | None  # the longest gradient, (lanes, 1), inf where off; None: nobody clips
    cut: Array | None  # the largest coordinate of a gradient, likewise


@dataclass(eq=False)
class Group:
    """Lanes that share a rule. ``theta`` and ``state`` are replaced each step, never modified."""

    lanes: Lanes  # of the recording
    part: slice  # where they stand among the questions of their pack
    gear: InitVar[Gear]  # that of the first step
    turns: dict[int, Gear]  # with what they go on from a step on
    restarts: frozenset[int]  # the steps before which the state begins anew
    theta: Array
    state: State
    # What the block in progress went through, a step each.
    path: list[Array] = field(default_factory=list[Array])
    states: list[State] | deque[State] = field(default_factory=list[State])
    asked: list[int | NDArray[np.int64]] = field(default_factory=list["int | NDArray[np.int64]"])
    born: int = 0  # the step at which the state last began
    bounded: bool = field(init=False)  # whether any lane's gradient is limited
    forms: list[dict[str, tuple[int, ...]]] = field(init=False)  # of the state at first, and after each turn
    place: Place = field(init=False)  # ``lanes``, as a slice where they follow one another

    def __post_init__(self, gear: Gear) -> None:
        self.place = _place(self.lanes)
        states = [self.state, *(turn.rule.init(self.theta) for turn in self.turns.values())]
        self.forms = [{letter: value.shape for letter, value in state.items()} for state in states]
        self._take(gear)

    def _take(self, gear: Gear) -> None:
        # No cached_property: after its first use Python 3.11 looks up every attribute of the object the slow way.
        self.rule, self.peak, self.factors, self.clip, self.cut = gear
        self.bounded = self.clip is not None or self.cut is not None

    def arrive(self, step: int) -> None:
        """What happens to lanes before ``step``: they go on with other settings, they begin anew."""
        if step in self.turns:
            self._take(self.turns[step])
            self.state = carried(self.rule, self.theta, self.state)
        if step in self.restarts:
            self.begin_anew(step)

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
    changing: list[Group] = field(init=False)  # those that turn or begin anew
    place: Place = field(init=False)  # ``lanes``, as a slice where they follow one another

    def __post_init__(self) -> None:
        self.place = _place(self.lanes)
        self.changing = [group for group in self.groups if group.turns or group.restarts]


def carried(rule: Optimizer, theta: Array, state: State) -> State:
    """``state`` for a rule that goes on from it: what both have of the same shape is kept, the rest begins anew."""
    fresh = rule.init(theta)
    return {
        key: state[key] if key in state and state[key].shape == value.shape else value for key, value in fresh.items()
    }


def packs(race: Race, theta: Array) -> list[Pack]:
    """All lanes of a race standing at ``theta`` (lanes, dim)."""
    return [_pack(race, theta, range(a, min(a + PACK, race.lanes))) for a in range(0, race.lanes, PACK)]


def alone(race: Race, lane: int, theta: Array, step: int = 0) -> Pack:
    """One lane of a race by itself, at ``theta`` (dim,), with the settings it takes ``step`` with."""
    group = _group(race, theta[None], [lane], slice(0, 1), step)
    return Pack([group], group.lanes)


def _pack(race: Race, theta: Array, lanes: range) -> Pack:
    by_rule: dict[tuple[Any, ...], list[int]] = {}
    for lane in lanes:
        racer = race.entrants[lane // len(race.starts)]
        kinds = tuple((step, _kind(leg.optimizer)) for step, leg in racer.legs if step < race.steps)
        by_rule.setdefault((kinds, racer.restarts(race.steps)), []).append(lane)
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


def _group(race: Race, theta: Array, members: list[int], part: slice, first: int = 0) -> Group:
    lanes = np.array(members, dtype=np.intp)
    racers = [race.entrants[lane // len(race.starts)] for lane in members]
    gear = _gear(race, [racer.at(first) for racer in racers])
    turns = [step for step, _ in racers[0].legs if first < step < race.steps]
    return Group(
        lanes=lanes,
        part=part,
        gear=gear,
        turns={step: _gear(race, [racer.at(step) for racer in racers]) for step in turns},
        restarts=frozenset(racers[0].restarts(race.steps)),
        theta=theta,
        state=gear.rule.init(theta),
    )


def _gear(race: Race, racers: list[Entrant]) -> Gear:
    rule = bound([racer.optimizer for racer in racers], race.landscape.blocks)
    return Gear(
        rule,
        peak=rule.hyper["lr"],
        factors=_factors(race, racers),
        clip=_limits([racer.clip_norm for racer in racers]),
        cut=_limits([racer.clip_value for racer in racers]),
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
