"""One step of one racer, opened up: what it knew, what it asked and was told, what it made of it.

The step is taken again by the engine itself, for this lane alone and from what the recording holds of it: with the
same draw of the noise, the same mini-batch and the same clipping, so the next point comes out bit by bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from simulator.engine import BLOCK, lockstep
from simulator.group import Group, carried
from simulator.lanes import alone
from simulator.noise import noise_block
from simulator.notation import Layout, Matrix, Unknown, Worked, Worksheet, divided, substituted, work
from simulator.optimizer import Block, Optimizer, Query, Rule, State, Value, blocks_of
from simulator.race import Entrant
from simulator.recording import Recording

Array = NDArray[np.float64]
Told = float | Array | list[tuple[Array, Array]] | None
"""What an answer has beside the gradient: the loss, a matrix or its diagonal, matrices for each layer; or nothing."""


class Asked(NamedTuple):
    """A point and the gradient it was answered with: noisy and clipped as the rule saw it. (dim,) each."""

    theta: Array
    grad: Array


class _Answers(NamedTuple):
    """What the formula asks for beside what it is given; not the inspection, which keeps what was worked out of it."""

    asked: tuple[Asked, ...]
    told: tuple[Told, ...]
    change: Array | None  # the step, before a bounded landscape put it back into its box

    def answer(self, kind: str, theta: Any) -> Any:
        """What the landscape answered at ``theta``; see `simulator.notation.Asks`."""
        for (point, grad), more in zip(self.asked, self.told, strict=True):
            if not _same(point, theta):
                continue
            if kind == "∇f":
                return grad
            if isinstance(more, float):
                if kind == "f":
                    return more
            elif isinstance(more, np.ndarray) and kind != "f":
                if kind == "diag∇²f":
                    return more.diagonal() if more.ndim == 2 else more
                return Matrix(more)
        raise Unknown(kind)

    def found(self, name: str, values: Mapping[str, Any]) -> Any:
        return searched(name, values, self.change)


@dataclass(frozen=True, eq=False)
class Inspection:
    """What happened to one lane in the step that leaves row ``step``.

    Every array is of this lane alone: (dim,) for what has a value a coordinate, () or (1,) for a number. On the last
    row, which no step leaves, ``moved`` is None, ``asked`` is empty and ``after`` is what ``before`` is.

    t: which step of the rule this is, from 1, counted from a restart. lr: η after the schedule.
    before, after: the state by key (`Optimizer.letters` has the letters shown).
    """

    recording: Recording
    entrant: int
    start: int
    step: int
    theta: Array
    moved: Array | None
    went: Array | None  # before a bounded landscape put it back into its box
    asked: tuple[Asked, ...]
    told: tuple[Told, ...]  # what each question was answered with beside the gradient
    before: State
    after: State
    lr: float
    t: int

    @property
    def optimizer(self) -> Optimizer:
        return self.racer.optimizer

    @property
    def racer(self) -> Entrant:
        """With the settings of this step; those of the last one on the last row."""
        race = self.recording.race
        return race.entrants[self.entrant].at(min(self.step, race.steps - 1))

    @property
    def blocks(self) -> tuple[Block, ...]:
        return blocks_of(self.recording.race.landscape.blocks)

    @cached_property
    def _work(self) -> tuple[list[Worked], Worksheet, Any]:
        """The formula worked out with the answers that were given."""
        values: dict[str, Any] = {"θ": self.theta, "η": self.lr, "t": float(self.t)}
        if self.asked:
            values["g"] = self.asked[0].grad
            if isinstance(self.told[0], float):
                values["f"] = self.told[0]
        asks = _Answers(self.asked, self.told, None if self.went is None else self.went - self.theta)
        return work(self.optimizer, self.recording.race.landscape.blocks, values, self.before, self.after, asks)

    @property
    def lines(self) -> list[Worked]:
        """The lines of the formula that these settings bring into play, each with its numbers; none on the last row."""
        return self._work[0] if self.asked else []

    def numbers(self, line: Worked, coordinate: int, digits: int = 5) -> str:
        """One of the ``lines`` with the numbers of a coordinate in it: v ← 0.9·(−11.28) + (−5.6544) = −15.806."""
        return substituted(line, self._work[1], coordinate, digits)

    @property
    def layout(self) -> Layout:
        """The parameter blocks, and where what the rule remembers of each is."""
        return Layout(self.blocks, sided=hasattr(self.optimizer, "of_matrix"))

    @property
    def results(self) -> dict[str, Any]:
        """What every symbol stands for after the last line, None where only words say."""
        return self._work[1].values if self.asked else {}

    @property
    def rate(self) -> Array | None:
        """The effective rate of every coordinate, (dim,); None where it cannot be told, as on the last row."""
        rate = self._work[2] if self.asked else None
        return None if rate is None else np.array(np.broadcast_to(rate, self.theta.shape))

    @property
    def change(self) -> Array | None:
        """The step taken, (dim,)."""
        return None if self.moved is None else self.moved - self.theta


def searched(name: str, values: Mapping[str, Any], change: Array | None) -> Any:
    """How far a search for α went along d, or along −g, measured by ``change``, the step taken; of no other name."""
    d = values.get("d", -values["g"]) if name == "α" else None
    return None if change is None or d is None else length_along(change, d)


def inspect(recording: Recording, entrant: int, step: int, start: int = 0) -> Inspection:
    """The step of ``entrant`` from its ``start`` that leaves row ``step``.

    Raises IndexError where that row has not been raced, or where there is no such entrant or start.
    """
    race = recording.race
    for name, value, most in (
        ("entrant", entrant, len(race.entrants) - 1),
        ("start", start, len(race.starts) - 1),
        ("step", step, recording.done),
    ):
        if not 0 <= value <= most:
            raise IndexError(f"{name}: must be 0 to {most}, got {value}")
    lane = recording.lane(entrant, start)
    theta, before = recording.theta[step, lane], recording.state(lane, step)
    pack = alone(race, lane, theta, min(step, race.steps - 1))
    (group,) = pack.groups
    group.state = carried(group.rule, theta[None], {key: value[None] for key, value in before.items()})
    group.born = max((begin for begin in group.restarts if begin <= step), default=0)
    if step == race.steps:
        lr, t = float(recording.lr[step, entrant]), step + 1 - group.born
        return Inspection(recording, entrant, start, step, theta, None, None, (), (), before, before, lr, t)
    watched = _Watched(group.rule)
    group.rule = watched  # type: ignore[assignment]  # all that a step needs of a rule
    with np.errstate(all="ignore"):
        lockstep(pack, step, race, noise_block(race, pack.lanes, step // BLOCK, BLOCK))
    return watched.seen(recording, entrant, start, step, group)


def length_along(change: Array, d: Array) -> Array:
    """α of ``change`` = α·d, (..., 1); 0 where d is 0."""
    return divided((change * d).sum(axis=-1, keepdims=True), (d * d).sum(axis=-1, keepdims=True))


@dataclass(eq=False)
class _Watched:
    """A rule that notes what it is given, asks and is told."""

    rule: Optimizer
    asked: list[Asked] = field(default_factory=list[Asked])
    told: list[Told] = field(default_factory=list[Told])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rule, name)

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        self.state, self.lr, self.t = state, lr, t
        rule = self.rule.step(theta, state, lr, t)
        ask = next(rule)
        try:
            while True:
                answer = yield ask
                self._note(ask, answer)
                ask = rule.send(answer)
        except StopIteration as gone:
            self.went, _ = gone.value
            return gone.value

    def _note(self, ask: Array | Query, answer: Any) -> None:
        if not isinstance(ask, Query):
            self.asked.append(Asked(ask[0], answer[0]))
            self.told.append(None)
        elif not isinstance(ask, Value) or ask.asking is None or ask.asking[0]:
            grad, more = (
                (answer[1], float(answer[0][0, 0])) if isinstance(ask, Value) else (answer[0], _alone(answer[1]))
            )
            self.asked.append(Asked(ask.theta[0], grad[0]))
            self.told.append(more)

    def seen(self, recording: Recording, entrant: int, start: int, step: int, group: Group) -> Inspection:
        return Inspection(
            recording,
            entrant,
            start,
            step,
            theta=recording.theta[step, recording.lane(entrant, start)],
            moved=group.theta[0],
            went=self.went[0],
            asked=tuple(self.asked),
            told=tuple(self.told),
            before=_of_lane(self.state),
            after=_of_lane(group.state),
            lr=float(self.lr[0, 0]),
            t=self.t,
        )


def _same(point: Array, theta: Any) -> bool:
    """Whether a formula's point is the one asked about, but for rounding."""
    scale = np.abs(point).max()
    return bool(np.allclose(point, theta, rtol=0.0, atol=1e-6 * max(float(scale), 1e-300), equal_nan=True))


def _alone(more: Any) -> Array | list[tuple[Array, Array]]:
    """One lane's matrix or diagonal, or a layer's pair of matrices each."""
    if isinstance(more, list):
        return [(a[0], b[0]) for a, b in cast("list[tuple[Array, Array]]", more)]
    return more[0]


def _of_lane(state: State) -> State:
    return {key: value[0] for key, value in state.items()}
