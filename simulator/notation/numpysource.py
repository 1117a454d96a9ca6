"""Formulas as NumPy source, for one lane: every vector is an array of shape (dim,), every number a float."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from simulator.notation.expr import ALONG, COMPARISONS, WHOLE, Expr, Line, Name, Num, Op, vectorial, walk
from simulator.notation.parse import NotAFormula
from simulator.optimizer import Optimizer
from simulator.param import params

LETTERS = {
    "θ": "theta", "η": "lr", "g": "grad", "t": "t", "f": "loss", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "change",
    "ε": "eps", "κ": "kappa", "λ": "decay", "μ": "mu", "ν": "nu", "ξ": "xi", "ρ": "rho", "τ": "tau", "φ": "ahead",
    "ψ": "psi", "Δ": "Delta", "Π": "Pi",
}  # fmt: skip
MARKS = {"\u0302": "_hat", "\u0303": "_tilde", "\u0304": "_bar", "*": "_star", "₊": "_plus", "₋": "_last", "⁺": "_max",
         "⁻": "_last", "∞": "inf"}  # fmt: skip
CALLS = {
    "√": "np.sqrt", "∛": "np.cbrt", "|": "np.abs", "‖": "np.linalg.norm", "sign": "np.sign", "max": "np.maximum",
    "min": "np.minimum", "exp": "np.exp", "ln": "np.log", "sum": "np.sum", "mean": "np.mean", "rms": "rms",
    "largest": "np.max",
    "∇f": "gradient", "f": "loss_at", "clip": "np.clip",
}  # fmt: skip
SIGNS = {
    "·": "*",
    "/": "/",
    "+": "+",
    "−": "-",
    "mod": "%",
    "=": "==",
    "≠": "!=",
    "<": "<",
    ">": ">",
    "≤": "<=",
    "≥": ">=",
}
LEVELS = {"+": 1, "−": 1, "·": 2, "/": 2, "mod": 2, "neg": 3, "^": 4}
HELPERS = {
    "ratio": 'def ratio(a, b):\n    """a / b, and 0 where both are 0."""\n'
    "    with np.errstate(all=\"ignore\"):\n        return np.where((a == 0) & (b == 0), 0.0, a / b)\n",
    "rms": 'def rms(x):\n    """Root mean square."""\n    return np.sqrt(np.mean(x * x))\n',
}  # fmt: skip


def identifiers(optimizer: Optimizer) -> dict[str, str]:
    """What the symbols of its formula are called in code: hyperparameters and states as they are here."""
    known = {p.symbol: name for name, p in params(type(optimizer)).items() if p.numeric}
    return known | {letter: key for key, letter in optimizer.letters.items()}


def identifier(symbol: str) -> str:
    """A Python name for a symbol: m_hat for m̂, grad_last for g₋."""
    plain = ""
    for char in unicodedata.normalize("NFD", symbol):
        digit = unicodedata.normalize("NFKD", char)
        plain += LETTERS.get(char) or MARKS.get(char) or digit if digit.isascii() or char in LETTERS | MARKS else ""
    return plain


def to_numpy(lines: Iterable[Line], called: Mapping[str, str], numbers: Iterable[str] = ()) -> list[str]:
    """The statements of settled lines, in order; a line under a condition may take two.

    called: names for symbols, others are made up by `identifier`. numbers: symbols that are plain numbers, beside t:
    what depends on them alone is asked by an ``if``, other conditions coordinate by coordinate. What is asked of the
    landscape is called ``gradient(theta)`` and ``loss_at(theta)``; ``ratio`` and ``rms`` are in `HELPERS`. Raises
    NotAFormula for a line of words, and for matrices.
    """
    source = _Source(called)
    plain = {"t", *numbers}
    found: list[str] = []
    for line in lines:
        if line.expr is None or line.scope == "matrix" or not _sayable(line.expr):
            raise NotAFormula(f"“{line.text}” has no NumPy source")
        target, value = source.name(line.target), source.of(line.expr)
        asked = [test.compare for test in line.tests if test.compare]
        if _is_number(line.expr, plain):
            plain.add(line.target)
        if not asked:
            found.append(f"{target} = {value}")
        elif all(_is_number(test, plain) for test in asked):
            found += [f"if {' and '.join(source.of(test) for test in asked)}:", f"    {target} = {value}"]
        else:
            where = " & ".join(f"({source.of(test)})" for test in asked) if asked[1:] else source.of(asked[0])
            found.append(f"{target} = np.where({where}, {value}, {target})")
    return found


def _sayable(expr: Expr) -> bool:
    """Whether vectors and the two questions of a script are enough for it."""
    return vectorial(expr) and not any(isinstance(p, Op) and p.op in ("diag∇²f", *ALONG) for p in walk(expr))


def _is_number(expr: Expr, plain: set[str]) -> bool:
    if isinstance(expr, Op) and expr.op in (*WHOLE, "f"):
        return True
    if isinstance(expr, Op):
        return all(_is_number(arg, plain) for arg in expr.args)
    return isinstance(expr, Num) or expr.name in plain


class _Source:
    def __init__(self, called: Mapping[str, str]):
        self._called = called

    def name(self, symbol: str) -> str:
        return self._called.get(symbol) or identifier(symbol)

    def of(self, expr: Expr, least: int = 0) -> str:
        if isinstance(expr, Num):
            return repr(expr.value) if expr.value != int(expr.value) else str(int(expr.value))
        if isinstance(expr, Name):
            return self.name(expr.name)
        op, args = expr.op, expr.args
        if op == "/" and not _positive(args[1]):
            return f"ratio({self.of(args[0])}, {self.of(args[1])})"
        if op == "clip" and len(args) == 2:
            return f"np.clip({self.of(args[0])}, -{self.of(args[1], 3)}, {self.of(args[1])})"
        if op == "‖₁":
            return f"np.sum(np.abs({self.of(args[0])}))"
        if op in CALLS:
            return f"{CALLS[op]}({', '.join(map(self.of, args))})"
        text, level = self._operator(op, args)
        return f"({text})" if level < least else text

    def _operator(self, op: str, args: tuple[Expr, ...]) -> tuple[str, int]:
        level = LEVELS.get(op, 0)
        if op == "⟨":
            return f"np.dot({self.of(args[0])}, {self.of(args[1])})", 5
        if op == "neg":
            return f"-{self.of(args[0], level)}", level
        if op == "^":
            return f"{self.of(args[0], level + 1)} ** {self.of(args[1], level)}", level
        right = level + (op not in COMPARISONS)
        return f"{self.of(args[0], level)} {SIGNS[op]} {self.of(args[1], right)}", level


def _positive(expr: Expr) -> bool:
    """Whether a divisor is plainly not 0: a sum, a difference to 1, a setting or a number."""
    if isinstance(expr, Op):
        return expr.op in ("+", "−", "max") or (expr.op in ("·", "√", "^") and all(map(_positive, expr.args)))
    return isinstance(expr, Num) or expr.name in ("t", "q", "K", "d₀", "γ_max")
