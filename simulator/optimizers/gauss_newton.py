"""The Gauss–Newton method with Levenberg–Marquardt damping."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.lanewise import lane
from simulator.optimizer import Array, Cost, Model, Optimizer, Rule, State, Value
from simulator.param import param
from simulator.quadratic import Eigen, foretold, gain

LEAST, MOST = 1e-8, 1e8  # between these δ stays


@dataclass(frozen=True)
class GaussNewton(Optimizer):
    """Newton's method with the part of the curvature that is never negative: that of the outputs, carried back to θ.

    G is E[Jᵀ·H_out·J], J the slopes of the outputs and H_out the curvature of the loss in them. What it drops is the
    model's own bending, weighted by what is still wrong, so it is nearly Newton where the fit is good and goes down
    where Newton would climb. With adaptive damping a step that would raise the loss is refused and δ grows tenfold;
    after one that was foretold well it falls to a tenth. With noise or mini-batches it is judged on the loss of the
    step's own sample.
    """

    title = "Gauss–Newton"
    year = 1963
    family = "second-order"
    cost = Cost(grads=3, hessians=1, buffers=0.5)
    needs = "model"
    source = (
        "Gauss 1809; Levenberg 1944, A method for the solution of certain non-linear problems in least squares; "
        "Marquardt 1963, An Algorithm for Least-Squares Estimation of Nonlinear Parameters, with δ·I for his diagonal"
    )
    formula = (
        "not adaptive: δ = δ₀\nadaptive, t = 1: δ ← δ₀\nG = gauss_newton(θ)\np = −η·(G + δ·I)⁻¹·g\n"
        "not adaptive: θ ← θ + p\nadaptive: h = f(θ) − f(θ + p)\nadaptive: q = −⟨g, p⟩ − ½·⟨p, G·p⟩\n"
        "adaptive, h ≥ 0, h > ¾·q: δ ← δ / 10\nadaptive, h < 0: δ ← 10·δ\nadaptive: δ ← clip(δ, 1e−8, 1e8)\n"
        "adaptive, h ≥ 0: θ ← θ + p"
    )
    letters: ClassVar[dict[str, str]] = {"damping": "δ"}

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Learning rate: 1 is the whole step, too long for mini-batches.")
    damping: float = param("δ₀", 1e-2, 0.0, 1e4, "log", floor=1e-6, doc="Added to every eigenvalue of G, at first.")
    adaptive: bool = param("adaptive", True, doc="Refuse steps that climb, and let δ follow how the last one went.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        # A whole step on a mini-batch forgets all others.
        return 0.1

    def init(self, theta: Array) -> State:
        return {"damping": np.full_like(theta, self.damping)[:, :1]} if self.adaptive else {}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad, matrix = yield Model(theta, "gauss_newton")
        damping = state["damping"] if self.adaptive else lane(self.damping)
        step = -lr * Eigen(matrix, damping).solved(grad)
        if not self.adaptive:
            return theta + step, state
        loss, _ = yield Value(theta)
        there, _ = yield Value(theta + step)
        share = foretold(loss, there, gain(grad, matrix, step))
        return np.where(there <= loss, theta + step, theta), {"damping": _followed(damping, loss, there, share)}


@np.errstate(all="ignore")
def _followed(damping: Array, loss: Array, there: Array, share: Array) -> Array:
    lower = np.where(share > 0.75, damping / 10.0, damping)
    return np.clip(np.where(there <= loss, lower, 10.0 * damping), LEAST, MOST)
