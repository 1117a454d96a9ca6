"""Exact derivatives, value by value in forward mode, as new values of the same graph.

A second derivative is the derivative of a first one.

Kinks: the slope of ``abs`` at 0, and of ``sqrt``, ``asin``, ``acos`` and broken powers where it is infinite, is 0.

Source: Griewank & Walther 2008, Evaluating Derivatives, chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.graph import Graph


class Derivatives:
    """The derivatives of a graph's values. Each is worked out once."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self._slopes: dict[tuple[int, int], int] = {}

    def slope(self, root: int, variable: int) -> int:
        """The value that is the derivative of ``root`` by a variable. Not recursive: depth costs nothing."""
        for k in self.graph.needed([root]):
            if (k, variable) not in self._slopes:
                self._slopes[k, variable] = self._slope(k, variable)
        return self._slopes[root, variable]

    def _slope(self, k: int, variable: int) -> int:
        op, args, data = self.graph.nodes[k]
        apply, const = self.graph.apply, self.graph.const
        if not args:
            return const(1.0 if op == "variable" and data == variable else 0.0)
        d = [self._slopes[a, variable] for a in args]
        if all(self.graph.value(slope) == 0.0 for slope in d):
            return const(0.0)
        if k in self.graph.powers:
            base, n = self.graph.powers[k]
            outer = apply("mul", const(n), apply("pow", base, const(n - 1)))
            return apply("mul", outer, self._slopes[base, variable])
        if op in ("add", "sub", "neg"):
            return apply(op, *d)
        if op == "mul":
            return apply("add", apply("mul", d[0], args[1]), apply("mul", args[0], d[1]))
        if op == "div":
            return apply("div", apply("sub", d[0], apply("mul", k, d[1])), args[1])
        if op == "pow":
            return self._slope_of_power(k, *args, *d)
        if op in ("min", "max"):
            # Which of the two it is, as a weight: 1, 0, or ½ at a tie.
            half = const(0.5 if op == "max" else -0.5)
            side = apply("mul", half, apply("sign", apply("sub", *args)))
            mean = apply("mul", const(0.5), apply("add", *d))
            return apply("add", mean, apply("mul", side, apply("sub", *d)))
        return apply("mul", self._outer(op, args[0], k), d[0])

    def _slope_of_power(self, k: int, u: int, v: int, du: int, dv: int) -> int:
        apply, exponent = self.graph.apply, self.graph.value(v)
        if exponent is not None and exponent < 1.0 and exponent != round(exponent):
            lower = apply("inv0", apply("pow", u, self.graph.const(1.0 - exponent)))
        else:
            lower = apply("pow", u, apply("sub", v, self.graph.const(1.0)))
        by_base = apply("mul", apply("mul", v, lower), du)
        return apply("add", by_base, apply("mul", apply("mul", k, apply("log0", u)), dv))

    def _outer(self, op: str, u: int, k: int) -> int:
        """The derivative of a function of one value: ``k = op(u)``."""
        apply, one = self.graph.apply, self.graph.const(1.0)
        if op in ("asin", "acos"):
            slope = apply("inv0", apply("sqrt", apply("sub", one, apply("mul", u, u))))
            return slope if op == "asin" else apply("neg", slope)
        rules: dict[str, Callable[[], int]] = {
            "sin": lambda: apply("cos", u),
            "cos": lambda: apply("neg", apply("sin", u)),
            "tan": lambda: apply("add", one, apply("mul", k, k)),
            "atan": lambda: apply("div", one, apply("add", one, apply("mul", u, u))),
            "sinh": lambda: apply("cosh", u),
            "cosh": lambda: apply("sinh", u),
            "tanh": lambda: apply("sub", one, apply("mul", k, k)),
            "exp": lambda: k,
            "expm1": lambda: apply("exp", u),
            "log": lambda: apply("div", one, u),
            "log0": lambda: apply("inv0", u),
            "log1p": lambda: apply("div", one, apply("add", one, u)),
            "sqrt": lambda: apply("mul", self.graph.const(0.5), apply("inv0", k)),
            "inv0": lambda: apply("neg", apply("mul", k, k)),
            "abs": lambda: apply("sign", u),
            "sign": lambda: self.graph.const(0.0),
        }
        return rules[op]()
