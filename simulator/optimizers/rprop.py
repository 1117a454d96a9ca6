"""Rprop."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class Rprop(Optimizer):
    """A step length Δ of its own for every coordinate: longer while the slope keeps its sign, shorter when it turns.

    The size of the slope plays no part. After a turn the coordinate waits one step (its g counts as 0). Made for full
    batches: noise turns signs, and Δ shrinks for nothing. η is only what Δ starts at: a schedule acts at the first
    step alone.
    """

    title = "Rprop"
    year = 1993
    family = "first-order"
    cost = Cost(buffers=2)
    source = (
        "Riedmiller & Braun 1993, A direct adaptive method for faster backpropagation learning: the RPROP algorithm; "
        "form of torch.optim.Rprop, without the backtracking of the paper"
    )
    branch = Branch(
        parents=("sgd",),
        added="A step length for every weight, from the signs of its gradient alone.",
        best_for="small networks on the full gradient: batches confuse it",
        says="Tieleman & Hinton 2012, Lecture 6.5: RMSProp",
    )
    formula = (
        "t = 1: Δ ← η\ns = sign(g·g₋)\ns > 0: Δ ← Δ·η₊\ns < 0: Δ ← Δ·η₋\nΔ ← clip(Δ, Δ_min, Δ_max)\n"
        "s < 0: g ← 0\nθ ← θ − Δ·sign(g)\ng₋ ← g"
    )
    rate = "Δ / |g|"
    letters: ClassVar[dict[str, str]] = {"delta": "Δ", "g_prev": "g₋"}
    dialects = (Dialect("optax", "takes each step one call later", "the first step is null; the lengths are the same"),)

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Length of the first step, per coordinate.")
    etaminus: float = param("η₋", 0.5, 0.01, 0.99, doc="Shortens Δ when the slope has turned.")
    etaplus: float = param("η₊", 1.2, 1.01, 10.0, "log", doc="Lengthens Δ while the slope keeps its sign.")
    step_size_min: float = param("Δ_min", 1e-6, 0.0, 1e3, "log", floor=1e-12, doc="The shortest step.")
    step_size_max: float = param("Δ_max", 50.0, 1e-6, 1e3, "log", doc="The longest step.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.003 * diagonal

    def init(self, theta: Array) -> State:
        return {"delta": np.full_like(theta, self.lr), "g_prev": np.zeros_like(theta)}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        turn = grad * state["g_prev"]
        delta = lr if t == 1 else state["delta"]
        delta = delta * np.where(turn > 0.0, self.etaplus, np.where(turn < 0.0, self.etaminus, 1.0))
        delta = np.minimum(np.maximum(delta, self.step_size_min), self.step_size_max)
        grad = np.where(turn < 0.0, 0.0, grad)
        return theta - delta * np.sign(grad), {"delta": delta, "g_prev": grad}
