"""The problem on which Adam walks to the worst point."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from simulator.landscape import Facts, Landscape, Minimum
from simulator.param import param


@dataclass(frozen=True)
class Reddi(Landscape):
    """One step in three shows the slope C, the other two show −1: on average it is (C − 2)/3, downhill to x = −1.

    Adam divides the rare large slope by its own size and forgets it within three steps, so the two small ones win
    and carry it to x = +1, the worst point. AMSGrad remembers. The problem is posed on [−1, 1]: whoever steps out is
    put back on the edge, as in the paper. Try β₁ = 0, β₂ = 1/(1 + C²), η = 0.01 falling as 1/√t.
    """

    title = "Reddi's counter-example"
    source = "Reddi, Kale & Kumar 2018, On the Convergence of Adam and Beyond"
    formula_text = "f_t(x) = C·x if t mod 3 = 1, else −x;  shown: the mean (C − 2)·x/3"
    story = "The way down is to the left, and Adam walks to the right: it forgets the rare steep step."
    family = "moving"
    dim = 1
    domain = ((-1.0, 1.0),)

    C: float = param("C", 4.0, 2.1, 100.0, "log", doc="The slope that is shown one step in three.")
    slope: float | None = None  # of one step; None: the mean

    @cached_property
    def faces(self) -> tuple[Landscape, Landscape]:
        return replace(self, slope=self.C), replace(self, slope=-1.0)

    def shown(self, seed: int, step: int) -> Landscape:
        return self.faces[0 if step % 3 == 0 else 1]  # t = step + 1

    @property
    def incline(self) -> float:
        return (self.C - 2.0) / 3.0 if self.slope is None else self.slope

    def f(self, x: Any) -> Any:
        return self.incline * x

    def df(self, x: Any) -> tuple[Any]:
        return (self.incline,)

    def d2f(self, x: Any) -> tuple[Any]:
        return (0.0,)

    def facts(self) -> Facts:
        return Facts(((-1.1, 1.1),), ((0.0,), (0.5,)), 0.01, (Minimum((-1.0,), -self.incline, at_border=True),))
