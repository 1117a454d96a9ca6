"""Newton's method."""

from dataclasses import dataclass

import numpy as np

from simulator.optimizer import Array, Cost, Curvature, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Newton(Optimizer):
    """Jumps to where the local quadratic model is flat: a valley's shape no longer matters.

    Flat is not low: where the curvature is negative it climbs to a saddle or a hilltop. Damping δ turns the step
    towards plain descent, and lets it only go down where δ outweighs every negative curvature. A singular H + δ·I
    gives infinite or undefined steps, as division by zero does.
    """

    title = "Newton"
    year = 1685
    family = "second-order"
    cost = Cost(hessians=1)
    source = (
        "Newton 1685, Raphson 1690, Simpson 1740; damping after Levenberg 1944, A method for the solution of certain "
        "non-linear problems in least squares"
    )
    formula = "H = ∇²f(θ)\nθ ← θ − η·(H + δ·I)⁻¹·g"

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Learning rate: 1 is the whole Newton step.")
    damping: float | None = param("δ", 0.0, 0.0, 1e4, "log", floor=1e-4, off=0.0, doc="Added to every curvature.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 1.0

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad, hess = yield Curvature(theta)
        dim = theta.shape[1]
        flat = hess.reshape(-1, dim * dim)
        diag = flat[:, :: dim + 1]
        if self.damping is not None:
            diag = diag + self.damping
        if dim == 1:
            step = grad / diag
        elif dim == 2:
            across, off = diag[:, ::-1], flat[:, 1:3]
            step = (across * grad - off * grad[:, ::-1]) / (diag * across - off * off)
        else:
            step = _solved(hess, diag, grad)
        return theta - lr * step, state


def _solved(hess: Array, diag: Array, grad: Array) -> Array:
    """The step of a Hessian whose diagonal is ``diag``, lane by lane.

    nan in the lanes where it is singular; NumPy would raise for all.
    """
    hess = hess.copy()
    np.einsum("ijj->ij", hess)[...] = diag
    step = np.full_like(grad, np.nan)
    regular = np.linalg.slogdet(hess)[0] != 0.0
    step[regular] = np.linalg.solve(hess[regular], grad[regular][..., None])[..., 0]
    return step
