"""A landscape typed by hand."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from simulator.formula import FormulaError, compiled
from simulator.landscape import Facts, Landscape
from simulator.param import RaceError, param, params
from simulator.survey import survey


@dataclass(frozen=True)
class Formula(Landscape):
    """f(x) or f(x, y) as typed, with exact first and second derivatives.

    Written with + - * / ** (or ^, ², ·), numbers, pi, e, and sin cos tan asin acos atan sinh cosh tanh exp expm1 log
    log1p sqrt abs min max. A box of one pair makes it a curve in x, of two pairs a surface in x and y. Start, minima
    and η are found by a numerical look at the box; a minimum is called global only if nothing lower was seen around.
    """

    title = "Formula"
    source = "Typed by hand; derivatives by forward-mode differentiation"
    formula_text = "f = the formula you type, in x and y"
    story = "Any loss you can write: what does it do to your favourite method?"
    family = "teaching"
    finite = False  # log x, 1/x

    formula: str = param("f", "x**2 + 10*y**2", scale="text", doc="The loss, in x (and y): + - * / **, sin, exp, log …")
    box: tuple[tuple[float, float], ...] = param(  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
        "box", ((-6.0, 6.0), (-3.0, 3.0)), scale="box", doc="The view: [low, high] for x, and one for y."
    )

    def __post_init__(self) -> None:
        """Raises RaceError with the key path, the column and what is wrong there."""
        faults: list[str] = []
        for key, declared in params(type(self)).items():
            try:
                object.__setattr__(self, key, declared.coerce(getattr(self, key)))
            except ValueError as error:
                faults.append(f"landscape.{key}: formula's {key} {error}")
        if not faults:
            # Of this object, not of the class: the dimension follows the box, and what people read is what was typed.
            object.__setattr__(self, "dim", len(self.box))
            object.__setattr__(self, "formula_text", f"f = {' '.join(self.formula.split())}")
            try:
                compiled(self.formula, self.dim)
            except FormulaError as error:
                faults.append(f"landscape.formula: {error}")
        if faults:
            raise RaceError(faults)

    # A logarithm of a negative number is no accident here: the racer sees a nan, the terminal sees nothing.

    def f(self, *x: Any) -> Any:
        program = compiled(self.formula, self.dim)
        with np.errstate(all="ignore"):
            (loss,) = program.f(*map(np.asarray, x))
        if len(program.uses) == self.dim:
            return loss
        whole = np.empty(np.broadcast(*x).shape, np.result_type(loss, *x))
        whole[...] = loss
        return whole

    def df(self, *x: Any) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            return compiled(self.formula, self.dim).df(*map(np.asarray, x))

    def d2f(self, *x: Any) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            return compiled(self.formula, self.dim).d2f(*map(np.asarray, x))

    def facts(self) -> Facts:
        return _facts(self)


@lru_cache(maxsize=64)
def _facts(landscape: Formula) -> Facts:
    return survey(landscape)
