"""Newton's method."""

from dataclasses import dataclass

import numpy as np

from simulator.optimizer import Array, Curvature, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Newton(Optimizer):
    """Jumps to where the local quadratic model is flat: a valley's shape no longer matters.

    Flat is not low: where the curvature is negative it climbs to a saddle or a hilltop. Damping δ turns the step
    towards plain descent, and makes it one where δ exceeds the most negative curvature. A singular H + δ·I gives
    infinite or undefined steps, as division by zero does.
    """

    title = "Newton"
    year = 1685
    source = (
        "Newton 1685, Raphson 1690, Simpson 1740; damping after Levenberg 1944, A method for the solution of certain "
        "non-linear problems in least squares"
    )
    formula = "H = ∇²f(θ)\nθ ← θ − η·(H + δ·I)⁻¹·g"

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Learning rate: 1 is the whole Newton step.")
    damping: float = param("δ", 0.0, 0.0, 1e4, "log", floor=1e-4, doc="Added to every curvature before dividing by it.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 1.0

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad, hess = yield Curvature(theta)
        diag = hess.diagonal(axis1=1, axis2=2) + self.damping
        if theta.shape[1] == 1:
            step = grad / diag
        elif theta.shape[1] == 2:
            across = diag[:, ::-1]
            off = hess[:, :1, 1]
            step = (across * grad - off * grad[:, ::-1]) / (diag * across - off * off)
        else:
            hess = hess.copy()
            np.einsum("ijj->ij", hess)[...] = diag
            step = _solved(hess, grad)
        return theta - lr * step, state


def _solved(hess: Array, grad: Array) -> Array:
    """hess⁻¹·grad, lane by lane; nan in the lanes whose matrix is singular, where NumPy would raise for all."""
    step = np.full_like(grad, np.nan)
    regular = np.linalg.slogdet(hess)[0] != 0.0
    step[regular] = np.linalg.solve(hess[regular], grad[regular][..., None])[..., 0]
    return step
