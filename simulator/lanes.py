"""Who steps with whom: entrants of one rule share arrays, and lanes are cut into packs that stay in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.crowd import Field
from simulator.group import Gear, Group, Lanes, Scheduled
from simulator.landscape import Landscape
from simulator.layout import laid
from simulator.optimizer import Optimizer, bound
from simulator.pack import Pack
from simulator.param import params
from simulator.race import Entrant
from simulator.trace import Program, trace

Array = NDArray[np.float64]

PACK = 5464  # lanes, a third of a basin map: few calls, and what a step touches (85 kB an array) is still in the cache


def packs(field: Field, theta: Array) -> list[Pack]:
    """All lanes of a field standing at ``theta`` (lanes, dim)."""
    kinds = [_kind(racer, field.steps) for racer in field.entrants]
    return [_pack(field, theta, lanes, kinds) for lanes in _crews(field, kinds)]


def alone(field: Field, lane: int, theta: Array, step: int = 0) -> Pack:
    """One lane of a field by itself, at ``theta`` (dim,), with the settings it takes ``step`` with."""
    lanes = np.array([lane], dtype=np.intp)
    return _packed(field, [_group(field, theta[None], lanes, 1, step)])


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
    crews = (lanes[np.isin(runs, members)] for members in by_rule.values())
    groups = [_group(field, theta[own], own, len(lanes)) for own in crews]
    for group in groups:
        group.program = _program(field, group)
    return _packed(field, groups)


def _packed(field: Field, groups: list[Group]) -> Pack:
    return Pack(groups, _seed(field, groups[0].lanes), field.landscape.domain)


def _program(field: Field, group: Group) -> Program | None:
    if group.turns or group.restarts or field.landscape.domain is not None:
        return None
    lr = group.peak if group.factors is None else Scheduled(group.peak, group.factors)
    return trace(group.rule, group.theta, group.state, lr)


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


def _group(field: Field, theta: Array, lanes: Lanes, packed: int, first: int = 0) -> Group:
    """``packed``: how many lanes their pack has."""
    present, who = np.unique(lanes // (len(field.starts) * len(field.seeds)), return_inverse=True)
    racers = [field.entrants[int(i)] for i in present]
    gear = _gear(field, [racer.at(first) for racer in racers], who, packed)
    theta = laid(theta, packed)
    turns = [step for step, _ in racers[0].legs if first < step < field.steps]
    return Group(
        *gear,
        lanes=lanes,
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


def _limits(values: list[float], who: Lanes) -> Array | None:
    limits = np.array([value or np.inf for value in values])[who][:, None]
    return limits if np.isfinite(limits).any() else None


def _factors(field: Field, racers: list[Entrant], who: Lanes) -> Array | None:
    tables = {racer.schedule: racer.schedule.factors(field.steps) for racer in racers}
    if all((table == 1.0).all() for table in tables.values()):
        return None
    return np.stack([tables[racer.schedule] for racer in racers], axis=1)[:, who, None]
