"""K-FAC."""

from dataclasses import dataclass

import numpy as np

from simulator.lanewise import lane
from simulator.matrices import Side, Sided, eigh, stacked
from simulator.optimizer import Array, Branch, Cost, Dialect, Layers, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class KFAC(Sided, Optimizer):
    """Natural gradient, layer by layer: about A, how a layer's inputs go together, times G, how its output slopes do.

    Inverting two small matrices takes the place of inverting one with a row for every weight. For a single linear layer
    under squared error it is exact. Where there are no layers A is 1 and G is the mean of g·gᵀ: a plain landscape shows
    only an empirical Fisher matrix, and the step (G + δ·I)⁻¹·g is short where it is steep and long where it is flat, so
    it hops about a minimum.
    """

    of_matrix = "GA"

    title = "K-FAC"
    year = 2015
    family = "matrix"
    cost = Cost(buffers=2)
    source = (
        "Martens & Grosse 2015, Optimizing Neural Networks with Kronecker-factored Approximate Curvature; without the "
        "rescaling and momentum that its quadratic model finds, and with damping added to the product G⊗A"
    )
    branch = Branch(
        parents=("natural_gradient",),
        added="A layer's Fisher matrix as the product of two small ones.",
        best_for="networks whose layers are narrow enough for two matrices each",
    )
    formula = (
        "κ = min(β, 1 − 1 / t)\nmatrix: A ← κ·A + (1 − κ)·(the mean of a·aᵀ, a a layer's inputs)\n"
        "G ← κ·G + (1 − κ)·(the mean of e·eᵀ, e the slopes of its outputs; without layers e = g)\ng ← g + λ·θ\n"
        "vector: s = (G + δ·I)⁻¹·g\nmatrix: s = (G⊗A + δ·I)⁻¹·g, by the eigenvectors of A and G\nθ ← θ − η·s"
    )
    dialects = (
        Dialect(
            "paper",
            "(G + √δ/π·I)⁻¹·g·(A + π·√δ·I)⁻¹, π from the traces",
            "two inverses instead of eigenvectors; damps mixed directions of G and A more",
        ),
    )

    lr: float = param("η", 0.1, 1e-6, 10.0, "log", doc="Learning rate: 1 is the whole natural step.")
    beta: float = param("β", 0.95, 0.0, 0.9999, "log1m", doc="Memory of A and G.")
    damping: float = param("δ", 1e-2, 0.0, 1e4, "log", floor=1e-8, doc="Added to every curvature.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.1

    def init(self, theta: Array) -> State:
        return self.gathered(lambda side: np.zeros((len(theta), side.size, side.size)))

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad, factors = yield Layers(theta)
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        now = self.gathered(lambda side: factors[self.blocks.index(side.block)][1 - side.axis])
        keep = np.minimum(lane(self.beta), 1.0 - 1.0 / t)
        new = {letter: keep * old + (1.0 - keep) * now[letter] for letter, old in state.items()}
        step = np.empty_like(theta)
        for block, sides in self.sides:
            step[:, block.part] = self._natural(stacked(grad, block), sides, new).reshape(len(theta), -1)
        return theta - lr * step, new

    def _natural(self, grad: Array, sides: tuple[Side, ...], state: State) -> Array:
        """(G⊗A + δ·I)⁻¹·g of one block: on the eigenvectors of both it is a division."""
        curvature = np.ones((len(grad), 1, 1))
        axes: list[Array] = []
        for side in sides:
            values, vectors = eigh(side.matrix(state))
            axes.append(vectors)
            curvature = curvature * np.expand_dims(np.maximum(values, 0.0), 2 - side.axis)
        rows, columns = axes if len(axes) == 2 else (axes[0], np.ones((1, 1, 1)))
        curvature = curvature + lane(self.damping)[:, None]
        turned = rows.swapaxes(1, 2) @ grad @ columns
        turned = np.divide(turned, curvature, out=np.zeros_like(turned), where=curvature != 0.0)
        return rows @ turned @ columns.swapaxes(1, 2)
