"""Who steps with whom: entrants of one rule share arrays, and lanes are cut into packs that stay in the cache."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Field
from simulator.landscape import Landscape
from simulator.layout import laid
from simulator.optimizer import Optimizer, Query, State, bound
from simulator.param import params
from simulator.race import Entrant

Array = NDArray[np.float64]
Lanes = NDArray[np.intp]
Place = slice | Lanes
Course = Generator["Array | Query | None", Any, None]

PACK = 4096  # lanes; 64 kB an array of two coordinates: few calls, and a span of steps is still in the cache


class Gear(NamedTuple):
    """The settings of lanes that share a rule: the first fields of a `Group`."""

    rule: Optimizer
    peak: Array
    factors: Array | None
    clip: Array | None
    cut: Array | None


@dataclass(eq=False)
class Group:
    """Lanes that share a rule. ``theta`` and ``state`` are replaced each step, never modified."""

    rule: Optimizer
    peak: Array  # η before the schedule, (lanes, dim)
    factors: Array | None  # (steps + 1, lanes, 1); None: every schedule is constant
    clip: Array | None  # the longest gradient, (lanes, 1), inf where off; None: nobody clips
    cut: Array | None  # the largest coordinate of a gradient, likewise
    lanes: Lanes  # of the recording
    part: slice  # where they stand among the questions of their pack
    turns: dict[int, Gear]  # with what they go on from a step on
    restarts: frozenset[int]  # the steps before which the state begins anew
    theta: Array
    state: State
    # What the span in progress went through, a step each.
    path: list[Array] = field(default_factory=list[Array])
    states: list[State] | deque[State] = field(default_factory=list[State])
    # Of gradients alone their number, otherwise (3, lanes or 1), see `Counts`.
    asked: list[int | NDArray[np.int32]] = field(default_factory=list["int | NDArray[np.int32]"])
    born: int = 0  # the step at which the state last began
    bounded: bool = field(init=False)  # whether any lane's gradient is limited
    forms: list[dict[str, tuple[int, ...]]] = field(init=False)  # of the state at first, and after each turn
    place: Place = field(init=False)  # ``lanes``, as a slice where they follow one another

    def __post_init__(self) -> None:
        self.place = _place(self.lanes)
        states = [self.state, *(turn.rule.init(self.theta) for turn in self.turns.values())]
        self.forms = [{letter: value.shape for letter, value in state.items()} for state in states]
        self._limit()

    def _limit(self) -> None:
        # No cached_property: after its first use Python 3.11 looks up every attribute of the object the slow way.
        self.bounded = self.clip is not None or self.cut is not None

    def arrive(self, step: int) -> None:
        """What happens to lanes before ``step``: they go on with other settings, they begin anew."""
        if step in self.turns:
            self.rule, self.peak, self.factors, self.clip, self.cut = self.turns[step]
            self._limit()
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
    seed: int  # of what the landscape shows
    courses: list[Course] = field(init=False)  # of the groups, in their order
    changing: list[Group] = field(init=False)  # those that turn or begin anew
    place: Place = field(init=False)  # ``lanes``, as a slice where they follow one another

    def __post_init__(self) -> None:
        self.place = _place(self.lanes)
        self.courses = [course(group) for group in self.groups]
        for begun in self.courses:
            next(begun)
        self.changing = [group for group in self.groups if group.turns or group.restarts]


def course(group: Group) -> Course:
    """A group's way: sent the number of a step it yields what its rule asks, is sent the answers, and yields None where
    the step is done. One generator for all steps: to end one costs an exception, as much as two multiplications."""
    step = yield None
    while True:
        lr = group.peak if group.factors is None else group.peak * group.factors[step]
        group.theta, group.state = yield from group.rule.step(group.theta, group.state, lr, step + 1 - group.born)
        step = yield None


def carried(rule: Optimizer, theta: Array, state: State) -> State:
    """``state`` for a rule that goes on from it: what both have of the same shape is kept, the rest begins anew."""
    fresh = rule.init(theta)
    return {
        key: state[key] if key in state and state[key].shape == value.shape else value for key, value in fresh.items()
    }


def packs(field: Field, theta: Array) -> list[Pack]:
    """All lanes of a field standing at ``theta`` (lanes, dim)."""
    kinds = [_kind(racer, field.steps) for racer in field.entrants]
    return [_pack(field, theta, lanes, kinds) for lanes in _crews(field, kinds)]


def alone(field: Field, lane: int, theta: Array, step: int = 0) -> Pack:
    """One lane of a field by itself, at ``theta`` (dim,), with the settings it takes ``step`` with."""
    lanes = np.array([lane], dtype=np.intp)
    return Pack([_group(field, theta[None], lanes, slice(0, 1), 1, step)], lanes, _seed(field, lanes))


def _crews(field: Field, kinds: list[tuple[Any, ...]]) -> Iterator[Lanes]:
    """The lanes of each pack. Whoever is shown a part of the data is with those who are shown the same.

    Few lanes of a kind cost as much as many: a kind that finds no room in a pack begins one.
    """
    lanes, seeds = np.arange(field.lanes), len(field.seeds)
    runs = len(field.starts) * seeds
    ends = [runs * (i + 1) for i, (kind, following) in enumerate(pairwise(kinds)) if kind != following]
    alike = 1 if type(field.landscape).shown is Landscape.shown else seeds
    for first in range(alike):
        same, begin = lanes[first::alike], 0
        for a, b in pairwise([0, *(end // alike for end in ends), len(same)]):
            if b - begin > PACK and a > begin:
                yield same[begin:a]
                begin = a
            while b - begin > PACK:
                yield same[begin : begin + PACK]
                begin += PACK
        yield same[begin:]


def _seed(field: Field, lanes: Lanes) -> int:
    """What the landscape is shown by: the seed of all these lanes, or of the first where it makes no difference."""
    return field.seeds[int(lanes[0]) % len(field.seeds)]


def _pack(field: Field, theta: Array, lanes: Lanes, kinds: list[tuple[Any, ...]]) -> Pack:
    runs = lanes // (len(field.starts) * len(field.seeds))
    by_rule: dict[tuple[Any, ...], list[int]] = {}
    present = runs[np.diff(runs, prepend=-1) > 0]  # a bare np.unique loads numpy.ma: the window would open later
    for entrant in map(int, present):
        by_rule.setdefault(kinds[entrant], []).append(entrant)
    groups: list[Group] = []
    begin = 0
    for members in by_rule.values():
        own = lanes[np.isin(runs, members)]
        groups.append(_group(field, theta[own], own, slice(begin, begin + len(own)), len(lanes)))
        begin += len(own)
    return Pack(groups, np.concatenate([group.lanes for group in groups]), _seed(field, lanes))


def _kind(racer: Entrant, steps: int) -> tuple[Any, ...]:
    """What lanes must have in common to share arrays: the rule, its switches, which of its terms are off, and when
    they begin anew or go on with other settings.

    Lanes with a term off never step with lanes that have it on: 0 · inf is not 0.
    """
    turns = ((step, *_switches(leg.optimizer)) for step, leg in racer.legs if step < steps)
    return type(racer.optimizer), *turns, racer.restarts(steps)


def _switches(optimizer: Optimizer) -> tuple[Any, ...]:
    hyper, known = optimizer.hyper, params(type(optimizer))
    return tuple(hyper[name] == p.off if p.per_lane else hyper[name] for name, p in known.items())


def _group(field: Field, theta: Array, lanes: Lanes, part: slice, packed: int, first: int = 0) -> Group:
    """``packed``: how many lanes their pack has."""
    present, who = np.unique(lanes // (len(field.starts) * len(field.seeds)), return_inverse=True)
    racers = [field.entrants[int(i)] for i in present]
    gear = _gear(field, [racer.at(first) for racer in racers], who, packed)
    theta = laid(theta, packed)
    turns = [step for step, _ in racers[0].legs if first < step < field.steps]
    return Group(
        *gear,
        lanes=lanes,
        part=part,
        turns={step: _gear(field, [racer.at(step) for racer in racers], who, packed) for step in turns},
        restarts=frozenset(racers[0].restarts(field.steps)),
        theta=theta,
        state=gear.rule.init(theta),
    )


def _gear(field: Field, racers: list[Entrant], who: Lanes, packed: int) -> Gear:
    rule = bound([racer.optimizer for racer in racers], field.landscape.blocks, who, packed)
    return Gear(
        rule,
        peak=rule.hyper["lr"],
        factors=_factors(field, racers, who),
        clip=_limits([racer.clip_norm for racer in racers], who),
        cut=_limits([racer.clip_value for racer in racers], who),
    )


def _place(lanes: Lanes) -> Place:
    first, last = int(lanes[0]), int(lanes[-1])
    return slice(first, last + 1) if np.array_equal(lanes, np.arange(first, last + 1)) else lanes


def _limits(values: list[float], who: Lanes) -> Array | None:
    limits = np.array([value or np.inf for value in values])[who][:, None]
    return limits if np.isfinite(limits).any() else None


def _factors(field: Field, racers: list[Entrant], who: Lanes) -> Array | None:
    tables = {racer.schedule: racer.schedule.factors(field.steps) for racer in racers}
    if all((table == 1.0).all() for table in tables.values()):
        return None
    return np.stack([tables[racer.schedule] for racer in racers], axis=1)[:, who, None]
