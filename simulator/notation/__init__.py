"""The notation of the formulas: read, settled for one racer, worked out, written with numbers or as NumPy."""

from simulator.notation.evaluate import Worked, Worksheet
from simulator.notation.expr import Line
from simulator.notation.layout import Layout
from simulator.notation.numpysource import HELPERS, identifiers, to_numpy
from simulator.notation.parse import NotAFormula, expression, parse
from simulator.notation.rule import letters, lines, rates, settings, words, work
from simulator.notation.settle import FIRST
from simulator.notation.shown import holds, kept, substituted, value_text
from simulator.notation.square import Matrix
from simulator.notation.terms import Asks, Unknown, divided
from simulator.notation.text import line_text, number, written

__all__ = [
    "FIRST", "HELPERS", "Asks", "Layout", "Line", "Matrix", "NotAFormula", "Unknown", "Worked", "Worksheet",
    "divided", "expression", "holds", "identifiers", "kept", "letters", "line_text", "lines", "number", "parse",
    "rates", "settings", "substituted", "to_numpy", "value_text", "words", "work", "written",
]  # fmt: skip
