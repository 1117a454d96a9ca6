"""Reads the notation in which every optimizer's formula is written, one assignment a line.

    decoupled: θ ← θ·(1 − η·λ)
    m̂ = m / (1 − β₁ᵗ)

``←`` renews what is remembered, ``=`` names what is used in this step alone. Before a colon stand conditions, all of
which must hold: the word of a switch or of a choice (``decoupled``, ``not Nesterov``, ``adam or adamw``), a comparison
(``t = 1``, ``s > 0``, coordinate by coordinate), or a scope (``layer``, ``matrix``, ``vector``). ``·`` and ``/`` bind
alike, from the left. What cannot be read is a line of words: what it sets, if anything, is not worked out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from simulator.notation.expr import ALONG, CLIP, COMPARISONS, FUNCTIONS, MODELS, WHOLE, Expr, Line, Name, Num, Op, Test

SCOPES = ("layer", "matrix", "vector")
FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
POWERS = {"ᵗ": Name("t"), "ᵏ": Name("k")}
CALLS = {**FUNCTIONS, **{name: 1 for name in ALONG}, **{name: 1 for name in ("sum", "mean", "rms", "largest", "diag")}}

_LETTER = r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u1e00-\u1eff]"
_NAME = rf"{_LETTER}[\u0300-\u036f]*\*?(?:[₀-₉₊₋⁺]|⁻(?!¹))*(?:_[A-Za-z0-9∞]+)?"
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e[−-]?\d+)?|[½¼¾])|(?P<word>[a-z]{{2,}}(?:_[a-z]+)?)|(?P<question>∇²?f(?!\w))"
    rf"|(?P<name>{_NAME})|(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[ᵗᵏ](?:[⁺⁻]¹)?)|(?P<sign>‖₁|⁻¹|[-+ᵀ−·/√∛^|‖⟨⟩(),=≠<>≤≥])|(?P<other>\S))"
)


class NotAFormula(ValueError):
    """What was read is no expression of the notation."""


@lru_cache(maxsize=256)
def parse(formula: str) -> tuple[Line, ...]:
    """The lines of a formula."""
    return tuple(_line(text) for text in formula.split("\n"))


def expression(text: str) -> Expr:
    """``text`` as an expression. Raises NotAFormula."""
    return _Reader(text).whole()


def _line(text: str) -> Line:
    before, colon, body = text.partition(": ")
    try:
        tests, scope = _conditions(before) if colon else ((), "")
    except NotAFormula:
        return Line(text, (), "", "", "", None, text)
    body = body if colon else text
    target, arrow, right = _assignment(body)
    try:
        expr = expression(right) if target else None
    except NotAFormula:
        expr = None
    return Line(text, tests, scope, target, arrow, expr, body)


def _assignment(body: str) -> tuple[str, str, str]:
    found = re.fullmatch(rf"({_NAME}) (←|=) (.+)", body)
    return (found[1], found[2], found[3]) if found else ("", "", body)


def _conditions(text: str) -> tuple[tuple[Test, ...], str]:
    tests: list[Test] = []
    scope = ""
    for part in re.split(r", (?![^⟨]*⟩)", text):
        if part in SCOPES:
            scope = part
        elif any(sign in part for sign in COMPARISONS):
            tests.append(Test(_comparison(part)))
        else:
            words = part.removeprefix("not ").split(" or ")
            tests.append(Test(None, tuple(words), not part.startswith("not ")))
    return tuple(tests), scope


def _comparison(text: str) -> Op:
    reader = _Reader(text)
    left = reader.sum()
    sign = reader.next()
    right = reader.sum()
    if sign not in COMPARISONS or reader.here:
        raise NotAFormula(f"“{text}” is no comparison")
    return Op(sign, (left, right))


class _Reader:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str):
        self._text = text
        self._tokens = [(str(m.lastgroup), m[m.lastgroup or 0]) for m in _TOKEN.finditer(text.rstrip())]
        self._at = 0

    def whole(self) -> Expr:
        found = self.sum()
        if self.here:
            raise self._misplaced()
        return found

    @property
    def here(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    @property
    def _kind(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def next(self) -> str:
        token = self.here
        self._at += 1
        return token

    def _take(self, *signs: str) -> str:
        return self.next() if self.here in signs else ""

    def _want(self, sign: str) -> None:
        if self.next() != sign:
            raise self._misplaced()

    def _misplaced(self) -> NotAFormula:
        return NotAFormula(f"“{self._text}” cannot be read at “{self.here or 'its end'}”")

    def sum(self) -> Expr:
        left = Op("neg", (self._product(),)) if self._take("−", "-") else self._product()
        while sign := self._take("+", "−", "-"):
            left = Op("−" if sign == "-" else sign, (left, self._product()))
        return left

    def _product(self) -> Expr:
        left = self._factor()
        while sign := self._take("·", "/", "mod"):
            left = Op(sign, (left, self._factor()))
        return left

    def _factor(self) -> Expr:
        if root := self._take("√", "∛"):
            return Op(root, (self._factor(),))
        base = self._atom()
        while True:
            if self._kind == "power":
                base = Op("^", (base, self._raised()))
            elif self._take("^"):
                base = Op("^", (base, self._factor()))
            elif sign := self._take("ᵀ", "⁻¹"):
                base = Op(sign, (base,))
            else:
                return base

    def _raised(self) -> Expr:
        token = self.next()
        if token[0] not in POWERS:
            digits = unicodedata.normalize("NFKC", token)
            return Num(float(digits), digits)
        power = POWERS[token[0]]
        if len(token) == 1:
            return power
        return Op("+" if token[1] == "⁺" else "−", (power, Num(1.0, "1")))

    def _atom(self) -> Expr:
        kind, token = self._kind, self.next()
        if kind == "number":
            return Num(FRACTIONS.get(token) or float(token.replace("−", "-")), token)
        if kind == "question":
            return Op(token, (self._bracket(),))
        if kind == "name":
            return Op("f", (self._bracket(),)) if token == "f" and self.here == "(" else Name(token)
        if token in MODELS:
            return Op(token, (self._bracket(),))
        if kind == "word" and (token == CLIP or token in CALLS):
            return self._call(token)
        if token == "(":
            inner = self.sum()
            self._want(")")
            return inner
        if token in ("|", "‖"):
            inner = self.sum()
            closing = self.next()
            if closing not in ((token, "‖₁") if token == "‖" else (token,)):
                raise self._misplaced()
            return Op(closing, (inner,))
        if token == "⟨":
            pair = self._listed("⟩")
            return self._counted("⟨", pair, 2)
        raise self._misplaced()

    def _bracket(self) -> Expr:
        self._want("(")
        (inner,) = self._listed(")")[:1]
        return inner

    def _call(self, token: str) -> Expr:
        self._want("(")
        args = self._listed(")")
        if token == "diag":
            if not (isinstance(args[0], Op) and args[0].op == "∇²f"):
                raise self._misplaced()
            return Op("diag∇²f", args[0].args)
        return self._counted(token, args, len(args) if token == CLIP and len(args) in (2, 3) else CALLS.get(token, 2))

    def _counted(self, token: str, args: tuple[Expr, ...], wanted: int) -> Op:
        if len(args) != wanted:
            raise NotAFormula(f"“{self._text}”: {token} takes {wanted}, got {len(args)}")
        return Op(token, args)

    def _listed(self, end: str) -> tuple[Expr, ...]:
        found = [self.sum()]
        while self._take(","):
            found.append(self.sum())
        self._want(end)
        return tuple(found)


assert set(WHOLE) - {"‖", "‖₁", "⟨"} <= set(CALLS)
