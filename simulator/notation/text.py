"""Writes expressions: as a formula, or with numbers in the places of names."""

from __future__ import annotations

from collections.abc import Callable

from simulator.notation.expr import COMPARISONS, PRODUCTS, SUMS, Expr, Line, Name, Num, Op, Test

SUM, PRODUCT, PREFIX, POWER, ATOM = range(1, 6)
RAISED = {"2": "²", "3": "³", "t": "ᵗ", "k": "ᵏ", "t + 1": "ᵗ⁺¹", "t − 1": "ᵗ⁻¹"}
DIGITS = str.maketrans("0123456789−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
Leaf = Callable[[Expr], str | None]


def names_of(expr: Expr) -> str | None:
    """The leaves of a formula as it is written."""
    if isinstance(expr, Op):
        return None
    return expr.name if isinstance(expr, Name) else expr.text


def number(value: float, digits: int = 5) -> str:
    """``value`` for a formula, to ``digits`` significant digits: −5.6544, 1.2e−7."""
    text = f"{value or 0.0:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−").replace("inf", "∞")


def written(expr: Expr, leaf: Leaf = names_of) -> str:
    """``expr`` as text; ``leaf`` gives the text of what it wants written its own way, None for the rest."""
    return _Writer(leaf).text(expr, SUM, True)


class _Writer:
    def __init__(self, leaf: Leaf):
        self._leaf = leaf

    def text(self, expr: Expr, least: int, first: bool) -> str:
        """``expr``, in brackets where it binds more loosely than ``least``; ``first``: nothing stands before it."""
        text, level = self._bare(expr, first)
        if level == PREFIX and text.startswith("−"):
            return text if first else f"({text})"
        return text if level >= least else f"({text})"

    def _bare(self, expr: Expr, first: bool) -> tuple[str, int]:
        given = self._leaf(expr)
        if given is not None:
            return given, PREFIX if given.startswith("−") else PRODUCT if "e" in given and "e−" not in given else ATOM
        assert isinstance(expr, Op)
        op, args = expr.op, expr.args
        if op in SUMS:
            return f"{self.text(args[0], SUM, first)} {op} {self.text(args[1], PRODUCT, False)}", SUM
        if op in PRODUCTS:
            sign = op if op == "·" else f" {op} "
            if op == "·" and isinstance(args[0], Op) and args[0].op == "/" and self._leaf(args[0]) is None:
                return f"({self.text(args[0], SUM, True)})·{self.text(args[1], PREFIX, False)}", PRODUCT
            return f"{self.text(args[0], PRODUCT, first)}{sign}{self.text(args[1], PREFIX, False)}", PRODUCT
        if op in COMPARISONS:
            return f"{self.text(args[0], SUM, True)} {op} {self.text(args[1], SUM, True)}", SUM
        if op == "neg":
            return f"−{self.text(args[0], PRODUCT, False)}", PREFIX
        if op in ("√", "∛"):
            return f"{op}{self.text(args[0], POWER, False)}", POWER
        if op == "^":
            return self._power(*args), POWER
        if op in ("ᵀ", "⁻¹"):
            return self.text(args[0], ATOM, False) + op, POWER
        return self._enclosed(op, args), ATOM

    def _power(self, base: Expr, exponent: Expr) -> str:
        root = isinstance(base, Op) and base.op in ("√", "∛", "^")
        below = self.text(base, ATOM, False)
        below = f"({below})" if root and not below.startswith("(") else below
        if (sign := RAISED.get(written(exponent))) and (sign in "²³" or self._leaf is names_of):
            return below + sign
        above = _counted(self.text(exponent, SUM, True))
        if above.lstrip("−").isdigit():
            return below + above.translate(DIGITS)
        plain = isinstance(exponent, Name | Num) and not above.startswith("−")
        return f"{below}^{above if plain else f'({above})'}"

    def _enclosed(self, op: str, args: tuple[Expr, ...]) -> str:
        inside = ", ".join(self.text(arg, SUM, True) for arg in args)
        if op in ("|", "‖", "‖₁"):
            return f"{op[0]}{inside}{op}"
        if op == "⟨":
            return f"⟨{inside}⟩"
        return f"diag(∇²f({inside}))" if op == "diag∇²f" else f"{op}({inside})"


def _counted(text: str) -> str:
    """The sum of two whole numbers, for a power: 3 − 1 is 2."""
    left, sign, right = [*text.split(" "), "", ""][:3]
    whole = sign in ("+", "−") and left.isdigit() and right.isdigit() and text.count(" ") == 2
    return str(int(left) + int(right) * (1 if sign == "+" else -1)) if whole else text


def condition(tests: tuple[Test, ...], scope: str) -> str:
    """Conditions as they stand before a line, with the colon; "" where there are none."""
    parts = [scope] if scope else []
    for test in tests:
        said = written(test.compare) if test.compare else " or ".join(test.words)
        parts.append(said if test.wanted else f"not {said}")
    return ", ".join(parts) + ": " if parts else ""


def line_text(line: Line, scopes: tuple[str, ...] = ("layer", "matrix", "vector")) -> str:
    """The line as its formula writes it, or as what is left of it writes itself; ``scopes``: those worth saying."""
    before = condition(line.tests, line.scope if line.scope in scopes else "")
    if line.expr is None:
        return before + line.words
    return f"{before}{line.target} {line.arrow} {written(line.expr)}"
