"""How a crowd steps whose rule has a program: what is computed is written over what nobody needs any more.

So all that a step touches stays in the cache, and hardly anything is allocated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.group import NOTHING, Group
from simulator.layout import common, room
from simulator.trace import Program, writing

Array = NDArray[np.float64]
# An operation, and how to find what it takes and where to write among the registers.
Call = tuple[Callable[..., Any], Callable[[list[Any]], Any]]


class Registers:
    """The `Stepper` of one group of a pack of ``packed`` lanes."""

    def __init__(self, group: Group, program: Program, packed: int):
        self.part = group.part
        self._group, self._program, self._packed = group, program, packed
        self._held: list[Any] = []  # the numbers in each register
        nodes = program.nodes
        given = [(i, node.constant) for i, node in enumerate(nodes) if node.operation is None]
        at = {i: self._new(None if constant is None else common(constant)) for i, constant in given}
        self._grad, self._theta, *self._state = (at[i] for i in range(1 + len(program.ends)))
        for register in self._state:
            self._held[register] = self._room(1)[0]
        self._goes = self._new(None)
        self._tables = [(at[i], node) for i, node in enumerate(nodes) if node.table is not None]
        self._allocate(at)
        self._before, self._after = (
            [(writing(nodes[i].operation), itemgetter(*(at[of] for of in (*nodes[i].of, i)))) for i in part]
            for part in (program.before, program.after)
        )
        self._ask = at[program.ask]
        self._moved = self._moves([at[end] for end in program.ends[1:]])

    def begin(self, first: int, stop: int) -> None:
        self._held[self._theta], *states = self._program.inputs(self._group.theta, self._group.state)
        for register, value in zip(self._state, states, strict=True):
            if value is not self._held[register]:
                self._held[register][...] = value
        self._first, self._path = first, self._room(stop - first)
        self._kept = {letter: list[Array]() for letter in self._program.letters if self._group.remembers}

    def ask(self, k: int) -> Array:
        self._row = self._held[self._goes] = self._path[k - self._first]  # a rule may know where it goes before it asks
        for register, node in self._tables:
            self._held[register] = node.at(k + 1)
        _run(self._before, self._held)
        return self._held[self._ask]

    def go(self, answer: Array) -> None:
        held = self._held
        held[self._grad] = answer
        _run(self._after, held)
        held[self._theta] = self._row
        if self._moved:
            self._held = [held[register] for register in self._moved]
        for kept, register in zip(self._kept.values(), self._state, strict=False):  # none, or all
            kept.append(self._held[register].copy("K"))

    def end(self) -> None:
        state = {letter: self._held[i] for letter, i in zip(self._program.letters, self._state, strict=True)}
        self._group.went(self._path, self._kept, state)
        for register in (self._grad, self._theta, self._goes):
            self._held[register] = NOTHING  # so that what has been gone can be forgotten
        self._path = self._row = NOTHING
        self._kept = {}

    def _new(self, numbers: Array | None) -> int:
        """One more register."""
        self._held.append(numbers)
        return len(self._held) - 1

    def _room(self, rows: int) -> Array:
        lanes, dim = self._program.shape
        return room(rows, lanes, dim, self._packed)

    def _allocate(self, at: dict[int, int]) -> None:
        """Note in ``at`` the register in which each node is computed: one that nobody reads any more, or a new one.

        Register allocation by last use.
        """
        program, free, writable = self._program, list[int](), set(self._state)
        order = program.before + program.after
        last = {of: i for i, made in enumerate(order) for of in program.nodes[made].of}
        last[program.ask] = max(last.get(program.ask, 0), len(program.before))  # not before the landscape has
        for i, made in enumerate(order):
            of = set(program.nodes[made].of)
            free += [at[node] for node in of if at[node] in writable and last[node] == i and node not in program.ends]
            if made == program.ends[0]:
                at[made] = self._goes
            elif free:
                at[made] = free.pop()
            else:
                at[made] = self._new(self._room(1)[0])
                writable.add(at[made])

    def _moves(self, kept: list[int]) -> list[int]:
        """From where each register is filled for the next step: the state from where it is ``kept``. []: all stay."""
        moves = list(range(len(self._held)))
        spare = [register for register in self._state if register not in kept]
        for register, source in zip(self._state, kept, strict=True):
            moves[register] = source
        for register, source in zip([r for r in kept if r not in self._state], spare, strict=True):
            moves[register] = source
        return moves if moves != list(range(len(moves))) else []


def _run(calls: Sequence[Call], held: list[Any]) -> None:
    for operation, of in calls:
        operation(*of(held))
