"""Lanes that share a rule and its arrays, and step together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.optimizer import Optimizer, State
from simulator.trace import Program

Array = NDArray[np.float64]
Lanes = NDArray[np.intp]
Place = slice | Lanes
NOTHING = np.empty(0)


class Gear(NamedTuple):
    """The settings of lanes that share a rule: the first fields of a `Group`."""

    rule: Optimizer
    peak: Array
    factors: Array | None
    clip: Array | None
    cut: Array | None


class Scheduled(NamedTuple):
    """η under schedules, at step t that of row t − 1: the `Table` of ``peak`` (lanes, dim) by ``factors``."""

    peak: Array
    factors: Array

    def at(self, t: int) -> Array:
        return self.peak * self.factors[t - 1]

    def between(self, first: int, stop: int) -> Array:
        return self.peak * self.factors[first - 1 : stop - 1]


@dataclass(eq=False)
class Group:
    """Lanes that share a rule.

    Between spans ``theta`` and ``state`` say where they are. Where a program is followed they stand still during a
    span, and the arrays of ``state`` are written over in the next: copy what you keep.
    """

    rule: Optimizer
    peak: Array  # η before the schedule, (lanes, dim)
    factors: Array | None  # (steps + 1, lanes, 1); None: every schedule is constant
    clip: Array | None  # the longest gradient, (lanes, 1), inf where off; None: nobody clips
    cut: Array | None  # the largest coordinate of a gradient, likewise
    lanes: Lanes  # of the recording
    turns: dict[int, Gear]  # with what they go on from a step on
    restarts: frozenset[int]  # the steps before which the state begins anew
    theta: Array
    state: State
    born: int = 0  # the step at which the state last began
    program: Program | None = None  # what it does in each step after the first, where that can be read off it
    remembers: bool = True  # whether the states on the way are wanted
    # What the last span of steps went through.
    path: Array = field(init=False)  # (steps, lanes, dim)
    states: Sequence[State] = field(init=False)  # a step each; or
    by_letter: Mapping[str, Sequence[Array] | Array] = field(init=False)
    # Of gradients alone their number, otherwise (3, lanes or 1), see `Counts`.
    evaluations: Sequence[int | NDArray[np.int32]] = field(init=False)
    bounded: bool = field(init=False)  # whether any lane's gradient is limited
    forms: list[dict[str, tuple[int, ...]]] = field(init=False)  # of the state at first, and after each turn
    place: Place = field(init=False)  # ``lanes``, as a slice where they follow one another
    part: slice = field(init=False)  # where they stand among the questions of their pack

    def __post_init__(self) -> None:
        self.place = place_of(self.lanes)
        states = [self.state, *(turn.rule.init(self.theta) for turn in self.turns.values())]
        self.forms = [{letter: value.shape for letter, value in state.items()} for state in states]
        self._limit()
        self.forget()

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

    def went(self, path: Array, by_letter: Mapping[str, Sequence[Array] | Array], state: State) -> None:
        """Take note of a span gone by a program: the path and the states on the way, and the state at its end."""
        self.path, self.by_letter, self.evaluations = path, by_letter, [1] * len(path)
        self.theta, self.state = path[-1].copy("K"), state

    def forget(self) -> None:
        """What the last span went through has been read."""
        self.path, self.by_letter, self.states, self.evaluations = NOTHING, {}, (), ()

    def remembered(self, letter: str) -> Sequence[Array] | Array:
        """What was kept under ``letter`` at each step of the span."""
        return self.by_letter[letter] if self.by_letter else [state[letter] for state in self.states]


def carried(rule: Optimizer, theta: Array, state: State) -> State:
    """``state`` for a rule that goes on from it: what both have of the same shape is kept, the rest begins anew."""
    fresh = rule.init(theta)
    return {
        key: state[key] if key in state and state[key].shape == value.shape else value for key, value in fresh.items()
    }


def place_of(lanes: Lanes) -> Place:
    """``lanes``, as a slice where they follow one another."""
    first, last = int(lanes[0]), int(lanes[-1])
    return slice(first, last + 1) if np.array_equal(lanes, np.arange(first, last + 1)) else lanes
