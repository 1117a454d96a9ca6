"""A formula as a graph of numbered values, and straight-line NumPy that computes them.

Equal subexpressions get the same number, whoever asks for them, so a loss and its derivatives share what they have in
common (value numbering, as in any compiler). Constants are folded in float64, where the largest number is an infinity,
not a computation without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

VARIABLES = ("x", "y")
MAX_PRODUCT = 16
"""Whole powers up to this one are products: many times faster than ``pow``, and exact for small whole numbers."""


_where: Callable[..., Any] = np.where


def _inv0(u: Any) -> Any:
    return (u != 0) / _where(u == 0, 1, u)


def _log0(u: Any) -> Any:
    return np.log(_where(u == 0, 1, u))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "exp": np.exp, "expm1": np.expm1, "log": np.log,
    "log1p": np.log1p, "sqrt": np.sqrt, "abs": np.abs, "min": np.minimum, "max": np.maximum,
}  # fmt: skip
"""What a formula may call."""

_HELPERS: dict[str, Callable[..., Any]] = {
    "sign": np.sign,
    "inv0": _inv0,  # 1/u, and 0 at u = 0
    "log0": _log0,  # log u, and 0 at u = 0
}
_OPERATORS = {"add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "div": "{} / {}", "pow": "{} ** {}", "neg": "-{}"}
_FOLD: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power, "neg": np.negative,
    **FUNCTIONS, **_HELPERS,
}  # fmt: skip


def _plain(coefficient: float) -> bool:
    """Whether coefficients may be merged into this one: nothing overflows that would not have, nor vanishes."""
    return 1e-150 < abs(coefficient) < 1e150


class Node(NamedTuple):
    """One value: ``op`` applied to the values numbered ``args``; ``data`` is a constant, or a variable's index."""

    op: str
    args: tuple[int, ...] = ()
    data: float = 0.0


class Graph:
    """Numbered values. Arguments always have smaller numbers than what is computed from them."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._numbers: dict[Node, int] = {}
        self.powers: dict[int, tuple[int, int]] = {}  # a product that is a power: its base and exponent

    def _number(self, node: Node) -> int:
        if node not in self._numbers:
            self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return self._numbers[node]

    def const(self, value: float) -> int:
        return self._number(Node("const", (), float(value)))

    def variable(self, index: int) -> int:
        return self._number(Node("variable", (), index))

    def value(self, k: int) -> float | None:
        """The number that value ``k`` is, if it is a constant."""
        return self.nodes[k].data if self.nodes[k].op == "const" else None

    def apply(self, op: str, *args: int) -> int:
        """The value of ``op`` at ``args``: simplified where that is safe, and shared with all equal ones."""
        values = [self.value(a) for a in args]
        if None not in values:
            with np.errstate(all="ignore"):
                return self.const(float(_FOLD[op](*(np.float64(v) for v in values if v is not None))))
        simplify: Callable[..., int] | None = getattr(self, f"_{op}", None)
        return simplify(*args) if simplify else self._number(Node(op, args))

    # Simplifications. 0·u is 0 and u − u is 0, also where u is infinite.

    def _parts(self, k: int) -> tuple[float, int]:
        """Value ``k`` as (coefficient, rest)."""
        op, args, _ = self.nodes[k]
        if op == "neg":
            return -1.0, args[0]
        coefficient = self.value(args[0]) if op == "mul" else None
        return (1.0, k) if coefficient is None else (coefficient, args[1])

    def _scaled(self, coefficient: float, rest: int) -> int:
        if coefficient == 0.0:
            return self.const(0.0)
        if coefficient in (1.0, -1.0):
            return rest if coefficient == 1.0 else self._number(Node("neg", (rest,)))
        return self._number(Node("mul", (self.const(coefficient), rest)))

    def _neg(self, u: int) -> int:
        coefficient, rest = self._parts(u)
        if self.nodes[u].op == "sub":
            return self.apply("sub", *reversed(self.nodes[u].args))
        return self._scaled(-coefficient, rest)

    def _add(self, u: int, v: int) -> int:
        if 0.0 in (self.value(u), self.value(v)):
            return v if self.value(u) == 0.0 else u
        (a, p), (b, q) = self._parts(u), self._parts(v)
        if p == q and (a == -b or _plain(a + b)):
            return self._scaled(a + b, p)
        if b == -1.0 or a == -1.0:
            return self.apply("sub", u, q) if b == -1.0 else self.apply("sub", v, p)
        return self._number(Node("add", (min(u, v), max(u, v))))

    def _sub(self, u: int, v: int) -> int:
        if 0.0 in (self.value(u), self.value(v)):
            return u if self.value(v) == 0.0 else self.apply("neg", v)
        (a, p), (b, q) = self._parts(u), self._parts(v)
        if p == q and (a == b or _plain(a - b)):
            return self._scaled(a - b, p)
        return self.apply("add", u, q) if b == -1.0 else self._number(Node("sub", (u, v)))

    def _mul(self, u: int, v: int) -> int:
        for known, other in ((u, v), (v, u)):
            factor = self.value(known)
            if factor == 0.0:
                return known
            if factor is not None:
                coefficient, rest = self._parts(other)
                whole = factor * coefficient
                return self._scaled(whole, rest) if _plain(whole) else self._number(Node("mul", (known, other)))
        (a, p), (b, q) = self._parts(u), self._parts(v)
        if _plain(a * b):
            return self._scaled(a * b, self._number(Node("mul", (min(p, q), max(p, q)))))
        return self._number(Node("mul", (u, v)))

    def _div(self, u: int, v: int) -> int:
        if self.value(u) == 0.0 or self.value(v) == 1.0:
            return u
        if self.nodes[u].op == "neg":
            return self.apply("neg", self.apply("div", self.nodes[u].args[0], v))
        return self._number(Node("div", (u, v)))

    def _pow(self, u: int, v: int) -> int:
        exponent = self.value(v)
        if exponent == 0.5:
            return self.apply("sqrt", u)
        if exponent is None or exponent != round(exponent) or abs(exponent) > MAX_PRODUCT:
            return self._number(Node("pow", (u, v)))
        if exponent <= 0.0:
            one = self.const(1.0)
            return one if exponent == 0.0 else self.apply("div", one, self._pow(u, self.const(-exponent)))
        coefficient, rest = self._parts(u)
        if rest != u:
            if not 1e-9 < abs(coefficient) < 1e9:
                return self._number(Node("pow", (u, v)))
            return self.apply("mul", self.const(coefficient**exponent), self._pow(rest, v))
        result, square, left = None, u, int(exponent)
        while left:
            if left & 1:
                result = square if result is None else self.apply("mul", result, square)
            left >>= 1
            if left:
                square = self.apply("mul", square, square)
        assert result is not None
        if exponent > 1.0:
            self.powers.setdefault(result, (u, int(exponent)))
        return result

    # Code.

    def needed(self, roots: Iterable[int]) -> list[int]:
        """The numbers of all values that ``roots`` are computed from, in an order that computes them."""
        found: set[int] = set()
        todo = list(roots)
        while todo:
            k = todo.pop()
            if k not in found:
                found.add(k)
                todo += self.nodes[k].args
        return sorted(found)

    def uses(self, root: int) -> set[int]:
        """The indices of the variables that ``root`` depends on."""
        return {int(self.nodes[k].data) for k in self.needed([root]) if self.nodes[k].op == "variable"}

    def compile(self, roots: tuple[int, ...], dim: int) -> Callable[..., tuple[Any, ...]]:
        """A function of ``dim`` coordinates that returns the values ``roots``.

        Elementwise, in the coordinates' own type; a root that does not depend on any coordinate is a float. The code
        consists of names made here, printed floats and nothing of anybody's text.
        """
        lines = [f"def values({', '.join(VARIABLES[:dim])}):"]
        for k in self.needed(roots):
            op, args, _ = self.nodes[k]
            if args:
                operands = [self._operand(a) for a in args]
                call = _OPERATORS[op].format(*operands) if op in _OPERATORS else f"{op}({', '.join(operands)})"
                lines.append(f"    v{k} = {call}")
        lines.append(f"    return ({', '.join(self._operand(root) for root in roots)},)")
        names: dict[str, Any] = {"__builtins__": {}, "inf": np.inf, "nan": np.nan, **FUNCTIONS, **_HELPERS}
        exec("\n".join(lines), names)
        return names["values"]

    def _operand(self, k: int) -> str:
        op, args, data = self.nodes[k]
        if args:
            return f"v{k}"
        return VARIABLES[int(data)] if op == "variable" else f"({data!r})"
