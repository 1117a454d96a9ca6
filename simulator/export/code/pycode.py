"""A graph of values as Python that a person would write: one expression, with names for what is used twice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from simulator.graph import Graph

NAMES = "abcdpqrsuvw"
WIDE = 72  # characters of an expression that is given a name
LONG = 12  # digits of a number that is looked at for being a multiple of π
_SUM, _PRODUCT, _MINUS, _POWER, _ATOM = 1, 2, 3, 4, 5
_INFIX = {
    "add": (" + ", _SUM), "sub": (" - ", _SUM), "mul": (" * ", _PRODUCT), "div": (" / ", _PRODUCT),
    "mod": (" % ", _PRODUCT), "pow": (" ** ", _POWER),
}  # fmt: skip
_COMPARED = {"greater": ">", "greater_equal": ">=", "less": "<", "less_equal": "<=", "equal": "=="}
_NUMPY = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "abs": "abs", "min": "minimum", "max": "maximum"}


@dataclass(frozen=True)
class Dialect:
    """How a library spells what a graph computes: ``calls`` where it is not ``module.op``."""

    module: str
    calls: dict[str, str] = field(default_factory=dict[str, str])

    def call(self, op: str) -> str:
        """A template for the call of ``op`` with its arguments."""
        return self.calls.get(op, f"{self.module}.{op}({{}})")


MATH = Dialect(
    "math",
    {
        "abs": "abs({})",
        "min": "min({})",
        "max": "max({})",
        "where": "({1} if {0} else {2})",
        "sign": "math.copysign(1.0, {})",
    },
)
NUMPY = Dialect("np", {op: f"np.{name}({{}})" for op, name in _NUMPY.items()})
JAX = Dialect("jnp", {op: f"jnp.{name}({{}})" for op, name in _NUMPY.items()})
TORCH = Dialect("torch", {"min": "torch.minimum({})", "max": "torch.maximum({})"})
NUMPY.calls["inv0"] = JAX.calls["inv0"] = "inv0({})"
NUMPY.calls["log0"] = JAX.calls["log0"] = "log0({})"


class Printer:
    """Statements and expressions for the values of ``graph``.

    ``variables`` names the graph's variables. The first ``arrays`` of them are arrays of the library; what depends on
    the others alone is a plain number, and is spelled in ``scalar``. ``free`` are constants that have names.
    """

    def __init__(
        self,
        graph: Graph,
        variables: Sequence[str],
        dialect: Dialect,
        arrays: int | None = None,
        scalar: Dialect = MATH,
        free: dict[int, str] | None = None,
    ):
        self.graph, self.variables, self.dialect, self.scalar = graph, variables, dialect, scalar
        self.arrays = len(variables) if arrays is None else arrays
        self.free = free or {}
        self.named: dict[int, str] = {}

    def body(self, roots: Sequence[int]) -> list[str]:
        """The statements of a function that returns the values ``roots``."""
        graph = self.graph
        used = Counter(a for k in graph.needed(roots) for a in graph.nodes[k].args)
        names = (
            letter + n for n in chain([""], map(str, count(1))) for letter in NAMES if letter not in self.variables
        )
        lines: list[str] = []
        for k in graph.needed(roots):
            if not graph.nodes[k].args:
                continue
            text = self.text(k)
            if used[k] + roots.count(k) > 1 or (len(text) > WIDE and k not in roots):
                self.named[k] = next(names)
                lines.append(f"{self.named[k]} = {text}")
        return [*lines, f"return {', '.join(self.whole(root) for root in roots)}"]

    def whole(self, root: int) -> str:
        """``root``; where it depends on no array, as an array nevertheless, for the gradient's sake."""
        if not self.arrays or self._is_array(root):
            return self.text(root)
        return f"{self.text(root)} + 0.0 * {self.variables[0]}"

    def text(self, k: int) -> str:
        return self._text(k)[0]

    def _is_array(self, k: int) -> bool:
        return any(index < self.arrays for index in self.graph.uses(k))

    def _text(self, k: int) -> tuple[str, int]:
        """Value ``k`` and how tightly it holds together."""
        op, args, data = self.graph.nodes[k]
        if k in self.named or k in self.free:
            return self.named.get(k) or self.free[k], _ATOM
        if op == "variable":
            return self.variables[int(data)], _ATOM
        if op == "const":
            return number_text(data)
        if op in _INFIX:
            return self._infix(op, *args)
        if op == "neg":
            return f"-{self._inside(args[0], _MINUS)}", _MINUS
        if op in _COMPARED:
            left, right = (self._inside(a, _SUM) for a in args)
            return f"{left} {_COMPARED[op]} {right}", 0
        return self._called(op, args)

    def _infix(self, op: str, left: int, right: int) -> tuple[str, int]:
        sign, level = _INFIX[op]
        power = self.graph.value(right) if op == "pow" else None
        if power is not None and power == int(power) > 1.0:
            return f"{self._inside(left, _ATOM)} ** {int(power)}", level
        # Not a − (b + c), a / (b·c) and (a^b)^c alone keep their parentheses: a + (b + c) rounds as it is written, too.
        above = level + 1
        first = self._inside(left, above if op == "pow" else level)
        return f"{first}{sign}{self._inside(right, above)}", level

    def _inside(self, k: int, level: int) -> str:
        text, own = self._text(k)
        return text if own >= level else f"({text})"

    def _called(self, op: str, args: tuple[int, ...]) -> tuple[str, int]:
        dialect = self.dialect if any(self._is_array(a) for a in args) else self.scalar
        texts = [self.text(a) for a in args]
        if dialect is TORCH and op in ("min", "max"):  # which take no plain numbers
            texts = [t if self._is_array(a) else f"torch.tensor({t})" for t, a in zip(texts, args, strict=True)]
        template = dialect.call(op)
        return template.format(*texts) if "{0}" in template else template.format(", ".join(texts)), _ATOM


def number_text(x: float) -> tuple[str, int]:
    """A number as Python reads it back, a multiple of π as such; and how tightly it holds together."""
    if not math.isfinite(x):
        return f'float("{x}")', _ATOM
    if x == math.e:
        return "math.e", _ATOM
    if len(repr(x)) > LONG:
        for n in range(1, 25):
            if abs(x) == n * math.pi:
                return f"{'-' * (x < 0)}{f'{n} * ' * (n > 1)}math.pi", _PRODUCT
    return repr(x), _MINUS if x < 0 or "-" in repr(x)[:1] else _ATOM
