"""What a function of NumPy arrays computes, as a graph: it is called once with operands that note what is done to them.

So a landscape's ``f`` and a schedule's ``factor``, written once for NumPy, can be printed for any library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from simulator.graph import FUNCTIONS, Graph, Node

OPS: dict[Any, str] = {
    np.add: "add", np.subtract: "sub", np.multiply: "mul", np.true_divide: "div", np.power: "pow",
    np.negative: "neg", np.remainder: "mod", np.floor: "floor", np.sign: "sign", np.greater: "greater",
    np.greater_equal: "greater_equal", np.less: "less", np.less_equal: "less_equal", np.equal: "equal",
    **{ufunc: name for name, ufunc in FUNCTIONS.items()},
}  # fmt: skip
"""What may be done to an operand, as a graph calls it."""


class Untraceable(Exception):
    """A function that asks for what an operand does not have: a number, a yes or no, an unknown function."""


class Trace(Graph):
    """A graph that computes what was asked for, in that order, to the last bit; only what changes no bit is tidied.

    With ``apart`` every constant is a value of its own and nothing is tidied, so that graphs which differ in constants
    alone line up.
    """

    def __init__(self, apart: bool = False):
        super().__init__()
        self.apart = apart

    def apply(self, op: str, *args: int) -> int:
        if not self.apart and len(args) == 2:
            first, second = map(self.value, args)
            if (op in ("add", "sub") and second == 0.0) or (op in ("mul", "div", "pow") and second == 1.0):
                return args[0]
            if (op == "add" and first == 0.0) or (op == "mul" and first == 1.0):
                return args[1]
            if op in ("add", "sub") and second is not None and second < 0.0:
                return self.apply("sub" if op == "add" else "add", args[0], self.const(-second))
        return self._number(Node(op, args))

    def const(self, value: float) -> int:
        if not self.apart:
            return super().const(value)
        self.nodes.append(Node("const", (), float(value)))
        return len(self.nodes) - 1


class Operand(NDArrayOperatorsMixin):
    """Stands for an array, and notes in its trace what NumPy does to it."""

    def __init__(self, trace: Trace, number: int):
        self.trace, self.number = trace, number

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Operand:
        if method != "__call__" or options or ufunc not in OPS:
            raise Untraceable(f"numpy.{ufunc.__name__}")
        return self._noted(OPS[ufunc], inputs)

    def __array_function__(self, called: Any, types: Any, args: Any, options: Any) -> Any:
        if called is np.where and len(args) == 3:
            return self._noted("where", args)
        if called is np.ones_like or (called is np.full_like and len(args) == 2):
            return 1.0 if called is np.ones_like else args[1]
        raise Untraceable(f"numpy.{called.__name__}")

    def _noted(self, op: str, inputs: tuple[Any, ...]) -> Operand:
        return Operand(self.trace, self.trace.apply(op, *(number(self.trace, x) for x in inputs)))

    def __bool__(self) -> bool:
        raise Untraceable("bool")

    def __float__(self) -> float:
        raise Untraceable("float")


def number(trace: Trace, x: Any) -> int:
    """The number in ``trace`` of what a traced function gave: an operand or a constant."""
    return x.number if isinstance(x, Operand) else trace.const(float(x))


def traced(function: Callable[..., Any], count: int, apart: bool = False) -> tuple[Trace, tuple[int, ...]]:
    """The graph of ``function`` of ``count`` arrays, and the numbers of what it returns. Raises Untraceable."""
    trace = Trace(apart)
    operands = [Operand(trace, trace.variable(i)) for i in range(count)]
    found = function(*operands)
    results: tuple[Any, ...] = found if isinstance(found, tuple) else (found,)  # pyright: ignore[reportUnknownVariableType]
    return trace, tuple(number(trace, x) for x in results)
