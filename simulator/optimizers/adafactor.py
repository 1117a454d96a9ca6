"""AdaFactor."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.lanewise import lane
from simulator.layerwise import Factored
from simulator.layout import common
from simulator.moments import TINY
from simulator.optimizer import Array, Branch, Cost, Dialect, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class AdaFactor(Factored, Optimizer):
    """Adam in little memory: of a matrix's mean squares only the mean of each row and of each column is kept.

    A matrix of 4096 × 4096 needs 8,192 numbers instead of 16.7 million. On a vector it keeps them all, and is RMSProp
    with a memory that grows. There is no m. A layer's step is a share of that layer's own size, ε₂ where it is smaller.
    """

    title = "AdaFactor"
    year = 2018
    family = "adaptive"
    cost = Cost(buffers=1)
    source = (
        "Shazeer & Stern 2018, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost; form of "
        "torch.optim.Adafactor"
    )
    branch = Branch(
        parents=("adam",),
        added="Row and column means of a matrix's squares, in place of a number for every weight.",
        best_for="large models short of memory",
    )
    formula = (
        "κ = t^τ\nvector: V ← (1 − κ)·V + κ·g²\nvector: v̂ = V\nmatrix: R ← (1 − κ)·R + κ·mean_j(g²)\n"
        "matrix: C ← (1 − κ)·C + κ·mean_i(g²)\nmatrix: v̂ = R·C / mean(R)\nu = g / max(√v̂, ε₁)\n"
        "layer: a = max(ε₂, rms(θ))·min(η, 1 / √t) / max(1, rms(u) / d)\nθ ← θ·(1 − η·λ) − a·u"
    )
    rate = "a / max(√v̂, ε₁)"
    dialects = (
        Dialect(
            "paper",
            "R and C average g² + ε₁ with ε₁ = 1e-30, and η = 0.01",
            "ε₁ only keeps zeros apart; in torch it is 2.2e-16 and caps how far a tiny gradient is blown up",
        ),
        Dialect(
            "optax",
            "only matrices of at least 128 × 128 are factored; in single precision inside",
            "a small matrix keeps all its mean squares; paths agree to about 7 digits only",
        ),
    )

    lr: float = param("η", 1e-2, 1e-6, 10.0, "log", doc="Learning rate: the largest step, as a share of θ's size.")
    beta2_decay: float = param("τ", -0.8, -2.0, 0.0, doc="How fast the weight κ of what is new falls.")
    eps1: float = param("ε₁", 2.0**-52, 0.0, 1.0, "log", floor=1e-16, doc="The least √v̂ that is divided by.")
    eps2: float = param("ε₂", 1e-3, 0.0, 10.0, "log", floor=1e-6, doc="The least size of θ that steps are a share of.")
    d: float = param("d", 1.0, 1.0, 100.0, "log", doc="The largest root mean square of a step, before a.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="Takes ηλθ off each step.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 0.05

    def init(self, theta: Array) -> State:
        return self.unseen(len(theta))

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        variance, new = self._averaged(grad, state, np.power(float(t), self._decay))
        unit = grad / np.maximum(np.sqrt(variance), self.guard)
        size = np.maximum(self.each(self.eps2), self.rms(theta)) * np.minimum(self.each(lr), t**-0.5)
        share = size / np.maximum(1.0, self.rms(unit) / self.each(self.d))
        if self.weight_decay is not None:
            theta = theta - lr * self.weight_decay * theta
        return theta - self.spread(share) * unit, new

    def _averaged(self, grad: Array, state: State, weight: Array) -> tuple[Array, State]:
        """v̂, (lanes, dim), and the state after this gradient."""
        square = grad * grad
        new = {letter: np.empty_like(state[letter]) for letter in state}
        for block, factors in self.places:
            here = square[:, block.part].reshape(-1, *block.shape)
            seen = {"V": here} if "V" in factors else {"R": here.mean(axis=2), "C": here.mean(axis=1)}
            for letter, part in factors.items():
                old = state[letter][:, part]
                new[letter][:, part] = old + weight * (seen[letter] - old)
            if "V" in factors:
                square[:, block.part] = new["V"][:, factors["V"]]
            else:
                rows, columns = new["R"][:, factors["R"]], new["C"][:, factors["C"]]
                share = rows / np.maximum(rows.mean(axis=1, keepdims=True), self.guard[:, block.part.start, None])
                square[:, block.part] = (share[:, :, None] * columns[:, None, :]).reshape(len(square), -1)
        return square, new

    @cached_property
    def _decay(self) -> Array:
        return common(lane(self.beta2_decay))

    @cached_property
    def guard(self) -> Array:
        """ε₁, or the smallest number where it is 0: 0/0 then counts as 0."""
        return np.maximum(self.eps1, TINY)
