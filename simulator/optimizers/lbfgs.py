"""Limited-memory BFGS."""

from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np

from simulator.lanewise import dot, lane, ratio
from simulator.linesearch import GRAD, LENGTH, LOSS, Line, Mask, first_length, moved, strong_wolfe, tried
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State, Value
from simulator.param import param

CURVED = 1e-10  # a pair is remembered if s·y is above it


@dataclass(frozen=True)
class LBFGS(Optimizer):
    """BFGS that keeps the last few pairs (s, y) of a move and the change of the gradient along it, not a matrix.

    H·g is made of the pairs by two loops over them, from H₀ = γ·I. The first move is at most η long in every
    coordinate. A step rests where no coordinate of the gradient exceeds τ, and cuts an iteration short whose bracket,
    slope, move or gain is below ω. Where the loss is undefined a trial counts as too high.
    """

    title = "L-BFGS"
    year = 1980
    family = "second-order"
    cost = Cost(grads=1, most=27, buffers=22.5)
    source = (
        "Nocedal 1980, Updating Quasi-Newton Matrices with Limited Storage; Liu & Nocedal 1989; form of "
        "torch.optim.LBFGS, by default with strong Wolfe search and one iteration a step, where torch has neither"
    )
    branch = Branch(
        parents=("bfgs",),
        added="The last few moves in place of a matrix.",
        best_for="thousands of weights, a smooth loss and the full gradient",
        says="Nocedal & Wright 2006, Numerical Optimization",
    )
    formula = (
        "s = α·d\ny = g − g₋\nS ← the last n moves s with ⟨s, y⟩ > 0\nY ← the y of these moves\n"
        "d ← −H·g, H made of S and Y by two loops, from ⟨s, y⟩ / ⟨y, y⟩·I\ng₋ ← the gradient that d was made of\n"
        "α ← strong Wolfe search along d from η, at first from η·min(1, 1/‖g‖₁); or that itself\n"
        "k = 1, largest(|g|) > τ: θ ← θ + α·d\nk > 1: θ ← as above k times, while f was asked less than e times"
    )
    rate = "α"
    letters: ClassVar[dict[str, str]] = {"alpha": "α", "g": "g₋"}
    dialects = (
        Dialect("torch", "20 iterations inside one step", "a step is a whole descent, as here with k = 20 and e = 25"),
        Dialect("torch", "no line search unless asked for", "d has the length of a Newton step, and can climb"),
        Dialect("scipy", "Moré–Thuente search", "the same directions, other step lengths"),
    )

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="The first length tried; 1 is a whole quasi-Newton step.")
    history_size: int = param("n", 10, 1, 100, "log", shared=True, doc="How many pairs are remembered.")
    max_iter: int = param("k", 1, 1, 100, "log", shared=True, doc="Iterations inside one step.")
    max_eval: int = param("e", 26, 1, 200, "log", shared=True, doc="No new trial in a step after this many.")
    line_search_fn: str = param(
        "strong Wolfe", "strong_wolfe", scale="choice", choices=("strong_wolfe", "none"), doc="How far to go along d."
    )
    tolerance_grad: float = param("τ", 1e-7, 0.0, 1.0, "log", floor=1e-16, doc="A gradient this small is none.")
    tolerance_change: float = param("ω", 1e-9, 0.0, 1.0, "log", floor=1e-16, doc="A gain or move this small is none.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 1.0

    def init(self, theta: Array) -> State:
        pairs = np.zeros((len(theta), self.history_size, theta.shape[1]))
        none = np.zeros_like(theta)
        return {"S": pairs, "Y": pairs, "d": none, "g": none, "alpha": none[:, :1]}

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        loss, grad = yield Value(theta)
        moves, changes, d, last, alpha = state["S"], state["Y"], state["d"], state["g"], state["alpha"]
        flat, change = lane(self.tolerance_grad), lane(self.tolerance_change)
        asked, going = np.ones(loss.shape, dtype=np.int64), _largest(grad) > flat
        for k in range(1, self.max_iter + 1):
            if not going.any():
                break
            here, begun = loss, d.any(axis=1, keepdims=True)
            moves, changes = _remembered(moves, changes, alpha * d, grad - last, going & begun)
            d, last = np.where(going, -_product(moves, changes, grad), d), np.where(going, grad, last)
            alpha = np.where(going, np.where(begun, lane(lr), first_length(lr, grad)), alpha)
            line = Line(theta, d, loss, grad, asked)
            going &= line.slope <= -change
            if self.line_search_fn == "strong_wolfe":
                new = yield from strong_wolfe(line, alpha, going, 0.9, self.max_eval - asked, change)
                alpha = np.where(going, new[:, LENGTH], alpha)
            elif k < self.max_iter:
                new = yield from tried(line, alpha, going)
            else:
                new = line.start
            theta = moved(line, np.where(going, alpha, 0.0))
            loss, grad = cast(Array, new[:, LOSS]), cast(Array, new[:, GRAD])
            going &= (asked < self.max_eval) & (_largest(grad) > flat)
            going &= (_largest(alpha * d) > change) & (np.abs(loss - here) >= change)
        return theta, {"S": moves, "Y": changes, "d": d, "g": last, "alpha": alpha}


def _largest(vector: Array) -> Array:
    return np.abs(vector).max(axis=1, keepdims=True)


def _remembered(moves: Array, changes: Array, s: Array, y: Array, asked: Mask) -> tuple[Array, Array]:
    """The histories with the pair s, y at their end, in the lanes that ``asked`` and where it is curved upwards."""
    new = (asked & (dot(s, y) > CURVED))[..., None]
    return (
        np.where(new, np.concatenate([moves[:, 1:], s[:, None]], axis=1), moves),
        np.where(new, np.concatenate([changes[:, 1:], y[:, None]], axis=1), changes),
    )


@np.errstate(all="ignore")
def _product(moves: Array, changes: Array, grad: Array) -> Array:
    """H·g. Rows of zeros, not yet used, change nothing."""
    bends = np.einsum("ijk,ijk->ij", moves, changes)[..., None]
    rho = ratio(np.ones_like(bends), bends)
    used = [int(i) for i in np.flatnonzero(bends.any(axis=(0, 2)))]
    shares: dict[int, Array] = {}
    q = grad
    for i in reversed(used):
        shares[i] = dot(moves[:, i], q) * rho[:, i]
        q = q - shares[i] * changes[:, i]
    q = q * np.where(bends[:, -1] > 0.0, ratio(bends[:, -1], dot(changes[:, -1], changes[:, -1])), 1.0)
    for i in used:
        q = q + (shares[i] - dot(changes[:, i], q) * rho[:, i]) * moves[:, i]
    return q
