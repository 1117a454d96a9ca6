"""Sophia."""

from dataclasses import dataclass

import numpy as np

from simulator.decay import Decay
from simulator.moments import Guarded, Moments
from simulator.optimizer import Array, Branch, Cost, Curvature, Dialect, Optimizer, Probe, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Sophia(Moments, Guarded, Decay, Optimizer):
    """Newton's step for each coordinate alone, from a rough and seldom looked at curvature, cut off where it is long.

    Every k steps it looks at the Hessian's diagonal: exactly, or by Hutchinson's estimate z·Hz, z random signs, which
    is right on average. h is its running mean. Where h is small, negative or stale the quotient is long, and the cut
    at p makes it a step of η·p along the sign of m: at its worst it is signed momentum.
    """

    title = "Sophia"
    year = 2023
    family = "sign and curvature"
    cost = Cost(hessians=0.1, buffers=2)
    source = (
        "Liu et al. 2023, Sophia: A Scalable Stochastic Second-order Optimizer for Language Model Pre-training; "
        "form of pytorch_optimizer's SophiaH"
    )
    branch = Branch(
        parents=("adam", "newton"),
        added="Division by an estimate of the curvature, with every long step cut off.",
        best_for="language model pre-training",
    )
    formula = (
        Decay.form + "\n"
        "m ← β₁·m + (1 − β₁)·g\n(t − 1) mod k = 0: d = diag(∇²f(θ))\n(t − 1) mod k = 0: h ← β₂·h + (1 − β₂)·d\n"
        "θ ← θ − η·clip(m / max(h, ε), p)"
    )
    rate = "η / max(h, ε)"
    dialects = (
        Dialect(
            "paper",
            "θ ← θ − η·clip(m / max(γ·h, ε), ±1), γ = 0.01 to 0.05",
            "the same path where p is γ, and η and ε here are the paper's divided by γ",
        ),
        Dialect(
            "optax",
            "the paper's clip; m̂ = m / (1 − β₁ᵗ), and h is looked at after the step",
            "the first steps are not shortened; the very first has h = 0 and is signed",
        ),
    )

    lr: float = param("η", 6e-2, 1e-6, 10.0, "log", doc="Learning rate: ηp is the longest step, per coordinate.")
    beta1: float = param("β₁", 0.96, 0.0, 0.9999, "log1m", doc="Memory of the mean gradient m.")
    beta2: float = param("β₂", 0.99, 0.0, 0.9999, "log1m", doc="Memory of the mean curvature h, in looks.")
    p: float = param("p", 0.01, 1e-4, 10.0, "log", doc="Where a coordinate's step is cut off, before η.")
    eps: float = param("ε", 1e-12, 0.0, 10.0, "log", floor=1e-16, doc="The least curvature divided by.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Weight decay.")
    weight_decouple: bool = param("decoupled", True, doc="Take ηλθ off θ before the step, as AdamW does.")
    fixed_decay: bool = param("fixed", False, doc="Where decoupled, take λθ off instead of ηλθ.")
    update_period: int = param("k", 10, 1, 100, "log", shared=True, doc="Steps between looks at the curvature.")
    hessian: str = param(
        "d", "hutchinson", scale="choice", choices=("hutchinson", "exact"), doc="How the diagonal is looked at."
    )

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.3 * diagonal

    @property
    def draws(self) -> bool:
        return self.hessian == "hutchinson"

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "h": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        h = state["h"]
        if (t - 1) % self.update_period:
            grad = yield theta
        else:
            if self.hessian == "exact":
                grad, hess = yield Curvature(theta)
                diag = hess.diagonal(axis1=1, axis2=2)
            else:
                grad, diag = yield Probe(theta)
            h = self.beta2 * h + self.rest2 * diag
        theta, grad = self.decayed(theta, grad, lr)
        m = self.beta1 * state["m"] + self.rest1 * grad
        step = np.clip(m / np.maximum(h, self.guard), -self.p, self.p)
        return theta - lr * step, {"m": m, "h": h}
