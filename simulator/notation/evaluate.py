"""Works a formula out, line by line, for one lane: at one step, or at many at once along leading axes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.notation.expr import Line, Test, names
from simulator.notation.layout import Layout
from simulator.notation.settle import COMPARE
from simulator.notation.square import Identity, Matrix, same
from simulator.notation.terms import Asks, Terms, Unknown, Value

_either: Callable[[Value, Value, Value], Value] = np.where


@dataclass(frozen=True, eq=False)
class Worked:
    """A line, what its names stood for when its turn came, and what came of it.

    active: where its conditions held, bool or (..., dim). value: what the target then was, None where it is unknown.
    """

    line: Line
    seen: dict[str, Value]
    active: Value
    value: Value | None


class Worksheet:
    """Works lines out one after the other; ``values`` holds what every name stands for so far."""

    def __init__(self, values: dict[str, Value], layout: Layout, asks: Asks, after: dict[str, Value]):
        """``after``: what is remembered after the step, for targets of lines that only words describe."""
        self.values, self.layout, self._asks, self._after = values | {"I": Identity()}, layout, asks, after

    def begin(self, lines: Iterable[Line]) -> None:
        """What nothing has given a value yet is 0."""
        for line in lines:
            if line.target:
                self.values.setdefault(line.target, 0.0)

    def work(self, lines: Iterable[Line]) -> list[Worked]:
        with np.errstate(all="ignore"):
            return [self._line(line) for line in lines]

    def terms(self, worked: Worked, coordinate: int) -> tuple[Terms, tuple[int, ...]] | None:
        """What a line worked out earlier is made of, as ``coordinate`` sees it, and where that stands in its values.

        None where the line is about blocks of another kind.
        """
        scope = worked.line.scope
        if scope not in ("matrix", "vector"):
            return self._terms(worked.seen, scope), (coordinate,)
        at, place = self.layout.place(coordinate)
        return (self._in_block(worked.seen, at), place) if at in self.layout.of_kind(scope) else None

    def _line(self, line: Line) -> Worked:
        wanted = names(line.expr).union(*(names(test.compare) for test in line.tests))
        seen = {name: self.values[name] for name in wanted if self.values.get(name) is not None}
        try:
            active = self._active(line.tests, self._terms(seen, line.scope))
            if not np.any(active):
                return Worked(line, seen, False, None)
            value = self._value(line, seen, active)
        except Unknown:
            active, value = True, self._after.get(line.target)
            value = self._asks.found(line.target, self.values) if value is None else value
        if line.target:
            self.values[line.target] = value
        return Worked(line, seen, active, value)

    def _value(self, line: Line, seen: dict[str, Value], active: Value) -> Value:
        """The target's new value, the old one where the line is not active."""
        old = self.values.get(line.target)
        if line.expr is None:
            raise Unknown(line.text)
        if line.scope in ("matrix", "vector"):
            at = self.layout.of_kind(line.scope)
            new = self.layout.joined(line.target, old, {i: self._in_block(seen, i).of(line.expr) for i in at})
        else:
            new = self._terms(seen, line.scope).of(line.expr)
        whole: Any = new.like(self.layout.dim) if isinstance(new, Identity) else new
        before: Any = 0.0 if old is None else old
        if not np.all(active):
            return _either(active, whole, before)
        return whole

    @staticmethod
    def _active(tests: tuple[Test, ...], terms: Terms) -> Value:
        active: Value = True
        for test in tests:
            assert test.compare is not None, "a word is decided before"
            left, right = (terms.of(side) for side in test.compare.args)
            held = same(left, right) if isinstance(left, Matrix) else COMPARE[test.compare.op](left, right)
            active = np.logical_and(active, held)
        return active

    def _terms(self, values: dict[str, Value], scope: str) -> Terms:
        return Terms(values, self._asks, self.layout.layers if scope == "layer" else None)

    def _in_block(self, values: dict[str, Value], at: int) -> Terms:
        here = {name: self.layout.cut(name, value, at) for name, value in values.items()}
        return Terms(here, self._asks, axes=len(self.layout.blocks[at].shape))
