"""What a formula is made of: numbers, names, and what is done to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Num:
    """A number as the formula writes it: ½, 0.96."""

    value: float
    text: str


@dataclass(frozen=True)
class Name:
    """A letter with its marks: θ, β₁, m̂, g₋, Δ_min, f*."""

    name: str


@dataclass(frozen=True)
class Op:
    """What is done to ``args``: an operator, a function, a norm or a question, by its sign."""

    op: str
    args: tuple[Expr, ...]


Expr = Num | Name | Op

ZERO, ONE = Num(0.0, "0"), Num(1.0, "1")

SUMS = ("+", "−")
PRODUCTS = ("·", "/", "mod")
PREFIX = ("neg", "√", "∛")
COMPARISONS = ("=", "≠", "<", ">", "≤", "≥")
FUNCTIONS = {"sign": 1, "max": 2, "min": 2, "exp": 1, "ln": 1}
CLIP = "clip"  # clip(x, c): into ±c; clip(x, a, b): into a … b
WHOLE = {"‖": 1, "‖₁": 1, "⟨": 2, "sum": 1, "mean": 1, "rms": 1, "largest": 1}  # take all coordinates, give one number
ALONG = ("mean_i", "mean_j", "max_i", "max_j")  # of a matrix: over its rows i, over its columns j
MODELS = ("fisher", "gauss_newton")
QUESTIONS = ("∇f", "f", "∇²f", "diag∇²f", *MODELS)  # what a rule asks of the landscape


class Test(NamedTuple):
    """A condition of a line: a comparison, or words of which one must be so (or, if not ``wanted``, none)."""

    compare: Op | None
    words: tuple[str, ...] = ()
    wanted: bool = True


@dataclass(frozen=True)
class Line:
    """One line of a formula, one assignment.

    scope: "layer" (norms and means are each layer's own), "matrix" or "vector" (only blocks of that kind), or "".
    target: the name that takes the value; "" where the line is only words. expr: None where words say what it is.
    """

    text: str
    tests: tuple[Test, ...]
    scope: str
    target: str
    arrow: str
    expr: Expr | None
    words: str = ""  # all of the line after its conditions


def walk(expr: Expr) -> Iterator[Expr]:
    """``expr`` and all it is made of."""
    yield expr
    if isinstance(expr, Op):
        for arg in expr.args:
            yield from walk(arg)


def names(expr: Expr | None) -> set[str]:
    """The names in ``expr``; what a question takes for granted among them: f(θ) needs no name f."""
    return set() if expr is None else {part.name for part in walk(expr) if isinstance(part, Name)}


def vectorial(expr: Expr | None) -> bool:
    """Whether no matrix is made or taken apart in ``expr``."""
    if expr is None:
        return True
    signs = {"ᵀ", "⁻¹", "∇²f", *MODELS}
    return not any((isinstance(part, Op) and part.op in signs) or part == Name("I") for part in walk(expr))
