"""What a formula is for one racer: conditions that its settings decide are decided, terms that are off are gone."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from simulator.notation.expr import COMPARISONS, ONE, ZERO, Expr, Line, Name, Num, Op, Test

COMPARE: dict[str, Callable[[float, float], bool]] = dict(
    zip(COMPARISONS, (operator.eq, operator.ne, operator.lt, operator.gt, operator.le, operator.ge), strict=True)
)

GIVEN = {"θ", "g"}
FIRST = (Test(Op("=", (Name("t"), ONE))),)


def settle(
    lines: Iterable[Line], words: Mapping[str, bool], settings: Mapping[str, float], scopes: set[str]
) -> tuple[Line, ...]:
    """The lines that can come into play.

    words: for each word of a switch or a choice whether it is so. settings: hyperparameters by symbol; those that are
    0 vanish from the lines. scopes: the kinds of blocks there are, "matrix" and "vector".
    """
    lines = tuple(lines)
    targets = {line.target for line in lines}
    fixed = {name: value for name, value in settings.items() if name not in targets}
    left: list[Line] = []
    for line in lines:
        tests = _open(line.tests, words, fixed)
        if tests is None or (line.scope in ("matrix", "vector") and line.scope not in scopes):
            continue
        left.append(replace(line, tests=tests))
    off = {name for name, value in settings.items() if value == 0.0}
    return _without(left, off | targets - {line.target for line in left} - GIVEN - set(settings), set(settings))


def _open(tests: tuple[Test, ...], words: Mapping[str, bool], fixed: Mapping[str, float]) -> tuple[Test, ...] | None:
    """The tests that only the step decides; None where one fails already."""
    left: list[Test] = []
    for test in tests:
        if test.compare is None:
            verdict: bool | None = any(words[word] for word in test.words) == test.wanted
        else:
            sides = [_constant(side, fixed) for side in test.compare.args]
            known = sides[0] is not None and sides[1] is not None
            verdict = COMPARE[test.compare.op](sides[0], sides[1]) if known else None  # type: ignore[arg-type]
            if test.compare.op == "<" and test.compare.args[0] == Name("t") and sides[1] in (0.0, 1.0):
                verdict = False  # t begins at 1
        if verdict is False:
            return None
        if verdict is None:
            left.append(test)
    return tuple(left)


def _constant(expr: Expr, fixed: Mapping[str, float]) -> float | None:
    if isinstance(expr, Num):
        return expr.value
    return fixed.get(expr.name) if isinstance(expr, Name) else None


def _without(lines: list[Line], off: set[str], settings: set[str]) -> tuple[Line, ...]:
    """``lines`` without the terms that names in ``off`` make vanish, and without those that then change nothing."""
    left: list[Line] = []
    for line in lines:
        expr = None if line.expr is None else simplified(line.expr, off)
        # What is remembered is 0 at first anyway.
        begins = line.tests == FIRST and line.target not in settings | {other.target for other in left}
        if expr == Name(line.target) or (expr == ZERO and (line.target in off or begins)):
            continue
        off = off - {line.target}
        left.append(replace(line, expr=expr))
    return tuple(left)


def simplified(expr: Expr, off: set[str]) -> Expr:
    """``expr`` without the terms that names in ``off``, which are 0, make vanish."""
    if isinstance(expr, Num):
        return expr
    if isinstance(expr, Name):
        return ZERO if expr.name in off else expr
    args = tuple(simplified(arg, off) for arg in expr.args)
    if args == expr.args:
        return expr
    return _RULES.get(expr.op, Op)(expr.op, args)


def _sum(op: str, args: tuple[Expr, ...]) -> Expr:
    left, right = args
    if right == ZERO:
        return left
    if left == ZERO:
        return right if op == "+" else Op("neg", (right,))
    return Op(op, args)


def _product(op: str, args: tuple[Expr, ...]) -> Expr:
    left, right = args
    if ZERO in (args if op == "·" else args[:1]):
        return ZERO
    if right == ONE:
        return left
    return right if op == "·" and left == ONE else Op(op, args)


def _power(op: str, args: tuple[Expr, ...]) -> Expr:
    if args[1] == ZERO:
        return ONE
    return ZERO if args[0] == ZERO else Op(op, args)


def _root(op: str, args: tuple[Expr, ...]) -> Expr:
    return ZERO if args[0] == ZERO else Op(op, args)


_RULES: dict[str, Callable[[str, tuple[Expr, ...]], Expr]] = {
    "+": _sum, "−": _sum, "·": _product, "/": _product, "^": _power, "√": _root, "neg": _root,
}  # fmt: skip
