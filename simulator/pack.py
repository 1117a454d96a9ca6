"""Packs: groups of lanes whose questions one call of the landscape answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.asked import Asked
from simulator.fused import Fused
from simulator.group import NOTHING, Group, Lanes, Place, place_of
from simulator.landscape import Box
from simulator.optimizer import Query
from simulator.registers import Registers

Array = NDArray[np.float64]
FEW = 128  # lanes of a rule; more cost their numbers, fewer their calls


class Stepper(Protocol):
    """How some lanes of a pack take their steps: a span from ``begin`` to ``end``, after which their groups tell where
    they went; and in each step ``ask``, then ``go`` for every answer."""

    part: slice  # where they stand among the questions of their pack

    def begin(self, first: int, stop: int) -> None:
        """Take up the groups where they are, for steps ``first`` … ``stop - 1``."""
        ...

    def ask(self, k: int) -> Array | Query:
        """What is asked in step ``k``: where the gradient is wanted, (lanes, dim), or more."""
        ...

    def go(self, answer: Any) -> Array | Query | None:
        """What else is asked after this answer; None: the step is done."""
        ...

    def end(self) -> None:
        """Let the groups know where they went."""
        ...


@dataclass(eq=False)
class Pack:
    """Groups that step together, those that have programs first."""

    groups: list[Group]
    seed: int  # of what the landscape shows
    domain: Box | None  # where every step is put back into
    lanes: Lanes = field(init=False)  # of all groups, in the order of their questions
    place: Place = field(init=False)  # ``lanes``, as a slice where they follow one another
    changing: list[Group] = field(init=False)  # those that turn or begin anew
    steppers: list[Stepper] = field(init=False)  # in the order of their lanes
    path: Array = field(init=False)  # of the last span, (steps, lanes, dim)

    def __post_init__(self) -> None:
        self.groups.sort(key=lambda group: group.program is None)
        begin = 0
        for group in self.groups:
            group.part = slice(begin, begin + len(group.lanes))
            begin = group.part.stop
        self.lanes = np.concatenate([group.lanes for group in self.groups])
        self.place = place_of(self.lanes)
        self.changing = [group for group in self.groups if group.turns or group.restarts]
        self.steppers = [Asked(group, self.domain) for group in self.groups]
        self.forget()

    def begin(self, first: int, stop: int) -> None:
        """A span of steps, ``first`` … ``stop - 1``."""
        for stepper in self.steppers:
            stepper.begin(first, stop)

    def end(self) -> None:
        """The span has been gone: what it went through can be read, of the pack and of its groups."""
        for stepper in self.steppers:
            stepper.end()
        paths = [group.path for group in self.groups]
        self.path = np.concatenate(paths, axis=1) if len(paths) > 1 else paths[0]

    def forget(self) -> None:
        """What the last span went through has been read."""
        self.path = NOTHING
        for group in self.groups:
            group.forget()

    def follow_programs(self) -> None:
        """From now on ask only the rules that have none. Not before the first step, which may be another."""
        able = [(group, group.program) for group in self.groups if group.program is not None]
        asked = self.steppers[len(able) :]
        if able and sum(len(group.lanes) for group, _ in able) <= FEW * len(able):
            self.steppers = [Fused(able), *asked]
        else:
            self.steppers = [*(Registers(group, program, len(self.lanes)) for group, program in able), *asked]
