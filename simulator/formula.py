"""A typed formula becomes a loss with exact derivatives, safely.

A stranger's text is never evaluated, nor handed to a library that evaluates it. It is cut into tokens that a formula
may have; Python's own parser then finds the precedence, its tree is walked against a whitelist, and what is compiled
is code this program wrote (`simulator.graph`). Length, size and depth are bounded; constants are floats.

Why the derivatives are our own and not a computer-algebra library's: SymPy 1.14 adds some 80 MB and 0.4 s before the
first formula is compiled (0.2 s of it the import), and its parser is built on ``eval`` and must be fenced all the same
(``9**9**9`` as whole numbers never ends). Forward mode over a graph of values is 300 lines and takes a millisecond.
"""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import e, isfinite, isnan, pi
from typing import Any, NamedTuple

from simulator.autodiff import Derivatives
from simulator.graph import FUNCTIONS, VARIABLES, Graph
from simulator.param import did_you_mean

MAX_LENGTH, MAX_NODES, MAX_DEPTH = 500, 200, 40
CONSTANTS = {"pi": pi, "e": e}
_ALIASES = {"π": "pi", "√": "sqrt", "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
_SIGNS = str.maketrans("·×∗⋅−–÷", "****--/")
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*|[π√])"
    r"|(?P<raised>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<sign>\*\*|[-+*/^(),])"
)
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"
}  # fmt: skip


class FormulaError(ValueError):
    """A text that is no formula. One line: the column, counted from 1, and what is wrong there."""

    def __init__(self, column: int, fault: str):
        self.column = column
        super().__init__(f"column {column}: {fault}")


@dataclass(frozen=True, eq=False)
class Program:
    """A compiled formula. Each function takes the coordinates; what depends on none of them comes as a float."""

    f: Callable[..., tuple[Any, ...]]
    df: Callable[..., tuple[Any, ...]]
    d2f: Callable[..., tuple[Any, ...]]  # upper triangle by rows
    uses: frozenset[int]  # the indices of the coordinates that f depends on
    graph: Graph
    loss: int  # the number of f in the graph
    slopes: tuple[int, ...]  # and of its first derivatives


class Token(NamedTuple):
    kind: str  # number, name, raised or sign
    text: str  # as Python writes it
    column: int


@lru_cache(maxsize=256)
def compiled(text: str, dim: int) -> Program:
    """The formula ``text`` in ``x`` (dim 1) or ``x`` and ``y`` (dim 2), or FormulaError."""
    builder = _Builder(text, dim)
    graph, loss = builder.graph, builder.root
    slope = Derivatives(graph).slope
    slopes = tuple(slope(loss, i) for i in range(dim))
    curves = tuple(slope(slopes[i], j) for i in range(dim) for j in range(i, dim))
    f, df, d2f = (graph.compile(roots, dim) for roots in ((loss,), slopes, curves))
    return Program(f, df, d2f, frozenset(graph.uses(loss)), graph, loss, slopes)


def _tokens(text: str, dim: int) -> list[Token]:
    if len(text) > MAX_LENGTH:
        raise FormulaError(MAX_LENGTH + 1, f"a formula has at most {MAX_LENGTH} characters, this one {len(text):,}")
    tokens: list[Token] = []
    opened: list[int] = []
    spelled, at = text.translate(_SIGNS), 0
    while at < len(text):
        match = _TOKEN.match(spelled, at)
        if match is None:
            code = "" if text[at].isascii() else f" (U+{ord(text[at]):04X})"  # many letters look like an x
            raise FormulaError(at + 1, f"{text[at]!r}{code} has no meaning in a formula")
        kind, word, column = match.lastgroup or "", match.group(), at + 1
        at = match.end()
        if kind == "space":
            continue
        token = Token(kind, _spelled(kind, word, column, dim), column)
        _check_neighbours(tokens, token)
        tokens.append(token)
        if word == "(":
            opened.append(column)
            if len(opened) > MAX_DEPTH:
                raise FormulaError(column, f"nested more than {MAX_DEPTH} deep")
        elif word == ")":
            if not opened:
                raise FormulaError(column, "this ')' closes nothing")
            opened.pop()
    if opened:
        raise FormulaError(opened[-1], "this '(' is never closed")
    if not tokens:
        raise FormulaError(1, "the formula is empty; write for example x**2 + 10*y**2")
    return tokens


def _check_neighbours(before: list[Token], token: Token) -> None:
    """Two values side by side: ``2x`` is not guessed to be a product, as ``1/2x`` would then mean x/2."""
    if not before:
        return
    last = before[-1]
    if last.text in FUNCTIONS:
        if token.text != "(":
            raise FormulaError(last.column, _needs_argument(last.text))
    elif (last.kind != "sign" or last.text == ")") and (token.kind in ("number", "name") or token.text == "("):
        raise FormulaError(token.column, f"an operator such as * is missing before '{_short(token.text)}'")


def _needs_argument(name: str) -> str:
    return f"{name} needs its argument in parentheses: {name}(…)"


def _spelled(kind: str, word: str, column: int, dim: int) -> str:
    """The token as Python writes it, or FormulaError if it is none that a formula may have."""
    if kind == "number":
        if not isfinite(float(word)):
            raise FormulaError(column, f"{_short(word)} is too large for a number")
        return repr(float(word))  # never a whole number, whose powers have no end
    if kind == "raised":
        return f"** {float(word.translate(_SUPERSCRIPTS))!r}"
    if kind == "sign":
        return "**" if word == "^" else word
    name = _ALIASES.get(word, word)
    if name in VARIABLES[dim:]:
        raise FormulaError(column, f"{name} needs a second [low, high] pair in box")
    known = [*VARIABLES[:dim], *CONSTANTS, *FUNCTIONS]
    if name not in known:
        hint = did_you_mean(name[:MAX_DEPTH], known) or f"; there are {', '.join(known)}"
        raise FormulaError(column, f"nothing is called '{_short(name)}'{hint}")
    return name


def _short(word: str) -> str:
    return word if len(word) <= 20 else f"{word[:20]}…"


class _Builder:
    """Walks Python's tree of the tokens and builds the graph of values. Knows where everything stood in the text."""

    def __init__(self, text: str, dim: int):
        self.graph, self.nodes = Graph(), 0
        self.tokens = _tokens(text, dim)
        self.offsets: list[int] = []
        source = ""
        for token in self.tokens:
            self.offsets.append(len(source))
            source += token.text + " "
        self.root = self._value(self._tree(source, len(text)), 0)

    def _tree(self, source: str, length: int) -> ast.expr:
        try:
            return ast.parse(source.rstrip(), mode="eval").body
        except SyntaxError as error:
            if not error.offset or error.offset > len(source.rstrip()):
                raise FormulaError(length + 1, "the formula ends too early") from None
            raise self._misplaced(error.offset - 1) from None
        except (RecursionError, MemoryError):
            raise FormulaError(1, f"nested more than {MAX_DEPTH} deep") from None

    def _token(self, offset: int) -> Token:
        return self.tokens[max(bisect.bisect_right(self.offsets, offset) - 1, 0)]

    def _misplaced(self, offset: int) -> FormulaError:
        token = self._token(offset)
        return FormulaError(token.column, f"'{token.text}' is out of place here")

    def _value(self, node: ast.expr, depth: int) -> int:
        """The number of the value that ``node`` stands for. Long sums lean left, and are not deep."""
        column = self._token(node.col_offset).column
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise FormulaError(column, f"more than {MAX_NODES} numbers, variables and operations")
        if depth > MAX_DEPTH:
            raise FormulaError(column, f"nested more than {MAX_DEPTH} deep")
        match node:
            case ast.Constant(value=float() as number):
                return self.graph.const(number)
            case ast.Name(id=name) if name in VARIABLES:
                return self.graph.variable(VARIABLES.index(name))
            case ast.Name(id=name) if name in CONSTANTS:
                return self.graph.const(CONSTANTS[name])
            case ast.Name(id=name):
                raise FormulaError(column, _needs_argument(name))
            case ast.UnaryOp(op=ast.UAdd()):
                return self._value(node.operand, depth + 1)
            case ast.UnaryOp(op=ast.USub()):
                return self.graph.apply("neg", self._value(node.operand, depth + 1))
            case ast.BinOp(op=operator) if type(operator) in _BINARY:
                left, right = self._value(node.left, depth), self._value(node.right, depth + 1)
                return self._applied(column, _BINARY[type(operator)], left, right)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                wanted = 2 if name in ("min", "max") else 1
                if len(args) != wanted:
                    raise FormulaError(column, f"{name} takes {wanted} value{'s'[: wanted - 1]}, got {len(args)}")
                return self._applied(column, name, *(self._value(arg, depth + 1) for arg in args))
            case ast.Tuple(elts=values):
                raise FormulaError(column, f"one value is wanted here, got {len(values)}")
            case _:
                raise self._misplaced(node.col_offset)

    def _applied(self, column: int, op: str, *args: int) -> int:
        if op == "div" and self.graph.value(args[1]) == 0.0:
            raise FormulaError(column, "division by zero")
        result = self.graph.apply(op, *args)
        number = self.graph.value(result)
        if number is not None and not isfinite(number):
            fault = "has no real value" if isnan(number) else "is infinite, or too large for a number"
            raise FormulaError(column, f"what begins here {fault}")
        return result
