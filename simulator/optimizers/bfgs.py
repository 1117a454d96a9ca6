"""BFGS."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.lanewise import EPS, dot, lane, ratio
from simulator.linesearch import LENGTH, Line, Mask, first_length, moved, strong_wolfe
from simulator.optimizer import Array, Cost, Optimizer, Rule, State, Value
from simulator.param import param


@dataclass(frozen=True)
class BFGS(Optimizer):
    """Newton's method without a Hessian: H, a guess of its inverse, is mended after every move by what the slope did.

    H must only explain the last move, H·y = s, and otherwise changes as little as possible; it stays positive, so that
    d always points down. On a quadratic with an exact search it is there in as many steps as there are parameters. An H
    that is still I takes the scale of the first pair, and a pair without upward curvature (s·y ≤ 0) is left out. The
    first move is at most η long.
    """

    title = "BFGS"
    year = 1970
    family = "second-order"
    cost = Cost(grads=1, most=27, buffers=4)
    source = (
        "Broyden 1970, Fletcher 1970, Goldfarb 1970, Shanno 1970; form of Nocedal & Wright 2006, Numerical "
        "Optimization, algorithm 6.1 and equation 6.20"
    )
    formula = (
        "t = 1: H ← I\ns = θ − θ₋\ny = g − g₋\nH = I, ⟨s, y⟩ > 0: H ← (⟨s, y⟩ / ⟨y, y⟩)·I\nρ = 1 / ⟨s, y⟩\n"
        "⟨s, y⟩ > 0: H ← (I − ρ·s·yᵀ)·H·(I − ρ·y·sᵀ) + ρ·s·sᵀ\nd = −H·g\n⟨g, d⟩ ≥ 0: d = −g\n"
        "α = strong Wolfe search along d with c₂, from η; at first from η·min(1, 1/‖g‖₁)\nθ₋ ← θ\ng₋ ← g\n"
        "θ ← θ + α·d"
    )
    rate = "α"
    letters: ClassVar[dict[str, str]] = {"x": "θ₋", "g": "g₋"}

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="The first length tried; 1 is a whole quasi-Newton step.")
    c2: float = param("c₂", 0.9, 1e-6, 0.999, "log", doc="The share of the slope a search may leave; small: exact.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 1.0

    def init(self, theta: Array) -> State:
        return {"H": _identities(theta), "x": theta, "g": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        loss, grad = yield Value(theta)
        H = _mended(state["H"], theta - state["x"], grad - state["g"])
        direction: Array = -np.einsum("nij,nj->ni", H, grad)
        line = Line(theta, np.where(dot(grad, direction) < 0.0, direction, -grad), loss, grad)
        length = np.where(_fresh(H), first_length(lr, grad), lane(lr))
        found = yield from strong_wolfe(line, length, line.slope < 0.0, c2=lane(self.c2))
        return moved(line, found[:, LENGTH]), {"H": H, "x": theta, "g": grad}


def _identities(theta: Array) -> Array:
    return np.repeat(np.eye(theta.shape[1])[None], len(theta), axis=0)


def _fresh(H: Array) -> Mask:
    """Whether H is still I."""
    return np.abs(H - _identities(H[:, 0])).max(axis=(1, 2))[:, None] == 0.0


@np.errstate(all="ignore")
def _mended(before: Array, s: Array, y: Array) -> Array:
    bend = dot(s, y)
    curved = bend > EPS * np.sqrt(dot(s, s) * dot(y, y))
    scaled = ratio(bend, dot(y, y))[..., None] * np.eye(s.shape[1])
    H = np.where((_fresh(before) & curved)[..., None], scaled, before)
    rho = ratio(np.ones_like(bend), bend)
    Hy = np.einsum("nij,nj->ni", H, y)
    across = s[:, :, None] * Hy[:, None] + Hy[:, :, None] * s[:, None]
    along = (1.0 + rho * dot(y, Hy))[..., None] * s[:, :, None] * s[:, None]
    return np.where(curved[..., None], H + rho[..., None] * (along - across), H)
