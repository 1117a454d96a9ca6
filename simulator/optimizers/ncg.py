"""Nonlinear conjugate gradient."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.lanewise import dot, lane, ratio
from simulator.linesearch import LENGTH, Line, first_length, moved, strong_wolfe
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State, Value
from simulator.param import param


@dataclass(frozen=True)
class NCG(Optimizer):
    """Momentum whose β and η choose themselves: each direction is mended by the last one, so as not to undo its work.

    On a quadratic with an exact search it is there in as many steps as there are parameters, whatever form β has;
    elsewhere the forms differ. It begins anew with −g where d would not go down, and after a search that found nothing.
    Its directions have no natural length: the first trial is what would gain as much as the last move did, times η.
    """

    title = "Conjugate gradient"
    year = 1964
    family = "second-order"
    cost = Cost(grads=1, most=27, buffers=2.5)
    source = (
        "Fletcher & Reeves 1964, Function minimization by conjugate gradients; Polak & Ribière 1969, Hestenes & "
        "Stiefel 1952, Dai & Yuan 1999; search of Nocedal & Wright 2006, Numerical Optimization, equation 3.60"
    )
    branch = Branch(
        parents=("sgd",),
        added="Directions that do not undo one another's work, and a search along each.",
        best_for="many weights, a smooth loss and the full gradient",
        says="Nocedal & Wright 2006, Numerical Optimization",
    )
    formula = (
        "y = g − g₋\nfletcher reeves: β = ⟨g, g⟩ / ⟨g₋, g₋⟩\npolak ribiere: β = max(0, ⟨g, y⟩ / ⟨g₋, g₋⟩)\n"
        "hestenes stiefel: β = ⟨g, y⟩ / ⟨d, y⟩\ndai yuan: β = ⟨g, g⟩ / ⟨d, y⟩\nα = 0: β = 0\nd ← β·d − g\n"
        "⟨g, d⟩ ≥ 0: d ← −g\n"
        "α ← strong Wolfe search along d with c₂, from η times the length that gains as much as the last step\n"
        "g₋ ← g\nθ ← θ + α·d"
    )
    rate = "α"
    letters: ClassVar[dict[str, str]] = {"g": "g₋", "alpha": "α"}

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Scales the first length tried.")
    form: str = param(
        "form", "polak_ribiere", scale="choice",
        choices=("fletcher_reeves", "polak_ribiere", "hestenes_stiefel", "dai_yuan"),
        doc="How much of the last direction is kept.",
    )  # fmt: skip
    c2: float = param("c₂", 0.1, 1e-6, 0.999, "log", doc="The share of the slope a search may leave; small: exact.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 1.0

    def init(self, theta: Array) -> State:
        none = np.zeros_like(theta)
        return {"d": none, "g": none, "alpha": none[:, :1]}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        loss, grad = yield Value(theta)
        d, last, alpha = state["d"], state["g"], state["alpha"]
        mended: Array = np.where(alpha > 0.0, self._kept(grad, last, d), 0.0) * d - grad
        line = Line(theta, np.where(dot(grad, mended) < 0.0, mended, -grad), loss, grad)
        length = lane(lr) * alpha * ratio(dot(last, d), line.slope)
        length = np.where((length > 0.0) & np.isfinite(length), length, first_length(lr, grad))
        found = yield from strong_wolfe(line, length, line.slope < 0.0, c2=lane(self.c2))
        alpha = found[:, LENGTH]
        return moved(line, alpha), {"d": line.direction, "g": grad, "alpha": alpha}

    @np.errstate(all="ignore")
    def _kept(self, grad: Array, last: Array, d: Array) -> Array:
        """β."""
        y = grad - last
        if self.form == "fletcher_reeves":
            return ratio(dot(grad, grad), dot(last, last))
        if self.form == "polak_ribiere":
            return np.maximum(0.0, ratio(dot(grad, y), dot(last, last)))
        return ratio(dot(grad, y if self.form == "hestenes_stiefel" else grad), dot(d, y))
