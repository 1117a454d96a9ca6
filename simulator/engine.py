"""The lockstep engine: pure NumPy, every entrant one step at a time, nobody waits and nobody is helped.

Entrants of one rule form a group and step as lanes of the same arrays; all groups' questions are answered by one call
of the landscape. What does not steer the dynamics (loss, gradient norm, status) is computed afterwards, a block of
steps at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.noise import noise_block
from simulator.optimizer import Curvature, Optimizer, State
from simulator.param import params
from simulator.race import Race
from simulator.recording import Recording
from simulator.referee import Referee

Array = NDArray[np.float64]
BLOCK = 64  # steps computed between two looks at loss and status
PACK = 512  # lanes that step together: their arrays stay in the first-level cache


@dataclass(eq=False)
class Group:
    """Lanes that share a rule. ``theta`` and ``state`` are replaced, never modified."""

    rule: Optimizer
    lanes: NDArray[np.intp]  # lanes of the recording
    part: slice  # where they stand among the questions of their pack
    peak: Array  # η before the schedule, (lanes, dim)
    factors: Array | None  # (steps + 1, lanes); None: every schedule is constant
    clip: Array | None  # (lanes, 1), inf where off; None: nobody clips
    theta: Array
    state: State
    path: list[Array] = field(default_factory=list)
    history: list[State] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    def lr(self, k: int) -> Array:
        return self.peak if self.factors is None else self.peak * self.factors[k][:, None]


class Engine:
    """Advances one race and records it. ``Engine(race).advance(n)`` equals any other way of cutting up the n steps.

    ``keep_path=False`` is for studies of very many lanes: the recording then has room for row 0 and the latest
    block only, see `Recording.theta`.
    """

    def __init__(self, race: Race):
        self.race = race
        theta0 = np.tile(np.asarray(race.starts, dtype=np.float64), (len(race.entrants), 1))
        self.packs = [
            _groups(race, theta0, np.arange(a, min(a + PACK, race.lanes))) for a in range(0, race.lanes, PACK)
        ]
        self.recording = _blank(race, self.packs)
        self.referee = Referee(self.recording)
        self.recording.theta[0] = theta0
        with np.errstate(all="ignore"):
            self.referee.judge(0, 0)

    @property
    def step(self) -> int:
        return self.recording.done

    def advance(self, n: int) -> Recording:
        """Take up to ``n`` more steps, stopping at the end of the race."""
        end = min(self.step + max(n, 0), self.race.steps)
        with np.errstate(all="ignore"):
            while self.step < end:
                # Blocks end at multiples of BLOCK, so that noise is drawn once for each.
                stop = min(end, (self.step // BLOCK + 1) * BLOCK)
                for groups in self.packs:
                    self._advance_pack(groups, self.step, stop)
                first, self.recording.done = self.step + 1, stop
                self.referee.judge(first, stop)
        return self.recording

    def run(self) -> Recording:
        """All the steps that are left."""
        return self.advance(self.race.steps)

    def _advance_pack(self, groups: list[Group], start: int, stop: int) -> None:
        lanes = np.concatenate([group.lanes for group in groups])
        noise = noise_block(self.race, lanes, start // BLOCK, BLOCK)
        landscape = self.race.landscape
        grads: list[Array] = []
        for k in range(start, stop):
            draw = None if noise is None else noise[k % BLOCK]
            grads.append(_step(groups, k, landscape, draw))
        record = self.recording
        for group in groups:
            record.theta[start + 1 : stop + 1, group.lanes] = np.asarray(group.path)
            asked = np.cumsum(group.asked, dtype=np.int32)[:, None]
            record.evals[start + 1 : stop + 1, group.lanes] = record.evals[start, group.lanes] + asked
            self._record_states(group, start, stop)
            group.path.clear(), group.asked.clear(), group.history.clear()
        record.grad[start:stop, lanes] = np.asarray(grads)

    def _record_states(self, group: Group, start: int, stop: int) -> None:
        starts = len(self.race.starts)
        for letter in group.state:
            values = np.asarray([state[letter] for state in group.history])
            for i, lane in enumerate(group.lanes):
                e, s = divmod(int(lane), starts)
                self.recording.states[e][letter][start + 1 : stop + 1, s] = values[:, i]


def _step(groups: list[Group], k: int, landscape: Any, draw: Array | None) -> Array:
    """One lockstep step of a pack: ask, answer, go. Returns the first gradients answered, ``(lanes, dim)``."""
    rules = [group.rule.step(group.theta, group.state, group.lr(k), k + 1) for group in groups]
    asks = [next(rule) for rule in rules]
    points = [ask.theta if type(ask) is Curvature else ask for ask in asks]
    grads = landscape.grad(np.concatenate(points))
    if draw is not None:
        grads = grads + draw
    for group, rule, ask in zip(groups, rules, asks, strict=True):
        grad = grads[group.part]
        if group.clip is not None:
            grads[group.part] = grad = _clipped(grad, group.clip)
        asked = 1
        try:
            while True:
                ask = rule.send((grad, landscape.hess(ask.theta)) if type(ask) is Curvature else grad)
                # A second question in the same step meets the same draw: it is the same mini-batch.
                asked += 1
                grad = landscape.grad(ask.theta if type(ask) is Curvature else ask)
                if draw is not None:
                    grad = grad + draw[group.part]
                if group.clip is not None:
                    grad = _clipped(grad, group.clip)
        except StopIteration as done:
            group.theta, group.state = done.value
        group.path.append(group.theta)
        group.history.append(group.state)
        group.asked.append(asked)
    return grads


def _clipped(grad: Array, limit: Array) -> Array:
    """``grad`` with lanes longer than ``limit`` shortened to it (Pascanu et al. 2013, On the difficulty of training
    recurrent neural networks). Not torch's form, which divides by the norm plus 1e-6."""
    norm = np.sqrt(np.einsum("ij,ij->i", grad, grad))[:, None]
    return np.where(norm > limit, grad * (limit / norm), grad)


def _groups(race: Race, theta0: Array, lanes: NDArray[np.intp]) -> list[Group]:
    """The groups of one pack, by rule and by which of its terms are switched on.

    Lanes with a term switched off never share arrays with lanes that have it on: 0 · inf is not 0.
    """
    by_rule: dict[tuple[Any, ...], list[int]] = {}
    for lane in lanes:
        entrant = race.entrants[lane // len(race.starts)]
        by_rule.setdefault(_kind(entrant.optimizer), []).append(int(lane))
    groups: list[Group] = []
    begin = 0
    for members in by_rule.values():
        groups.append(_group(race, theta0, members, slice(begin, begin + len(members))))
        begin += len(members)
    return groups


def _kind(optimizer: Optimizer) -> tuple[Any, ...]:
    kind: list[Any] = [type(optimizer)]
    for name, p in params(type(optimizer)).items():
        value = getattr(optimizer, name)
        kind.append(value == p.off if p.numeric else value)
    return tuple(kind)


def _group(race: Race, theta0: Array, members: list[int], part: slice) -> Group:
    racers = [race.entrants[lane // len(race.starts)] for lane in members]
    dim = race.landscape.dim

    def spread(values: Callable[[Any], float]) -> Array:
        return np.repeat(np.array([values(racer) for racer in racers], dtype=np.float64)[:, None], dim, axis=1)

    first = racers[0].optimizer
    values: dict[str, Any] = {}
    for name, p in params(type(first)).items():
        value = getattr(first, name)
        off = p.numeric and value == p.off
        values[name] = None if off else spread(lambda r, n=name: getattr(r.optimizer, n)) if p.numeric else value
    factors = np.stack([racer.schedule.factors(race.steps) for racer in racers], axis=1)
    clips = np.array([racer.clip_norm or np.inf for racer in racers])[:, None]
    rule = first.bind(**values)
    theta = theta0[members]
    return Group(
        rule=rule,
        lanes=np.array(members, dtype=np.intp),
        part=part,
        peak=values["lr"],
        factors=None if (factors == 1.0).all() else factors,
        clip=clips if np.isfinite(clips).any() else None,
        theta=theta,
        state=rule.init(theta),
    )


def _blank(race: Race, packs: list[list[Group]]) -> Recording:
    rows, lanes, dim = race.steps + 1, race.lanes, race.landscape.dim
    states: list[dict[str, Array]] = [{} for _ in race.entrants]
    for group in (group for groups in packs for group in groups):
        for lane, (e, s) in enumerate(divmod(int(lane), len(race.starts)) for lane in group.lanes):
            for letter, value in group.state.items():
                kept = states[e].setdefault(letter, np.empty((rows, len(race.starts), dim)))
                kept[0, s] = value[lane]
    return Recording(
        race=race,
        done=0,
        theta=np.empty((rows, lanes, dim)),
        loss=np.empty((rows, lanes)),
        grad_norm=np.empty((rows, lanes)),
        grad=np.empty((race.steps, lanes, dim)),
        status=np.empty((rows, lanes), dtype=np.int8),
        since=np.empty((rows, lanes), dtype=np.int32),
        evals=np.zeros((rows, lanes), dtype=np.int32),
        states=states,
    )
