"""Newton's method."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.lanewise import lane
from simulator.linesearch import LENGTH, Line, armijo, moved
from simulator.optimizer import Array, Branch, Cost, Curvature, Limit, Optimizer, Rule, State, Value
from simulator.param import param
from simulator.quadratic import Eigen, foretold, gain, norm, within


@dataclass(frozen=True)
class Newton(Optimizer):
    """Jumps to where the local quadratic model is flat: a valley's shape no longer matters.

    Flat is not low: where the curvature is negative it climbs to a saddle or a hilltop. Damping δ turns the step
    towards plain descent, and lets it only go down where δ outweighs every negative curvature. A singular H + δ·I
    gives infinite or undefined steps, as division by zero does; where g is 0 it rests.

    Two ways of globalization never climb. A line search takes negative curvatures as positive, then halves η until the
    loss falls enough: it is turned away from a saddle, but rests exactly on one. A trust region of radius Δ goes to the
    lowest point of the model inside it, refuses what does not fall, and lets Δ follow how well the model foretold the
    loss: it leaves even an exact saddle, along the lowest curvature. Both ask for the loss; a trust region for three
    gradients a step.
    """

    title = "Newton"
    year = 1685
    family = "second-order"
    cost = Cost(hessians=1)
    source = (
        "Newton 1685, Raphson 1690, Simpson 1740; damping after Levenberg 1944, A method for the solution of certain "
        "non-linear problems in least squares; trust region: Moré & Sorensen 1983, Nocedal & Wright 2006, algorithm 4.1"
    )
    branch = Branch(
        parents=(),
        added="The curvature: a jump to the bottom of the fitted parabola.",
        best_for="a few weights and a smooth loss",
        says="Nocedal & Wright 2006, Numerical Optimization",
    )
    formula = (
        "H = ∇²f(θ) + δ·I\nnone: θ ← θ − η·H⁻¹·g\nline search: d = −|H|⁻¹·g, every curvature taken as positive\n"
        "line search: α = the first of η, η/2, η/4, … with f(θ + α·d) far enough below f(θ)\n"
        "line search: θ ← θ + α·d\ntrust region, t = 1: Δ ← Δ₀\n"
        "trust region: p = the lowest point of ⟨g, p⟩ + ½·⟨p, H·p⟩ with ‖p‖ ≤ Δ\n"
        "trust region: Δ ← Δ/4 where f fell by less than ¼ of what that says, 2·Δ where by over ¾ and p is Δ long\n"
        "trust region, f(θ + η·p) ≤ f(θ): θ ← θ + η·p"
    )
    rate = "η\nline search: α"
    letters: ClassVar[dict[str, str]] = {"radius": "Δ"}

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Learning rate: 1 is the whole Newton step.")
    damping: float | None = param("δ", 0.0, 0.0, 1e4, "log", floor=1e-4, off=0.0, doc="Added to every curvature.")
    globalization: str = param(
        "globalization", "none", scale="choice", choices=("none", "line_search", "trust_region"),
        doc="What keeps it from climbing.",
    )  # fmt: skip
    radius: float = param("Δ₀", 1.0, 1e-6, 1e4, "log", doc="How far the first step of a trust region may go.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 1.0

    def stable_lr(self, curvature: float) -> Limit | None:
        if self.globalization != "none":
            return None  # a search sees to it
        whole = 1.0 + (self.damping or 0.0) / curvature  # θ ← (1 − η·h/(h + δ))·θ
        formulas = ("2(L+δ)/L", "(L+δ)/L") if self.damping else ("2", "1")
        return Limit(2.0 * whole, formulas[0], whole, formulas[1], curvature)

    def init(self, theta: Array) -> State:
        if self.globalization != "trust_region":
            return {}
        return {"radius": np.full_like(theta, self.radius)[:, :1]}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad, hess = yield Curvature(theta)
        if self.damping is not None:
            hess = hess + lane(self.damping)[..., None] * np.eye(theta.shape[1])
        if self.globalization == "none":
            return theta - lr * _jump(hess, grad), state
        loss, _ = yield Value(theta)
        if self.globalization == "line_search":
            line = Line(theta, -Eigen(hess).descended(grad), loss, grad)
            found = yield from armijo(line, lane(lr), line.slope < 0.0)
            return moved(line, found[:, LENGTH]), state
        p = within(Eigen(hess), grad, state["radius"])
        there, _ = yield Value(theta + lr * p)
        share = foretold(loss, there, gain(grad, hess, lr * p))
        return np.where(there <= loss, theta + lr * p, theta), {"radius": _radius(state["radius"], p, share)}


@np.errstate(all="ignore")
def _jump(hess: Array, grad: Array) -> Array:
    """H⁻¹·g, and 0 where g is. The smallest sizes have a formula."""
    dim = grad.shape[1]
    flat = hess.reshape(-1, dim * dim)
    diag = flat[:, :: dim + 1]
    if dim == 1:
        step = grad / diag
    elif dim == 2:
        across, off = diag[:, ::-1], flat[:, 1:3]
        step = (across * grad - off * grad[:, ::-1]) / (diag * across - off * off)
    else:
        # nan where singular; NumPy would raise for all lanes.
        step = np.full_like(grad, np.nan)
        regular = np.linalg.slogdet(hess)[0] != 0.0
        step[regular] = np.linalg.solve(hess[regular], grad[regular][..., None])[..., 0]
    return np.where(grad.any(axis=1, keepdims=True), step, 0.0)


@np.errstate(all="ignore")
def _radius(radius: Array, p: Array, share: Array) -> Array:
    """A quarter where the model foretold badly, twice as much where it did well and wanted to go farther."""
    length = norm(p)
    grown = np.where((share > 0.75) & (length > 0.99 * radius), 2.0 * radius, radius)
    return np.clip(np.where(share >= 0.25, grown, np.fmin(length, radius) / 4.0), 1e-100, 1e100)
