"""The notation of the formulas: read, settled for one racer, worked out, written with numbers or as NumPy."""

from simulator.notation.evaluate import Worked, Worksheet
from simulator.notation.expr import Line
from simulator.notation.numpysource import HELPERS, identifiers, to_numpy
from simulator.notation.parse import NotAFormula, expression, parse
from simulator.notation.rule import letters, lines, rates, settings, words, work
from simulator.notation.shown import holds, substituted, value_text
from simulator.notation.square import Matrix
from simulator.notation.terms import Asks, Unknown
from simulator.notation.text import line_text, number, written

__all__ = [
    "HELPERS", "Asks", "Line", "Matrix", "NotAFormula", "Unknown", "Worked", "Worksheet",
    "expression", "holds", "identifiers", "letters", "line_text", "lines", "number", "parse", "rates", "settings",
    "substituted", "to_numpy", "value_text", "words", "work", "written",
]  # fmt: skip
